"""The two engines under the canary run: how each is broken, and every byte that it has written."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest
from postgresql_server import FOR_TESTS, PostgresqlServer
from psycopg import sql

from webhelper.links.stores.postgresql import pool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from webhelper.links.stores.base import Store

_BROKEN: Final = ("links", "visits", "events", "token_ids", "idempotency_keys", "used_codes", "sessions")
_PAGE_BYTES: Final = 8192
# The server writes every statement into its log, and those that fail with all their values.
_TELLS_ALL: Final = {
    "log_statement": "all",
    "log_parameter_max_length": "-1",
    "log_parameter_max_length_on_error": "-1",
    "log_min_messages": "debug1",
    "log_min_error_statement": "debug5",
    "log_error_verbosity": "verbose",
}


class Engine(ABC):
    """A place for a store.

    Attributes:
        url: as ``STORE`` has it.
        allowed_in_log: what the log of its server may show beside what its tables keep in clear.
    """

    url: str

    @abstractmethod
    def execute(self, statement: str) -> None:
        """Run one statement, behind the back of the site."""

    @contextmanager
    def without_tables(self) -> Iterator[None]:
        """Rename most tables for a while, so that statements fail."""
        for table in _BROKEN:
            self.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
        try:
            yield
        finally:
            for table in _BROKEN:
                self.execute(f"ALTER TABLE {table}_away RENAME TO {table}")

    @abstractmethod
    def away(self, store: Store) -> AbstractContextManager[None]:
        """Take file or server away for a while."""

    @abstractmethod
    def contents(self) -> Mapping[str, bytes]:
        """Return every byte that was written, by where it is."""

    @abstractmethod
    def close(self) -> None:
        """End the server and remove its files, if there are any that nobody else removes."""


class Sqlite(Engine):
    """A file in a directory, with the files beside it."""

    def __init__(self, directory: Path) -> None:
        self._directory, self._file = directory, directory / "links.db"
        self.url = f"sqlite:///{self._file.as_posix()}"

    def execute(self, statement: str) -> None:
        """See ``Engine``."""
        with closing(sqlite3.connect(self._file)) as connection, connection:
            connection.execute(statement)

    @contextmanager
    def away(self, store: Store) -> Iterator[None]:
        """See ``Engine``."""
        moved = self._file.with_suffix(".away")
        connections: Any = store
        connections._connections.close()
        self._file.rename(moved)
        try:
            yield
        finally:
            moved.rename(self._file)

    def contents(self) -> Mapping[str, bytes]:
        """See ``Engine``."""
        return {file.name: file.read_bytes() for file in sorted(self._directory.iterdir())}

    def close(self) -> None:
        """See ``Engine``: whoever made the directory removes it."""


class Postgresql(Engine):
    """A database of a server of its own, whose log has every statement with its values."""

    def __init__(self) -> None:
        self._server = PostgresqlServer(FOR_TESTS | _TELLS_ALL)
        self._server.start()
        self.url = self._server.url()
        self._before = set(self._pages())

    def execute(self, statement: str) -> None:
        """See ``Engine``."""
        self._server.execute(statement)

    @contextmanager
    def away(self, store: Store) -> Iterator[None]:
        """See ``Engine``."""
        self._server.stop()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pool, "_LEND_S", 0.05)
            try:
                yield
            finally:
                self._server.start()

    def contents(self) -> Mapping[str, bytes]:
        """See ``Engine``: the rows of each table, new pages of the files and the log of changes, the log."""
        found = self._rows()
        found["files"] = b"".join(page for page in self._pages() if page not in self._before)
        self._server.stop()
        found["log"] = "".join(self._server.log).encode()
        return found

    def _rows(self) -> dict[str, bytes]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            return {
                f"table {name}": "\n".join(row for (row,) in connection.execute(_all_of(name))).encode()
                for (name,) in names.fetchall()
            }

    def _pages(self) -> Iterator[bytes]:
        contents = self._server.contents()
        for place in range(0, len(contents), _PAGE_BYTES):
            yield contents[place : place + _PAGE_BYTES]

    def close(self) -> None:
        """See ``Engine``."""
        self._server.remove()


def _all_of(table: str) -> sql.Composed:
    return sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table))
