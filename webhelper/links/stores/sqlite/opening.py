"""Open one SQLite file: make it when it is missing, set it up, and notice when another file has its name."""

from __future__ import annotations

import os
import sqlite3
import time
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# Of 4,096 bytes, the two pages that a use writes take a tenth longer. The file shrinks when asked to.
OF_NEW_FILES: Final = ("PRAGMA page_size = 1024", "PRAGMA auto_vacuum = INCREMENTAL")
BUSY_S: Final = 2.0  # how long a write waits for the writers of this process and of others, together
LOCK_S: Final = 0.1  # how long SQLite itself waits for a lock once a file is open
_WAL_BYTES: Final = 64 << 20  # what is left of the WAL once it has been copied into the file
_WAL_PAGES: Final = 4000  # after which it is copied: as many bytes as SQLite's 1,000 pages of 4,096
_SWITCH_S: Final = 10.0  # how long the switch of a new file to WAL is tried
_PAUSE_S: Final = 0.02


def make_file(path: Path) -> None:
    """Make an empty file, readable by its owner alone, unless there is one.

    Raises:
        StoreError: there is none, and none can be made.
    """
    try:
        # To close a file that is in use would drop SQLite's locks on it.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    except (OSError, ValueError) as error:
        raise StoreError from error


def identity(path: str) -> tuple[int, int]:
    """Return the device and the inode of a file, which another file of its name does not have.

    Raises:
        StoreError: there is none.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 - each write asks, and a Path takes longer
    except (OSError, ValueError) as error:
        raise StoreError from error
    return found.st_dev, found.st_ino


def connect(path: Path) -> sqlite3.Connection:
    """Return a new connection to a file, with everything set that a connection has for itself.

    Raises:
        StoreError: SQLite refuses.
    """
    try:
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise StoreError from error
    try:
        _prepare(connection, is_new=path.stat().st_size == 0)
    except (OSError, sqlite3.Error) as error:
        connection.close()
        raise StoreError from error
    return connection


def _prepare(connection: sqlite3.Connection, *, is_new: bool) -> None:
    # Readers never wait in WAL. The settings of new files would wait for the lock of an older one.
    _patiently(connection, (*(OF_NEW_FILES if is_new else ()), "PRAGMA journal_mode = WAL"))
    # FULL: a use that was counted stays counted after a power cut. macOS needs fullfsync for it.
    connection.row_factory = sqlite3.Row
    connection.executescript(
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA foreign_keys = ON;"
        f"PRAGMA journal_size_limit = {_WAL_BYTES};"
        f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}; PRAGMA busy_timeout = {round(LOCK_S * 1000)};"
    )


def _patiently(connection: sqlite3.Connection, statements: Sequence[str]) -> None:
    """Run statements, again while another process does so with a new file: SQLite does not wait then."""
    give_up = time.monotonic() + _SWITCH_S
    while True:
        try:
            for statement in statements:
                connection.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
        else:
            return
        time.sleep(_PAUSE_S)
