"""Rows with their URLs as Parquet, by pyarrow (the extra ``liveform[parquet]``).

A Parquet file cannot be added to. So the output in the making is a folder of numbered parts, and a
mark is how many of them there are; at the end they are joined, one after the other.
"""

from __future__ import annotations

from shutil import rmtree
from typing import TYPE_CHECKING, Any, Final, NoReturn

from liveform.cli.batch.reading.parquet import ParquetOrigin, pyarrow_modules
from liveform.cli.batch.writing.cell_texts import cell_text
from liveform.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from liveform.cli.batch.rows import Row

PART_ROWS: Final = 10_000


class ParquetRows:
    """Columns of a Parquet file: those of one that was read keep their types, all others are text.

    Args:
        columns: what is kept, in front of the URL.
        url_column: the name of its column.
        schema: the types of the columns that were read; None if they have none.

    Raises:
        ConfigError: pyarrow is not installed.
    """

    def __init__(self, columns: Sequence[str], url_column: str, schema: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        self._arrow, _ = pyarrow_modules()
        self._columns = tuple(columns)
        text = self._arrow.string()
        types = [text if schema is None else schema.field(name).type for name in columns]
        names = (*columns, url_column)
        self._schema = self._arrow.schema(list(zip(names, (*types, text), strict=True)))

    def encode(self, rows: Sequence[Row], urls: Sequence[str | None]) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Return those that have a URL as a ``pyarrow.RecordBatch``."""
        built = [row for row, url in zip(rows, urls, strict=True) if url is not None]
        column = self._arrow.array([url for url in urls if url is not None], self._arrow.string())
        kept = [self._column(built, name) for name in self._columns]
        return self._arrow.record_batch([*kept, column], schema=self._schema)

    def _column(self, rows: list[Row], name: str) -> Any:  # noqa: ANN401 - pyarrow has no types
        """The cells of a column: copied without a loss from Parquet, and else their texts."""
        origins = [row.origin for row in rows if isinstance(row.origin, ParquetOrigin)]
        if not origins:
            return self._texts(rows, name)
        places = self._arrow.array([origin.place for origin in origins], self._arrow.int64())
        return origins[0].batch.column(name).take(places)

    def _texts(self, rows: Sequence[Row], column: str) -> Any:  # noqa: ANN401 - pyarrow has no types
        cells = [dict(zip(row.columns, row.cells, strict=False)).get(column) for row in rows]
        texts = [None if cell is None else cell_text(cell) for cell in cells]
        return self._arrow.array(texts, self._arrow.string())

    def open(self, path: Path, mark: int) -> ParquetOutput:
        """Return the folder of parts."""
        return ParquetOutput(path, mark, self._schema)

    def stream(self) -> NoReturn:
        """Refuse stdout: a Parquet file is written from its end."""
        raise FieldError("--format", "of a stream cannot be parquet")


class ParquetOutput:
    """A Parquet file in the making.

    Args:
        path: the folder of the parts.
        mark: how many of them count.
        schema: the types of the columns.
    """

    def __init__(self, path: Path, mark: int, schema: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        self._arrow, self._parquet = pyarrow_modules()
        self._path = path
        self._schema = schema
        self._batches: list[Any] = []
        self._count = mark
        try:
            path.mkdir(exist_ok=True)
            for part in path.iterdir():
                if int(part.stem) >= mark:
                    part.unlink()
        except (OSError, ValueError):
            raise FieldError("OUT", f"{path.name} cannot be written") from None

    def add(self, encoded: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        """Add rows, and write a part when there are enough."""
        self._batches.append(encoded)
        if sum(batch.num_rows for batch in self._batches) >= PART_ROWS:
            self.commit()

    def commit(self) -> int:
        """Write what is left as a part, and return how many there are."""
        if any(batch.num_rows for batch in self._batches):
            table = self._arrow.Table.from_batches(self._batches, self._schema)
            self._parquet.write_table(table, self._path / f"{self._count:06}.parquet")
            self._batches.clear()
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
