"""What links are searched by: their labels and ids, packed into a row for each full block of links.

To look through a million rows takes a sixth of a second; through their packed texts, a fifth of that. The
links after the last packed block are searched in their own rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.links.stores.lists import MIN_ID_CHARS
from webhelper.links.stores.rows import folded
from webhelper.links.stores.sqlite.schema import BLOCK_LINKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from sqlite3 import Connection

_NEWLINE: Final = b"\n"  # no label has one

_PACKED: Final = "SELECT coalesce(max(block), -1) FROM link_texts"
_TEXTS: Final = "SELECT seq, coalesce(label, ''), id FROM links WHERE seq BETWEEN ? AND ?"
_PACK: Final = "INSERT OR REPLACE INTO link_texts VALUES (?, ?, ?)"
_FORGET: Final = "DELETE FROM link_texts WHERE block < (SELECT min(seq) FROM links) / ?"
_SEARCH: Final = "SELECT block, labels, ids FROM link_texts WHERE block <= ? ORDER BY block DESC"


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
