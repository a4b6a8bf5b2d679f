"""Rows of Parquet files, in and out, by pyarrow (the extra ``liveform[parquet]``).

A Parquet file cannot be added to. So the output in the making is a folder of numbered parts, and a
mark is how many of them there are; at the end they are joined, one after the other.
"""

from __future__ import annotations

from shutil import rmtree
from typing import TYPE_CHECKING, Any, Final

from liveform.cli.batch.readers import Row, checked_header
from liveform.cli.batch.writers import cell_text
from liveform.errors import ConfigError, FieldError, MalformedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from types import ModuleType

READ_ROWS: Final = 1_000
PART_ROWS: Final = 10_000


def _pyarrow() -> tuple[ModuleType, ModuleType]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ConfigError(
            ("pyarrow", "is not installed; it comes with the extra liveform[parquet]")
        ) from None
    return pyarrow, parquet


class ParquetSource:
    """A Parquet file; ``schema`` are the types of its columns."""

    columns: tuple[str, ...]

    def __init__(self, path: Path) -> None:
        pyarrow, parquet = _pyarrow()
        try:
            self._file = parquet.ParquetFile(path)
        except (OSError, pyarrow.ArrowInvalid):
            raise FieldError("IN", "cannot be read as Parquet") from None
        self._error = pyarrow.ArrowException
        self.schema: Any = self._file.schema_arrow
        self._read = 0
        self.close: Callable[[], None] = self._file.close
        try:
            self.columns = checked_header(self.schema.names)
        except FieldError:
            self.close()
            raise

    def rows(self) -> Iterator[Row]:
        """Return the rows; their cells have the types of the file."""
        try:
            for batch in self._file.iter_batches(batch_size=READ_ROWS):
                for cells in zip(*[column.to_pylist() for column in batch.columns], strict=True):
                    self._read += 1
                    yield Row(self.columns, cells)
        except (OSError, ValueError, self._error):  # ValueError: text that is not UTF-8
            raise MalformedError(f"IN: behind row {self._read} it cannot be read as Parquet") from None

    def share_read(self) -> float:
        """Return how much of the file has been read."""
        rows: int = self._file.metadata.num_rows
        return self._read / max(1, rows)


class ParquetOutput:
    """A Parquet file in the making.

    Args:
        path: the folder of the parts.
        mark: how many of them count.
        columns: what is kept, in front of the URL.
        url_column: the name of its column.
        schema: the types of the kept columns; None makes text of all, as in CSV.
    """

    def __init__(self, path: Path, mark: int, columns: Sequence[str], url_column: str, schema: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        self._arrow, self._parquet = _pyarrow()
        self._path = path
        self._columns = (*columns, url_column)
        text = self._arrow.string()
        types = [text if schema is None else schema.field(name).type for name in columns]
        self._schema = self._arrow.schema(list(zip(self._columns, (*types, text), strict=True)))
        self._cell = cell_text if schema is None else _as_it_is
        self._rows: list[tuple[object, ...]] = []
        self._count = mark
        try:
            path.mkdir(exist_ok=True)
            for part in path.iterdir():
                if int(part.stem) >= mark:
                    part.unlink()
        except (OSError, ValueError):
            raise FieldError("OUT", f"{path.name} cannot be written") from None

    def add(self, rows: Iterable[tuple[Row, str]]) -> None:
        """Add rows, and write a part when there are enough."""
        for row, url in rows:
            named = dict(zip(row.columns, row.cells, strict=True))
            cells = [named.get(column) for column in self._columns[:-1]]
            self._rows.append((*[None if cell is None else self._cell(cell) for cell in cells], url))
        if len(self._rows) >= PART_ROWS:
            self.commit()

    def commit(self) -> int:
        """Write what is left as a part, and return how many there are."""
        if self._rows:
            columns = dict(zip(self._columns, zip(*self._rows, strict=True), strict=True))
            table = self._arrow.table(
                {name: list(cells) for name, cells in columns.items()}, schema=self._schema
            )
            self._parquet.write_table(table, self._path / f"{self._count:06}.parquet")
            self._rows.clear()
            self._count += 1
        return self._count

    def close(self) -> None:
        """Nothing stays open."""

    def finish(self, path: Path) -> None:
        """Join the parts, and put the whole file in its place."""
        joined = path.with_name(path.name + ".new")
        with self._parquet.ParquetWriter(joined, self._schema) as writer:
            for part in sorted(self._path.iterdir()):
                writer.write_table(self._parquet.read_table(part))
        joined.replace(path)
        rmtree(self._path)


def _as_it_is(cell: object) -> object:
    return cell
