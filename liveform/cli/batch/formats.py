"""Which module reads or writes a file, by the ending of its name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from liveform.cli.batch.readers import CsvSource, JsonLinesSource
from liveform.cli.batch.writers import TextOutput, csv_line, header_line, json_line
from liveform.errors import FieldError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from liveform.cli.batch.readers import Source
    from liveform.cli.batch.writers import Output

ENDINGS: Final = (".csv", ".jsonl", ".parquet")


def open_source(path: Path) -> Source:
    """Return the rows of a file.

    Raises:
        FieldError: another ending, or it cannot be read.
        ConfigError: pyarrow is not installed.
    """
    if path.suffix == ".csv":
        return CsvSource(path)
    if path.suffix == ".jsonl":
        return JsonLinesSource(path)
    if path.suffix == ".parquet":
        from liveform.cli.batch.parquet import ParquetSource

        return ParquetSource(path)
    raise FieldError("IN", f"must end in {', '.join(ENDINGS)}")


def output_for(
    path: Path, source: Source, *, keep: Sequence[str] | None, url_column: str
) -> Callable[[Path, int], Output]:
    """Return what opens the output in the making at a mark.

    Args:
        path: where the output will be; its ending is its format.
        source: the input.
        keep: the columns to keep; None keeps all.
        url_column: the column of the URL.

    Raises:
        FieldError: another ending, or the columns do not fit.
        ConfigError: pyarrow is not installed.
    """
    if path.suffix not in ENDINGS:
        raise FieldError("OUT", f"must end in {', '.join(ENDINGS)}")
    columns = source.columns if keep is None else tuple(keep)
    if path.suffix != ".jsonl" and columns is None:
        raise FieldError("--keep", "must name the columns: each row of JSON Lines has its own")
    for name in keep or ():
        if source.columns is not None and name not in source.columns:
            raise FieldError("--keep", f"IN has no column {shown(name)}")
    if columns is not None and url_column in columns:
        raise FieldError("--url-column", f"IN has a column {shown(url_column)} already; name another")
    if path.suffix == ".jsonl":
        return partial(TextOutput, line=json_line(keep, url_column))
    kept = columns or ()
    if path.suffix == ".csv":
        line = csv_line(kept, source.columns, typed=not isinstance(source, CsvSource))
        return partial(TextOutput, line=line, header=header_line((*kept, url_column)))
    from liveform.cli.batch.parquet import ParquetOutput, ParquetSource

    schema = source.schema if isinstance(source, ParquetSource) else None
    return partial(ParquetOutput, columns=kept, url_column=url_column, schema=schema)
