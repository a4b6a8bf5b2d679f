"""Tests of liveform.cli.batch.formats: the ending of a name, in any case, is the format of the file."""

import gzip
import io
import json
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from tables import read_cells, write_workbook

from liveform import FieldError
from liveform.cli.batch.formats import ReadOptions, open_source, output_for

URL = "https://form.argosidentity.com/?pid=a&encrypted=x%2By"
CSV = b"a,b\n1,2\n"
JSON = b'{"a": "1", "b": "2"}\n'


def write(path: Path) -> None:
    """Write one row of a and b in the format of a name."""
    kind = path.name.lower().removesuffix(".gz").rpartition(".")[2]
    if kind == "parquet":
        parquet.write_table(pa.table({"a": ["1"], "b": ["2"]}), path)
    elif kind in ("xlsx", "xlsm"):
        write_workbook(path, ["a", "b"], ["1", "2"])
    else:
        data = JSON if kind in ("jsonl", "ndjson") else CSV.replace(b",", b"\t") if kind == "tsv" else CSV
        path.write_bytes(gzip.compress(data) if path.name.lower().endswith(".gz") else data)


def copied(source_path: Path, output_path: Path, **options: Any) -> bytes:
    """Return the bytes of a copy in which every row has a URL."""
    with closing(open_source(source_path)) as source:
        written = output_for(output_path, source, **{"keep": None, "url_column": "url"} | options)
        output = written.open(output_path.with_suffix(".part"), 0)
        for chunk in source.chunks():
            rows = chunk.rows()
            output.add(written.encode(rows, [URL] * len(rows)))
        output.commit()
        output.close()
        output.finish(output_path)
    return output_path.read_bytes()


@pytest.mark.parametrize(
    "name",
    [
        *("USERS.CSV", "a.tsv", "a.TSV", "a.jsonl", "a.Ndjson", "a.xlsx", "a.XLSM", "a.parquet", "a.PARQUET"),
        *("a.csv.gz", "A.CSV.GZ", "a.tsv.gz", "a.jsonl.gz", "a.ndjson.gz", "a.b.c.csv"),
    ],
)
def test_file_is_read_by_its_ending_in_any_case(tmp_path: Path, name: str) -> None:
    """A file of each format is read by the ending of its name, in capitals too, and from gzip."""  # B5 B7
    write(tmp_path / name)
    assert read_cells(tmp_path / name) == [["1", "2"]]


@pytest.mark.parametrize(
    "name", ["a.txt", "a", "a.gz", "a.csv.zip", "a.parquet.gz", "a.xlsx.gz", "csv", ".csv"]
)
def test_file_of_another_ending_is_refused(tmp_path: Path, name: str) -> None:
    """A file of another ending is refused with those that can be read, and ``--format``."""
    (tmp_path / name).write_bytes(CSV)
    with pytest.raises(
        FieldError, match=r"IN: must end in \.csv, .*\.xlsx, \.parquet, and of text with \.gz"
    ):
        open_source(tmp_path / name)


@pytest.mark.parametrize("name", ["a.txt", "a", "a.csv.gz", "a.xlsx", "a.xls"])
def test_output_of_another_ending_is_refused(tmp_path: Path, name: str) -> None:
    """An output that cannot be written is refused: another ending, a workbook, or gzip."""
    write(tmp_path / "in.csv")
    with pytest.raises(
        FieldError, match=r"OUT: (must end in \.csv, \.tsv, \.jsonl, \.ndjson, \.parquet;|is an Excel)"
    ):
        copied(tmp_path / "in.csv", tmp_path / name)


def test_old_workbook_is_named(tmp_path: Path) -> None:
    """A workbook of before 2007 is refused with what to do."""  # B5
    (tmp_path / "a.XLS").touch()
    with pytest.raises(FieldError, match="IN: is an Excel file of before 2007"):
        open_source(tmp_path / "a.XLS")


def test_format_is_said_of_other_names(tmp_path: Path) -> None:
    """``--format`` says what a file is whose name does not, and leaves other names alone."""
    (tmp_path / "a.txt").write_bytes(CSV)
    (tmp_path / "a.csv").write_bytes(CSV)
    assert read_cells(tmp_path / "a.txt", format="csv") == [["1", "2"]]
    assert read_cells(tmp_path / "a.csv", format="jsonl") == [["1", "2"]]
    assert copied(tmp_path / "a.csv", tmp_path / "out.txt", wanted="ndjson").startswith(b'{"a":"1"')


@pytest.mark.parametrize(
    ("wanted", "data"), [(None, CSV), ("csv", CSV), ("ndjson", JSON), ("tsv", b"a\tb\n1\t2\n")]
)
def test_stdin_has_the_format_that_is_said(
    monkeypatch: pytest.MonkeyPatch, wanted: str | None, data: bytes
) -> None:
    """``-`` reads stdin as CSV, or in the format of ``--format``."""  # B18
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    assert read_cells(Path("-"), format=wanted) == [["1", "2"]]


@pytest.mark.parametrize("wanted", ["parquet", "xlsx"])
def test_stream_of_another_format_is_refused(wanted: str) -> None:
    """Workbooks and Parquet are no streams, for their end has to be read first."""  # B18
    with pytest.raises(FieldError, match="--format: of a stream must be one of csv, tsv, jsonl, ndjson"):
        open_source("-", ReadOptions(format=wanted))


