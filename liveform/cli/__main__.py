"""``python -m liveform.cli`` is the ``liveform`` command."""

from liveform.cli import run

run()
