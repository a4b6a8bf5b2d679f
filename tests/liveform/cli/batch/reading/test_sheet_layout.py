"""Tests of liveform.cli.batch.reading.sheet_layout: merged ranges and hidden parts of a sheet."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform.cells import UnreadableCell
from liveform.cli.batch.reading import sheet_layout
from liveform.cli.batch.reading.sheet_layout import MERGED, SheetLayout

XML = (
    b'<x:cols><x:col min="2" max="3" width="9" hidden="1"/><x:col hidden="0" min="5" max="5"/></x:cols>'
    b'<row r="1" hidden="1"><c r="A1"/></row><row r="2" hidden="0"/><row hidden="true" r="3"/>'
    b'<mergeCells count="2"><mergeCell ref="A2:A4"/><mergeCell ref=\'AB1:AC1\'/></mergeCells>'
)


@pytest.mark.parametrize("size", [1, 7, 60, 1_000_000])
def test_layout_is_found_however_the_file_is_cut(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hidden rows and columns, and merged ranges, are found wherever a block of the file ends."""
    monkeypatch.setattr(sheet_layout, "BLOCK_BYTES", size)
    layout = SheetLayout(BytesIO(XML))
    assert (layout.hidden_rows, layout.hidden_columns) == (2, {2, 3})
    wide: list[object] = [*range(30)]
    assert [
        place for place, cell in enumerate(layout.marked(1, wide)) if isinstance(cell, UnreadableCell)
    ] == [28]
    assert layout.marked(2, ["a"]) == ["a"]
    assert layout.marked(3, ["b"]) == [UnreadableCell(MERGED, "b")]
    assert layout.marked(4, [None]) == [UnreadableCell(MERGED, "")]
    assert layout.marked(5, ["c"]) == ["c"]


def test_merged_cells_without_a_value_are_blank() -> None:
    """A range that was merged only to look well, and is empty, marks nothing."""
    layout = SheetLayout(BytesIO(XML))
    assert layout.marked(2, [None, "x"]) == [None, "x"]
    assert layout.marked(3, [None, "y"]) == [None, "y"]


def test_range_that_began_above_the_first_row_counts() -> None:
    """A range that begins in the header, or in front of it, marks the rows below."""
    layout = SheetLayout(BytesIO(XML))
    assert layout.marked(4, [None]) == [UnreadableCell(MERGED, "")]
    assert SheetLayout(BytesIO(XML)).marked(9, [None]) == [None]


@given(data=st.binary(max_size=300))
def test_any_bytes_have_a_layout(data: bytes) -> None:
    """Any bytes are looked through without an error."""
    assert SheetLayout(BytesIO(b"<mergeCell ref='A2:A2'/>" + data)).marked(1, ["u1"])
