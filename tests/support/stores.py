"""Places in which stores keep links: a directory for SQLite, a database for PostgreSQL."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
from sites import open_store

from webhelper.links.stores import shown_anew
from webhelper.links.stores.postgresql.outcomes import Outcomes as PostgresqlOutcomes
from webhelper.links.stores.sqlite.outcomes import Outcomes as SqliteOutcomes
from webhelper.links.stores.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from postgresql_server import PostgresqlServer

    from webhelper.links.stores.base import Store
    from webhelper.links.stores.outbox import MessageKind


class Stores:
    """Opens stores that share one place, and looks at what they keep behind their backs.

    Attributes:
        place: what ``open_store`` takes, in any process.
    """

    place: Path | str

    def __init__(self) -> None:
        self._opened: list[Store] = []

    def open(self, **changes: Any) -> Store:
        """Return a store, which is closed after the test; ``changes`` are arguments of ``open_store``."""
        store = open_store(self.place, **changes)
        self._opened.append(store)
        return store

    def close(self) -> None:
        """Close every store."""
        while self._opened:
            self._opened.pop().close()

    def empty(self) -> None:
        """Close every store, and delete what they kept."""
        raise NotImplementedError

    def execute(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement that every engine understands, and return its rows; ``?`` is for a value."""
        raise NotImplementedError

    def execute_many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        """Run a statement with each of these rows of values, in one transaction."""
        raise NotImplementedError

    def contents(self) -> bytes:
        """Return what the files hold."""
        raise NotImplementedError

    def hold(self, link_id: str) -> Callable[[], object]:
        """Let somebody else change a link, and return what ends that."""
        raise NotImplementedError


class SqliteStores(Stores):
    """Stores on one file in a directory."""

    def __init__(self, place: Path) -> None:
        super().__init__()
        self.place: Path = place

    def empty(self) -> None:
        """See ``Stores``."""
        self.close()
        for file in self.place.iterdir():
            file.unlink()

    def execute(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """See ``Stores``."""
        with closing(sqlite3.connect(self.place / "links.db", isolation_level=None)) as connection:
            return connection.execute(statement, values).fetchall()

    def execute_many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        """See ``Stores``."""
        with closing(sqlite3.connect(self.place / "links.db")) as connection, connection:
            connection.executemany(statement, rows)

    def contents(self) -> bytes:
        """See ``Stores``."""
        return b"".join(file.read_bytes() for file in sorted(self.place.iterdir()))

    def hold(self, link_id: str) -> Callable[[], object]:
        """See ``Stores``."""
        connection = sqlite3.connect(self.place / "links.db", isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE links SET uses = uses WHERE id = ?", (link_id,))
        return connection.close


class PostgresqlStores(Stores):
    """Stores on one database of a server."""

    def __init__(self, server: PostgresqlServer) -> None:
        super().__init__()
        self._server = server
        self.place: str = server.url()

    def empty(self) -> None:
        """See ``Stores``."""
        self.close()
        self._server.empty()

    def execute(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """See ``Stores``."""
        with psycopg.connect(self.place, autocommit=True) as connection:
            cursor = connection.execute(statement.replace("?", "%s"), values)
            return cursor.fetchall() if cursor.description is not None else []

    def execute_many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        """See ``Stores``."""
        with psycopg.connect(self.place) as connection:
            connection.cursor().executemany(statement.replace("?", "%s"), rows)

    def contents(self) -> bytes:
        """See ``Stores``."""
        return self._server.contents()

    def hold(self, link_id: str) -> Callable[[], object]:
        """See ``Stores``."""
        connection = psycopg.connect(self.place)
        connection.execute("SELECT FROM links WHERE id = %s FOR UPDATE", (link_id,))
        return connection.close


def put_message(store: Any, kind: MessageKind, data: Mapping[str, Any], *, now: float) -> None:
    """Put a message into the outbox of a store, in a transaction of its own."""
    if isinstance(store, SqliteStore):
        with store._connections.writing() as connection:
            store.outbox.put(connection, kind, data, now=now)
    else:
        store._connections.write(
            lambda connection: store.outbox.put(connection, kind, data, now=now), again=None
        )


def work_out_shown(store: Any) -> None:
    """Let a store work out anew what its links and visits keep of outcomes, in a transaction of its own."""
    if isinstance(store, SqliteStore):
        with store._connections.writing() as connection:
            shown_anew.work_out(connection, SqliteOutcomes)
    else:
        store._connections.write(
            lambda connection: shown_anew.work_out(connection, PostgresqlOutcomes), again=None
        )


def quicken(store: Store) -> None:
    """Let an SQLite store of one thread not wait for the disk; the tests' PostgreSQL never does."""
    if isinstance(store, SqliteStore):
        with store._connections.reading() as connection:
            connection.execute("PRAGMA synchronous = OFF")
