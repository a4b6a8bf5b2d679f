"""The file of refused rows: CSV that every spreadsheet opens, in which nothing is a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADER: Final = ("row", "line", "field", "problem")
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may take for the beginning of one


class RefusedRow(NamedTuple):
    """A row without a URL.

    Attributes:
        row: its number: 1 for the first behind the header, and blank rows count.
        line: where it begins in the file; None if the file has no lines.
        field: the column.
        problem: what is allowed.
    """

    row: int
    line: int | None
    field: str
    problem: str


def errors_header(separator: str) -> bytes:
    """Return the beginning of the file, with the byte order mark by which Excel knows UTF-8."""
    return "\ufeff".encode() + _lines([HEADER], separator)


def errors_lines(refused: Iterable[RefusedRow], separator: str) -> bytes:
    """Return a line for each refused row."""
    return _lines([tuple(map(_cell, row)) for row in refused], separator)


def _cell(value: str | int | None) -> str:
    """A cell that is shown and not worked out (OWASP, CSV injection): a quote in front keeps it text."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _lines(rows: Iterable[Iterable[str]], separator: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode()
