"""What a sheet of a workbook says around its cells: merged ranges, and what is hidden.

The merged ranges stand behind the rows in the file, so they are looked for before the rows are parsed: in its
bytes, which takes a small part of the time of parsing.
"""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from liveform.cells import UnreadableCell, is_empty

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK_BYTES: Final = 1_048_576
MERGED: Final = "is part of merged cells, whose value is in the first of them; unmerge them, and fill each"

_MOST_TAG_BYTES: Final = 65_536
_ROW: Final = re.compile(rb"<(?:\w+:)?row\s[^>]*\bhidden=[\"'](?:1|true)[\"']")
_COLUMN: Final = re.compile(rb"<(?:\w+:)?col\s[^>]*\bhidden=[\"'](?:1|true)[\"'][^>]*")
_MERGED: Final = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]*\bref=[\"']([A-Z]{1,3})([0-9]+):([A-Z]{1,3})([0-9]+)"
)
_EDGE: Final = re.compile(rb"\b(min|max)=[\"']([0-9]{1,5})")


class Range(NamedTuple):
    """Cells from one corner to the other, counted from 1 and with both corners."""

    top: int
    left: int
    bottom: int
    right: int


class SheetLayout:
    """The merged ranges and the hidden parts of a sheet.

    Args:
        source: the XML of the sheet.

    Attributes:
        hidden_rows: how many there are.
        hidden_columns: their numbers, counted from 1.
    """

    def __init__(self, source: IO[bytes]) -> None:
        self.hidden_rows = 0
        self.hidden_columns: set[int] = set()
        merged: list[Range] = []
        for part in _whole_tags(source):
            if b"hidden=" in part:
                self.hidden_rows += sum(1 for _ in _ROW.finditer(part))
                self.hidden_columns.update(*map(_columns, _COLUMN.findall(part)))
            if b"mergeCell" in part:
                merged += map(_range, _MERGED.finditer(part))
        self._coming = sorted(merged, reverse=True)
        self._open: list[Range] = []

    def marked(self, line: int, cells: list[object]) -> list[object]:
        """Return the cells of a row, those unreadable that are in a merged range and not its first.

        Args:
            line: its number; rows come from the top down.
            cells: those of its columns, from the first on.
        """
        self._open = [found for found in self._open if found.bottom >= line]
        while self._coming and self._coming[-1].top <= line:
            found = self._coming.pop()
            has_value = found.top < line or not all(map(is_empty, cells[found.left - 1 : found.left]))
            if has_value and found.bottom >= line:
                self._open.append(found)
        marked = list(cells)
        for found in self._open:
            for place in range(found.left - 1, min(found.right, len(cells))):
                if (line, place + 1) != (found.top, found.left):
                    value = cells[place]
                    marked[place] = UnreadableCell(MERGED, "" if value is None else str(value))
        return marked


def _whole_tags(source: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a file, cut where a tag begins."""
    rest = b""
    while block := source.read(BLOCK_BYTES):
        data = rest + block
        end = max(data.rfind(b"<"), 0)
        yield data[:end]
        rest = data[end:][:_MOST_TAG_BYTES]
    yield rest


def _range(found: re.Match[bytes]) -> Range:
    return Range(int(found[2]), _number(found[1]), int(found[4]), _number(found[3]))


def _number(letters: bytes) -> int:
    """The number of a column, such as 28 for AB."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number


def _columns(tag: bytes) -> range:
    edges = {name: int(number) for name, number in _EDGE.findall(tag)}
    return range(edges.get(b"min", 0), min(edges.get(b"max", 0), 16_384) + 1)
