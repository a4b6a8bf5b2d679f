"""The upkeep of the file; see ``UpkeepStore``."""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from webhelper.errors import StoreError
from webhelper.links.stores.erasure import in_slices, wanted
from webhelper.links.stores.patience import until_free
from webhelper.links.stores.sealed_tables import TABLES
from webhelper.links.stores.sqlite import erasing, packing, sealed_rows
from webhelper.links.stores.upkeep import key_uses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from sqlite3 import Connection

    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.sqlite.connections import Connections
    from webhelper.links.stores.sqlite.retention import Retention
    from webhelper.links.stores.upkeep import Erased, KeyUse, KnownSubmission
    from webhelper.links.stores.visit_buffer import VisitBuffer

T = TypeVar("T")

_MOST_FREE: Final = 1000  # pages that the file keeps for what comes next; and a tenth of it
_PAGES_AT_ONCE: Final = 4000  # that are given back in one commit
_SIGNED: Final = "SELECT signed_by, count(*) FROM links WHERE expires_at > ? GROUP BY signed_by"


class Upkeep:
    """Keeps a file in order.

    Args:
        connections: lends connections.
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
        with self._connections.writing() as connection:
            deleted = self._retention.delete_some(connection, now)
            if not deleted:
                packing.pack_what_is_full(connection)
        return deleted

    def shrink(self) -> bool:
        """See ``UpkeepStore``."""
        with self._connections.writing() as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            free = _free_pages(connection)
            more = free > max(_MOST_FREE, pages // 10)
            for _ in range(_PAGES_AT_ONCE if more else 0):  # one a call: sqlite3 takes one step of more
                connection.execute("PRAGMA incremental_vacuum(1)")
            more = more and _free_pages(connection) < free  # a file of an older layout keeps them all
        if not more:
            with self._connections.reading() as connection:  # what was given back leaves the file here
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        return more

    def keys(self, *, now: float) -> Sequence[KeyUse]:
        """See ``UpkeepStore``."""
        with self._connections.reading() as connection:
            rows = sealed_rows.count_by_key(connection, TABLES)
            signed = dict(connection.execute(_SIGNED, (now,)).fetchall())
        return key_uses(self._sealer.key_ids, rows, signed)

    def reseal(self) -> Iterator[int]:
        """See ``UpkeepStore``."""
        for table in TABLES:
            after: Sequence[object] | None = table.start
            while after is not None:
                some = partial(sealed_rows.reseal_some, table=table, sealer=self._sealer, after=after)
                done, after = self._write(some)
                yield done

    def unreadable(self) -> Mapping[bytes | None, int]:
        """See ``UpkeepStore``."""
        with self._connections.reading() as connection:
            found = sealed_rows.count_by_key(connection, [table for table in TABLES if table.is_about_users])
        return {key_id: count for key_id, count in found.items() if key_id not in self._sealer.key_ids}

    def submissions_of(self, userid: str) -> Sequence[KnownSubmission]:
        """See ``UpkeepStore``."""
        with self._connections.reading() as connection:
            users = wanted(userid, self._sealer)
            return sorted({known for who in users for known in erasing.submissions(connection, who)})

    def erase(self, userid: str) -> Iterator[Erased]:
        """See ``UpkeepStore``."""
        self._visit_buffer.flush()
        yield from in_slices(self._erase_some, erasing.PARTS, wanted(userid, self._sealer))
        until_free(self._empty_wal, _is_held)  # of what was erased

    def _empty_wal(self) -> None:
        with self._connections.reading() as connection:
            if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                raise StoreError  # others read or write

    def _erase_some(self, work: Callable[[Connection], T]) -> T:
        def secure(connection: Connection) -> T:
            connection.execute("PRAGMA secure_delete = ON")  # what was erased is no longer in free pages
            return work(connection)

        return self._write(secure)

    def _write(self, work: Callable[[Connection], T]) -> T:
        """Return what ``work`` returns, done in one transaction when others let it."""

        def attempt() -> T:
            with self._connections.writing() as connection:
                return work(connection)

        return until_free(attempt, _is_held)


def _is_held(error: StoreError) -> bool:
    """Whether others write: this process, or another."""
    code = getattr(error.__cause__, "sqlite_errorcode", sqlite3.SQLITE_BUSY)
    return error.__cause__ is None or code & 0xFF == sqlite3.SQLITE_BUSY


def _free_pages(connection: Connection) -> int:
    return int(connection.execute("PRAGMA freelist_count").fetchone()[0])
