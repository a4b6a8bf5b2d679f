"""Move what a SQLite file keeps to a database: table by table, in the order of keys, a slice in each commit.

A move that was interrupted goes on after the last row that arrived. Until it has ended, the database is
marked, and no host uses it.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from webhelper.links.stores.errors import MovedStoreError, StoreNotEmptyError, UpgradePendingError
from webhelper.links.stores.postgresql import move_mark, schema
from webhelper.links.stores.postgresql.moved_table import MovedTable
from webhelper.links.stores.postgresql.single_connection import connected
from webhelper.links.stores.sqlite import files
from webhelper.links.stores.sqlite import schema as sqlite_schema

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Generator
    from pathlib import Path

    from webhelper.errors import StoreError
    from webhelper.links.stores.postgresql.address import Address
    from webhelper.links.stores.postgresql.connections import Connection

# Parents before their children. Leases, and what is made from the rest, are not moved.
_TABLES: Final = (
    MovedTable("links", ("seq",)),
    MovedTable("visits", ("link", "id")),
    MovedTable("outcomes", ("link", "visit", "number")),
    MovedTable("submissions", ("project", "submission_id")),
    MovedTable("kiosk_numbers", ("kiosk",)),
    MovedTable("events", ("number",)),
    MovedTable("event_userids", ("event", "digest")),
    MovedTable("refusals", ("day", "project", "reason")),
    MovedTable("messages", ("number",)),
    MovedTable("token_ids", ("number",)),
    MovedTable("idempotency_keys", ("scope", "key")),
    MovedTable("used_codes", ("code_id",)),
    MovedTable("sessions", ("key",)),
)
_COUNTED: Final = {"links": "seq", "events": "number", "messages": "number", "token_ids": "number"}
_GIVEN: Final = "SELECT name, seq FROM sqlite_sequence"
_FIRST_LINK: Final = "SELECT id FROM links ORDER BY seq LIMIT 1"
# What both must have the same number of, so that nothing has happened in the file since a row was moved.
_TOTALS: Final = "SELECT count(*), coalesce(sum(uses), 0), count(revoked_at), count(outcome) FROM links"


class Moved(NamedTuple):
    """A table that has arrived: how many rows it has, and how many of them this call has moved."""

    table: str
    rows: int
    new: int


def move(path: Path, address: Address) -> Generator[Moved, None, None]:
    """Move everything, and yield each table that has arrived with as many rows as the file has.

    From its first commit to its last, no host can use the database. A call that follows a whole move moves
    nothing.

    Args:
        path: a file of this version, which nobody may use meanwhile, and nobody from then on.
        address: an empty database, or one in which a move of the same file was interrupted.

    Raises:
        StoreInUseError: a process has the file open.
        UpgradePendingError: the file is of an earlier version.
        StoreNotEmptyError: the database has something in it that is not of the file.
        MovedStoreError: the file was used since its move began.
        StoreError: one of both cannot be read or written. Another call goes on.
    """
    with files.alone(path) as source, connected(address) as target:
        if sqlite_schema.version_of(source) != sqlite_schema.steps()[-1].number:
            raise UpgradePendingError
        is_begun = _begin(source, target)
        wrong = MovedStoreError if is_begun else StoreNotEmptyError  # a database that is used is not emptied
        for table in _TABLES:
            new = table.move(source, target) if is_begun else 0
            yield Moved(table.name, _compared(source, target, table.count_query, wrong)[0], new)
        _compared(source, target, _TOTALS, wrong)
        if is_begun:
            _end(source, target)


def _begin(source: sqlite3.Connection, target: Connection) -> bool:
    """Make and mark the tables, unless that was done; return False if the file has been moved already."""
    row = source.execute(_FIRST_LINK).fetchone()
    first = None if row is None else row["id"]
    file = _fingerprint(source)
    with target.transaction():
        schema.create(target, for_move=True)
        is_of_file = move_mark.is_of(target, file)
        if move_mark.is_there(target):
            if move_mark.first_link(target) != first:
                raise StoreNotEmptyError
            if not is_of_file:
                raise MovedStoreError
            return True
        if any(target.execute(table.last_query).fetchone() for table in _TABLES):
            if not is_of_file:
                raise StoreNotEmptyError
            return False
        move_mark.put(target, first_link=first, file=file)
        _go_on_counting(source, target)
    return True


def _fingerprint(source: sqlite3.Connection) -> str:
    """Return the SHA-256 of all that is moved and of the numbers that were given, which any use changes."""
    digest = sha256()
    for table in _TABLES:
        digest.update(f"{table.name}\n".encode())
        for row in table.rows_of(source):
            digest.update(f"{row!r}\n".encode())
    digest.update(repr(sorted(map(tuple, source.execute(_GIVEN)))).encode())
    return digest.hexdigest()


def _end(source: sqlite3.Connection, target: Connection) -> None:
    with target.transaction():
        move_mark.hold(target)
        _go_on_counting(source, target)
        target.execute("UPDATE link_changes SET number = number + 1")
        move_mark.remove(target)


def _compared(
    source: sqlite3.Connection, target: Connection, query: str, wrong: type[StoreError]
) -> tuple[Any, ...]:
    """Return the row that a query gives of both, or raise ``wrong``."""
    ours, theirs = tuple(source.execute(query).fetchone()), target.execute(query).fetchone()
    if ours != theirs:
        raise wrong
    return ours


def _go_on_counting(source: sqlite3.Connection, target: Connection) -> None:
    """Give no number again that the file has given, also if its row was deleted."""
    given = dict(source.execute(_GIVEN).fetchall())
    for table, column in _COUNTED.items():
        (most,) = source.execute(f"SELECT coalesce(max({column}), 0) FROM {table}").fetchone()
        sequence = f"pg_get_serial_sequence('{table}', '{column}')"
        target.execute(f"SELECT setval({sequence}, greatest(%s, %s, 1))", (most, given.get(table, 0)))
