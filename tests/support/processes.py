"""This module looks at processes: who started whom, and how long each has computed (Linux)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")


def descendants(process: int) -> Iterator[int]:
    """Yield the processes that a process has started, and those that these have."""
    with suppress(OSError):  # it has ended
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in map(int, (task / "children").read_text(encoding="ascii").split()):
                yield child
                yield from descendants(child)


def name_of(process: int) -> str:
    """Return the name of the program that a process runs, such as ``postgres``; empty if it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{process}/comm").read_text(encoding="utf-8").strip()
    return ""


def processor_s(process: int) -> float:
    """Return the seconds that a process, and those of its own that have ended, have computed.

    One that has ended itself counts for its parent, and 0 here.
    """
    with suppress(OSError):
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / _TICKS_A_SECOND
    return 0.0
