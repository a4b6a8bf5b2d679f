"""The vendor's token ids of projects in private mode, sealed; see ``TokenIdStore``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from liveform import DecryptError
from webhelper.errors import EmptyPoolError
from webhelper.links.stores.token_ids import PoolCount

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from sqlite3 import Connection, Row

    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.sqlite.connections import Connections

_COUNT: Final = "SELECT state, count(*) FROM token_ids WHERE project = ? GROUP BY state"
_ADD: Final = "INSERT OR IGNORE INTO token_ids (project, digest, sealed, at) VALUES (?, ?, ?, ?)"
_NEW: Final = "SELECT * FROM token_ids WHERE project = ? AND state = 'new' ORDER BY number LIMIT ?"
_REGISTERED: Final = "UPDATE token_ids SET state = 'ready', at = ? WHERE digest = ? AND state = 'new'"
_READY: Final = "SELECT * FROM token_ids WHERE project = ? AND state = 'ready' ORDER BY number LIMIT 1"
_DRAW: Final = "UPDATE token_ids SET state = ?, link_id = ?, at = ? WHERE number = ?"
_EXPIRE: Final = "UPDATE token_ids SET state = 'expired', at = ? WHERE digest = ? RETURNING link_id"
_UNUSED: Final = """
SELECT token_ids.* FROM token_ids LEFT JOIN links ON links.id = link_id
WHERE token_ids.project = :project AND (state = 'expired' OR state = 'drawn' AND (
    links.id IS NULL OR links.uses = 0 AND (links.revoked_at IS NOT NULL OR links.expires_at <= :now)))
ORDER BY number LIMIT :limit
"""
_FORGET: Final = "DELETE FROM token_ids WHERE digest = ?"


class TokenIds:
    """Keeps token ids.

    Args:
        connections: lends connections.
        sealer: seals them, and gives the digests by which they are found.
    """

    def __init__(self, connections: Connections, sealer: Sealer) -> None:
        self._connections = connections
        self._sealer = sealer

    def count(self, project: str) -> PoolCount:
        """See ``TokenIdStore``."""
        with self._connections.reading() as connection:
            counts = dict(connection.execute(_COUNT, (project,)).fetchall())
        return PoolCount(*(counts.get(state, 0) for state in PoolCount._fields))

    def add(self, project: str, token_ids: Sequence[str], *, now: float) -> None:
        """See ``TokenIdStore``."""
        values = [
            (project, self._digests(project, one)[0], self._seal(project, one), now) for one in token_ids
        ]
        with self._connections.writing() as connection:
            connection.executemany(_ADD, values)

    def new(self, project: str, *, limit: int) -> Sequence[str]:
        """See ``TokenIdStore``."""
        with self._connections.reading() as connection:
            return self._opened(connection.execute(_NEW, (project, limit)).fetchall())

    def registered(self, project: str, token_ids: Sequence[str], *, now: float) -> None:
        """See ``TokenIdStore``."""
        values = [(now, digest) for one in token_ids for digest in self._digests(project, one)]
        with self._connections.writing() as connection:
            connection.executemany(_REGISTERED, values)

    def expire(self, project: str, token_id: str, *, now: float) -> str | None:
        """See ``TokenIdStore``."""
        with self._connections.writing() as connection:
            found = [
                row["link_id"]
                for digest in self._digests(project, token_id)
                for row in connection.execute(_EXPIRE, (now, digest)).fetchall()
            ]
        return next(iter(found), None)

    def unused(self, project: str, *, now: float, limit: int) -> Sequence[str]:
        """See ``TokenIdStore``."""
        with self._connections.reading() as connection:
            wanted = {"project": project, "now": now, "limit": limit}
            return self._opened(connection.execute(_UNUSED, wanted).fetchall())

    def forget(self, project: str, token_ids: Sequence[str]) -> None:
        """See ``TokenIdStore``."""
        values = [(digest,) for one in token_ids for digest in self._digests(project, one)]
        with self._connections.writing() as connection:
            connection.executemany(_FORGET, values)

    def draw(self, connection: Connection, project: str, link_id: str, *, now: float) -> str:
        """Return a token id that no other link gets, inside the transaction that inserts the link.

        Raises:
            EmptyPoolError: none is ready.
        """
        while True:
            row = connection.execute(_READY, (project,)).fetchone()
            if row is None:
                raise EmptyPoolError
            opened = self._opened([row])
            if opened:
                connection.execute(_DRAW, ("drawn", link_id, now, row["number"]))
                return opened[0]
            connection.execute(_DRAW, ("lost", None, now, row["number"]))  # its key has left the settings

    def _digests(self, project: str, token_id: str) -> list[bytes]:
        return self._sealer.digests(_context(project) + token_id.encode())

    def _seal(self, project: str, token_id: str) -> bytes:
        return self._sealer.seal(token_id.encode(), _context(project))

    def _opened(self, found: Iterable[Row]) -> list[str]:
        """Return the token ids of rows, without those whose key has left the settings."""
        opened = []
        for row in found:
            try:
                opened.append(self._sealer.open(row["sealed"], _context(row["project"])).decode())
            except DecryptError:
                continue
        return opened


def _context(project: str) -> bytes:
    return f"token id {project} ".encode()
