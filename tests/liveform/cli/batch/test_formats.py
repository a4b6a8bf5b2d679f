"""Tests of the file formats of a batch: what is read is written again, and nothing is lost."""

import csv
import json
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from liveform import ConfigError, FieldError, LiveformError, MalformedError
from liveform.cli.batch import parquet as parquet_room
from liveform.cli.batch.formats import open_source, output_for
from liveform.cli.batch.readers import MAX_LINE_BYTES, Row
from liveform.cli.batch.writers import cell_text, csv_line, header_line, json_line

URL = "https://form.argosidentity.com/?pid=a&encrypted=x%2By"
cells = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


def rows_of(path: Path) -> list[Row]:
    """Return every row of a file, as a list."""
    with closing(open_source(path)) as source:
        return [*source.rows()]


def copied(source_path: Path, output_path: Path, **options: Any) -> None:
    """Write every row of a file to another file, with a URL."""
    options = {"keep": None, "url_column": "url"} | options
    with closing(open_source(source_path)) as source:
        output = output_for(output_path, source, **options)(output_path.with_suffix(".part"), 0)
        output.add([(row, URL) for row in source.rows()])
        output.commit()
        output.close()
        output.finish(output_path)


@given(st.lists(st.lists(cells, min_size=2, max_size=2), min_size=1))
def test_csv_line_is_read_back_by_the_standard_library(rows: list[list[str]]) -> None:
    """The csv module reads back any quotes, commas and line breaks that a written cell holds."""
    line = csv_line(("a", "b"), ("a", "b"), typed=False)
    text = header_line(("a", "b", "url")) + "".join(line(Row(("a", "b"), row), URL) for row in rows)
    assert [*csv.reader(StringIO(text, newline=""))] == [["a", "b", "url"], *[[*row, URL] for row in rows]]


