"""Files of rows that are read: CSV (RFC 4180) and JSON Lines here, Parquet in a module of its own."""

from __future__ import annotations

import csv
import io
import os
from typing import IO, TYPE_CHECKING, Final, NamedTuple, Protocol

from liveform.errors import FieldError, LiveformError, MalformedError, shown
from liveform.wire.json_object import read_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

MAX_LINE_BYTES: Final = 1_048_576


class Row(NamedTuple):
    """One row, as it was read.

    Attributes:
        columns: the names of the cells.
        cells: the values: text from CSV, else what JSON and Parquet hold.
        text: the row as a JSON text, if that is how it came.
        problem: why it cannot be read; None if it can.
    """

    columns: Sequence[str]
    cells: Sequence[object]
    text: str | None = None
    problem: str | None = None


class Source(Protocol):
    """A file of rows, read once from front to back."""

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The header; None if each row names its own members."""

    def rows(self) -> Iterator[Row]:
        """Return the rows, one at a time.

        Raises:
            MalformedError: from here on the file cannot be read.
        """

    def share_read(self) -> float:
        """Return how much of the file has been read, from 0 to 1."""

    def close(self) -> None:
        """Close the file."""


class CsvSource:
    """CSV in UTF-8 with a header; a byte order mark, as spreadsheets write it, is dropped."""

    columns: tuple[str, ...]

    def __init__(self, path: Path) -> None:
        self._file = _opened(path)
        text = io.TextIOWrapper(self._file, encoding="utf-8-sig", newline="")
        self._reader = csv.reader(text, strict=True)
        self.close: Callable[[], None] = text.close
        try:
            self.columns = checked_header(self._next())
        except LiveformError:
            self.close()
            raise

    def rows(self) -> Iterator[Row]:
        """Return the rows; a line with nothing in it is none."""
        while (cells := self._next()) is not None:
            if cells:
                yield Row(self.columns, cells)

    def _next(self) -> list[str] | None:
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise MalformedError(f"IN: line {self._reader.line_num}: {error}") from None
        except UnicodeDecodeError:
            raise MalformedError(f"IN: behind line {self._reader.line_num} is what is not UTF-8") from None

    def share_read(self) -> float:
        """Return how much of the file has been read."""
        return _share_read(self._file)


def checked_header(header: list[str] | None) -> tuple[str, ...]:
    """Return the names of the columns, or raise ``FieldError`` if they are none or not all different."""
    if not header:
        raise FieldError("IN", "has no header")
    twice = {name for name in header if header.count(name) > 1}
    if twice:
        raise FieldError("IN", f"names a column twice: {', '.join(map(shown, sorted(twice)))}")
    return tuple(header)


class JsonLinesSource:
    """One JSON object a line, in UTF-8, read as strictly as all JSON from outside; empty lines are none."""

    columns = None

    def __init__(self, path: Path) -> None:
        self._file = _opened(path)
        self.close: Callable[[], None] = self._file.close

    def rows(self) -> Iterator[Row]:
        """Return the rows; a line that is not an object is a row with a problem."""
        while line := self._file.readline(MAX_LINE_BYTES + 1):
            if len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
                raise MalformedError(f"IN: a line has more than {MAX_LINE_BYTES} bytes")
            text = line.strip()
            if text:
                yield _object(text)

    def share_read(self) -> float:
        """Return how much of the file has been read."""
        return _share_read(self._file)


def _object(line: bytes) -> Row:
    try:
        text = line.decode()
        members = read_object(text)
    except UnicodeDecodeError:
        return Row((), (), problem="is not UTF-8")
    except MalformedError as error:
        return Row((), (), problem=str(error))
    return Row([*members], [*members.values()], text)


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except (OSError, ValueError):
        raise FieldError("IN", "cannot be read") from None


def _share_read(file: IO[bytes]) -> float:
    return min(1.0, file.tell() / max(1, os.fstat(file.fileno()).st_size))
