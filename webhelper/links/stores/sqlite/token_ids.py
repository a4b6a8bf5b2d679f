"""The vendor's token ids of projects in private mode, sealed; see ``TokenIdStore``."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from liveform import DecryptError
from webhelper.links.stores.token_ids import PoolCount

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from sqlite3 import Connection, Row

    from webhelper.links.models import Link
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.sqlite.connections import Connections

_COUNT: Final = "SELECT state, count(*) FROM token_ids WHERE project = ? GROUP BY state"
_ADD: Final = "INSERT OR IGNORE INTO token_ids (project, digest, sealed, at) VALUES (?, ?, ?, ?)"
_NEW: Final = "SELECT * FROM token_ids WHERE project = ? AND state = 'new' ORDER BY number"
_REGISTERED: Final = "UPDATE token_ids SET state = 'ready', at = ? WHERE digest = ? AND state = 'new'"
_READY: Final = "SELECT * FROM token_ids WHERE project = ? AND state = 'ready' ORDER BY number LIMIT 1"
_DRAW: Final = "UPDATE token_ids SET state = 'drawn', link_id = ?, at = ? WHERE number = ?"
_GIVE_UP: Final = "UPDATE token_ids SET state = 'expired', at = ? WHERE number = ?"
_EXPIRE: Final = "UPDATE token_ids SET state = 'expired', at = ? WHERE digest = ? RETURNING link_id"
# A link that was deleted without a use has left its token id behind (retention.py).
_UNUSED: Final = """
SELECT token_ids.* FROM token_ids LEFT JOIN links ON links.id = link_id
WHERE token_ids.project = :project AND state IN ('drawn', 'expired') AND (
    state = 'expired' OR links.id IS NULL
    OR links.uses = 0 AND (links.revoked_at IS NOT NULL OR links.expires_at <= :now)
)
"""
_FORGET: Final = "DELETE FROM token_ids WHERE digest = ?"


class TokenIds:
    """Keeps token ids. One that a link drew becomes ``used`` in the table when the link is known to be.

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
        new, ready, drawn, used, expired = (
            counts.get(state, 0) for state in ("new", "ready", "drawn", "used", "expired")
        )
        return PoolCount(new=new, ready=ready, drawn=drawn + used, expired=expired)

    def add(self, project: str, token_ids: Sequence[str], *, now: float) -> None:
        """See ``TokenIdStore``."""
        context = _context(project)
        values = [
            (project, self._digests(project, one)[0], self._sealer.seal(one.encode(), context), now)
            for one in token_ids
        ]
        with self._connections.writing() as connection:
            connection.executemany(_ADD, values)

    def new(self, project: str, *, limit: int) -> Sequence[str]:
        """See ``TokenIdStore``."""
        with self._connections.reading() as connection:
            return list(islice(self._readable(connection.execute(_NEW, (project,))), limit))

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
            found = connection.execute(_UNUSED, {"project": project, "now": now})
            return list(islice(self._readable(found), limit))

    def forget(self, project: str, token_ids: Sequence[str]) -> None:
        """See ``TokenIdStore``."""
        values = [(digest,) for one in token_ids for digest in self._digests(project, one)]
        with self._connections.writing() as connection:
            connection.executemany(_FORGET, values)

    def draw(self, connection: Connection, link: Link, *, now: float) -> Link | None:
        """Return a link with a token id that no other link gets, inside the transaction that inserts it.

        Returns:
            None if none is ready. Those that no key opens any more are given up, if the transaction commits.
        """
        wanted = (link.spec.project,)
        while (row := connection.execute(_READY, wanted).fetchone()) is not None:
            token_id = self._opened(row)
            if token_id is not None:
                connection.execute(_DRAW, (link.id, now, row["number"]))
                return replace(link, spec=replace(link.spec, token_id=token_id))
            connection.execute(_GIVE_UP, (now, row["number"]))
        return None

    def _digests(self, project: str, token_id: str) -> list[bytes]:
        return self._sealer.digests(_context(project) + token_id.encode())

    def _readable(self, found: Iterable[Row]) -> Iterator[str]:
        """Yield the token ids of rows, without those that no key opens any more."""
        return (token_id for row in found if (token_id := self._opened(row)) is not None)

    def _opened(self, row: Row) -> str | None:
        try:
            return self._sealer.open(row["sealed"], _context(row["project"])).decode()
        except DecryptError:
            return None


def _context(project: str) -> bytes:
    return f"token id {project} ".encode()