def test_csv_with_mark_and_line_breaks_is_read(tmp_path: Path) -> None:
    """A CSV file may have a byte order mark, line breaks in cells, and empty lines, which are skipped."""
    path = tmp_path / "a.csv"
    path.write_bytes(b'\xef\xbb\xbfid,note\r\n1,"two\r\nlines, ""quoted"""\r\n\r\n2,\r\n')
    assert [row.cells for row in rows_of(path)] == [["1", 'two\r\nlines, "quoted"'], ["2", ""]]
    assert rows_of(path)[0].columns == ("id", "note")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "has no header"),
        (b"\n1\n", "has no header"),
        (b"a,b,a\n", "names a column twice: a"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_csv_with_a_wrong_header_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    """A CSV file without a header, with a column twice or not in UTF-8 is refused when opened."""
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(LiveformError, match=problem):
        open_source(path)


@pytest.mark.parametrize("content", [b'a\n1\n"2\n', b"a\n1\n\xff\n", b'a\n1\n"2"x\n'])
def test_csv_that_breaks_off_says_where(tmp_path: Path, content: bytes) -> None:
    """A CSV file that is broken behind its header raises an error with the line."""
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(MalformedError, match="line"):
        rows_of(path)


def test_json_lines_are_read_strictly_line_by_line(tmp_path: Path) -> None:
    """A line that is not a JSON object is a row with a problem, and the next one is read."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n\n[1]\n{"a":1,"a":2}\n\xff\n{"b": "x"}')
    rows = rows_of(path)
    assert [row.problem is None for row in rows] == [True, False, False, False, True]
    assert (rows[0].columns, rows[0].cells, rows[0].text) == (["a"], [1], '{"a": 1}')
    assert rows[3].problem == "is not UTF-8"


def test_json_line_that_is_too_long_ends_it(tmp_path: Path) -> None:
    """A line of JSON Lines over the limit raises a MalformedError."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n' + b"x" * (MAX_LINE_BYTES + 2))
    with closing(open_source(path)) as source, pytest.raises(MalformedError, match="more than"):
        [*source.rows()]


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_share_read_grows_to_one(tmp_path: Path, ending: str) -> None:
    """The share of a source that has been read is 1.0 behind its last row."""
    path = tmp_path / f"a{ending}"
    if ending == ".parquet":
        parquet.write_table(pa.table({"a": ["1", "2"]}), path)
    else:
        path.write_text("a\n1\n2\n" if ending == ".csv" else '{"a": 1}\n{"a": 2}\n')
    with closing(open_source(path)) as source:
        before = source.share_read()
        [*source.rows()]
        assert before <= 1.0 == source.share_read()


@pytest.mark.parametrize("name", ["a.txt", "a", "a.CSV.gz"])
def test_file_of_another_ending_is_refused(tmp_path: Path, name: str) -> None:
    """A file to read or write must end in .csv, .jsonl or .parquet."""
    (tmp_path / name).touch()
    with pytest.raises(FieldError, match=r"must end in \.csv, \.jsonl, \.parquet"):
        open_source(tmp_path / name)
    (tmp_path / "in.csv").write_text("a\n")
    with pytest.raises(FieldError, match="OUT: must end in"):
        copied(tmp_path / "in.csv", tmp_path / name)


@pytest.mark.parametrize("name", ["none.csv", "none.jsonl", "none.parquet", "folder.csv", "folder.parquet"])
def test_file_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    """An input that is missing or is a folder is refused with a FieldError."""
    if name.startswith("folder"):
        (tmp_path / name).mkdir()
    with pytest.raises(FieldError, match="cannot be read"):
        open_source(tmp_path / name)


def test_parquet_that_is_none_is_told(tmp_path: Path) -> None:
    """A Parquet file that is damaged is refused when opened, or behind the last row that is whole."""
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 no parquet PAR1")
    with pytest.raises(FieldError, match="cannot be read as Parquet"):
        open_source(path)
    parquet.write_table(pa.table({"a": [f"{n}" for n in range(5_000)]}), path, compression="gzip")
    content = bytearray(path.read_bytes())
    content[40:400] = bytes(360)
    path.write_bytes(content)
    with closing(open_source(path)) as source, pytest.raises(MalformedError, match="behind row 0"):
        [*source.rows()]


def test_json_lines_keep_their_objects_to_the_last_digit(tmp_path: Path) -> None:
    """JSON Lines keep the exact text of their objects, to which only the URL is added."""
    lines = ['{"a": 1.10, "b": 12345678901234567890123, "ü": [ ]}', "{}", '{"c": {"d": null}}']
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    copied(tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text().splitlines() == [
        f'{{"a": 1.10, "b": 12345678901234567890123, "ü": [ ],"url":"{URL}"}}',
        f'{{"url":"{URL}"}}',
        f'{{"c": {{"d": null}},"url":"{URL}"}}',
    ]


def test_kept_columns_are_those_and_no_others(tmp_path: Path) -> None:
    """``keep`` writes only the named columns, in its order, and leaves out what a row lacks."""
    (tmp_path / "in.jsonl").write_text('{"a": 1, "b": "x", "c": [1, "é"]}\n{"b": true}\n')
    copied(tmp_path / "in.jsonl", tmp_path / "out.csv", keep=["c", "b"])
    assert [row.cells for row in rows_of(tmp_path / "out.csv")] == [['[1,"é"]', "x", URL], ["", "true", URL]]
    copied(tmp_path / "in.jsonl", tmp_path / "out.jsonl", keep=["c", "b"])
    assert [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()] == [
        {"c": [1, "é"], "b": "x", "url": URL},
        {"b": True, "url": URL},
    ]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"keep": ["x"]}, "IN has no column x"),
        ({"url_column": "a"}, "--url-column: IN has a column a already"),
    ],
)
def test_columns_that_do_not_fit_are_refused(tmp_path: Path, options: dict[str, Any], problem: str) -> None:
    """A kept column that is missing, or a URL column that is taken, is refused."""
    (tmp_path / "in.csv").write_text("a\n1\n")
    with pytest.raises(FieldError, match=problem):
        copied(tmp_path / "in.csv", tmp_path / "out.csv", **options)


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_json_lines_into_columns_need_their_names(tmp_path: Path, ending: str) -> None:
    """JSON Lines written as CSV or Parquet need ``--keep`` with the names of the columns."""
    (tmp_path / "in.jsonl").write_text('{"a": 1}\n')
    with pytest.raises(FieldError, match="--keep: must name the columns"):
        copied(tmp_path / "in.jsonl", tmp_path / f"out{ending}")


