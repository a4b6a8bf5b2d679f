"""Rows with their URLs, added to the end of a CSV or JSON Lines file."""

from __future__ import annotations

import csv
import json
import os
from math import isfinite
from typing import IO, TYPE_CHECKING, Protocol

from liveform.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from liveform.cli.batch.readers import Row


class Output(Protocol):
    """A file that grows, and can be cut back to where it was at a commit."""

    def add(self, rows: Iterable[tuple[Row, str]]) -> None:
        """Add rows with their URLs."""

    def commit(self) -> int:
        """See that all is on the disk, and return the mark to come back to."""

    def close(self) -> None:
        """Close the file as it is."""

    def finish(self, path: Path) -> None:
        """Put the whole file in its place."""


class TextOutput:
    """A CSV or JSON Lines file in the making. A mark is its length in bytes."""

    def __init__(self, path: Path, mark: int, line: Callable[[Row, str], str], header: str = "") -> None:
        self._path = path
        self._line = line
        self._file = open_at(path, mark)
        if mark == 0:
            self._file.write(header.encode())

    def add(self, rows: Iterable[tuple[Row, str]]) -> None:
        """Add a line for each row."""
        line = self._line
        self._file.write("".join([line(row, url) for row, url in rows]).encode())

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


def open_at(path: Path, mark: int) -> IO[bytes]:
    """Open a file to add to it behind its first ``mark`` bytes; what stood there is cut off."""
    try:
        file = path.open("r+b" if mark else "w+b")
    except (OSError, ValueError):
        raise FieldError("OUT", f"{path.name} cannot be written") from None
    if file.seek(0, os.SEEK_END) < mark:
        file.close()
        raise FieldError("OUT", f"{path.name} is shorter than it was; begin again with --overwrite")
    file.truncate(mark)
    file.seek(mark)
    return file


def commit(file: IO[bytes]) -> int:
    """See that all of a file is on the disk, and return its length."""
    file.flush()
    os.fsync(file.fileno())
    return file.tell()


class _Echo:
    """``csv.writer`` returns what its file's ``write`` returns: here, the line."""

    def write(self, line: str) -> str:
        return line


def header_line(columns: Sequence[str]) -> str:
    """Return the first line of a CSV file."""
    return str(csv.writer(_Echo()).writerow(columns))


def csv_line(
    columns: Sequence[str], header: Sequence[str] | None, *, typed: bool
) -> Callable[[Row, str], str]:
    """Return what writes a row as a line of CSV: these columns, and behind them the URL.

    A URL needs no quotes: it is percent-encoded. To let csv look for some takes half the time of a row.

    Args:
        columns: what is kept.
        header: the columns of every row; None if each row has its own.
        typed: whether there are cells that are not text.
    """
    written: Callable[[Iterable[str]], str] = csv.writer(_Echo()).writerow
    everything = header is not None and tuple(columns) == tuple(header)

    def line(row: Row, url: str) -> str:
        if everything:
            cells = row.cells
        else:
            named = dict(zip(row.columns, row.cells, strict=True))
            cells = [named.get(column) for column in columns]
        texts = map(cell_text, cells) if typed else cells
        return f"{written([*texts, ''])[:-2]}{url}\r\n"

    return line


def cell_text(value: object) -> str:
    """Return a value as a cell: objects, true and false as JSON writes them, None as nothing."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        return _json(value)
    return str(value)


def _json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str, allow_nan=False)
    except ValueError:
        return _json(_finite(value))


def _finite(value: object) -> object:
    """The same with null for the numbers that JSON has no text for."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(member) for member in value]
    return value


def json_line(columns: Sequence[str] | None, url_column: str) -> Callable[[Row, str], str]:
    """Return what writes a row as a line of JSON, and in it the URL as the last member.

    Args:
        columns: what is kept; None keeps all, and an object as it came, to the last digit.
        url_column: the name of the member.
    """
    name = json.dumps(url_column, ensure_ascii=False)

    def line(row: Row, url: str) -> str:
        if columns is None and row.text is not None:
            comma = "," if row.columns else ""
            return f'{row.text[:-1]}{comma}{name}:"{url}"}}\n'
        kept = dict(zip(row.columns, row.cells, strict=True))
        if columns is not None:
            kept = {column: kept[column] for column in columns if column in kept}
        kept[url_column] = url
        return _json(kept) + "\n"

    return line
