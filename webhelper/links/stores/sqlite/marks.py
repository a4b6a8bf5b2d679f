"""How links stand, packed: a letter for each link, in rows of 256, and when those links expire.

A use writes one letter in place, where an index would lose an entry on one page and get one on another. When
a link expires, its letter stays. But a row has the order of expiry of its links too, which never changes, and
in which those that have expired come first. So no mix of links takes long.
"""

from __future__ import annotations

import json
import re
import sys
from array import array
from bisect import bisect_right
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from sqlite3 import Connection
    from typing import TypeAlias

    _Spans: TypeAlias = Mapping[str, tuple[int, int]]

SIZE: Final = 256  # links of a part; a byte says which of them. The tables have it too
NONE: Final = ord("-")
_LATEST: Final = 2**32 - 1  # seconds, in 2106; what ends later has not expired until then
_LINKS: Final = "SELECT seq, mark, project, expires_at FROM links WHERE seq BETWEEN ? AND ?"
_PACK: Final = "INSERT OR REPLACE INTO link_marks VALUES (?, ?)"
_PACK_ENDS: Final = "INSERT OR REPLACE INTO link_ends VALUES (?, ?, ?, ?)"
_FORGET: Final = "DELETE FROM {} WHERE part < (SELECT min(seq) FROM links) / ?"
_PACKED: Final = "SELECT coalesce(max(part), -1) + 1 FROM link_marks"
_SEARCH: Final = """
SELECT part, CAST(marks AS BLOB), projects, places, ends FROM link_marks JOIN link_ends USING (part)
WHERE part <= ? ORDER BY part DESC
"""


def pack(connection: Connection, part: int) -> None:
    """Pack the marks and the ends of a part; from then on the database itself keeps its marks right."""
    first = part * SIZE
    marks = bytearray([NONE]) * SIZE
    links: list[tuple[str, int, int]] = []
    for seq, mark, project, expires_at in connection.execute(_LINKS, (first, first + SIZE - 1)):
        marks[seq - first] = ord(mark)
        links.append((project, expires_at, seq - first))
    links.sort()
    places = bytes(place for _, _, place in links)
    ends = of_ends(expires_at for _, expires_at, _ in links)
    connection.execute(_PACK, (part, marks.decode()))
    connection.execute(_PACK_ENDS, (part, json.dumps(_projects(links)), places, ends))


def _projects(links: list[tuple[str, int, int]]) -> dict[str, tuple[int, int]]:
    """Return from and to where each project's links are in a list that is sorted by project."""
    found = {}
    for project, its in groupby(enumerate(links), key=lambda link: link[1][0]):
        numbers = [number for number, _ in its]
        found[project] = (numbers[0], numbers[-1] + 1)
    return found


def forget(connection: Connection) -> None:
    """Delete the parts before the oldest link."""
    for table in ("link_marks", "link_ends"):
        connection.execute(_FORGET.format(table), (SIZE,))


def packed_below(connection: Connection) -> int:
    """Return the place before which all links are packed."""
    (parts,) = connection.execute(_PACKED).fetchone()
    return int(parts) * SIZE


class Marked(NamedTuple):
    """Which links are looked for: those with one of some marks.

    Attributes:
        marks: their marks, one of which each has.
        is_living: whether they have not expired; None for all.
        now: Unix time.
        projects: of which projects; None for all.
    """

    marks: str
    is_living: bool | None
    now: float
    projects: frozenset[str] | None

    def links(self, connection: Connection, below: int) -> Iterator[int]:
        """Yield the links of packed parts before the place ``below``, the newest first."""
        find = re.compile(f"[{self.marks}]".encode()).finditer
        known: dict[str, _Spans] = {}  # many parts have the same
        for part, marks, projects, places, ends in connection.execute(_SEARCH, ((below - 1) // SIZE,)):
            if next(find(marks), None) is None:
                continue
            spans = known.get(projects) or known.setdefault(projects, json.loads(projects))
            chosen = self._chosen(spans, places, to_ends(ends))
            first = part * SIZE
            found = (first + chosen[match.start()] for match in find(chosen.translate(marks)))
            yield from sorted((seq for seq in found if seq < below), reverse=True)

    def _chosen(self, spans: _Spans, places: bytes, ends: array[int]) -> bytes:
        """Return the places of the links in these projects that have expired, or not."""
        chosen = b""
        for project, (start, stop) in spans.items():
            if self.projects is not None and project not in self.projects:
                continue
            if self.is_living is None:
                chosen += places[start:stop]
                continue
            living = bisect_right(ends, self.now, start, stop)
            chosen += places[living:stop] if self.is_living else places[start:living]
        return chosen


def of_ends(ends: Iterable[int], byteorder: str = sys.byteorder) -> bytes:
    """Return times as bytes, the same on every machine."""
    return _swapped(array("I", (max(0, min(end, _LATEST)) for end in ends)), byteorder).tobytes()


def to_ends(ends: bytes, byteorder: str = sys.byteorder) -> array[int]:
    """Return the times of their bytes; in an array, in which a place is found in a third of a microsecond."""
    return _swapped(array("I", ends), byteorder)


def _swapped(times: array[int], byteorder: str) -> array[int]:
    if byteorder == "big":
        times.byteswap()
    return times
