"""Connections to one SQLite file, and transactions that several processes can race for."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError
from webhelper.links.stores.sqlite import schema

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_PAGE_BYTES: Final = 1024  # a use writes two pages; of 4,096 bytes each they take a tenth longer
_BUSY_S: Final = 10.0  # how long a write waits for the writer of another process
_SWITCH_S: Final = 10.0  # how long the switch of a new file to WAL is tried
_PAUSE_S: Final = 0.02


class Connections:
    """Lends connections to one file, each to one caller at a time; makes file and tables when missing."""

    def __init__(self, path: Path) -> None:
        self.commits = 0  # of this process; counted by the writer whose turn it is
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._writers = threading.Lock()
        self._process = os.getpid()
        self._inherited: list[sqlite3.Connection] = []
        weakref.finalize(self, _close_idle, self._idle, self._process).atexit = False
        try:
            with self.writing() as connection:
                schema.create(connection)
        finally:
            self.close()  # a server that loads the app and then forks hands no connection on

    def reading(self) -> _Loan:
        """Lend a connection.

        Raises:
            StoreError: SQLite refuses.
        """
        return _Loan(self)

    def writing(self) -> _Transaction:
        """Lend a connection inside one transaction; the writers of this process take turns."""
        return _Transaction(self)

    def close(self) -> None:
        """Close every connection that is not lent."""
        _close_idle(self._idle, os.getpid())

    def next_writer(self) -> threading.Lock:
        """Return the lock of this process's writers, acquired for the caller."""
        writers = self._writers
        if not writers.acquire(timeout=_BUSY_S):  # SQLite itself would sleep and poll
            raise StoreError
        return writers

    def give(self, connection: sqlite3.Connection, error: BaseException | None) -> None:
        """Take a connection back; close it after an error of SQLite."""
        if isinstance(error, sqlite3.Error):
            connection.close()
            raise StoreError from error
        self._idle.append(connection)

    def take(self) -> sqlite3.Connection:
        """Return a connection that nobody else uses; to be given back."""
        if self._process != os.getpid():  # a connection must not cross a fork, not even to be closed
            self._inherited += self._idle
            self._idle.clear()
            self._writers, self._process = threading.Lock(), os.getpid()
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        try:
            with suppress(FileExistsError):  # to close a file that is in use would drop SQLite's locks on it
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL, 0o600))
            connection = sqlite3.connect(
                self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
            )
        except (OSError, ValueError, sqlite3.Error) as error:
            raise StoreError from error
        try:
            _prepare(connection)
        except sqlite3.Error as error:
            connection.close()
            raise StoreError from error
        return connection


class _Loan:
    """A connection for a ``with`` block. A generator would cost some per cent of a redemption."""

    __slots__ = ("_connection", "_connections")

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def __enter__(self) -> sqlite3.Connection:
        self._connection = self._connections.take()
        return self._connection

    def __exit__(self, _: type | None, error: BaseException | None, __: TracebackType | None) -> None:
        self._connections.give(self._connection, error)


class _Transaction(_Loan):
    """The same, committed at the end of the block, or rolled back if it ends in an error."""

    __slots__ = ("_writers",)

    def __enter__(self) -> sqlite3.Connection:
        connection = super().__enter__()
        try:
            self._writers = self._connections.next_writer()
        except BaseException as error:
            self._connections.give(connection, error)
            raise
        try:
            connection.execute("BEGIN IMMEDIATE")
        except BaseException as error:
            self._end(error)
            raise
        return connection

    def __exit__(self, _: type | None, error: BaseException | None, __: TracebackType | None) -> None:
        try:
            if error is None:
                self._connection.execute("COMMIT")
                self._connections.commits += 1
        except BaseException as failure:
            error = failure
            raise
        finally:
            self._end(error)

    def _end(self, error: BaseException | None) -> None:
        """Roll back what is not committed, and release the lock of the writers."""
        try:
            if error is not None and self._connection.in_transaction:
                with suppress(sqlite3.Error):  # a connection that fails here is closed below
                    self._connection.execute("ROLLBACK")
            self._connections.give(self._connection, error)
        finally:
            self._writers.release()


def _close_idle(idle: list[sqlite3.Connection], process: int) -> None:
    """Close the connections of a process, if it is this one; also when nobody has their owner any more."""
    while idle and process == os.getpid():
        idle.pop().close()


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")  # of a new file
    _use_wal(connection)  # readers never wait
    # FULL: a use that was counted stays counted after a power cut.
    connection.row_factory = sqlite3.Row
    connection.executescript("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL, and try again while another process switches a new file: SQLite does not wait then."""
    give_up = time.monotonic() + _SWITCH_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
        else:
            return
        time.sleep(_PAUSE_S)