def test_parquet_keeps_the_types_of_its_columns(tmp_path: Path) -> None:
    """Parquet keeps dates, decimals, lists and nulls, and CSV gets them as text."""
    count = parquet_room.PART_ROWS + 5
    table = pa.table(
        {
            "when": [datetime(2026, 1, 1, tzinfo=UTC)] * count,
            "price": [Decimal("1.10")] * count,
            "tags": [["a", "b"]] * (count - 1) + [None],
            "n": range(count),
        }
    )
    parquet.write_table(table, tmp_path / "in.parquet")
    with closing(open_source(tmp_path / "in.parquet")) as source:
        output = output_for(tmp_path / "out.parquet", source, keep=None, url_column="url")(
            tmp_path / "out.part", 0
        )
        for row in source.rows():
            output.add([(row, URL)])
        assert output.commit() == 2
        output.finish(tmp_path / "out.parquet")
    written = parquet.read_table(tmp_path / "out.parquet")
    assert written.drop_columns("url") == table
    assert set(written["url"].to_pylist()) == {URL}
    copied(tmp_path / "in.parquet", tmp_path / "out.csv")
    first = rows_of(tmp_path / "out.csv")[0].cells
    assert first == ["2026-01-01 00:00:00+00:00", "1.10", '["a","b"]', "0", URL]


def test_parquet_without_rows_is_a_parquet_file(tmp_path: Path) -> None:
    """A CSV file without rows becomes a Parquet file with its columns and the URL's."""
    (tmp_path / "in.csv").write_text("a,b\n")
    copied(tmp_path / "in.csv", tmp_path / "out.parquet")
    written = parquet.read_table(tmp_path / "out.parquet")
    assert (written.num_rows, written.column_names) == (0, ["a", "b", "url"])


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_output_that_cannot_be_written_is_told(tmp_path: Path, ending: str) -> None:
    """An output in a folder that does not exist is refused."""
    (tmp_path / "in.csv").write_text("a\n1\n")
    with pytest.raises(FieldError, match="cannot be written"):
        copied(tmp_path / "in.csv", tmp_path / "none" / f"out{ending}")


def test_parquet_without_pyarrow_says_which_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow, the error names the extra ``liveform[parquet]``."""
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"liveform\[parquet\]"):
        open_source(tmp_path / "in.parquet")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", "x"),
        (None, ""),
        (True, "true"),
        (False, "false"),
        (1.5, "1.5"),
        (Decimal("1.10"), "1.10"),
        (date(2026, 1, 2), "2026-01-02"),
        ({"a": [None]}, '{"a":[null]}'),
    ],
)
def test_cell_of_each_type_has_a_text(value: object, text: str) -> None:
    """A cell of each type has a text: empty for None, JSON for objects, true or false for booleans."""
    assert cell_text(value) == text


def test_json_line_of_cells_is_an_object() -> None:
    """A row of cells is written as a JSON object, with other types as their text."""
    line = json_line(None, "link")(Row(("a", "b"), (date(2026, 1, 2), None)), URL)
    assert json.loads(line) == {"a": "2026-01-02", "b": None, "link": URL}


def test_parquet_whose_text_is_not_utf8_is_told(tmp_path: Path) -> None:
    """A Parquet file whose text is not UTF-8 is refused by the last row that was read."""
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"a": pa.array([b"\xff\xfe"], pa.binary()).view(pa.string())}), path)
    with pytest.raises(MalformedError, match="IN: behind row 0 it cannot be read as Parquet"):
        rows_of(path)


def test_parquet_with_two_columns_of_one_name_is_refused(tmp_path: Path) -> None:
    """A Parquet file with two columns of the same name is refused."""
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table([pa.array(["1"]), pa.array(["2"])], names=["a", "a"]), path)
    with pytest.raises(FieldError, match="IN: names a column twice: a"):
        open_source(path)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (float("nan"), None),
        (float("inf"), None),
        ([1.5, float("-inf")], [1.5, None]),
        ({"a": (float("nan"), "NaN", True)}, {"a": [None, "NaN", True]}),
    ],
)
def test_numbers_that_json_has_no_text_for_are_null(value: object, written: object) -> None:
    """NaN and infinity are written as null in JSON, inside lists and objects too."""
    line = json_line(None, "url")(Row(("a",), (value,)), URL)

    def refuse(constant: str) -> None:
        pytest.fail(constant)

    assert json.loads(line, parse_constant=refuse) == {"a": written, "url": URL}
