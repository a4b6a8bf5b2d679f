"""Tests of liveform.cli.batch.reading.parquet: what nobody uses is not read, and what is read is told."""

import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from tables import read_cells, read_rows

from liveform import ConfigError, FieldError, LiveformError, MalformedError
from liveform.cells import UnreadableCell
from liveform.cli.batch.formats import open_source
from liveform.cli.batch.reading.parquet import ParquetSource
from liveform.cli.batch.rows import rows_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a file to write."""
    return tmp_path / "a.parquet"


def write(path: Path, **columns: Any) -> None:
    """Write a file of these columns."""
    parquet.write_table(pa.table(columns), path)


def test_cells_have_the_types_of_the_file(path: Path) -> None:
    """Cells have the types that the columns have in the file."""
    when = datetime(2026, 1, 1, tzinfo=UTC)
    write(path, id=[1, None], when=[when, when], tags=[["a"], []])
    assert read_cells(path) == [[1, when, ["a"]], [None, when, []]]
    with closing(open_source(path)) as source:
        assert (source.columns, source.about) == (("id", "when", "tags"), "Parquet")


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (pa.array([1], pa.timestamp("ns")), "1970-01-01 00:00:00.000000001"),
        (pa.array([1], pa.time64("ns")), "00:00:00.000000001"),
        (pa.array([1], pa.timestamp("us", tz="Mars/Phobos")), None),
        (pa.array([10**18], pa.timestamp("ms")), None),
    ],
)
def test_cell_that_python_cannot_hold_is_unreadable(path: Path, column: Any, text: str | None) -> None:
    """A time of nanoseconds, of an unknown zone or a far year is a cell of its row alone."""  # B10
    write(path, userid=["u1"], when=column)
    ((user, cell),) = read_cells(path)
    assert user == "u1"
    assert isinstance(cell, UnreadableCell)
    assert cell.text == text
    assert cell.problem == f"is a {column.type} that cannot be shown"


def test_other_cells_of_such_a_column_are_read(path: Path) -> None:
    """Of a column with a cell that cannot be held, the others have their values."""  # B10
    write(path, when=pa.array([None, 10**18, 1_000], pa.timestamp("ms")))
    first, second, third = (cells[0] for cells in read_cells(path))
    assert (first, third) == (None, datetime(1970, 1, 1, 0, 0, 1))
    assert isinstance(second, UnreadableCell)


def test_columns_that_nobody_uses_are_not_read(path: Path) -> None:
    """Only the named columns are read, in the order of the file."""  # B10
    write(path, a=["1"], b=["2"], c=["3"])
    source = ParquetSource(path)
    source.read_only(["c", "a", "c"])
    with closing(source):
        assert source.columns == ("a", "c")
        assert [row.cells for row in rows_of(source)] == [("1", "3")]


def test_file_that_is_none_is_told(path: Path) -> None:
    """A file that is damaged is refused when opened, or behind the last row that is whole."""
    path.write_bytes(b"PAR1 no parquet PAR1")
    with pytest.raises(FieldError, match="cannot be read as Parquet"):
        open_source(path)
    parquet.write_table(pa.table({"a": [f"{n}" for n in range(5_000)]}), path, compression="gzip")
    content = bytearray(path.read_bytes())
    content[40:400] = bytes(360)
    path.write_bytes(content)
    with pytest.raises(MalformedError, match="IN: behind row 0 it cannot be read as Parquet"):
        read_rows(path)


@given(data=st.binary(max_size=200), framed=st.booleans())
def test_any_bytes_are_an_error_of_liveform(data: bytes, *, framed: bool) -> None:
    """Any bytes in a Parquet file raise a LiveformError."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.parquet"
        path.write_bytes(b"PAR1" + data + b"PAR1" if framed else data)
        with pytest.raises(LiveformError):
            read_rows(path)


def test_text_that_is_not_utf8_is_unreadable(path: Path) -> None:
    """A cell of text that is not UTF-8 is a cell of its row, and ends nothing."""  # B10
    write(path, a=pa.array([b"\xff\xfe", b"x"], pa.binary()).view(pa.string()))
    (wrong,), (right,) = read_cells(path)
    assert isinstance(wrong, UnreadableCell)
    assert right == "x"


def test_two_columns_of_one_name_are_refused(path: Path) -> None:
    """A file with two columns of the same name is refused."""
    parquet.write_table(pa.table([pa.array(["1"]), pa.array(["2"])], names=["a", "a"]), path)
    with pytest.raises(FieldError, match="IN: names a column twice: a"):
        open_source(path)


def test_without_pyarrow_the_extra_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow, the error names the extra before the first row."""  # B14
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"it comes with the extra liveform\[parquet\]"):
        open_source(path)
