"""Why a file cannot be used, in words for an operator: by the error of the system or of SQLite."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path
from typing import Final

from webhelper.links.stores.errors import DamagedStoreError

_OF_SYSTEM: Final = {
    errno.ENOENT: "there is no such file",
    errno.EEXIST: "it is there already, and no file is ever replaced",
    errno.EISDIR: "it is a directory",
    errno.ENOTDIR: "a part of its path is not a directory",
    errno.EACCES: "this user may not use it, or not its directory",
    errno.EPERM: "this user may not use it, or not its directory",
    errno.EROFS: "its disk is read-only",
    errno.ENOSPC: "the disk is full; make room, and try again",
    errno.EDQUOT: "the disk is full; make room, and try again",
    errno.ENAMETOOLONG: "its name is too long",
}
_DAMAGED: Final = f"it is {DamagedStoreError.text}"
_OF_SQLITE: Final = {
    sqlite3.SQLITE_FULL: _OF_SYSTEM[errno.ENOSPC],
    sqlite3.SQLITE_READONLY: "it is read-only for this user",
    sqlite3.SQLITE_CANTOPEN: "this user may not use it or its directory, or the disk is full",
    sqlite3.SQLITE_IOERR: "the disk is full, or has failed",
    sqlite3.SQLITE_BUSY: "another program holds its lock; try again later",
    sqlite3.SQLITE_LOCKED: "another program holds its lock; try again later",
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
}
_UNKNOWN: Final = "no access, no space, or no store of links"


def reason(error: BaseException | None) -> str:
    """Return why a file refused, as the end of a sentence; nothing that the error quotes is in it."""
    if isinstance(error, FileNotFoundError) and _has_no_directory(error.filename):
        return "its directory is missing"
    if isinstance(error, OSError):
        return _OF_SYSTEM.get(error.errno or 0) or error.strerror or _UNKNOWN
    if isinstance(error, sqlite3.Error):
        return _OF_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, _UNKNOWN)
    return _UNKNOWN


def _has_no_directory(name: object) -> bool:
    return isinstance(name, str) and not Path(name).parent.is_dir()
