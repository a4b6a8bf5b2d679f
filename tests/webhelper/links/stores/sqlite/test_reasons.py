"""These tests say in words why a file cannot be used."""

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from webhelper.links.stores.errors import DamagedStoreError
from webhelper.links.stores.sqlite.reasons import reason


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file"), "there is no such file"),
        (FileExistsError(errno.EEXIST, "File exists"), "it is there already, and no file is ever replaced"),
        (
            PermissionError(errno.EACCES, "Permission denied"),
            "this user may not use it, or not its directory",
        ),
        (OSError(errno.ENOSPC, "No space left"), "the disk is full; make room, and try again"),
        (OSError(errno.EMFILE, "Too many open files"), "Too many open files"),
        (OSError("of our own"), "no access, no space, or no store of links"),
        (ValueError("embedded null byte"), "no access, no space, or no store of links"),
        (None, "no access, no space, or no store of links"),
    ],
)
def test_error_of_the_system_is_said_in_words(error: Exception | None, said: str) -> None:
    """Each error that an operator can do something about has its own words."""
    assert reason(error) == said


def test_missing_directory_is_told_from_a_missing_file(tmp_path: Path) -> None:
    """A file that is missing with its directory is a wrong path."""
    for path, said in (
        (tmp_path / "a", "there is no such file"),
        (tmp_path / "b/a", "its directory is missing"),
    ):
        with pytest.raises(FileNotFoundError) as caught:
            os.close(os.open(str(path), os.O_RDONLY))
        assert reason(caught.value) == said


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (sqlite3.SQLITE_FULL, "the disk is full; make room, and try again"),
        (sqlite3.SQLITE_IOERR_SHMSIZE, "the disk is full, or has failed"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "it is read-only for this user"),
        (sqlite3.SQLITE_CANTOPEN, "this user may not use it or its directory, or the disk is full"),
        (sqlite3.SQLITE_BUSY, "another program holds its lock; try again later"),
        (
            sqlite3.SQLITE_NOTADB,
            f"it is {DamagedStoreError.text}",
        ),
        (sqlite3.SQLITE_MISUSE, "no access, no space, or no store of links"),
    ],
)
def test_error_of_sqlite_is_said_in_words(code: int, said: str) -> None:
    """An error of SQLite is known by its code; its text may quote data."""
    error = sqlite3.OperationalError("near Jane")
    error.sqlite_errorcode = code
    assert reason(error) == said
