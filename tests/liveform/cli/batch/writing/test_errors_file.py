"""Tests of liveform.cli.batch.writing.errors_file, which spreadsheets open."""

import csv
import io

import pytest

from liveform.cli.batch.writing.errors_file import RefusedRow, errors_header, errors_lines


@pytest.mark.parametrize("separator", [",", ";"])
def test_file_is_read_back_by_the_standard_library(separator: str) -> None:
    """The file is UTF-8 with a mark, and names the row, line, column and problem."""  # B6 B19
    data = errors_header(separator) + errors_lines(
        [RefusedRow(2, 5, "이메일", 'must be "one", or two; yes'), RefusedRow(3, None, "row", "is blank")],
        separator,
    )
    assert data.startswith(b"\xef\xbb\xbf")
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator)
    assert list(rows) == [
        ["row", "line", "field", "problem"],
        ["2", "5", "이메일", 'must be "one", or two; yes'],
        ["3", "", "row", "is blank"],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_nothing_in_the_file_is_a_formula(start: str) -> None:
    """A column whose name begins like a formula is text to a spreadsheet."""  # B6
    (row,) = csv.reader(
        io.StringIO(errors_lines([RefusedRow(1, 2, f"{start}cmd|x", f"{start}x")], ",").decode(), newline="")
    )
    assert row == ["1", "2", f"'{start}cmd|x", f"'{start}x"]
