"""The file of the store as a whole: copied while it is used, put back, and changed when nobody uses it."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import stat
from contextlib import closing, contextmanager, nullcontext
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError
from webhelper.links.stores.errors import DamagedStoreError, StoreInUseError, WrongStoreError
from webhelper.links.stores.sqlite import own_files, schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
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
        links, descriptor = copy(connection, target, store=path)
    os.close(descriptor)
    return links


def copy(connection: sqlite3.Connection, target: Path, *, store: Path) -> tuple[int, int]:
    """Copy what a connection reads to a new file, as ``back_up`` does.

    Beside the store, root makes it as the owner of their directory.

    Args:
        connection: of a store.
        target: the new file.
        store: the store for which the copy is made.

    Returns:
        The number of links, and a descriptor of the copy, to be closed.
    """
    schema.version_of(connection)
    with _errors(), _user_for(target, store):
        descriptor = own_files.make(target)
        try:
            with closing(sqlite3.connect(target, isolation_level=None)) as copied:
                own_files.check_name(target, descriptor)
                connection.backup(copied)
                copied.execute("PRAGMA journal_mode = DELETE")  # one file, without others beside it
                links = _checked(copied)
            own_files.check_name(target, descriptor)
            os.fsync(descriptor)
        except BaseException:
            os.close(descriptor)
            target.unlink(missing_ok=True)
            raise
    return links, descriptor


def _user_for(target: Path, store: Path) -> AbstractContextManager[None]:
    """Return who makes a copy: the owner of the store's directory there, and who calls elsewhere."""
    is_beside = os.path.realpath(target.parent) == os.path.realpath(store.parent)
    return own_files.as_owner_of(store.parent) if is_beside else nullcontext()


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
    with _errors(), _only_one_in(path.parent) as directory:
        new.unlink(missing_ok=True)
        with closing(_open(source, timeout_s=_COPY_WAITS_S)) as connection:
            links, descriptor = copy(connection, new, store=path)
        try:
            if path.exists():
                own_files.belong_as(path, descriptor)
                _put_aside(path, kept)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
        for name in _SIDE_FILES:  # of a file that was deleted; SQLite would take them for the new one's
            path.with_name(path.name + name).unlink(missing_ok=True)
        new.rename(path)
        os.fsync(directory)
    return links


@contextmanager
def _only_one_in(directory: Path) -> Iterator[int]:
    """Keep other restores out of a directory until the block ends, and yield its descriptor."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreInUseError from error
        yield descriptor
    finally:
        os.close(descriptor)


def _put_aside(path: Path, kept: Path) -> None:
    try:
        with alone(path) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")  # what is beside it goes into it
            _move(path, kept)
    except WrongStoreError:  # it is damaged, which is why somebody restores
        _move(path, kept)


def _move(path: Path, kept: Path) -> None:
    """Give a file a name that nothing has; a rename alone would replace what is there."""
    os.close(own_files.make(kept))
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
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # SQLite would read a named pipe, and blame the disk
        raise own_files.not_regular(path)
    if stat.S_ISDIR(mode) or not os.access(path, os.R_OK):
        code = errno.EISDIR if stat.S_ISDIR(mode) else errno.EACCES
        raise OSError(code, os.strerror(code), str(path))


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        is_damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
        raise (DamagedStoreError if is_damaged else StoreError) from error
    except (OSError, ValueError) as error:
        raise StoreError from error
