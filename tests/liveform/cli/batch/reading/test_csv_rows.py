"""Tests of liveform.cli.batch.reading.csv_rows: what csv writes is read back, from any chunk."""

import csv
import io
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import read_cells, read_rows

from liveform import FieldError, LiveformError, MalformedError
from liveform.cli.batch.formats import ReadOptions, open_source
from liveform.cli.batch.reading import csv_rows, input_file
from liveform.cli.batch.rows import checked_header, rows_of

ENCODINGS = {
    "utf-8": None,
    "utf-8-sig": None,
    "utf-16": None,
    "utf-32": None,
    "cp949": "cp949",
    "latin-1": "latin-1",
}
ALPHABET = (
    st.sampled_from('ab ,;\t|"\r\n\x0b\x85')
    | st.characters(codec="latin-1")
    | st.sampled_from("한글\u2028\ufeff")
)
cells = st.text(alphabet=ALPHABET, max_size=8)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a file to write."""
    return tmp_path / "a.csv"


def can_write(text: str, encoding: str) -> bool:
    """Return whether a text can be written in an encoding and is the same when it is read again."""
    try:
        return text.encode(encoding).decode(encoding) == text
    except UnicodeError:
        return False


@given(
    rows=st.lists(st.lists(cells, min_size=2, max_size=2), max_size=6),
    encoding=st.sampled_from(sorted(ENCODINGS)),
    separator=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    chunk=st.integers(1, 30),
)
def test_table_that_csv_writes_is_read_back(
    rows: list[list[str]], encoding: str, separator: str, end: str, quoting: int, chunk: int
) -> None:
    """A table in any encoding and with any separator is read as it was, however it is cut."""  # B3 B5
    text = io.StringIO(newline="")
    if any({*cell} & {"\r", "\n"} for row in rows for cell in row):
        quoting = csv.QUOTE_ALL  # csv quotes only the line break that it writes itself, and reads all
    writer = csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([["userid", "note"], *rows])
    if not can_write(text.getvalue(), encoding):
        return
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "a.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        patch.setattr(csv_rows, "CHUNK_CHARS", chunk)
        patch.setattr(input_file, "READ_BYTES", 1024 + chunk)
        options = ReadOptions(encoding=ENCODINGS[encoding], knows=lambda name: name == "userid")
        with closing(open_source(path, options)) as source:
            read = list(rows_of(source))
    assert [row.cells for row in read] == [row for row in rows if row]
    again = [
        next(csv.reader([row.text or ""], delimiter=separator))
        for row in read
        if "\n" not in (row.text or "")
    ]
    assert all(len(row) == 2 for row in again if "\r" not in "".join(row))


@given(
    data=st.binary(max_size=300),
    chunk=st.integers(1, 40),
    encoding=st.sampled_from([None, "auto", "cp949", "utf-16"]),
)
def test_any_bytes_are_rows_or_an_error_of_liveform(data: bytes, chunk: int, encoding: str | None) -> None:
    """Any bytes in a CSV file give rows or a LiveformError."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "a.csv"
        path.write_bytes(data)
        patch.setattr(csv_rows, "CHUNK_CHARS", chunk)
        try:
            read_rows(path, encoding=encoding)
        except LiveformError:
            return


def test_rows_have_the_lines_on_which_they_begin(path: Path) -> None:
    """Each row, blank ones too, has the line on which it begins in the file."""  # B19
    path.write_text('sep=,\nid,note\n1,"two\nlines"\n\n2,\n,\n3,x', newline="")
    rows = read_rows(path)
    assert [(row.line, row.cells) for row in rows] == [
        (3, ["1", "two\nlines"]),
        (5, []),
        (6, ["2", ""]),
        (7, ["", ""]),
        (8, ["3", "x"]),
    ]
    assert [row.text for row in rows] == ['1,"two\nlines"', "", "2,", ",", "3,x"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "has no header"),
        (b"\n\n", "has no header"),
        (b",,\n,\n", "has no header"),
        (b"a,b,a\n", "names a column twice: a"),
        (b"a, a \n", "names a column twice: a"),
        (b"\xff\xfe", "has no header"),
        (b"\xff\n", "line 1 is not UTF-8"),
    ],
)
def test_wrong_header_is_refused(path: Path, content: bytes, problem: str) -> None:
    """A file without a header, with a column twice or in another encoding is refused when it is opened."""
    path.write_bytes(content)
    with pytest.raises(LiveformError, match=problem):
        open_source(path)


