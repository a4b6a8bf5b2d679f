"""Every row that holds something sealed: which key sealed it, and the same sealed anew by the newest key.

The digests by which a sealed value is found are keyed too, and made anew with it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform import DecryptError
from webhelper.links.models import userid_in
from webhelper.links.stores import event_rows, rows
from webhelper.links.stores.sqlite.token_ids import context_of, digests_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from sqlite3 import Connection, Row

    from webhelper.links.signing.sealing import Sealer

SLICE: Final = 1000  # rows of one transaction


class SealedTable(NamedTuple):
    """Where a table holds what is sealed.

    Attributes:
        name: of the table.
        key: the columns of its primary key.
        sealed: the column with what is sealed.
        context: returns what a row's sealed value is bound to.
        digest: the column of the keyed digest; None without one.
        digest_of: returns that digest of a row and its opened value, by the newest key.
    """

    name: str
    key: tuple[str, ...]
    sealed: str
    context: Callable[[Row], bytes]
    digest: str | None = None
    digest_of: Callable[[Row, bytes, Sealer], bytes | None] = lambda *_: None

    @property
    def start(self) -> Sequence[object]:
        """A key before every row's."""
        return (-1, "")[: len(self.key)]

    def rows(
        self, connection: Connection, condition: str, *values: object, after: Sequence[object]
    ) -> list[Row]:
        """Return a slice of sealed rows of which a condition is true, after a key, in the order of keys."""
        key, marks = ", ".join(self.key), ", ".join("?" * len(self.key))
        query = f"""
        SELECT * FROM {self.name} WHERE ({key}) > ({marks}) AND {self.sealed} IS NOT NULL AND ({condition})
        ORDER BY {key} LIMIT {SLICE}
        """
        return connection.execute(query, (*after, *values)).fetchall()

    def count_by_key(self) -> str:
        """Return the query for the number of rows by the id of their key."""
        return (
            f"SELECT sealed_by, count(*) FROM {self.name} WHERE {self.sealed} IS NOT NULL GROUP BY sealed_by"
        )

    def set_to(self, columns: Sequence[str]) -> str:
        """Return the statement that sets columns of one row: its values are those, then the key's."""
        assigned = ", ".join(f"{column} = ?" for column in columns)
        return f"UPDATE {self.name} SET {assigned} WHERE {' AND '.join(f'{name} = ?' for name in self.key)}"

    def key_of(self, row: Row) -> list[object]:
        """Return the values of a row's key."""
        return [row[name] for name in self.key]


def _of_link(_: Row, opened: bytes, sealer: Sealer) -> bytes | None:
    return rows.userid_digest(userid_in(json.loads(opened)["fields"]), sealer)


def _of_visit(_: Row, opened: bytes, sealer: Sealer) -> bytes | None:
    return rows.userid_digest(opened.decode(), sealer)


def _of_token_id(row: Row, opened: bytes, sealer: Sealer) -> bytes | None:
    return digests_of(row["project"], opened.decode(), sealer)[0]


TABLES: Final = (
    SealedTable(
        "links", ("seq",), "sealed", lambda row: rows.context_of_link(row["id"]), "userid_digest", _of_link
    ),
    SealedTable(
        "visits",
        ("link", "id"),
        "userid",
        lambda row: rows.context_of_visit(row["id"]),
        "userid_digest",
        _of_visit,
    ),
    SealedTable(
        "events", ("number",), "sealed", lambda row: event_rows.context_of(row["project"], row["key"])
    ),
    SealedTable(
        "token_ids", ("number",), "sealed", lambda row: context_of(row["project"]), "digest", _of_token_id
    ),
)


def note_keys(connection: Connection, sealer: Sealer) -> None:
    """Note of every row without a key which one sealed it; it signed a link's first address too."""
    for table in TABLES:
        columns = ("sealed_by", "signed_by") if table.name == "links" else ("sealed_by",)
        statement = table.set_to(columns)
        after = table.start
        while found := table.rows(connection, "sealed_by IS NULL", after=after):
            after = table.key_of(found[-1])
            for row in found:
                opened = _opened(table, row, sealer)
                if opened is not None:
                    connection.execute(statement, (*[opened[1]] * len(columns), *table.key_of(row)))


def reseal_some(
    connection: Connection, table: SealedTable, sealer: Sealer, *, after: Sequence[object]
) -> tuple[int, Sequence[object] | None]:
    """Seal the next rows of a table anew by the newest key, inside a transaction.

    Returns:
        How many there were, of a slice; and the key to go on after, None at the end.
    """
    newest = sealer.key_ids[0]
    found = table.rows(connection, "sealed_by IS NOT ?", newest, after=after)
    columns = [table.sealed, "sealed_by", *([] if table.digest is None else [table.digest])]
    statement, done = table.set_to(columns), 0
    for row in found:
        opened = _opened(table, row, sealer)
        if opened is None:
            continue
        values: list[object] = [sealer.seal(opened[0], table.context(row)), newest]
        if table.digest is not None:
            values.append(table.digest_of(row, opened[0], sealer))
        connection.execute(statement, (*values, *table.key_of(row)))
        done += 1
    return done, table.key_of(found[-1]) if found else None


def _opened(table: SealedTable, row: Row, sealer: Sealer) -> tuple[bytes, bytes] | None:
    try:
        return sealer.open_and_name(row[table.sealed], table.context(row))
    except DecryptError:
        return None
