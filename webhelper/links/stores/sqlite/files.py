"""The file of the store as a whole: copied while it is used, put back, and changed when nobody uses it."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import stat
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError
from webhelper.links.stores.errors import DamagedStoreError, StoreInUseError, WrongStoreError
from webhelper.links.stores.sqlite import schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_COPY_WAITS_S: Final = 30.0  # for a writer, before the copy begins; from then on it waits for nobody
_DAMAGED: Final = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
_SIDE_FILES: Final = ("-wal", "-shm")


@contextmanager
def alone(path: Path) -> Iterator[sqlite3.Connection]:
    """Lend a connection that nobody else's can be beside, until the block ends.

    Foreign keys are not checked by it.

    Raises:
        StoreInUseError: another process has the file open.
        StoreError: it cannot be opened.
    """
    with _errors(), closing(_open(path, timeout_s=0)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            raise (StoreInUseError if is_busy else StoreError) from error
        yield connection


def back_up(path: Path, target: Path) -> int:
    """Copy the store, as it is at one moment, to a new file, and return the number of its links.

    Those who read and write the store meanwhile do not wait. The copy is whole and on the disk when this
    returns, and readable by its owner alone.

    Raises:
        StoreError: the store cannot be read, or the copy not written. A file that is there is never replaced.
        WrongStoreError: it is no store.
    """
    with _errors(), closing(_open(path, timeout_s=_COPY_WAITS_S)) as connection:
        return copy(connection, target)


def copy(connection: sqlite3.Connection, target: Path) -> int:
    """Copy what a connection reads to a new file; as ``back_up`` does."""
    schema.version_of(connection)
    with _errors():
        os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))
        try:
            with closing(sqlite3.connect(target, isolation_level=None)) as copied:
                connection.backup(copied)
                copied.execute("PRAGMA journal_mode = DELETE")  # one file, without others beside it
                links = _checked(copied)
            _sync(target)
        except BaseException:
            target.unlink()
            raise
    return links


def restore(source: Path, path: Path, kept: Path) -> int:
    """Put a copy in the place of the store, and return the number of its links.

    Args:
        source: made by ``back_up``; it stays.
        path: the store, which nobody may use meanwhile.
        kept: what was there goes here, if something was; nothing may be there.

    Raises:
        StoreInUseError: a process has the store open, or restores it.
        WrongStoreError: the copy is damaged, or no store.
        StoreError: a file cannot be read or written, or cannot be given to the owner of the store.
    """
    new = path.with_name(f"{path.name}.restoring")
    with _errors(), _only_one_in(path.parent):
        new.unlink(missing_ok=True)
        links = back_up(source, new)
        try:
            if path.exists():
                _belong_as(path, new)
                _put_aside(path, kept)
        except BaseException:
            new.unlink()
            raise
        for name in _SIDE_FILES:  # of a file that was deleted; SQLite would take them for the new one's
            path.with_name(path.name + name).unlink(missing_ok=True)
        new.rename(path)
        _sync(path.parent)
    return links


@contextmanager
def _only_one_in(directory: Path) -> Iterator[None]:
    """Keep other restores out of a directory until the block ends."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreInUseError from error
        yield
    finally:
        os.close(descriptor)


def _belong_as(path: Path, new: Path) -> None:
    """Give a file the owner and the rights of another one."""
    there, made = path.stat(), new.stat()
    if (there.st_uid, there.st_gid) != (made.st_uid, made.st_gid):
        os.chown(new, there.st_uid, there.st_gid)
    new.chmod(stat.S_IMODE(there.st_mode))


def _put_aside(path: Path, kept: Path) -> None:
    try:
        with alone(path) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")  # what is beside it goes into it
            _move(path, kept)
    except WrongStoreError:  # it is damaged, which is why somebody restores
        _move(path, kept)


def _move(path: Path, kept: Path) -> None:
    """Give a file a name that nothing has; a rename alone would replace what is there."""
    os.close(os.open(kept, os.O_CREAT | os.O_EXCL, 0o600))
    path.rename(kept)


def _checked(connection: sqlite3.Connection) -> int:
    """Return the number of links of a whole store."""
    (first,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if first != "ok":
        raise DamagedStoreError
    if schema.version_of(connection) == 0:
        raise WrongStoreError
    return int(connection.execute("SELECT count(*) FROM links").fetchone()[0])


def _open(path: Path, *, timeout_s: float) -> sqlite3.Connection:
    _check_readable(path)  # SQLite would make a new file, and say little of others
    connection = sqlite3.connect(path, timeout=timeout_s, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


def _check_readable(path: Path) -> None:
    """Raise OSError unless there is a file to read, without opening it: to close it would drop locks."""
    is_directory = stat.S_ISDIR(path.stat().st_mode)
    if is_directory or not os.access(path, os.R_OK):
        code = errno.EISDIR if is_directory else errno.EACCES
        raise OSError(code, os.strerror(code), str(path))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        is_damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
        raise (DamagedStoreError if is_damaged else StoreError) from error
    except (OSError, ValueError) as error:
        raise StoreError from error
