"""A mark that all processes of a site see at once, in a file that each of them keeps open."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError
from webhelper.links.stores.sqlite import own_files

if TYPE_CHECKING:
    from pathlib import Path

_BYTES: Final = 8


class SharedMark:
    """Eight bytes that tell processes that something has changed.

    The file is not mapped into memory: who cuts it short would end each process that touches it (SIGBUS).

    Args:
        path: the file; made when missing, readable by its owner alone.
        owner: a file whose owner gets the new one, if root makes it.

    Raises:
        StoreError: the file cannot be opened, is not a regular file, could be somebody else's, or there is no
            space for eight bytes.
    """

    def __init__(self, path: Path, *, owner: Path) -> None:
        try:
            self._descriptor = own_files.open_or_make(path, owner=owner)
            weakref.finalize(self, os.close, self._descriptor).atexit = False
            _reserve(self._descriptor)
        except (OSError, ValueError) as error:
            raise StoreError from error

    def read(self) -> bytes:
        """Return the mark: eight bytes, or fewer of a file that somebody has cut short.

        Raises:
            StoreError: the disk fails.
        """
        try:
            return os.pread(self._descriptor, _BYTES, 0)
        except OSError as error:
            raise StoreError from error

    def change(self) -> None:
        """Make the mark another one; of two processes that do so at once, each does.

        Raises:
            StoreError: the file was cut short, and there is no space for it any more.
        """
        try:
            os.pwrite(self._descriptor, os.urandom(_BYTES), 0)
        except OSError as error:
            raise StoreError from error


def _reserve(descriptor: int) -> None:
    """Give a file its eight bytes on the disk, so that a revocation needs no space on a full one.

    What it has stays, for another process may change it now.
    """
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, _BYTES)
    else:  # macOS, where a hole has to do
        os.truncate(descriptor, max(_BYTES, os.fstat(descriptor).st_size))
