"""What commands print: lines and tables for people, or one JSON document for programs."""

from __future__ import annotations

import json
import sys
from itertools import starmap
from typing import TYPE_CHECKING, Final
from unicodedata import east_asian_width

from liveform.wire.json_object import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH: Final = 80
_LEAST: Final = 8  # a column is cut to no fewer columns of the terminal


class Output:
    """The standard output of a command.

    Args:
        as_json: whether the document is printed, and not the lines.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def line(self, text: str = "") -> None:
        """Print a line for people at once."""
        if not self.as_json:
            _write(text)

    def document(self, value: object) -> None:
        """Print the document for programs."""
        if self.as_json:
            _write(json.dumps(value))


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def shown(value: object) -> str:
    """Return a value on one line that a terminal may get; ``-`` for None."""
    return "-" if value is None else printable(str(value)).replace("\n", "\\n")


def facts(members: Mapping[str, object]) -> list[str]:
    """Return a line for each member that is not None: its name, and its value; of a list, all of them."""
    width = max(map(len, members), default=0)
    return [f"{name:<{width}}  {_listed(value)}" for name, value in members.items() if value is not None]


def _listed(value: object) -> str:
    if not isinstance(value, list | tuple):
        return shown(value)
    return " ".join(map(shown, value)) or "none"


def indented_json(value: object) -> str:
    """Return JSON of several lines that a terminal may get."""
    return printable(json.dumps(value, ensure_ascii=False, indent=2))


def table(header: Sequence[str], rows: Sequence[Sequence[object]], *, cut: Sequence[str] = ()) -> list[str]:
    """Return the lines of a table that is 80 columns wide at most.

    Args:
        header: the names of the columns.
        rows: the values of each row.
        cut: the names of the columns that may be cut short, the first one first.
    """
    texts = [list(header), *([shown(value) for value in row] for row in rows)]
    widths = {name: max(_width(row[place]) for row in texts) for place, name in enumerate(header)}
    gaps = len(header) - 1
    gap = "  " if sum(widths.values()) + 2 * gaps <= WIDTH else " "
    for name in cut:
        excess = max(0, sum(widths.values()) + len(gap) * gaps - WIDTH)
        widths[name] = max(widths[name] - excess, min(widths[name], _LEAST))
    return [gap.join(starmap(_fitted, zip(row, widths.values(), strict=True))).rstrip() for row in texts]


def _fitted(text: str, width: int) -> str:
    """Return a text that fills so many columns of a terminal; one that is cut ends with ``…``."""
    if _width(text) > width:
        text = text[:width]
        while _width(text) >= width:
            text = text[:-1]
        text += "…"
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
