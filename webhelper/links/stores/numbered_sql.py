"""Numbered SQL files: what makes the tables of a store, and leads those of earlier versions to today's.

Each engine has a package of such files, ``0001_first.sql`` and on. The number of a file is the version of the
tables after it. A file that has been released is never changed again; the next one changes what it made.
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Final, NamedTuple

_NAME: Final = re.compile(r"([0-9]{4})_([a-z0-9_]+)\.sql")


class Step(NamedTuple):
    """One file: the version that its SQL leads to, what it is called, and its SQL."""

    number: int
    name: str
    sql: str


def steps_in(package: str) -> tuple[Step, ...]:
    """Return the steps of a package in the order of their numbers; other files are left out.

    Args:
        package: such as ``"webhelper.links.stores.sqlite.sql"``.
    """
    named = [(_NAME.fullmatch(file.name), file) for file in files(package).iterdir()]
    steps = [
        Step(int(match[1]), match[2], file.read_text(encoding="utf-8")) for match, file in named if match
    ]
    return tuple(sorted(steps))
