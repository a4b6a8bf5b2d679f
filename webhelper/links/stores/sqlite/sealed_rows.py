"""Every row that holds something sealed: which key sealed it, and the same sealed anew by the newest key."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from webhelper.links.stores.sealed_tables import TABLES
from webhelper.links.stores.sqlite import event_userids

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from sqlite3 import Connection, Row

    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.sealed_tables import SealedTable

SLICE: Final = 1000  # rows of one transaction


def count_by_key(connection: Connection, tables: Iterable[SealedTable]) -> dict[bytes | None, int]:
    """Return how many rows of these tables each key has sealed, by its id."""
    counts: Counter[bytes | None] = Counter()
    for table in tables:
        condition = f"FROM {table.name} WHERE {table.sealed} IS NOT NULL"
        found = connection.execute(f"SELECT sealed_by, count(*) {condition} GROUP BY sealed_by")
        counts.update(dict(found.fetchall()))
    return counts


def note_keys(connection: Connection, sealer: Sealer) -> None:
    """Note of every row without a key which one sealed it; it signed a link's first address too."""
    for table in TABLES:
        columns = ("sealed_by", "signed_by") if table.name == "links" else ("sealed_by",)
        statement = _set_to(table, columns)
        after = table.start
        while found := _rows(connection, table, "sealed_by IS NULL", after=after):
            after = table.key_of(found[-1])
            for row in found:
                opened = table.opened(row, sealer)
                if opened is not None:
                    connection.execute(statement, (*[opened[1]] * len(columns), *table.key_of(row)))


def name_users(connection: Connection, sealer: Sealer) -> None:
    """Keep whom every webhook names that a key opens."""
    for table in TABLES:
        after: Sequence[object] = table.start
        while table.userids_of and (found := _rows(connection, table, "TRUE", after=after)):
            after = table.key_of(found[-1])
            for row in found:
                opened = table.opened(row, sealer)
                if opened is not None:
                    event_userids.replace(connection, row["number"], table.userids_of(opened[0], sealer))


def reseal_some(
    connection: Connection, table: SealedTable, sealer: Sealer, *, after: Sequence[object]
) -> tuple[int, Sequence[object] | None]:
    """Seal the next rows of a table anew by the newest key, inside a transaction.

    Returns:
        How many there were, of a slice; and the key to go on after, None at the end.
    """
    found = _rows(connection, table, "sealed_by IS NOT ?", sealer.key_ids[0], after=after)
    statement, done = _set_to(table, table.changed), 0
    for row in found:
        anew = table.sealed_anew(row, sealer)
        if anew is not None:
            connection.execute(statement, (*anew.columns, *table.key_of(row)))
            done += 1
            if table.userids_of is not None:
                event_userids.replace(connection, row["number"], anew.userids)
    return done, table.key_of(found[-1]) if found else None


def _rows(
    connection: Connection, table: SealedTable, condition: str, *values: object, after: Sequence[object]
) -> list[Row]:
    """Return a slice of sealed rows of which a condition is true, after a key, in the order of keys."""
    key, marks = ", ".join(table.key), ", ".join("?" * len(table.key))
    query = f"""
    SELECT * FROM {table.name} WHERE ({key}) > ({marks}) AND {table.sealed} IS NOT NULL AND ({condition})
    ORDER BY {key} LIMIT {SLICE}
    """
    return connection.execute(query, (*after, *values)).fetchall()


def _set_to(table: SealedTable, columns: Sequence[str]) -> str:
    """Return the statement that sets columns of one row: its values are those, then the key's."""
    assigned = ", ".join(f"{column} = ?" for column in columns)
    return f"UPDATE {table.name} SET {assigned} WHERE {' AND '.join(f'{name} = ?' for name in table.key)}"
