"""Move what a SQLite file keeps to a database: table by table, in the order of keys, a slice in each commit.

A move that was interrupted goes on after the last row that arrived. What a file and a database keep differs
in a few columns, which are worked out on the way.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from webhelper.links.stores import rows
from webhelper.links.stores.errors import MovedStoreError, StoreNotEmptyError, UpgradePendingError
from webhelper.links.stores.postgresql import schema
from webhelper.links.stores.postgresql.single_connection import connected
from webhelper.links.stores.sqlite import files
from webhelper.links.stores.sqlite import schema as sqlite_schema

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Generator, Mapping, Sequence
    from pathlib import Path

    from webhelper.links.stores.postgresql.address import Address
    from webhelper.links.stores.postgresql.connections import Connection

SLICE: Final = 1000
_MARK_BYTES: Final = 8
# Parents before their children. Leases, and what is made from the rest, are not moved.
_KEYS: Final = {
    "links": ("seq",),
    "visits": ("link", "id"),
    "outcomes": ("link", "visit", "number"),
    "submissions": ("project", "submission_id"),
    "kiosk_numbers": ("kiosk",),
    "events": ("number",),
    "event_userids": ("event", "digest"),
    "refusals": ("day", "project", "reason"),
    "messages": ("number",),
    "token_ids": ("number",),
    "idempotency_keys": ("scope", "key"),
    "used_codes": ("code_id",),
    "sessions": ("key",),
}
_COUNTED: Final = {"links": "seq", "events": "number", "messages": "number", "token_ids": "number"}
_COLUMNS: Final = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position
"""
# What both must have the same number of, so that nothing has happened in the file since a row was moved.
_TOTALS: Final = "SELECT count(*), coalesce(sum(uses), 0), count(revoked_at), count(outcome) FROM links"


class Moved(NamedTuple):
    """A table that has arrived: how many rows it has, and how many of them this call has moved."""

    table: str
    rows: int
    new: int


def move(path: Path, address: Address) -> Generator[Moved, None, None]:
    """Move everything, and yield each table that has arrived with as many rows as the file has.

    Args:
        path: a file of this version, which nobody may use meanwhile, and nobody from then on.
        address: an empty database, or one in which a move of the same file was interrupted.

    Raises:
        StoreInUseError: a process has the file open.
        UpgradePendingError: the file is of an earlier version.
        StoreNotEmptyError: the database has links that are not of the file.
        MovedStoreError: the file was used since its move began, so that the counts differ.
        StoreError: one of both cannot be read or written. Another call goes on.
    """
    with files.alone(path) as source, connected(address) as target:
        if sqlite_schema.version_of(source) != sqlite_schema.steps()[-1].number:
            raise UpgradePendingError
        schema.create(target)
        _check_origin(source, target)
        for table, key in _KEYS.items():
            new = _move_table(source, target, table, key)
            yield Moved(table, _compared(source, target, f"SELECT count(*) FROM {table}")[0], new)
        _compared(source, target, _TOTALS)
        _go_on_counting(source, target)


def _check_origin(source: sqlite3.Connection, target: Connection) -> None:
    """Return if the database is empty, or its first link is that of the file."""
    first = "SELECT seq, id FROM links ORDER BY seq LIMIT 1"
    found = target.execute(first).fetchone()
    if found is not None and found != _tuple(source.execute(first).fetchone()):
        raise StoreNotEmptyError


def _move_table(source: sqlite3.Connection, target: Connection, table: str, key: Sequence[str]) -> int:
    """Move the rows of a table that have not arrived yet, and return how many that were."""
    theirs = [name for (name,) in target.execute(_COLUMNS, (table,)).fetchall()]
    ours = {row["name"] for row in source.execute(f"PRAGMA table_info({table})")}
    made = _MADE.get(table, {})
    columns = [name for name in theirs if name in ours or name in made]
    names, marks = ", ".join(key), ", ".join("?" * len(key))
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
    after = target.execute(f"SELECT {names} FROM {table} ORDER BY {_descending(key)} LIMIT 1").fetchone()
    begin = "" if after is None else f"WHERE ({names}) > ({marks})"
    moved = 0
    found = source.execute(f"SELECT * FROM {table} {begin} ORDER BY {names}", after or ())
    while some := found.fetchmany(SLICE):
        values = [[made[name](row) if name in made else row[name] for name in columns] for row in some]
        with target.transaction():
            target.cursor().executemany(insert, values)
        moved += len(some)
    return moved


def _descending(key: Sequence[str]) -> str:
    return ", ".join(f"{name} DESC" for name in key)


def _compared(source: sqlite3.Connection, target: Connection, query: str) -> tuple[Any, ...]:
    """Return the row that a query gives of both, or raise ``MovedStoreError``."""
    ours, theirs = _tuple(source.execute(query).fetchone()), target.execute(query).fetchone()
    if ours != theirs:
        raise MovedStoreError
    return ours


def _tuple(row: sqlite3.Row | None) -> tuple[Any, ...]:
    return () if row is None else tuple(row)


def _go_on_counting(source: sqlite3.Connection, target: Connection) -> None:
    """Give no number again that the file has given, also if its row was deleted."""
    given = dict(source.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    for table, column in _COUNTED.items():
        sequence = f"pg_get_serial_sequence('{table}', '{column}')"
        query = f"SELECT setval({sequence}, greatest(max({column}), %s, 1)) FROM {table}"
        target.execute(query, (given.get(table, 0),))
    target.execute("UPDATE link_changes SET number = number + 1")


def _folded(row: Mapping[str, Any] | sqlite3.Row) -> str | None:
    return None if row["label"] is None else rows.folded(row["label"]).decode()


def _is_final(row: Mapping[str, Any] | sqlite3.Row) -> bool | None:
    return None if row["is_final"] is None else bool(row["is_final"])


def _last_used_at(row: Mapping[str, Any] | sqlite3.Row) -> float | None:
    return None if row["uses"] == 0 else row["last_used_at"]  # a file has a time before the first use too


def _mark(_: Mapping[str, Any] | sqlite3.Row) -> bytes:
    return os.urandom(_MARK_BYTES)


_MADE: Final[Mapping[str, Mapping[str, Callable[[sqlite3.Row], object]]]] = {
    "links": {"folded": _folded, "last_used_at": _last_used_at},
    "visits": {"is_final": _is_final},
    "events": {"delivery": _mark},
    "used_codes": {"used_by": _mark},
}
