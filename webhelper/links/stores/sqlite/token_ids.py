"""The vendor's token ids of projects in private mode, sealed; see ``TokenIdStore``."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from webhelper.errors import EmptyPoolError
from webhelper.links.stores.token_ids import PoolCount, context_of, digests_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection, Row

    from webhelper.links.models import Link
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.sqlite.connections import Connections

_COUNT: Final = "SELECT state, count(*) FROM token_ids WHERE project = ? AND sealed_by = ? GROUP BY state"
_ADD: Final = """
INSERT OR IGNORE INTO token_ids (project, digest, sealed, sealed_by, at) VALUES (?, ?, ?, ?, ?)
"""
OLDEST: Final = """
SELECT number, sealed FROM token_ids WHERE project = ? AND state = ? AND sealed_by = ?
ORDER BY number LIMIT ?
"""
_REGISTERED: Final = "UPDATE token_ids SET state = 'ready', at = ? WHERE digest = ? AND state = 'new'"
_DRAW: Final = "UPDATE token_ids SET state = 'drawn', link_id = ?, at = ? WHERE number = ?"
_EXPIRE: Final = "UPDATE token_ids SET state = 'expired', at = ? WHERE digest = ? RETURNING link_id"
_CLOSE_LINK: Final = "UPDATE links SET token_id_expired_at = coalesce(token_id_expired_at, ?) WHERE id = ?"
# Used ones, and those of deleted links, which may have been used, are kept for a day, in which a check ends.
_UNUSED: Final = """
SELECT token_ids.sealed FROM token_ids LEFT JOIN links ON links.id = link_id
WHERE token_ids.project = :project AND token_ids.sealed_by = :key
AND (state = 'expired' OR state = 'drawn' AND (
    links.uses > 0 AND links.last_used_at <= :now - 86400
    OR links.uses = 0 AND (links.revoked_at IS NOT NULL OR links.expires_at <= :now)
    OR links.id IS NULL AND at <= :now - 86400))
ORDER BY number LIMIT :limit
"""
_FORGET: Final = "DELETE FROM token_ids WHERE digest = ?"


class TokenIds:
    """Keeps token ids.

    Those that are sealed by a key which has left the settings are as good as not here.

    Args:
        connections: lends connections.
        sealer: seals them, and gives the digests by which they are found.
    """

    def __init__(self, connections: Connections, sealer: Sealer) -> None:
        self._connections = connections
        self._sealer = sealer
        self._keys = sealer.key_ids

    def count(self, project: str) -> PoolCount:
        """See ``TokenIdStore``."""
        counts: Counter[str] = Counter()
        with self._connections.reading() as connection:
            for key in self._keys:
                counts.update(dict(connection.execute(_COUNT, (project, key)).fetchall()))
        return PoolCount(*(counts[state] for state in PoolCount._fields))

    def add(self, project: str, token_ids: Sequence[str], *, now: float) -> None:
        """See ``TokenIdStore``."""
        key, context = self._keys[0], context_of(project)
        values = [
            (project, self._digests(project, one)[0], self._sealer.seal(one.encode(), context), key, now)
            for one in token_ids
        ]
        with self._connections.writing() as connection:
            connection.executemany(_ADD, values)

    def new(self, project: str, *, limit: int) -> Sequence[str]:
        """See ``TokenIdStore``."""
        with self._connections.reading() as connection:
            found = self._oldest(connection, project, "new", limit=limit)
        return [self._opened(project, row) for row in found]

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
            connection.executemany(_CLOSE_LINK, [(now, link_id) for link_id in found])
        return next(iter(found), None)

    def unused(self, project: str, *, now: float, limit: int) -> Sequence[str]:
        """See ``TokenIdStore``."""
        wanted = {"project": project, "now": now, "limit": limit}
        with self._connections.reading() as connection:
            found = [
                row
                for key in self._keys
                for row in connection.execute(_UNUSED, wanted | {"key": key}).fetchall()
            ]
        return [self._opened(project, row) for row in found[:limit]]

    def forget(self, project: str, token_ids: Sequence[str]) -> None:
        """See ``TokenIdStore``."""
        values = [(digest,) for one in token_ids for digest in self._digests(project, one)]
        with self._connections.writing() as connection:
            connection.executemany(_FORGET, values)

    def draw(self, connection: Connection, link: Link, *, now: float) -> Link:
        """Return a link with a token id that no other link gets, inside the transaction that inserts it.

        Raises:
            EmptyPoolError: none is ready.
        """
        project = link.spec.project
        for row in self._oldest(connection, project, "ready", limit=1):
            connection.execute(_DRAW, (link.id, now, row["number"]))
            return replace(link, spec=replace(link.spec, token_id=self._opened(project, row)))
        raise EmptyPoolError

    def _oldest(self, connection: Connection, project: str, state: str, *, limit: int) -> list[Row]:
        """Return rows of a state, those of the oldest key first, for it will leave the settings first."""
        found: list[Row] = []
        for key in reversed(self._keys):
            found += connection.execute(OLDEST, (project, state, key, limit - len(found))).fetchall()
        return found

    def _digests(self, project: str, token_id: str) -> list[bytes]:
        return digests_of(project, token_id, self._sealer)

    def _opened(self, project: str, row: Row) -> str:
        return self._sealer.open(row["sealed"], context_of(project)).decode()
