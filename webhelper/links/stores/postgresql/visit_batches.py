"""Writes the visits of reusable links that have waited in the buffer, all in three statements.

They need not be on the disk at once: a server that is killed may take the last moment's openings with it, as
a process that is killed does.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from webhelper.links.stores import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from webhelper.links.models import Visit
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.postgresql.connections import Connection, Connections

_WITHOUT_WAITING: Final = "SET LOCAL synchronous_commit = off"
# In one order, so that no two hosts wait for each other.
_LOCK: Final = "SELECT id, seq FROM links WHERE id = ANY(%s) ORDER BY seq FOR NO KEY UPDATE"
_INSERT: Final = """
INSERT INTO visits (link, id, at, userid, sealed_by)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::double precision[], %s::bytea[], %s::bytea[])
ON CONFLICT (link, id) DO NOTHING RETURNING link
"""
_COUNT: Final = """
UPDATE links SET uses = uses + new.count, last_used_at = greatest(last_used_at, new.at)
FROM unnest(%s::bigint[], %s::integer[], %s::double precision[]) AS new (seq, count, at)
WHERE links.seq = new.seq
"""


class VisitBatches:
    """Writes visits in one transaction.

    Args:
        connections: lends the connection that writes them.
        sealer: seals what is personal.
        on_written: is called after each write.
    """

    def __init__(self, connections: Connections, sealer: Sealer, *, on_written: Callable[[], None]) -> None:
        self._connections = connections
        self._sealer = sealer
        self._on_written = on_written

    def write(self, visits: Mapping[str, Sequence[Visit]]) -> None:
        """Write visits, by the ids of their links; those of deleted links are let go.

        Raises:
            StoreError: it is not certain that they are written; those that are count once all the same.
        """

        def work(connection: Connection) -> None:
            connection.execute(_WITHOUT_WAITING)
            self._write(connection, visits)

        self._connections.write(work, again=work)
        self._on_written()

    def _write(self, connection: Connection, visits: Mapping[str, Sequence[Visit]]) -> None:
        found = connection.execute(_LOCK, (list(visits),)).fetchall()
        columns = [
            (seq, *rows.of_visit(visit, self._sealer)) for link_id, seq in found for visit in visits[link_id]
        ]
        if not columns:
            return
        written = connection.execute(_INSERT, [list(column) for column in zip(*columns, strict=True)])
        counts = Counter(seq for (seq,) in written)
        latest = [visits[link_id][-1].at for link_id, _ in found]
        seqs = [seq for _, seq in found]
        connection.execute(_COUNT, (seqs, [counts[seq] for seq in seqs], latest))
