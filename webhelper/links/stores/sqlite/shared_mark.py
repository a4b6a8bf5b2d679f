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

    Raises:
        StoreError: the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                if os.fstat(descriptor).st_size < _BYTES:
                    os.truncate(descriptor, _BYTES)
                self._memory = mmap.mmap(descriptor, _BYTES)
            finally:
                os.close(descriptor)
        except (OSError, ValueError) as error:
            raise StoreError from error

    def read(self) -> bytes:
        """Return the mark."""
        return self._memory[:]

    def change(self) -> None:
        """Make the mark another one; of two processes that do so at once, each does."""
        self._memory[:] = os.urandom(_BYTES)
