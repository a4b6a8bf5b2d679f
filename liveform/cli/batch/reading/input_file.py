"""The bytes of IN: a file or stdin, unzipped if it is gzip, and how much of it has been read."""

from __future__ import annotations

import gzip
import os
import sys
import zlib
from typing import IO, TYPE_CHECKING, Final, cast

from liveform.errors import FieldError, MalformedError

if TYPE_CHECKING:
    from pathlib import Path

READ_BYTES: Final = 262_144
_GZIP: Final = b"\x1f\x8b"

_UNPACK: Final = "unpack it first, as in"
_PIPE: Final = "FILE | liveform batch - OUT"

# Files that are often renamed to .csv, by their first bytes.
_KINDS: Final = (
    (
        b"PK\x03\x04",
        "is a zip file, such as an Excel workbook; if it is one, let its name end in .xlsx; if not, unzip it",
    ),
    (_GZIP, "is compressed by gzip; let its name end in .gz, as in users.csv.gz"),
    (
        tuple(b"BZh%d1AY&SY" % level for level in range(1, 10)),
        f"is compressed by bzip2; {_UNPACK} bunzip2 -c {_PIPE}",
    ),
    (b"\xfd7zXZ\0", f"is compressed by xz; {_UNPACK} xz -dc {_PIPE}"),
    (b"\x28\xb5\x2f\xfd", f"is compressed by zstd; {_UNPACK} zstd -dc {_PIPE}"),
    (
        b"\xd0\xcf\x11\xe0",
        "is an Excel file of before 2007, or has a password; save it as .xlsx without one, or as CSV",
    ),
    (
        tuple(b"PAR1%c" % code for code in (*range(9), *range(14, 32))),  # and no header of a table
        "is a Parquet file; let its name end in .parquet",
    ),
    (b"%PDF-", "is a PDF; save the table itself as CSV or .xlsx"),
    (b"SQLite format 3\0", "is a SQLite database; save the table as CSV"),
)


class InputFile:
    """A file of text, read from front to back.

    Args:
        path: of the file; None for stdin.
        gzipped: whether it is compressed.

    Attributes:
        start: its first bytes.

    Raises:
        FieldError: it cannot be read, or is a kind of file that is not text.
    """

    def __init__(self, path: Path | None, *, gzipped: bool = False) -> None:
        self._path = path
        self._raw = _stdin() if path is None else opened(path)
        self._file = cast("IO[bytes]", gzip.GzipFile(fileobj=self._raw)) if gzipped else self._raw
        self._gzipped = gzipped
        try:
            self.start = self._read()
            refuse_other_kinds(self.start, is_stdin=path is None)
        except (FieldError, MalformedError):
            self.close()
            raise
        self._unread: bytes | None = self.start

    def read(self) -> bytes:
        """Return the next bytes; none at the end.

        Raises:
            MalformedError: they cannot be read.
        """
        if self._unread is not None:
            data, self._unread = self._unread, None
            return data
        return self._read()

    def again(self) -> InputFile:
        """Return the same file, from its beginning.

        Raises:
            FieldError: it is stdin, which can be read once.
        """
        if self._path is None:
            raise FieldError("--encoding", "auto reads IN twice, so it cannot be stdin; name the encoding")
        return InputFile(self._path, gzipped=self._gzipped)

    def _read(self) -> bytes:
        try:
            return self._file.read(READ_BYTES)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise MalformedError("IN: cannot be read as gzip; it is damaged or incomplete") from None
        except OSError as error:
            raise MalformedError(f"IN: cannot be read: {error.strerror}") from None

    def share_read(self) -> float:
        """Return how much of the file has been read, from 0 to 1; 0 for stdin, whose end nobody knows."""
        if self._path is None:
            return 0.0
        return min(1.0, self._raw.tell() / max(1, os.fstat(self._raw.fileno()).st_size))

    def close(self) -> None:
        """Close the file, but not stdin."""
        if self._path is not None:
            self._raw.close()


def refuse_other_kinds(start: bytes, *, is_stdin: bool = False) -> None:
    """Return if the first bytes of a file may be text, or raise ``FieldError`` with what the file is."""
    if is_stdin and start.startswith(_GZIP):  # whose name cannot be changed
        raise FieldError("IN", f"is compressed by gzip; {_UNPACK} gunzip -c {_PIPE}")
    for magic, problem in _KINDS:
        if start.startswith(magic):
            raise FieldError("IN", problem)


def opened(path: Path) -> IO[bytes]:
    """Return an open file, or raise ``FieldError``."""
    try:
        return path.open("rb")
    except (OSError, ValueError):
        raise FieldError("IN", "cannot be read") from None


def _stdin() -> IO[bytes]:
    if sys.stdin is None:
        raise FieldError("IN", "stdin is closed")
    return sys.stdin.buffer
