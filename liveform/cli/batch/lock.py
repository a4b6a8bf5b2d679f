"""One run at a time: two that wrote one output would make a mixture of it."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

from liveform.errors import ConfigError, FieldError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def check_lock() -> None:
    """Return if a lock can be held.

    Raises:
        ConfigError: filelock is not installed; it comes with the extra ``liveform[batch]``.
    """
    if find_spec("filelock") is None:
        raise ConfigError(("filelock", "is not installed; it comes with the extra liveform[batch]"))


@contextmanager
def only_run(path: Path) -> Iterator[None]:
    """Hold a lock file. The system lets go of it when the process ends, however it ends.

    Raises:
        FieldError: another run holds it.
        OSError: the file cannot be made, or its file system has no locks.
    """
    from filelock import FileLock, Timeout

    folder = path.parent.resolve(strict=True)  # filelock would make a folder that is missing
    # A soft lock, which is a file that is there, would outlive a run that is killed.
    lock = FileLock(folder / path.name, fallback_to_soft=False)
    try:
        held = lock.acquire(blocking=False)
    except Timeout:
        raise FieldError("OUT", "is being written by another run") from None
    with held:
        try:
            yield
        finally:
            # It is deleted while it is held, for later it may be another run's. A run that has opened it by
            # now locks a file without a name, which filelock refuses. On Windows filelock deletes it itself.
            with suppress(OSError):
                path.unlink()
