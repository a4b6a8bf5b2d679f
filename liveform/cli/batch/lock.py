"""One run at a time: two that wrote one output would make a mixture of it."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

from liveform.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def only_run(path: Path) -> Iterator[None]:
    """Hold a lock file. The system lets go of it when the process ends, however it ends.

    Raises:
        FieldError: another process holds it.
    """
    busy = FieldError("OUT", "is being written by another run")
    with path.open("ab") as file:
        try:
            _lock(file)
        except OSError:
            raise busy from None
        if not _is_there(path, file.fileno()):  # the run before has ended, and deleted it, just now
            raise busy
        try:
            yield
        finally:
            with suppress(OSError):  # Windows deletes nothing that is open
                path.unlink()


def _lock(file: IO[bytes]) -> None:
    with suppress(ImportError):  # Windows; the documents say so
        import fcntl

        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # worker processes do not inherit this kind


def _is_there(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
