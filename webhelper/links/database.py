"""One SQLite file: its schema, its connections, and transactions that several processes can race for."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA_VERSION: Final = 2
_BUSY_S: Final = 10.0  # how long a write waits for the writer of another process
_SWITCH_S: Final = 10.0  # how long the switch of a new file to WAL is tried
_PAUSE_S: Final = 0.02
_SCHEMA: Final = """
CREATE TABLE links (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    project       TEXT NOT NULL,
    pipeline      TEXT NOT NULL,
    sealed        BLOB NOT NULL,             -- fields, next and the prefix of user ids
    label         TEXT,
    created_by    TEXT NOT NULL,
    created_at    REAL NOT NULL,
    expires_at    INTEGER NOT NULL,
    max_uses      INTEGER,
    uses          INTEGER NOT NULL DEFAULT 0,
    last_used_at  REAL,
    revoked_at    REAL,
    result        TEXT,                      -- the latest outcome of its visits
    submission_id TEXT,
    error_code    TEXT,
    returned_at   REAL
) STRICT;
CREATE INDEX links_by_label ON links (label, seq);
CREATE INDEX links_by_expiry ON links (expires_at);
CREATE INDEX links_revoked ON links (seq) WHERE revoked_at IS NOT NULL;
CREATE TABLE visits (
    link          INTEGER NOT NULL REFERENCES links (seq) ON DELETE CASCADE,
    id            TEXT NOT NULL,             -- sorts by time
    at            REAL NOT NULL,
    userid        BLOB,                      -- sealed
    browser       BLOB,                      -- digest of a random cookie
    result        TEXT,
    submission_id TEXT,
    error_code    TEXT,
    returned_at   REAL,
    PRIMARY KEY (link, id)                   -- the only tree, so that a use writes few pages
) STRICT, WITHOUT ROWID;
CREATE TABLE repeats (
    scope   TEXT NOT NULL,
    key     TEXT NOT NULL,
    digest  BLOB NOT NULL,
    link_id TEXT NOT NULL REFERENCES links (id) ON DELETE CASCADE,
    at      REAL NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE spent (
    code_id TEXT PRIMARY KEY,
    at      REAL NOT NULL
) STRICT, WITHOUT ROWID;
"""


class Database:
    """Connections to one file, lent to one caller at a time; file and tables are made when missing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._writers = threading.Lock()
        self._process = os.getpid()
        self._inherited: list[sqlite3.Connection] = []
        try:
            with self.writing() as connection:
                _create(connection)
        finally:
            self.close()  # a server that loads the app first and forks then carries nothing over

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection.

        Raises:
            StoreError: SQLite refuses.
        """
        connection = self._take()
        try:
            yield connection
        except sqlite3.Error as error:
            connection.close()
            raise StoreError from error
        except BaseException:
            self._idle.append(connection)
            raise
        self._idle.append(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection inside one transaction; the writers of this process take turns."""
        with self.reading() as connection:
            writers = self._writers
            if not writers.acquire(timeout=_BUSY_S):  # SQLite would have them sleep, and try again
                raise StoreError
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            finally:
                writers.release()

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> sqlite3.Connection:
        if self._process != os.getpid():  # a connection must not cross a fork, not even to be closed
            self._inherited += self._idle
            self._idle, self._writers, self._process = [], threading.Lock(), os.getpid()
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


def _prepare(connection: sqlite3.Connection) -> None:
    _use_wal(connection)  # readers never wait
    # FULL: a use that was counted stays counted after a power cut.
    connection.executescript("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL; where several processes switch a new file at once, SQLite refuses and does not wait."""
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


def _create(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0:
        for statement in _SCHEMA.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    elif version != SCHEMA_VERSION:
        raise StoreError
