"""What every format reads and writes: rows, in chunks that another process can take apart."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, Protocol

from liveform.cells import UnreadableCell
from liveform.errors import FieldError, shown
from liveform.parameters.text_values import bare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Row(NamedTuple):
    """One row, as it was read.

    Attributes:
        columns: the names of the cells.
        cells: the values: text from CSV, else what JSON, Excel and Parquet hold.
        text: the row as it was written, if the format is text; without the line break behind it.
        problem: why it cannot be read; None if it can.
        line: where it begins in the file, counted from 1; None if the format has no lines.
        origin: what its format can copy it from, without a loss; None for most.
    """

    columns: Sequence[str]
    cells: Sequence[object]
    text: str | None = None
    problem: str | None = None
    line: int | None = None
    origin: object = None

    def readable(self, column: str) -> object:
        """Return the cell of a column; None if there is none.

        Raises:
            FieldError: the file does not hold what the cell shows.
        """
        cell = dict(zip(self.columns, self.cells, strict=False)).get(column)
        if isinstance(cell, UnreadableCell):
            raise FieldError(shown(column), cell.problem)
        return cell


class Chunk(Protocol):
    """Some rows of a file. It can be pickled, and is cheap to make: ``rows`` does the work."""

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The header of all rows; None if each has its own."""

    def rows(self) -> list[Row]:
        """Return the rows, blank ones too.

        Raises:
            MalformedError: nobody can say where one of the rows begins.
        """


class Source(Protocol):
    """A file of rows, read once from front to back, always in the same chunks."""

    @property
    def about(self) -> str:
        """Its format, encoding and separator, for people."""

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The header; None if each row names its own members."""

    def chunks(self) -> Iterator[Chunk]:
        """Return the rows, some at a time.

        Raises:
            MalformedError: from here on the file cannot be read.
        """

    def share_read(self) -> float:
        """Return how much of the file has been read, from 0 to 1."""

    def close(self) -> None:
        """Close the file."""


class RowsChunk(NamedTuple):
    """Rows under one header that are taken apart already."""

    columns: tuple[str, ...]
    read: list[Row]

    def rows(self) -> list[Row]:
        """Return the rows."""
        return self.read


def rows_of(source: Source) -> Iterator[Row]:
    """Return every row of a source, one at a time; errors as in ``chunks``."""
    for chunk in source.chunks():
        yield from chunk.rows()


def checked_header(cells: Sequence[object]) -> tuple[str, ...]:
    """Return the names of the columns, without the white space around them; empty for one without a name.

    Raises:
        FieldError: no column has a name, or two have the same.
    """
    names = tuple("" if cell is None else bare(str(cell)) for cell in cells)
    if not any(names):
        raise FieldError("IN", "has no header: its first line must name the columns")
    twice = [name for name, count in Counter(names).items() if name and count > 1]
    if twice:
        raise FieldError("IN", f"names a column twice: {', '.join(map(shown, sorted(twice)))}")
    return names
