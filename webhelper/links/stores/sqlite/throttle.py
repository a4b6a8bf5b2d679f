"""The throttle of a site with SQLite; see ``ThrottleStore``.

It has a file of its own beside that of the links. What is counted need not outlive a power cut, so no write
waits for the disk; and neither waits for the other's writers.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from webhelper.links.stores.throttle import Rate

SUFFIX: Final = "-throttle"  # behind the name of the file of links
_BUSY_S: Final = 0.5  # how long a write waits for that of another process
_CLEAN_EVERY_S: Final = 60.0
# NORMAL waits for the disk only where WAL is copied into the file, so that a power cut damages nothing.
_PREPARE: Final = (
    "PRAGMA page_size = 1024",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "CREATE TABLE IF NOT EXISTS throttle (key BLOB PRIMARY KEY, moment INTEGER NOT NULL) WITHOUT ROWID",
)
_TAKE: Final = """
INSERT INTO throttle VALUES (:key, :now + :interval)
ON CONFLICT (key) DO UPDATE SET
    moment = CASE WHEN moment > :now + :span THEN :now + :span ELSE max(moment, :now) + :interval END
    WHERE moment <= :now + :span - :interval OR moment > :now + :span
"""
_MOMENT: Final = "SELECT moment FROM throttle WHERE key = ?"
_GIVE_BACK: Final = "UPDATE throttle SET moment = moment - ? WHERE key = ?"
_CLEAN: Final = "DELETE FROM throttle WHERE moment <= ?"


class Throttle:
    """Counts in a file, by one connection of each process.

    Args:
        path: the file; made when missing, readable by its owner alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inherited: list[sqlite3.Connection | None] = []
        self._start()

    def _start(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._cleaned_at = 0.0

    def take(self, key: bytes, rate: Rate, *, now: float) -> float:
        """See ``ThrottleStore``."""
        now_us = int(now * 1_000_000)
        values = {"key": key, "now": now_us, "interval": rate.interval_us, "span": rate.span_us}
        with self._turn() as connection:
            if abs(now - self._cleaned_at) >= _CLEAN_EVERY_S:
                connection.execute(_CLEAN, (now_us,))
                self._cleaned_at = now
            if connection.execute(_TAKE, values).rowcount == 1:
                return 0.0
            # Another process may have cleaned it away meanwhile.
            (moment,) = connection.execute(_MOMENT, (key,)).fetchone() or (now_us + rate.span_us,)
        return float(moment + rate.interval_us - rate.span_us - now_us) / 1_000_000

    def give_back(self, key: bytes, rate: Rate) -> None:
        """See ``ThrottleStore``."""
        with self._turn() as connection:
            connection.execute(_GIVE_BACK, (rate.interval_us, key))

    def close(self) -> None:
        """Close the connection of this process."""
        with self._lock:
            self._drop()

    @contextmanager
    def _turn(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection; what fails is tried with another one next time.

        Raises:
            StoreError: SQLite refuses.
        """
        if self._process != os.getpid():  # a connection must not cross a fork, not even to be closed
            self._inherited.append(self._connection)
            self._start()
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._connect()
                yield self._connection
            except (OSError, ValueError, sqlite3.Error) as error:
                self._drop()
                raise StoreError from error

    def _connect(self) -> sqlite3.Connection:
        with suppress(FileExistsError):  # to close a file that is in use would drop SQLite's locks on it
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL, 0o600))
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        try:
            for statement in _PREPARE:
                connection.execute(statement)
        except sqlite3.Error:
            connection.close()
            raise
        self._closer = weakref.finalize(self, _close, connection, self._process)
        self._closer.atexit = False
        return connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._closer()
            self._connection = None


def _close(connection: sqlite3.Connection, process: int) -> None:
    """Close a connection of this process whose owner nobody has any more."""
    if process == os.getpid():
        connection.close()
