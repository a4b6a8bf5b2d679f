"""A mark that all processes of a site see at once, in a file that each of them maps into its memory."""

from __future__ import annotations

import mmap
import os
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

_BYTES: Final = 8


class SharedMark:
    """Eight bytes that tell processes that something has changed.

    To read them takes no system call, and so no other thread takes over meanwhile.

    Args:
        path: the file; made when missing, readable by its owner alone.
        owner: a file whose owner gets the new one, if root makes it.

    Raises:
        StoreError: the file cannot be opened, or there is no space for eight bytes.
    """

    def __init__(self, path: Path, *, owner: Path) -> None:
        self._path = path
        self._owner = owner
        self._map()

    def _map(self) -> None:
        """Map the file once it has its bytes: to touch a hole on a full disk ends the process (SIGBUS)."""
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                _reserve(descriptor)
                if os.geteuid() == 0:  # SQLite gives the files that it makes away as well
                    found = self._owner.stat()
                    os.fchown(descriptor, found.st_uid, found.st_gid)
                self._memory = mmap.mmap(descriptor, _BYTES)
            finally:
                os.close(descriptor)
        except (OSError, ValueError) as error:
            raise StoreError from error

    def read(self) -> bytes:
        """Return the mark."""
        return self._memory[:]

    def change(self) -> None:
        """Make the mark another one; of two processes that do so at once, each does.

        Raises:
            StoreError: the file was cut short, and there is no space for it any more.
        """
        self.check()
        self._memory[:] = os.urandom(_BYTES)

    def check(self) -> None:
        """Map the file anew if somebody has cut it short: to touch what is beyond its end is SIGBUS.

        Raises:
            StoreError: there is no space for it any more.
        """
        if self._memory.size() < _BYTES:
            self._map()


def _reserve(descriptor: int) -> None:
    """Give a file its eight bytes on the disk; what it has stays, for another process may change it now."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, _BYTES)
    else:  # macOS, where a hole has to do
        os.truncate(descriptor, max(_BYTES, os.fstat(descriptor).st_size))
