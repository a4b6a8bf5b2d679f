"""What links are searched by: their labels and ids, packed into a row for each full block of links.

To look through a million rows takes a sixth of a second; through their packed texts, a fifth of that. A block
is packed once it is full: in the hourly cleaning, or before the next search. The links after the last packed
block are searched in their own rows. So a new link costs nothing more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.links.stores.rows import folded
from webhelper.links.stores.sqlite.schema import BLOCK_LINKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from sqlite3 import Connection

    from webhelper.links.stores.sqlite.connections import Connections

# Fewer characters are in many ids, which are random.
MIN_ID_CHARS: Final = 4
_NEWLINE: Final = b"\n"  # no label has one
_BLOCKS_AT_ONCE: Final = 64  # a redemption waits for no more
_MOST_UNPACKED: Final = 4  # blocks; that many rows are quickly read

_PACKED: Final = "SELECT coalesce(max(block), -1) FROM link_texts"
# Each by itself, for SQLite looks min and max up together by reading everything.
_ENDS: Final = "SELECT (SELECT min(seq) FROM links), (SELECT max(seq) FROM links)"
_TEXTS: Final = "SELECT seq, coalesce(label, ''), id FROM links WHERE seq BETWEEN ? AND ?"
_PACK: Final = "INSERT OR REPLACE INTO link_texts VALUES (?, ?, ?)"
_FORGET: Final = "DELETE FROM link_texts WHERE block < (SELECT min(seq) FROM links) / ?"
_SEARCH: Final = "SELECT block, labels, ids FROM link_texts WHERE block <= ? ORDER BY block DESC"


def pack_what_is_full(connection: Connection) -> None:
    """Pack blocks before the one of the newest link that are not packed yet: some of the oldest."""
    for block in _unpacked(connection)[:_BLOCKS_AT_ONCE]:
        pack(connection, block)


def pack(connection: Connection, block: int) -> None:
    """Pack a block, or pack it again after links of it have been deleted."""
    labels, ids = [b""] * BLOCK_LINKS, [b""] * BLOCK_LINKS
    first = block * BLOCK_LINKS
    for seq, label, link_id in connection.execute(_TEXTS, (first, first + BLOCK_LINKS - 1)):
        labels[seq - first], ids[seq - first] = folded(label), folded(link_id)
    connection.execute(_PACK, (block, _NEWLINE.join(labels), _NEWLINE.join(ids)))


def pack_again(connection: Connection, blocks: Iterable[int]) -> None:
    """Take deleted links out of these blocks, as far as they were packed."""
    (newest,) = connection.execute(_PACKED).fetchone()
    for block in set(blocks):
        if block <= newest:
            pack(connection, block)
    connection.execute(_FORGET, (BLOCK_LINKS,))


def catch_up(connections: Connections) -> None:
    """Pack the blocks of links that somebody put into the store many at once, if there are any."""
    while True:
        with connections.reading() as connection:
            if len(_unpacked(connection)) < _MOST_UNPACKED:
                return
        with connections.writing() as connection:
            pack_what_is_full(connection)


def _unpacked(connection: Connection) -> range:
    (packed,) = connection.execute(_PACKED).fetchone()
    oldest, newest = connection.execute(_ENDS).fetchone()
    if newest is None:
        return range(0)
    return range(max(packed + 1, oldest // BLOCK_LINKS), newest // BLOCK_LINKS)


class Needle:
    """A text to search for, without case: in labels and, from four characters on, in ids.

    Args:
        text: what somebody typed.
    """

    __slots__ = ("_is_for_ids", "_text")

    def __init__(self, text: str) -> None:
        self._text = folded(text)
        self._is_for_ids = len(self._text) >= MIN_ID_CHARS and self._text.isalnum()  # of ASCII alone

    def is_in(self, label: str | None, link_id: str) -> bool:
        """Whether a link has the text in its label or id."""
        return self._text in folded(label or "") or (self._is_for_ids and self._text in folded(link_id))

    def links(self, connection: Connection, below: int) -> Iterator[int]:
        """Yield the links with the text before the place ``below``, the newest first."""
        (packed,) = connection.execute(_PACKED).fetchone()
        end_of_packed = (packed + 1) * BLOCK_LINKS
        rows = connection.execute(f"{_TEXTS} ORDER BY seq DESC", (end_of_packed, below - 1))
        yield from (seq for seq, label, link_id in rows if self.is_in(label, link_id))
        newest = min(packed, (below - 1) // BLOCK_LINKS)
        for block, labels, ids in connection.execute(_SEARCH, (newest,)):
            first = block * BLOCK_LINKS
            places = self._places(labels) | (self._places(ids) if self._is_for_ids else set())
            yield from sorted((first + place for place in places if first + place < below), reverse=True)

    def _places(self, texts: bytes) -> set[int]:
        if self._text not in texts:
            return set()
        return {place for place, text in enumerate(texts.split(_NEWLINE)) if self._text in text}
