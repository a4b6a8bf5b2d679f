"""Rows of a Parquet file, by pyarrow (the extra ``liveform[parquet]``).

Only columns that are used are read. A cell that Python cannot hold, such as a time of the year 20000, is an
``UnreadableCell``: its row is refused if it is needed, and the others are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from liveform.cells import UnreadableCell
from liveform.cli.batch.reading.input_file import opened
from liveform.cli.batch.rows import Row, checked_header
from liveform.errors import ConfigError, FieldError, MalformedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from types import ModuleType

CHUNK_ROWS: Final = 1_000


def pyarrow_modules() -> tuple[ModuleType, ModuleType]:
    """Return pyarrow and its module for Parquet.

    Raises:
        ConfigError: it is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ConfigError(
            ("pyarrow", "is not installed; it comes with the extra liveform[parquet]")
        ) from None
    return pyarrow, parquet


class ParquetOrigin(NamedTuple):
    """Where a row of Parquet came from: a ``pyarrow.RecordBatch``, and its place there."""

    batch: Any
    place: int


class ParquetChunk:
    """Some rows, as pyarrow holds them.

    Attributes:
        batch: the columns, as a ``pyarrow.RecordBatch``.
        columns: their names.
    """

    def __init__(self, batch: Any, columns: tuple[str, ...]) -> None:  # noqa: ANN401 - pyarrow has no types
        self.batch = batch
        self.columns = columns

    def rows(self) -> list[Row]:
        """Return the rows; their cells have the types of the file."""
        columns = [_cells(column) for column in self.batch.columns]
        return [
            Row(self.columns, cells, origin=ParquetOrigin(self.batch, place))
            for place, cells in enumerate(zip(*columns, strict=True))
        ]


class ParquetSource:
    """A Parquet file.

    Attributes:
        columns: their names.
        schema: their types.
        about: its format.

    Raises:
        ConfigError: pyarrow is not installed.
        FieldError: it is not a Parquet file, or names a column twice.
    """

    about = "Parquet"

    def __init__(self, path: Path) -> None:
        self._arrow, parquet = pyarrow_modules()
        opened(path).close()
        try:
            self._file = parquet.ParquetFile(path)
        except (OSError, ValueError):
            raise FieldError("IN", "cannot be read as Parquet") from None
        self.close: Callable[[], None] = self._file.close
        self.schema: Any = self._file.schema_arrow
        self._read = 0
        try:
            self.columns = checked_header(self.schema.names)
        except FieldError:
            self.close()
            raise
        self._used = self.columns

    def read_only(self, columns: Sequence[str]) -> None:
        """Leave all other columns unread."""
        self._used = tuple(name for name in self.columns if name in set(columns))
        self.columns = self._used

    def chunks(self) -> Iterator[ParquetChunk]:
        """Return some rows at a time."""
        try:
            for batch in self._file.iter_batches(
                batch_size=CHUNK_ROWS, columns=[*self._used], use_threads=False
            ):
                self._read += batch.num_rows
                yield ParquetChunk(batch, self._used)
        except (OSError, ValueError, self._arrow.ArrowException):
            raise MalformedError(f"IN: behind row {self._read} it cannot be read as Parquet") from None

    def share_read(self) -> float:
        """Return how much of the file has been read."""
        rows: int = self._file.metadata.num_rows
        return self._read / max(1, rows)


def _cells(column: Any) -> list[object]:  # noqa: ANN401 - pyarrow has no types
    """The cells of a column; one by one, if one of them cannot be shown."""
    try:
        cells: list[object] = column.to_pylist()
    except Exception:  # noqa: BLE001 - pyarrow, pytz and zoneinfo raise many kinds of errors
        return [_cell(cell) for cell in column]
    return cells


def _cell(cell: Any) -> object:  # noqa: ANN401 - pyarrow has no types
    try:
        return cell.as_py()
    except Exception:  # noqa: BLE001 - see above
        return _as_text(cell)


def _as_text(cell: Any) -> object:  # noqa: ANN401 - pyarrow has no types
    """Times with nanoseconds, which Python has not, as text; what has no text as an unreadable cell."""
    problem = f"is a {cell.type} that cannot be shown"
    try:
        text = str(cell.cast("string").as_py())
    except Exception:  # noqa: BLE001 - see above
        return UnreadableCell(problem)
    return UnreadableCell(problem) if text.startswith("<") else UnreadableCell(problem, text)
