"""The vendor's token ids of projects in private mode, sealed; see ``TokenIdStore``."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from webhelper.errors import EmptyPoolError
from webhelper.links.stores.postgresql import statements
from webhelper.links.stores.token_ids import PoolCount, context_of, digests_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webhelper.links.models import Link
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.postgresql.connections import Connection, Connections

_COUNT: Final = """
SELECT state, count(*) FROM token_ids WHERE project = %s AND sealed_by = ANY(%s) GROUP BY state
"""
_ADD: Final = """
INSERT INTO token_ids (project, digest, sealed, sealed_by, at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (digest) DO NOTHING
"""
_NEW: Final = """
SELECT sealed FROM token_ids WHERE project = %(project)s AND sealed_by = ANY(%(keys)s) AND state = 'new'
ORDER BY array_position(%(keys)s, sealed_by), number LIMIT %(limit)s
"""
_REGISTERED: Final = "UPDATE token_ids SET state = 'ready', at = %s WHERE digest = ANY(%s) AND state = 'new'"
# Links that draw at once pass over each other's token ids, and none waits.
_DRAW: Final = """
UPDATE token_ids SET state = 'drawn', link_id = %(link_id)s, at = %(now)s
WHERE number = (
    SELECT number FROM token_ids WHERE project = %(project)s AND sealed_by = %(key)s AND state = 'ready'
    ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING sealed
"""
_EXPIRE: Final = "UPDATE token_ids SET state = 'expired', at = %s WHERE digest = ANY(%s) RETURNING link_id"
_CLOSE_LINKS: Final = """
UPDATE links SET token_id_expired_at = coalesce(token_id_expired_at, %s) WHERE id = ANY(%s)
"""
# Used ones, and those of deleted links, which may have been used, are kept for a day, in which a check ends.
_UNUSED: Final = """
SELECT token_ids.sealed FROM token_ids LEFT JOIN links ON links.id = link_id
WHERE token_ids.project = %(project)s AND token_ids.sealed_by = ANY(%(keys)s)
AND (state = 'expired' OR state = 'drawn' AND (
    links.last_used_at <= %(now)s - 86400
    OR links.uses = 0 AND (links.revoked_at IS NOT NULL OR links.expires_at <= %(now)s)
    OR links.id IS NULL AND at <= %(now)s - 86400))
ORDER BY number LIMIT %(limit)s
"""
_FORGET: Final = "DELETE FROM token_ids WHERE digest = ANY(%s)"


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
        self._newest = sealer.key_ids[0]
        self._keys = sealer.key_ids[::-1]  # the oldest first, for it will leave the settings first

    def count(self, project: str) -> PoolCount:
        """See ``TokenIdStore``."""
        found = self._connections.call(
            lambda connection: connection.execute(_COUNT, (project, self._keys)).fetchall()
        )
        counts = Counter(dict(found))
        return PoolCount(*(counts[state] for state in PoolCount._fields))

    def add(self, project: str, token_ids: Sequence[str], *, now: float) -> None:
        """See ``TokenIdStore``."""
        context, key = context_of(project), self._newest
        values = [
            (project, self._digests(project, [one])[0], self._sealer.seal(one.encode(), context), key, now)
            for one in token_ids
        ]

        def work(connection: Connection) -> None:
            connection.cursor().executemany(_ADD, values)

        self._connections.write(work, again=work)

    def new(self, project: str, *, limit: int) -> Sequence[str]:
        """See ``TokenIdStore``."""
        return self._read(_NEW, project, {"limit": limit})

    def registered(self, project: str, token_ids: Sequence[str], *, now: float) -> None:
        """See ``TokenIdStore``."""
        values = (now, self._digests(project, token_ids))
        self._connections.call(lambda connection: connection.execute(_REGISTERED, values).rowcount)

    def expire(self, project: str, token_id: str, *, now: float) -> str | None:
        """See ``TokenIdStore``."""

        def work(connection: Connection) -> str | None:
            found = connection.execute(_EXPIRE, (now, self._digests(project, [token_id]))).fetchall()
            links = [link_id for (link_id,) in found if link_id is not None]
            if links:
                connection.execute(_CLOSE_LINKS, (now, links))
                connection.execute(statements.COUNT_CHANGE)
            return links[0] if links else None

        return self._connections.write(work, again=work)

    def unused(self, project: str, *, now: float, limit: int) -> Sequence[str]:
        """See ``TokenIdStore``."""
        return self._read(_UNUSED, project, {"now": now, "limit": limit})

    def forget(self, project: str, token_ids: Sequence[str]) -> None:
        """See ``TokenIdStore``."""
        values = (self._digests(project, token_ids),)
        self._connections.call(lambda connection: connection.execute(_FORGET, values).rowcount)

    def draw(self, connection: Connection, link: Link, *, now: float) -> Link:
        """Return a link with a token id that no other link gets, inside the transaction that inserts it.

        Raises:
            EmptyPoolError: none is ready.
        """
        project = link.spec.project
        for key in self._keys:
            values = {"link_id": link.id, "now": now, "project": project, "key": key}
            for row in connection.execute(_DRAW, values).fetchall():
                return replace(link, spec=replace(link.spec, token_id=self._opened(project, row)))
        raise EmptyPoolError

    def _read(self, query: str, project: str, values: dict[str, object]) -> list[str]:
        wanted = values | {"project": project, "keys": self._keys}
        found = self._connections.call(lambda connection: connection.execute(query, wanted).fetchall())
        return [self._opened(project, row) for row in found]

    def _digests(self, project: str, token_ids: Sequence[str]) -> list[bytes]:
        return [digest for one in token_ids for digest in digests_of(project, one, self._sealer)]

    def _opened(self, project: str, row: tuple[Any, ...]) -> str:
        return self._sealer.open(row[0], context_of(project)).decode()
