"""The commands of operators: ``liveform webhooks`` and ``liveform reconcile``."""
