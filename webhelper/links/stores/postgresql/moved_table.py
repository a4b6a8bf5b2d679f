"""One table of a move from a file to a database: its rows in the order of its key, a slice in each commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from webhelper.links.stores import rows
from webhelper.links.stores.postgresql import move_mark
from webhelper.links.stores.postgresql.connections import new_mark

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from webhelper.links.stores.postgresql.connections import Connection

SLICE: Final = 1000  # rows of one commit
_COLUMNS: Final = """
SELECT attname::text FROM pg_attribute
WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""


class MovedTable(NamedTuple):
    """A table that a file and a database both have, but for a few columns that are worked out on the way.

    Attributes:
        name: of the table.
        key: the columns of its primary key.
    """

    name: str
    key: Sequence[str]

    @property
    def count_query(self) -> str:
        """The query for the number of rows, of both."""
        return f"SELECT count(*) FROM {self.name}"

    @property
    def last_query(self) -> str:
        """The query for the key of the last row, of both."""
        descending = ", ".join(f"{name} DESC" for name in self.key)
        return f"SELECT {', '.join(self.key)} FROM {self.name} ORDER BY {descending} LIMIT 1"

    def rows_of(self, source: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
        """Yield every row of the file, in the order of the key."""
        yield from map(tuple, source.execute(f"SELECT * FROM {self.name} ORDER BY {', '.join(self.key)}"))

    def move(self, source: sqlite3.Connection, target: Connection) -> int:
        """Move the rows that have not arrived yet, and return how many that were."""
        columns = self._columns(source, target)
        moved = some = self._move_some(source, target, columns)
        while some == SLICE:
            some = self._move_some(source, target, columns)
            moved += some
        return moved

    def _columns(self, source: sqlite3.Connection, target: Connection) -> Sequence[str]:
        """Return the columns of the database that the file has too, or from which they are worked out."""
        theirs = [name for (name,) in target.execute(_COLUMNS, (self.name,)).fetchall()]
        ours = {row["name"] for row in source.execute(f"PRAGMA table_info({self.name})")}
        return [name for name in theirs if name in ours or name in _MADE.get(self.name, {})]

    def _move_some(self, source: sqlite3.Connection, target: Connection, columns: Sequence[str]) -> int:
        """Move the rows that follow the last one that has arrived, and return how many they are."""
        made = _MADE.get(self.name, {})
        insert = f"INSERT INTO {self.name} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
        with target.transaction():
            move_mark.hold(target)  # first: what a process that was killed has sent may arrive only now
            after = target.execute(self.last_query).fetchone()
            found = self._after(source, after)
            values = [[made[name](row) if name in made else row[name] for name in columns] for row in found]
            target.cursor().executemany(insert, values)
        return len(found)

    def _after(self, source: sqlite3.Connection, key: Sequence[Any] | None) -> list[sqlite3.Row]:
        """Return the next rows of the file after the one with this key; None begins."""
        names, marks = ", ".join(self.key), ", ".join("?" * len(self.key))
        begin = "" if key is None else f"WHERE ({names}) > ({marks})"
        query = f"SELECT * FROM {self.name} {begin} ORDER BY {names} LIMIT ?"
        return source.execute(query, (*(key or ()), SLICE)).fetchall()


def _folded(row: Mapping[str, Any] | sqlite3.Row) -> str | None:
    return None if row["label"] is None else rows.folded(row["label"]).decode()


def _is_final(row: Mapping[str, Any] | sqlite3.Row) -> bool | None:
    return None if row["is_final"] is None else bool(row["is_final"])


def _last_used_at(row: Mapping[str, Any] | sqlite3.Row) -> float | None:
    return None if row["uses"] == 0 else row["last_used_at"]  # a file has a time before the first use too


def _mark(_: Mapping[str, Any] | sqlite3.Row) -> bytes:
    return new_mark()


_MADE: Final[Mapping[str, Mapping[str, Callable[[sqlite3.Row], object]]]] = {
    "links": {"folded": _folded, "last_used_at": _last_used_at},
    "visits": {"is_final": _is_final},
    "events": {"delivery": _mark},
    "used_codes": {"used_by": _mark},
}