@pytest.mark.parametrize(
    "content", [b"a,b,,\n1,2,,\n", b"a,b,\n1,2,\n", b" a ,\xef\xbb\xbfb\xe2\x80\x8b, \n1,2,\n"]
)
def test_names_are_bare_and_may_be_missing(path: Path, content: bytes) -> None:
    """White space and marks around names are dropped, and a column may have no name."""  # B4
    path.write_bytes(content)
    with closing(open_source(path)) as source:
        assert source.columns is not None
        assert [name for name in source.columns if name] == ["a", "b"]
        assert len(source.columns) > 2


@pytest.mark.parametrize(
    ("content", "line"), [(b'a\n1\n"2\n', 3), (b'a\n1\n"2"x\n', 3), (b'a\n\n\n"', 4), (b"a\n1\n\xff\n", 3)]
)
@pytest.mark.parametrize("chunk", [1, 65_536])
def test_file_that_breaks_off_says_where(
    path: Path, content: bytes, line: int, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A quote without an end, or a wrong byte, ends the rows with its line."""
    monkeypatch.setattr(csv_rows, "CHUNK_CHARS", chunk)
    path.write_bytes(content)
    with pytest.raises(MalformedError, match=f"^IN: line {line}") as caught:
        read_rows(path)
    assert "'" not in str(caught.value).replace("',' expected after '\"'", "")


def test_quotes_inside_cells_are_characters(path: Path) -> None:
    """A quote inside a cell that does not begin with one is a character, and does not hide a line break."""
    path.write_text('a,b\n5" pipe,12"\n"x ""y""\nz",w\n', newline="")
    assert read_cells(path) == [['5" pipe', '12"'], ['x "y"\nz', "w"]]


@pytest.mark.parametrize("length", [131_073, 3_000_000])
def test_long_cell_is_a_cell(path: Path, length: int) -> None:
    """A cell may be longer than the csv module allows by itself."""  # B13
    path.write_text(f"userid,note\nu1,{'x' * length}\nu2,y\n")
    assert [len(row[1]) for row in read_cells(path)] == [length, 1]  # type: ignore[arg-type]


def test_row_without_an_end_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that is longer than any table has is refused with its line, before it fills the memory."""  # B13
    monkeypatch.setattr(csv_rows, "CHUNK_CHARS", 10)
    monkeypatch.setattr(csv_rows, "MAX_ROW_CHARS", 1_000)
    path.write_text('a,b\n1,2\n3,"' + "x" * 500_000)
    with pytest.raises(MalformedError, match=r"^IN: line 3: a row has more than 1,000 characters"):
        read_rows(path)


@pytest.mark.parametrize(
    ("content", "about"),
    [
        (b"a,b\n", "CSV in UTF-8, with commas"),
        (b"\xef\xbb\xbfa;b\n", "CSV in UTF-8 with a byte order mark, with semicolons"),
        ("a\tb\n".encode("utf-16"), "CSV in UTF-16-LE with a byte order mark, with tabs"),
        (b"a|b\n", "CSV in UTF-8, with pipes"),
    ],
)
def test_file_tells_what_it_is(path: Path, content: bytes, about: str) -> None:
    """A file tells its encoding and separator for the preview."""
    path.write_bytes(content)
    with closing(open_source(path)) as source:
        assert source.about == about


def test_header_that_is_wrong_leaves_no_file_open(path: Path) -> None:
    """A file that is refused is closed."""
    path.write_bytes(b"a,a\n")
    for _ in range(2_000):
        with pytest.raises(FieldError):
            open_source(path)


def test_header_of_very_many_columns_is_compared_once() -> None:
    """A header of 300,000 columns is compared at once, and not in the square of their number."""
    names = [f"column {number}" for number in range(300_000)]
    assert checked_header(names) == tuple(names)
    with pytest.raises(FieldError, match=r"names a column twice: column 7$"):
        checked_header([*names, "column 7", ""])


def test_header_that_is_longer_than_a_block_is_read_whole(path: Path) -> None:
    """A header of 600,000 characters ends at its line break, and not where a block of the file ends."""
    names = tuple(f"column-{number:05}" for number in range(45_000))
    path.write_text("\n".join([",".join(names), ",".join(["x"] * len(names))]), encoding="utf-8")
    with closing(open_source(path)) as source:
        assert source.columns == names
        (row,) = rows_of(source)
    assert row.cells == ["x"] * len(names)
    assert row.line == 2
