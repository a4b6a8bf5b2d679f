"""What every format of OUT can do: encode rows in any process, and grow a file that can be cut back."""

from __future__ import annotations

import os
import sys
from typing import IO, TYPE_CHECKING, Any, Protocol

from liveform.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from liveform.cli.batch.rows import Row


class OutputFormat(Protocol):
    """How rows and their URLs are written."""

    def encode(self, rows: Sequence[Row], urls: Sequence[str | None]) -> Any:  # noqa: ANN401 - its own
        """Return what ``Output.add`` takes; made in the process that made the URLs.

        Args:
            rows: of one chunk.
            urls: of each of them; None for one that is not written.

        Raises:
            FieldError: a cell that is kept cannot be shown.
        """

    def open(self, path: Path, mark: int) -> Output:
        """Return the output in the making, cut back to a mark of ``Output.commit``; 0 begins."""

    def stream(self) -> Output:
        """Return stdout as the output."""


class Output(Protocol):
    """A file that grows, and can be cut back to where it was at a commit."""

    def add(self, encoded: Any) -> None:  # noqa: ANN401 - of the format
        """Add what ``OutputFormat.encode`` returned."""

    def commit(self) -> int:
        """See that all is on the disk, and return the mark to come back to."""

    def close(self) -> None:
        """Close the file as it is."""

    def finish(self, path: Path) -> None:
        """Put the whole file in its place."""


class TextOutput:
    """A file of lines in the making. A mark is its length in bytes.

    Args:
        path: of the file.
        mark: how long it was.
        header: what it begins with.
    """

    def __init__(self, path: Path, mark: int, header: bytes = b"") -> None:
        self._path = path
        self._file = open_at(path, mark)
        if mark == 0:
            self._file.write(header)

    def add(self, encoded: bytes) -> None:
        """Add lines."""
        self._file.write(encoded)

    def commit(self) -> int:
        """Write the lines to the disk, and return how long the file is."""
        return commit(self._file)

    def close(self) -> None:
        """Close the file as it is."""
        self._file.close()

    def finish(self, path: Path) -> None:
        """Close the file and put it in its place."""
        self._file.close()
        self._path.replace(path)


class StreamOutput:
    """Lines on stdout, which nobody can take back.

    Args:
        header: what they begin with.

    Raises:
        FieldError: stdout is closed.
    """

    def __init__(self, header: bytes = b"") -> None:
        if sys.stdout is None:
            raise FieldError("OUT", "stdout is closed; name a file, or let stdout go somewhere")
        self._file = sys.stdout.buffer
        self._file.write(header)

    def add(self, encoded: bytes) -> None:
        """Write lines."""
        self._file.write(encoded)

    def commit(self) -> int:
        """Write what is buffered; there is nothing to come back to."""
        self._file.flush()
        return 0

    def close(self) -> None:
        """Stdout stays open."""

    def finish(self, path: Path) -> None:
        """The lines are in their place."""


def open_at(path: Path, mark: int, what: str = "OUT") -> IO[bytes]:
    """Open a file to add to it behind its first ``mark`` bytes; what is behind them is cut off."""
    try:
        file = path.open("r+b" if mark else "w+b")
    except (OSError, ValueError):
        raise FieldError(what, f"{path.name} cannot be written") from None
    if file.seek(0, os.SEEK_END) < mark:
        file.close()
        raise FieldError(what, f"{path.name} is shorter than it was; begin again with --overwrite")
    file.truncate(mark)
    file.seek(mark)
    return file


def check_folder(path: Path, what: str) -> None:
    """Return if a file can be made in the folder of a path, or raise ``FieldError``."""
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise FieldError(what, f"{path.name} cannot be written")


def open_new(path: Path, what: str) -> IO[bytes]:
    """Open a file that is not there yet, or raise ``FieldError``."""
    try:
        return path.open("xb")
    except FileExistsError:
        raise FieldError(what, f"{path.name} is there by now, from another run; name another file") from None
    except (OSError, ValueError):
        raise FieldError(what, f"{path.name} cannot be written") from None


def commit(file: IO[bytes]) -> int:
    """See that all of a file is on the disk, and return its length."""
    file.flush()
    os.fsync(file.fileno())
    return file.tell()
