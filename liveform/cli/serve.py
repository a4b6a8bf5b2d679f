"""``liveform serve`` and ``simulate`` hand over to the web helper, of which the library knows nothing."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, NoReturn

from liveform.errors import ConfigError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

_NEEDED = ("flask", "flask_babel", "gunicorn", "msgspec")
PROGRAMS = {"serve": "webhelper", "simulate": "webhelper.simulate"}


def hand_over(command: str, argv: Sequence[str]) -> NoReturn:
    """Become the program of a command, such as ``python -m webhelper``, which reads ``argv`` itself.

    Raises:
        ConfigError: what it needs is not installed; it comes with the extra ``liveform[web]``.
    """
    missing = [(name, "is not installed; it comes with the extra liveform[web]") for name in _NEEDED]
    missing = [(name, problem) for name, problem in missing if find_spec(name) is None]
    if missing:
        raise ConfigError(*missing)
    os.execv(sys.executable, [sys.executable, "-m", PROGRAMS[command], *argv])  # noqa: S606 - no shell


def serve(_arguments: Namespace) -> NoReturn:
    """Serve with settings alone."""
    hand_over("serve", ())


def simulate(_arguments: Namespace) -> NoReturn:
    """Simulate without options."""
    hand_over("simulate", ())
