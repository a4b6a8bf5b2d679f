"""Writes the visits of reusable links that have waited in the buffer, many in one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.links.stores import rows
from webhelper.links.stores.sqlite import statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from sqlite3 import Connection

    from webhelper.links.models import Visit
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.sqlite.connections import Connections

_SIZES: Final = (256, 32, 8, 1)  # rows of one statement: together they cost a tenth of rows by themselves


class VisitBatches:
    """Writes visits in one transaction.

    Args:
        connections: lends the connection that writes them.
        sealer: seals what is personal.
    """

    def __init__(self, connections: Connections, sealer: Sealer) -> None:
        self._connections = connections
        self._sealer = sealer

    def write(self, visits: Mapping[str, Sequence[Visit]]) -> None:
        """Write visits, by the ids of their links; those of deleted links are let go.

        Raises:
            StoreError: none of them is written.
        """
        with self._connections.writing() as connection:
            for link_id, of_link in visits.items():
                self._write_of_link(connection, link_id, of_link)

    def _write_of_link(self, connection: Connection, link_id: str, visits: Sequence[Visit]) -> None:
        row = connection.execute(statements.SELECT_SEQ, (link_id,)).fetchone()
        if row is None:
            return  # the link has been deleted
        counted = {"id": link_id, "count": len(visits), "at": visits[-1].at}
        connection.execute(statements.COUNT_MANY, counted)
        for some in _portions(visits):
            values = [value for visit in some for value in (row[0], *rows.of_visit(visit, self._sealer))]
            connection.execute(statements.insert_visits(len(some)), values)


def _portions(visits: Sequence[Visit]) -> Iterator[Sequence[Visit]]:
    """Yield the visits in portions of few sizes, so that SQLite has seen each statement before."""
    start = 0
    for size in _SIZES:
        while len(visits) - start >= size:
            yield visits[start : start + size]
            start += size
