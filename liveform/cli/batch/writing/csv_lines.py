"""Rows with their URLs as lines of CSV (RFC 4180), in the encoding and with the separator of the input."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, NamedTuple, Self

from liveform.cli.batch.reading.encodings import UTF8, Encoding
from liveform.cli.batch.writing.cell_texts import cell_text
from liveform.cli.batch.writing.output import StreamOutput, TextOutput
from liveform.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from liveform.cli.batch.rows import Row

_MARK = "\ufeff"


class CsvStyle(NamedTuple):
    """How CSV is written.

    Attributes:
        separator: between cells.
        encoding: of the text.
        declared: the line ``sep=;`` in front, or nothing.
        as_read: whether a row can stay as it was read, but for its URL.
    """

    separator: str
    encoding: Encoding
    declared: str = ""
    as_read: bool = False

    @classmethod
    def utf8(cls, separator: str, *, with_mark: bool) -> Self:
        """Return the style of UTF-8, with a byte order mark or without."""
        return cls(separator, Encoding(UTF8, _MARK.encode() if with_mark else b""))


class CsvLines:
    """Lines of these columns, and behind them the URL.

    A URL needs no quotes: it is percent-encoded. To let csv look for some takes half the time of a row.

    Args:
        columns: what is kept.
        url_column: the name of the column of the URL.
        read: the columns of every row; None if each row has its own.
        style: how they are written; kept as an attribute.

    Raises:
        FieldError: the name of the column of the URL cannot be written in this encoding.
    """

    def __init__(
        self, columns: Sequence[str], url_column: str, read: Sequence[str] | None, style: CsvStyle
    ) -> None:
        self._columns = tuple(columns)
        self._everything = read is not None and self._columns == tuple(read)
        self.style = style
        self._write = _writer(style.separator)
        header = style.declared + self._write((*columns, url_column))
        try:
            self._header = style.encoding.mark + header.encode(style.encoding.name)
        except UnicodeEncodeError:
            problem = f"cannot be written in {style.encoding.name.upper()}, as IN is; --bom writes UTF-8"
            raise FieldError("--url-column", problem) from None

    def encode(self, rows: Sequence[Row], urls: Sequence[str | None]) -> bytes:
        """Return the lines of those that have a URL, encoded."""
        separator = self.style.separator
        built = [(row, url) for row, url in zip(rows, urls, strict=True) if url is not None]
        if self._everything and self.style.as_read:
            lines = [
                f"{row.text}{separator}{url}\r\n"
                if len(row.cells) == len(row.columns)
                else self._line(row, url)
                for row, url in built
            ]
        else:
            lines = [self._line(row, url) for row, url in built]
        return "".join(lines).encode(self.style.encoding.name)

    def _line(self, row: Row, url: str) -> str:
        """A row as csv writes it; the URL needs no quotes."""
        return f"{self._write([*self._texts(row), ''])[:-2]}{url}\r\n"

    def _texts(self, row: Row) -> Iterable[str]:
        """The texts of the cells that are kept."""
        if self._everything:
            return map(cell_text, row.cells[: len(row.columns)])
        named = dict(zip(row.columns, row.cells, strict=False))  # behind the header may be empty cells
        return [cell_text(named.get(column)) for column in self._columns]

    def open(self, path: Path, mark: int) -> TextOutput:
        """Return the file in the making."""
        return TextOutput(path, mark, self._header)

    def stream(self) -> StreamOutput:
        """Return stdout."""
        return StreamOutput(self._header)


class _Echo:
    """``csv.writer`` returns what its file's ``write`` returns: here, the line."""

    def write(self, line: str) -> str:
        return line


def _writer(separator: str) -> Callable[[Iterable[str]], str]:
    write: Callable[[Iterable[str]], str] = csv.writer(_Echo(), delimiter=separator).writerow
    return write
