"""Tests of liveform.cli.batch.reading.json_lines: one object a line, read strictly."""

import json
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import read_rows

from liveform import FieldError, LiveformError
from liveform.cli.batch.formats import open_source
from liveform.cli.batch.reading import input_file, json_lines
from liveform.cli.batch.reading.json_lines import MAX_LINE_BYTES


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a file to write."""
    return tmp_path / "a.jsonl"


def test_lines_are_read_strictly_one_by_one(path: Path) -> None:
    """A line that is not a JSON object is a row with a problem, and the next one is read."""
    path.write_bytes(b'{"a": 1}\n\n[1]\n{"a":1,"a":2}\r\n\xff\n{"b": "x"}')
    rows = read_rows(path)
    assert [row.problem is None for row in rows] == [True, False, False, False, True]
    assert [row.line for row in rows] == [1, 3, 4, 5, 6]
    assert (rows[0].columns, rows[0].cells, rows[0].text) == (["a"], [1], '{"a": 1}')
    assert rows[3].problem == "is not UTF-8; --encoding names another encoding"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[{"userid":"u1"},\n{"userid":"u2"}]\n', r"is a JSON array, not JSON Lines; jq -c '\.\[\]' FILE"),
        (' \n [\n{"userid":"u1"}]\n', "is a JSON array"),
        ('{\n  "userid": "u1"\n}\n', "has a JSON object over several lines; jq -c"),
        ('{"userid":"u1"}\r{"userid":"u2"}\r', "has lines that end in a carriage return alone"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_json_that_is_not_in_lines_is_named_before_the_first_row(
    path: Path, text: str, problem: str, encoding: str
) -> None:
    """An array or an object over several lines is refused at once, with what makes lines of it."""
    path.write_bytes(text.encode(encoding))
    with pytest.raises(FieldError, match=problem):
        read_rows(path)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"a":1},', "ends in a comma; JSON Lines has nothing between its lines"),
        ("{'a':1}", "has names in '; JSON has them in \""),
        ('{"a":NaN}', "has NaN, which JSON has not; write null"),
        ('{"a":[-Infinity]}', "has -Infinity, which JSON has not; write null"),
        ('{"a":1,"b":-1e400}', "has a number that is too large for JSON readers; write it as text"),
        (f'{{"a":1.{"0" * 1000}}}', "has a number of more than 1,000 characters; write it as text"),
        (f'{{"a":{"9" * 1001}}}', "has a number of more than 1,000 characters; write it as text"),
        ('{"a":1,"b":2,"a":3}', "has the member a twice"),
        ("[1]", "not one JSON object with each member once"),
        ('{"a":1', "not one JSON object with each member once"),
        ("{" * 5000, "the JSON is nested more than"),
    ],
)
def test_line_that_is_nearly_json_is_told_what_is_wrong(path: Path, line: str, problem: str) -> None:
    """A line that other programs write for JSON is refused with what is wrong with it."""
    path.write_text('{"a":0}\n' + line + "\n")
    assert str(read_rows(path)[1].problem).startswith(problem)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_mark_is_no_part_of_the_first_line(path: Path, encoding: str) -> None:
    """A file with a byte order mark is read like one without."""  # S3 B5
    path.write_bytes('{"이름": "김"}\n{"a": 1}\n'.encode(encoding))
    assert [(row.columns, row.cells) for row in read_rows(path)] == [(["이름"], ["김"]), (["a"], [1])]


def test_encoding_that_is_named_is_used(path: Path) -> None:
    """``--encoding`` reads JSON Lines in another encoding too."""  # B5
    path.write_bytes('{"이름": "김"}\n'.encode("cp949"))
    assert "--encoding" in str(read_rows(path)[0].problem)
    assert read_rows(path, encoding="cp949")[0].columns == ["이름"]
    with pytest.raises(FieldError, match="--encoding"):
        read_rows(path, encoding="nope")


@pytest.mark.parametrize("extra", [1, 2, 70_000, 3_000_000])
def test_line_that_is_too_long_is_a_wrong_row(path: Path, extra: int) -> None:
    """A line over the limit is refused as a row, and the rows around it are read."""  # B13
    path.write_bytes(b'{"a": 1}\n' + b"x" * (MAX_LINE_BYTES + extra) + b'\n{"a": 2}\n')
    first, long, last = read_rows(path)
    assert (first.cells, last.cells, last.line) == ([1], [2], 3)
    assert long.problem == "has more than 1,048,576 bytes"


def test_last_line_that_is_too_long_is_a_wrong_row(path: Path) -> None:
    """A line over the limit without a line break behind it is refused as a row."""  # B13
    path.write_bytes(b"x" * (3 * MAX_LINE_BYTES))
    assert [row.problem for row in read_rows(path)] == ["has more than 1,048,576 bytes"]


@given(
    objects=st.lists(st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=9), max_size=3)),
    chunk=st.integers(1, 60),
)
def test_objects_are_read_back_from_any_chunks(objects: list[dict[str, object]], chunk: int) -> None:
    """Objects are read as they were written, however the file is cut."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "a.jsonl"
        path.write_text("".join(json.dumps(one) + "\n" for one in objects))
        patch.setattr(json_lines, "CHUNK_BYTES", chunk)
        patch.setattr(input_file, "READ_BYTES", 7 * chunk)
        rows = read_rows(path)
    assert [dict(zip(row.columns, row.cells, strict=True)) for row in rows] == objects
    assert [row.line for row in rows] == list(range(1, len(objects) + 1))


@given(data=st.binary(max_size=200), encoding=st.sampled_from([None, "auto", "cp949", "utf-16"]))
def test_any_bytes_are_rows_or_an_error_of_liveform(data: bytes, encoding: str | None) -> None:
    """Any bytes in a file of JSON Lines give rows or a LiveformError."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        path.write_bytes(data)
        try:
            read_rows(path, encoding=encoding)
        except LiveformError:
            return


def test_file_tells_what_it_is(path: Path) -> None:
    """A file tells its format and encoding for the preview, and that its rows have names of their own."""
    path.write_bytes(b"")
    with closing(open_source(path)) as source:
        assert source.about == "JSON Lines in UTF-8"
        assert source.columns is None
