"""The upkeep of the database; see ``UpkeepStore``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled
from psycopg.rows import dict_row

from webhelper.links.stores.erasure import in_slices, wanted
from webhelper.links.stores.patience import until_free
from webhelper.links.stores.postgresql import erasing
from webhelper.links.stores.sealed_tables import TABLES
from webhelper.links.stores.upkeep import key_uses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from webhelper.errors import StoreError
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.postgresql.connections import Connection, Connections
    from webhelper.links.stores.postgresql.retention import Retention
    from webhelper.links.stores.sealed_tables import SealedTable
    from webhelper.links.stores.upkeep import Erased, KeyUse, KnownSubmission
    from webhelper.links.stores.visit_buffer import VisitBuffer

_HELD: Final = (LockNotAvailable, QueryCanceled, DeadlockDetected)
_UNNAME: Final = "DELETE FROM event_userids WHERE event = ANY(%s)"
_NAME: Final = "INSERT INTO event_userids (event, digest) VALUES (%s, %s)"
SLICE: Final = 1000  # rows of one transaction
_COUNTED: Final = 20_000  # rows of one statement, so that none takes long
_SEALED: Final = """
SELECT {key}, sealed_by FROM {table} WHERE ({key}) > ({marks}) AND {sealed} IS NOT NULL
ORDER BY {key} LIMIT %s
"""
_SIGNED: Final = "SELECT signed_by, count(*) FROM links WHERE expires_at > %s GROUP BY signed_by"
_ROWS: Final = """
SELECT * FROM {table} WHERE ({key}) > ({marks}) AND {sealed} IS NOT NULL AND sealed_by IS DISTINCT FROM %s
ORDER BY {key} LIMIT %s FOR UPDATE
"""


class Upkeep:
    """Keeps a database in order.

    Args:
        connections: does the work.
        sealer: opens what is sealed, and seals it anew.
        visit_buffer: visits that are not written yet.
        retention: deletes what has been kept for long enough.
    """

    def __init__(
        self, connections: Connections, sealer: Sealer, visit_buffer: VisitBuffer, retention: Retention
    ) -> None:
        self._connections = connections
        self._sealer = sealer
        self._visit_buffer = visit_buffer
        self._retention = retention

    def purge(self, *, now: float) -> int:
        """See ``UpkeepStore``."""

        def work(connection: Connection) -> int:
            return self._retention.delete_some(connection, now)

        return self._connections.write(work, again=work)

    def shrink(self) -> bool:
        """Return False: autovacuum looks after free space."""
        return False

    def keys(self, *, now: float) -> Sequence[KeyUse]:
        """See ``UpkeepStore``."""
        return key_uses(self._sealer.key_ids, self._count_by_key(TABLES), dict(self._all(_SIGNED, now)))

    def unreadable(self) -> Mapping[bytes | None, int]:
        """See ``UpkeepStore``."""
        found = self._count_by_key(table for table in TABLES if table.is_about_users)
        return {key_id: count for key_id, count in found.items() if key_id not in self._sealer.key_ids}

    def _count_by_key(self, tables: Iterable[SealedTable]) -> dict[bytes | None, int]:
        """Return how many rows of these tables each key has sealed, by its id."""
        counts: Counter[bytes | None] = Counter()
        for table in tables:
            key, marks = ", ".join(table.key), ", ".join(["%s"] * len(table.key))
            query = _SEALED.format(key=key, marks=marks, table=table.name, sealed=table.sealed)
            after = table.start
            while found := self._all(query, *after, _COUNTED):
                counts.update(key_id for *_, key_id in found)
                after = found[-1][:-1]
        return counts

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self._connections.call(lambda connection: connection.execute(query, values).fetchall())

    def reseal(self) -> Iterator[int]:
        """See ``UpkeepStore``."""
        for table in TABLES:
            after: Sequence[object] | None = table.start
            while after is not None:
                done, after = self._reseal_some(table, after)
                yield done

    def _reseal_some(
        self, table: SealedTable, after: Sequence[object]
    ) -> tuple[int, Sequence[object] | None]:
        """Seal a slice anew, and return how many rows it had and the key to go on after; None at the end."""
        key = ", ".join(table.key)
        marks = ", ".join(["%s"] * len(table.key))
        query = _ROWS.format(table=table.name, key=key, marks=marks, sealed=table.sealed)
        changed = ", ".join(f"{column} = %s" for column in table.changed)
        statement = f"UPDATE {table.name} SET {changed} WHERE ({key}) = ({marks})"

        def work(connection: Connection) -> tuple[int, Sequence[object] | None]:
            wanted = (*after, self._sealer.key_ids[0], SLICE)
            found: list[dict[str, Any]] = (
                connection.cursor(row_factory=dict_row).execute(query, wanted).fetchall()
            )
            sealed = [(table.sealed_anew(row, self._sealer), row) for row in found]
            anew = [(new, table.key_of(row)) for new, row in sealed if new is not None]
            connection.cursor().executemany(statement, [(*new.columns, *key) for new, key in anew])
            if table.userids_of is not None:
                _name_users(connection, [(key[0], new.userids) for new, key in anew])
            return len(anew), table.key_of(found[-1]) if found else None

        return until_free(lambda: self._connections.write(work, again=work), _is_held)

    def submissions_of(self, userid: str) -> Sequence[KnownSubmission]:
        """See ``UpkeepStore``."""

        def work(connection: Connection) -> Sequence[KnownSubmission]:
            users = wanted(userid, self._sealer)
            return sorted({known for who in users for known in erasing.submissions(connection, who)})

        return self._connections.call(work)

    def erase(self, userid: str) -> Iterator[Erased]:
        """See ``UpkeepStore``. An answer that is lost is an error, for what it said is nowhere any more."""
        self._visit_buffer.flush()
        yield from in_slices(
            lambda work: until_free(lambda: self._connections.write(work, again=None), _is_held),
            erasing.PARTS,
            wanted(userid, self._sealer),
        )


def _name_users(connection: Connection, events: Sequence[tuple[object, Sequence[bytes]]]) -> None:
    """Keep whom webhooks name by the newest key, in the place of what was kept by an older one."""
    connection.execute(_UNNAME, ([event for event, _ in events],))
    named = [(event, digest) for event, digests in events for digest in digests]
    connection.cursor().executemany(_NAME, named)


def _is_held(error: StoreError) -> bool:
    """Whether somebody else had a row for longer than the server waits."""
    return isinstance(error.__cause__, _HELD)
