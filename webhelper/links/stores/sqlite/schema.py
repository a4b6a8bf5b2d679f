"""Create the tables of the store in a new file, or refuse a file that this version does not read."""

from __future__ import annotations

from sqlite3 import complete_statement
from typing import TYPE_CHECKING, Final

from webhelper.links.stores.errors import NewerStoreError, UpgradePendingError, WrongStoreError
from webhelper.links.stores.numbered_sql import steps_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection

    from webhelper.links.stores.numbered_sql import Step

BLOCK_LINKS: Final = 512  # links whose rows are listed and searched together; the tables have it too
CONVERTED: Final = (2, 3, 4, 5)  # versions before the numbered files, from which ``older`` leads to the first
_OURS: Final = {"links", "visits"}  # tables of every version


def steps() -> tuple[Step, ...]:
    """Return the steps that make the tables; the number of the last one is the version of the tables."""
    return steps_in("webhelper.links.stores.sqlite.sql")


def version_of(connection: Connection) -> int:
    """Return the version of the tables; 0 for a new file.

    Raises:
        WrongStoreError: the tables are another program's, or of a version that is neither read nor converted.
        NewerStoreError: they are those of a later version.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if version == 0 and not tables:
        return 0
    first, *_, newest = (step.number for step in steps())
    if tables >= _OURS and (version in CONVERTED or first <= version <= newest):
        return int(version)
    if tables >= _OURS and version > newest:
        raise NewerStoreError(version=version, newest=newest)
    raise WrongStoreError


def create(connection: Connection) -> None:
    """Create the tables in a new file.

    Raises:
        UpgradePendingError: it has tables of an earlier version.
        WrongStoreError: it has others.
    """
    version, newest = version_of(connection), steps()[-1].number
    if version == 0:
        for step in steps():
            run(connection, step.sql)
        connection.execute(f"PRAGMA user_version = {newest}")
    elif version != newest:
        raise UpgradePendingError


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
