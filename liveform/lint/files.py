"""Paths -> the files that are read, and their text."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from liveform.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_FOUND_BYTES: Final = 8 * 2**20  # of a file that is found in a folder
MAX_NAMED_BYTES: Final = 256 * 2**20  # of one that is named, such as a log
_HEAD: Final = 8_192
# What others have written, or a program: nobody repairs a URL there.
_SKIPPED: Final = frozenset(
    (
        "node_modules",
        "bower_components",
        "vendor",
        "third_party",
        "dist",
        "build",
        "out",
        "target",
        "coverage",
        "venv",
        "env",
        "site-packages",
        "__pycache__",
    )
)


class FileToRead:
    """One file.

    Args:
        path: where it is.
        is_named: whether it was named itself, and not found in a folder.
    """

    def __init__(self, path: Path, *, is_named: bool) -> None:
        self.path = path
        self._limit = MAX_NAMED_BYTES if is_named else MAX_FOUND_BYTES
        self._is_named = is_named

    def text(self) -> str | None:
        """Return the text; None for a binary file. What is not UTF-8 is replaced.

        Raises:
            OSError: it cannot be read, or is too large.
        """
        with self.path.open("rb") as file:
            data = file.read(self._limit + 1)
        if len(data) > self._limit:
            raise OSError("larger than the limit")
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16", "replace")
        if b"\0" in data[:_HEAD]:
            return None
        return data.decode("utf-8-sig", "replace")


def files_at(paths: Iterable[str | os.PathLike[str]]) -> Iterator[FileToRead]:
    """Yield the files of paths, those of folders by name. Hidden folders and what others wrote are left out.

    Raises:
        FieldError: a path is not there.
    """
    for given in paths:
        try:
            path = Path(given)
            is_folder, is_there = path.is_dir(), path.exists()
        except (TypeError, ValueError, OSError):
            is_folder = is_there = False
        if not is_there:
            raise FieldError("path", "must be a file or a folder that is there")
        if is_folder:
            yield from _in_folder(path)
        else:
            yield FileToRead(path, is_named=True)


def _in_folder(folder: Path) -> Iterator[FileToRead]:
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        for name in sorted(names):
            path = Path(where, name)
            if path.is_file() and not path.is_symlink():
                yield FileToRead(path, is_named=False)
