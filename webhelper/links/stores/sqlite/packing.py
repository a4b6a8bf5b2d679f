"""Packs what links are listed and searched by, for each full block of links.

A block is packed once it is full: in the hourly cleaning, or before the next list once there are some. The
links after the last packed block are found in their own rows. So a new link costs nothing more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.links.stores.sqlite import marks, texts
from webhelper.links.stores.sqlite.schema import BLOCK_LINKS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from sqlite3 import Connection

    from webhelper.links.stores.sqlite.connections import Connections

_BLOCKS_AT_ONCE: Final = 64  # a redemption waits for no more
_MOST_UNPACKED: Final = 4  # blocks; that many rows are quickly read
_PARTS: Final = BLOCK_LINKS // marks.SIZE
_PACKED: Final = "SELECT coalesce(max(block), -1) FROM link_texts"
# Each by itself, for SQLite looks min and max up together by reading everything.
_ENDS: Final = "SELECT (SELECT min(seq) FROM links), (SELECT max(seq) FROM links)"


def pack_what_is_full(connection: Connection) -> None:
    """Pack blocks before the one of the newest link that are not packed yet: some of the oldest."""
    for block in _unpacked(connection)[:_BLOCKS_AT_ONCE]:
        texts.pack(connection, block)
        for part in range(block * _PARTS, (block + 1) * _PARTS):
            marks.pack(connection, part)


def pack_again(connection: Connection, blocks: Iterable[int]) -> None:
    """Take deleted links out of these blocks, as far as they were packed."""
    texts.pack_again(connection, blocks)
    marks.forget(connection)


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
