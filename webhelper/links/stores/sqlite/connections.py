"""Connections to one SQLite file, and transactions that several processes can race for."""

from __future__ import annotations

import os
import sqlite3
import time
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError
from webhelper.links.stores.sqlite import hosts, opening, schema
from webhelper.links.stores.sqlite.opening import BUSY_S
from webhelper.links.stores.sqlite.turns import Turns

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

# A new connection would need space on a full disk, and nothing could be read.
_HARMLESS: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL)
RETRY_S: Final = 0.05  # how long a write waits after one that waited in vain


class Connections:
    """Lends connections to one file, each to one caller at a time; makes file and tables when missing.

    From then on it writes to this file alone. If the file is deleted, or another one takes its place, nothing
    is acknowledged any more that only a file without a name would keep.
    """

    def __init__(self, path: Path) -> None:
        self.commits = 0  # of this process; counted by the writer whose turn it is
        self.patience_s = BUSY_S  # short while writes wait in vain, so that requests do not pile up
        self._path = path
        opening.make_file(path)
        self._name = str(path)
        self._file = opening.identity(self._name)
        self._idle: list[sqlite3.Connection] = []
        self._kept: list[sqlite3.Connection] = []
        self._turns = Turns()
        self._process = os.getpid()
        self._inherited: list[sqlite3.Connection] = []
        weakref.finalize(self, _close, self._process, self._idle, self._kept).atexit = False
        try:
            with self.writing() as connection:
                schema.create(connection)
                hosts.note(connection)
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
        """Close every connection that is not lent, and those of ``keep``."""
        _close(os.getpid(), self._idle, self._kept)

    def check_file(self) -> None:
        """Return if the file is where it was when it was opened.

        Raises:
            StoreError: it has been deleted, moved or replaced.
        """
        if opening.identity(self._name) != self._file:
            raise StoreError from FileNotFoundError()

    def next_writer(self) -> tuple[Turns, float]:
        """Return this process's turns, with the turn taken, and how many seconds may still be waited."""
        turns, wait_s, begun = self._turns, self.patience_s, time.monotonic()
        if turns.turn.acquire(blocking=False):
            return turns, wait_s
        if not turns.wait(wait_s):
            self.patience_s = RETRY_S
            raise StoreError
        return turns, max(0.0, begun + wait_s - time.monotonic())

    def give(self, connection: sqlite3.Connection, error: BaseException | None) -> None:
        """Take a connection back; close it after an error of SQLite that may have changed it."""
        if error is None:
            self._idle.append(connection)
            return
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if isinstance(error, sqlite3.Error) and (code not in _HARMLESS or connection.in_transaction):
            connection.close()
        else:
            self._idle.append(connection)
        if isinstance(error, sqlite3.Error | UnicodeEncodeError):  # of a text that is no Unicode
            raise StoreError from error

    def take(self) -> sqlite3.Connection:
        """Return a connection that nobody else uses; to be given back."""
        if self._process != os.getpid():  # a connection must not cross a fork, not even to be closed
            self._inherited += self._idle + self._kept
            self._idle.clear()
            self._kept.clear()
            self._turns, self._process = Turns(), os.getpid()
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def keep(self) -> sqlite3.Connection:
        """Return a connection that nobody else uses until ``close``, for one who asks again and again."""
        connection = self.take()
        self._kept.append(connection)
        return connection

    def _connect(self) -> sqlite3.Connection:
        self.check_file()  # SQLite would make a new one
        return opening.connect(self._path)


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

    __slots__ = ("_turns",)

    def __enter__(self) -> sqlite3.Connection:
        connection = super().__enter__()
        try:
            self._connections.check_file()
            self._turns, wait_s = self._connections.next_writer()
        except BaseException as error:
            self._connections.give(connection, error)
            raise
        try:
            self._turns.begin(connection, wait_s)
            self._connections.patience_s = BUSY_S
        except BaseException as error:
            self._connections.patience_s = RETRY_S
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
        """Roll back what is not committed, and give the turn to the next writer."""
        try:
            if error is not None and self._connection.in_transaction:
                with suppress(sqlite3.Error):  # a connection that fails here is closed below
                    self._connection.execute("ROLLBACK")
            self._connections.give(self._connection, error)
        finally:
            self._turns.turn.release()


def _close(process: int, *connections: list[sqlite3.Connection]) -> None:
    """Close the connections of a process, if it is this one; also when nobody has their owner any more."""
    for some in connections:
        while some and process == os.getpid():
            some.pop().close()
