"""How links stand, packed: a letter for each link, in rows of 256, and when those links expire.

A use writes one letter in place, where an index would lose an entry on one page and get one on another. When
a link expires, its letter stays. But a row has the order of expiry of its links too, which never changes, and
in which those that have expired come first. So no mix of links takes long.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from sqlite3 import Connection

SIZE: Final = 256  # links of a part; a byte says which of them. The tables have it too
NONE: Final = ord("-")
_END_BYTES: Final = 5  # of a time; until the year 36,812
_LATEST: Final = 2 ** (8 * _END_BYTES) - 1
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
    ends = b"".join(_end(expires_at) for _, expires_at, _ in links)
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
        for part, marks, projects, places, ends in connection.execute(_SEARCH, ((below - 1) // SIZE,)):
            if next(find(marks), None) is None:
                continue
            first = part * SIZE
            chosen = self._chosen(json.loads(projects), places, ends)
            found = (first + chosen[match.start()] for match in find(chosen.translate(marks)))
            yield from sorted((seq for seq in found if seq < below), reverse=True)

    def _chosen(self, projects: Mapping[str, tuple[int, int]], places: bytes, ends: bytes) -> bytes:
        """Return the places of the links in these projects that have expired, or not."""
        chosen = b""
        for project, (start, stop) in projects.items():
            if self.projects is not None and project not in self.projects:
                continue
            if self.is_living is not None:
                living = bisect_right(range(stop), _end(self.now), start, key=_nth(ends))
                chosen += places[living:stop] if self.is_living else places[start:living]
            else:
                chosen += places[start:stop]
        return chosen


def _nth(ends: bytes) -> Callable[[int], bytes]:
    """Return what gives the n-th of these times."""
    return lambda number: ends[number * _END_BYTES : (number + 1) * _END_BYTES]


def _end(time: float) -> bytes:
    """Return a time in whole seconds, as bytes that sort as times do."""
    return min(int(time), _LATEST).to_bytes(_END_BYTES, "big")
