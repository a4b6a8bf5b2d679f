"""Create the tables of the store, or refuse those of another version."""

from __future__ import annotations

from sqlite3 import complete_statement
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError
from webhelper.links.stores.numbered_sql import steps_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection

    from webhelper.links.stores.numbered_sql import Step

BLOCK_LINKS: Final = 512  # links whose rows are listed and searched together; the tables have it too


def steps() -> tuple[Step, ...]:
    """Return the steps that make the tables in a new file; the number of the last is the version of the tables."""
    return steps_in("webhelper.links.stores.sqlite.sql")


def create(connection: Connection) -> None:
    """Create the tables in a new file.

    Raises:
        StoreError: it has tables of another version.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    newest = steps()[-1].number
    if version == 0:
        for step in steps():
            run(connection, step.sql)
        connection.execute(f"PRAGMA user_version = {newest}")
    elif version != newest:
        raise StoreError


def run(connection: Connection, sql: str) -> None:
    """Run several statements inside the transaction that is open, which ``executescript`` would commit."""
    for statement in _statements(sql):
        connection.execute(statement)


def _statements(sql: str) -> Iterator[str]:
    statement = ""
    for part in sql.split(";"):
        statement += f"{part};"
        if complete_statement(statement):
            yield statement
            statement = ""
