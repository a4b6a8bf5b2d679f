"""Which module reads or writes a file, by the ending of its name in any case, or by ``--format``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.cli.batch.reading.csv_rows import CsvSource
from liveform.cli.batch.reading.input_file import InputFile
from liveform.cli.batch.reading.json_lines import JsonLinesSource
from liveform.cli.batch.reading.separators import separator_named
from liveform.cli.batch.writing.csv_lines import CsvLines, CsvStyle
from liveform.cli.batch.writing.json_lines import JsonLines
from liveform.errors import FieldError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from liveform.cli.batch.rows import Source
    from liveform.cli.batch.writing.output import OutputFormat

STREAM: Final = "-"  # stdin as IN, stdout as OUT
TEXT_FORMATS: Final = ("csv", "tsv", "jsonl", "ndjson")
READ: Final = (*TEXT_FORMATS, "xlsx", "parquet")
WRITTEN: Final = (*TEXT_FORMATS, "parquet")

_PACKED: Final = ("bz2", "xz", "zst", "zip", "7z")
_SAME: Final = {"ndjson": "jsonl", "xlsm": "xlsx"}


class ReadOptions(NamedTuple):
    """What the user says of IN.

    Attributes:
        format: of a stream, or of a file whose name does not say it.
        encoding, separator: of text.
        sheet: of a workbook.
        knows: whether a name is that of a parameter, or of a column that the user named.
    """

    format: str | None = None
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    knows: Callable[[str], bool] = bool


def open_source(name: str | Path, options: ReadOptions | None = None) -> Source:
    """Return the rows of a file, or of stdin for ``-``.

    Raises:
        FieldError: another ending, or it cannot be read.
        ConfigError: what reads this format is not installed.
        MalformedError: its beginning cannot be read.
    """
    options = options or ReadOptions()
    separator = None if options.separator is None else separator_named(options.separator)
    kind, gzipped = _kind(str(name), options.format, READ, "IN")
    _check_fitting(kind, options)
    if kind == "parquet":
        from liveform.cli.batch.reading.parquet import ParquetSource

        return ParquetSource(Path(name))
    if kind == "xlsx":
        from liveform.cli.batch.reading.xlsx import XlsxSource

        return XlsxSource(Path(name), options.sheet)
    file = InputFile(None if str(name) == STREAM else Path(name), gzipped=gzipped)
    if kind == "jsonl":
        return JsonLinesSource(file, encoding=options.encoding)
    usual = "\t" if kind == "tsv" else None
    return CsvSource(file, encoding=options.encoding, separator=separator, knows=options.knows, usual=usual)


def _kind(name: str, wanted: str | None, known: Sequence[str], what: str) -> tuple[str, bool]:
    """The format of a file, and whether it is compressed by gzip."""
    endings = [ending.lower().removeprefix(".") for ending in Path(name).suffixes[-2:]]
    gzipped = endings[-1:] == ["gz"]
    kind = (endings[: -1 if gzipped else None] or [""])[-1]
    if name == STREAM:
        kind = wanted or "csv"
    elif wanted is not None and kind not in known:
        kind = wanted
    kind = _SAME.get(kind, kind)
    if kind == "xls":
        raise FieldError(what, "is an Excel file of before 2007 (.xls); save it as .xlsx or as CSV")
    if kind not in known or (gzipped and (what == "OUT" or kind not in TEXT_FORMATS)):
        gz = "" if what == "OUT" else ", and of text with .gz behind that"
        endings_of = ", ".join(f".{one}" for one in known)
        packed = what == "IN" and endings[-1:] and endings[-1] in _PACKED
        advice = f"unpack a .{endings[-1]} first" if packed else "--format says it of other names"
        raise FieldError(what, f"must end in {endings_of}{gz}; {advice}")
    if name == STREAM and kind not in TEXT_FORMATS:
        raise FieldError("--format", f"of a stream must be one of {', '.join(TEXT_FORMATS)}")
    return kind, gzipped


def _check_fitting(kind: str, options: ReadOptions) -> None:
    """Refuse options of other formats, which would be ignored without a word."""
    if options.separator is not None and kind not in ("csv", "tsv"):
        raise FieldError("--separator", "is for CSV; IN is another format")
    if options.encoding is not None and kind not in TEXT_FORMATS:
        raise FieldError("--encoding", "is for text; IN is another format")
    if options.sheet is not None and kind != "xlsx":
        raise FieldError("--worksheet", "is for Excel workbooks; IN is another format")


def output_for(
    name: str | Path,
    source: Source,
    *,
    keep: Sequence[str] | None,
    url_column: str,
    wanted: str | None = None,
    with_mark: bool = False,
) -> OutputFormat:
    """Return how the output is written.

    Args:
        name: of the output, or ``-`` for stdout; its ending is its format.
        source: the input. CSV is written as CSV was read: its encoding, byte order mark and separator.
        keep: the columns to keep; None keeps all that have a name.
        url_column: the column of the URL.
        wanted: the format of stdout, or of a file whose name does not say it.
        with_mark: whether CSV is UTF-8 with a byte order mark, whatever was read.

    Raises:
        FieldError: another ending, or the columns do not fit.
        ConfigError: what writes this format is not installed.
    """
    kind, _ = _kind(str(name), wanted, WRITTEN, "OUT")
    columns = _kept(kind, source, keep)
    if columns is not None and url_column in columns:
        raise FieldError("--url-column", f"IN has a column {shown(url_column)} already; name another")
    if with_mark and kind not in ("csv", "tsv"):
        raise FieldError("--bom", "is for CSV; OUT is another format")
    if kind == "jsonl":
        is_json = isinstance(source, JsonLinesSource)
        return JsonLines(columns, url_column, as_it_came=is_json and keep is None)
    kept = columns or ()
    if kind == "parquet":
        from liveform.cli.batch.reading.parquet import ParquetSource
        from liveform.cli.batch.writing.parquet import ParquetRows

        schema = source.schema if isinstance(source, ParquetSource) else None
        return ParquetRows(kept, url_column, schema)
    return CsvLines(kept, url_column, source.columns, _style(kind, source, with_mark=with_mark))


def _kept(kind: str, source: Source, keep: Sequence[str] | None) -> tuple[str, ...] | None:
    """The columns of the output; None if each row has its own."""
    for name in keep or ():
        if source.columns is not None and name not in source.columns:
            raise FieldError("--keep", f"IN has no column {shown(name)}")
        if keep is not None and keep.count(name) > 1:
            raise FieldError("--keep", f"names {shown(name)} twice; once is enough")
    if keep is not None:
        return tuple(keep)
    if source.columns is None and kind != "jsonl":
        raise FieldError("--keep", "must name the columns: each row of JSON Lines has its own")
    return None if source.columns is None else tuple(filter(None, source.columns))


def _style(kind: str, source: Source, *, with_mark: bool) -> CsvStyle:
    """How CSV is written: as it was read, but a .tsv with tabs alone; from a workbook, as Excel reads it."""
    from liveform.cli.batch.reading.xlsx import XlsxSource

    separator = "\t" if kind == "tsv" else ","
    if not isinstance(source, CsvSource):
        return CsvStyle.utf8(separator, with_mark=with_mark or isinstance(source, XlsxSource))
    if kind == "csv" and source.usual is None:
        separator = source.separator
    declared = source.declared if separator == source.separator else ""
    if with_mark:
        return CsvStyle.utf8(separator, with_mark=True)
    return CsvStyle(separator, source.encoding, declared, as_read=separator == source.separator)
