"""A question before something is deleted."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from liveform.errors import FieldError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_yes(sub: ArgumentParser) -> None:
    """Add ``--yes``."""
    sub.add_argument("--yes", action="store_true", help="do not ask; needed where no terminal can answer")


def confirm(arguments: Namespace, question: str) -> None:
    """Return if a person at the terminal, or ``--yes``, agrees.

    Raises:
        FieldError: ``--yes`` is missing where nobody can answer, or the answer was not yes.
    """
    if arguments.yes:
        return
    if sys.stdin is None or sys.stderr is None or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise FieldError("--yes", "is needed where no terminal can answer: this cannot be undone")
    print(f"{question} This cannot be undone. [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise FieldError("--yes", "was not given, and the answer was not yes: nothing was done")
