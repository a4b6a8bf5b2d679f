"""One SQLite file for all tables of the sandbox, shared by threads and processes."""

from __future__ import annotations

import os
import sqlite3
import time
import weakref
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, RLock
from typing import TYPE_CHECKING, Final

from webhelper.simulator.sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MEMORY: Final = ":memory:"
VERSION: Final = 1
_APPLICATION_ID: Final = 0x4C565342  # "LVSB"
_BUSY_S: Final = 10.0  # how long a write waits for the writer of another process
_PAUSE_S: Final = 0.02


class Database:
    """Lends its one connection to one thread at a time; other processes have connections of their own.

    Args:
        path: the file, made when missing and readable by its owner alone; or ``":memory:"``.
        tables: the statements that make the tables of a new file.

    Raises:
        SandboxError: the file cannot be opened, or is not a sandbox of this version.
    """

    def __init__(self, path: Path | str, tables: Sequence[str]) -> None:
        self._path = MEMORY if str(path) == MEMORY else str(Path(path).absolute())
        self._tables = tables
        self._lock = RLock()
        self._depth = 0
        self._closed = False
        self._process = os.getpid()
        self._reopening = Lock()
        self._inherited: list[sqlite3.Connection] = []
        try:
            self._connection = self._opened()
        except (OSError, sqlite3.Error) as error:
            raise SandboxError("the file cannot be opened as a sandbox") from error
        self._close_in_the_end()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection, to read.

        Raises:
            SandboxError: the database was closed.
        """
        if self._process != os.getpid():
            self._leave_to_parent()
        with self._lock:
            if self._closed:
                raise SandboxError("the simulator was stopped; make another one")
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection inside one transaction; a block inside such a block belongs to it."""
        with self.reading() as sql:
            if self._depth == 0:
                sql.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield sql
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    sql.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                sql.execute("COMMIT")

    def close(self) -> None:
        """Close the connection of this process."""
        with self._lock:
            self._closed = True
            self._connection.close()

    def _leave_to_parent(self) -> None:
        """Open a connection of this process's own: none may cross a fork, not even to be closed."""
        with self._reopening:
            if self._process != os.getpid():
                self._inherited.append(self._connection)
                self._connection = self._opened()
                self._close_in_the_end()
                self._lock, self._depth, self._process = RLock(), 0, os.getpid()

    def _close_in_the_end(self) -> None:
        """Have the connection closed when nobody has this database any more, if nobody closed it before."""
        weakref.finalize(self, _close, self._connection, os.getpid()).atexit = False

    def _opened(self) -> sqlite3.Connection:
        if self._path != MEMORY:
            with suppress(FileExistsError):
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL, 0o600))
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            self._create(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _create(self, sql: sqlite3.Connection) -> None:
        _use_wal(sql)
        sql.execute("PRAGMA synchronous = NORMAL")  # a power cut may cost the last moments, never the file
        sql.execute("BEGIN IMMEDIATE")
        (known,) = sql.execute("PRAGMA application_id").fetchone()
        (version,) = sql.execute("PRAGMA user_version").fetchone()
        (tables,) = sql.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if known == 0 and tables == 0:
            for statement in "".join(self._tables).split(";\n"):
                sql.execute(statement)
            sql.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            sql.execute(f"PRAGMA user_version = {VERSION}")
        elif (known, version) != (_APPLICATION_ID, VERSION):
            raise SandboxError("the file is not a sandbox of this version; name another, or delete it")
        sql.execute("COMMIT")


def _close(connection: sqlite3.Connection, process: int) -> None:
    if process == os.getpid():
        connection.close()


def _use_wal(sql: sqlite3.Connection) -> None:
    """Switch to WAL, so that readers never wait; SQLite does not wait while another process switches."""
    give_up = time.monotonic() + _BUSY_S
    while True:
        try:
            sql.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
        else:
            return
        time.sleep(_PAUSE_S)
