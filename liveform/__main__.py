"""``python -m liveform`` is the ``liveform`` command."""

from liveform.cli import run

run()