@pytest.mark.parametrize(
    ("name", "options", "problem"),
    [
        ("a.jsonl", {"separator": ","}, "--separator: is for CSV"),
        ("a.csv", {"separator": "x"}, "--separator: must be one of"),
        ("a.parquet", {"encoding": "utf-8"}, "--encoding: is for text"),
        ("a.xlsx", {"encoding": "utf-8"}, "--encoding: is for text"),
        ("a.csv", {"sheet": "x"}, "--worksheet: is for Excel workbooks"),
    ],
)
def test_option_of_another_format_is_refused(
    tmp_path: Path, name: str, options: dict[str, str], problem: str
) -> None:
    """An option that would be ignored without a word is refused."""
    write(tmp_path / name)
    with pytest.raises(FieldError, match=problem):
        open_source(tmp_path / name, ReadOptions(**options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", [f"none.{kind}" for kind in ("csv", "tsv", "jsonl", "xlsx", "parquet", "csv.gz")]
)
def test_file_that_is_missing_is_told(tmp_path: Path, name: str) -> None:
    """An input that is missing is refused with a FieldError, whatever its format."""
    with pytest.raises(FieldError, match="IN: cannot be read"):
        open_source(tmp_path / name)


@pytest.mark.parametrize("name", ["in.csv", "in.jsonl", "in.parquet", "in.xlsx", "in.tsv.gz"])
@pytest.mark.parametrize("output", ["out.csv", "out.TSV", "out.jsonl", "out.ndjson", "out.parquet"])
def test_every_format_becomes_every_other(tmp_path: Path, name: str, output: str) -> None:
    """The rows of every format can be written in every other."""  # B5
    write(tmp_path / name)
    keep = ["a", "b"] if name == "in.jsonl" else None
    copied(tmp_path / name, tmp_path / output, keep=keep)
    assert read_cells(tmp_path / output) == [["1", "2", URL]]


def test_workbook_becomes_csv_that_excel_reads(tmp_path: Path) -> None:
    """CSV that is made from a workbook has a byte order mark, so that Excel reads it back."""  # B6
    write(tmp_path / "in.xlsx")
    assert copied(tmp_path / "in.xlsx", tmp_path / "out.csv").startswith(b"\xef\xbb\xbfa,b,url\r\n")


def test_kept_columns_are_those_and_no_others(tmp_path: Path) -> None:
    """``keep`` writes only the named columns, in its order, and leaves out what a row lacks."""
    (tmp_path / "in.jsonl").write_text('{"a": 1, "b": "x", "c": [1, "é"]}\n{"b": true}\n')
    copied(tmp_path / "in.jsonl", tmp_path / "out.csv", keep=["c", "b"])
    assert read_cells(tmp_path / "out.csv") == [['[1,"é"]', "x", URL], ["", "true", URL]]
    written = copied(tmp_path / "in.jsonl", tmp_path / "out.jsonl", keep=["c", "b"])
    assert [json.loads(line) for line in written.splitlines()] == [
        {"c": [1, "é"], "b": "x", "url": URL},
        {"b": True, "url": URL},
    ]


@pytest.mark.parametrize(
    ("output", "options", "problem"),
    [
        ("out.csv", {"keep": ["x"]}, "--keep: IN has no column x"),
        ("out.csv", {"url_column": "a"}, "--url-column: IN has a column a already"),
        ("out.jsonl", {"url_column": "a"}, "--url-column: IN has a column a already"),
        ("out.jsonl", {"with_mark": True}, "--bom: is for CSV"),
        ("out.parquet", {"with_mark": True}, "--bom: is for CSV"),
    ],
)
def test_columns_that_do_not_fit_are_refused(
    tmp_path: Path, output: str, options: dict[str, Any], problem: str
) -> None:
    """A kept column that is missing, a URL column that is taken, or a mark for another format is refused."""
    write(tmp_path / "in.csv")
    with pytest.raises(FieldError, match=problem):
        copied(tmp_path / "in.csv", tmp_path / output, **options)


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_json_lines_into_columns_need_their_names(tmp_path: Path, ending: str) -> None:
    """JSON Lines written as CSV or Parquet need ``--keep`` with the names of the columns."""
    write(tmp_path / "in.jsonl")
    with pytest.raises(FieldError, match="--keep: must name the columns"):
        copied(tmp_path / "in.jsonl", tmp_path / f"out{ending}")


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_output_that_cannot_be_written_is_told(tmp_path: Path, ending: str) -> None:
    """An output in a folder that does not exist is refused."""
    write(tmp_path / "in.csv")
    with pytest.raises(FieldError, match="cannot be written"):
        copied(tmp_path / "in.csv", tmp_path / "none" / f"out{ending}")


@pytest.mark.parametrize("name", ["in.csv", "in.jsonl", "in.parquet", "in.xlsx", "in.csv.gz"])
def test_share_read_grows_to_one(tmp_path: Path, name: str) -> None:
    """The share of a source that has been read is 1.0 behind its last row."""
    write(tmp_path / name)
    with closing(open_source(tmp_path / name)) as source:
        before = source.share_read()
        list(source.chunks())
        assert before <= 1.0 == source.share_read()
