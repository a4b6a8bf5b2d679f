"""Rows of an Excel workbook (the extra ``liveform[xlsx]``)."""

from __future__ import annotations

import warnings
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from liveform.cells import is_empty
from liveform.cli.batch.reading.input_file import opened
from liveform.cli.batch.rows import Row, RowsChunk, checked_header
from liveform.errors import ConfigError, FieldError, LiveformError, MalformedError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from liveform.cli.batch.reading.workbook import SheetRow, Workbook

T = TypeVar("T")

CHUNK_ROWS: Final = 1_000

_NO_SHEET: Final = (
    "has no visible sheet with cells that can be read; save it as Excel Workbook (.xlsx), not as Strict Open "
    "XML Spreadsheet"
)


class XlsxSource:
    """One sheet of a workbook, whose first row that is not blank is the header.

    Args:
        path: of the workbook.
        sheet: the name of the sheet; None for the first that is visible.

    Attributes:
        columns: the header.
        about: the format, and which sheet it is.
        hidden: what is hidden in the sheet and read all the same; empty for nothing.
        advice: what an error of the header adds.

    Raises:
        ConfigError: openpyxl is not installed.
        FieldError: it is not a workbook, has no such sheet, or no header.
        MalformedError: the sheet cannot be read.
    """

    def __init__(self, path: Path, sheet: str | None = None) -> None:
        self._workbook = _opened_workbook(path)
        self._line = 0  # the last one that was read
        try:
            name = _chosen(self._workbook.sheets, sheet)
            self._rows = self._workbook.rows(name)
            self._line, self.columns = self._header()
            self._layout = self._read(lambda: self._workbook.layout(name))
        except LiveformError:
            self.close()
            raise
        self._count = self._workbook.count(name) or 0
        others = [shown(other) for other in self._workbook.sheets if other != name]
        unread = f"; not read: {', '.join(others)}" if others else ""
        self.hidden = self._hidden()
        read_too = f"; read as well: {self.hidden}" if self.hidden else ""
        self.about = f"Excel, sheet {shown(name)}{unread}{read_too}"
        self.advice = f"; this is sheet {shown(name)}, --worksheet reads another" if others else ""

    def _header(self) -> tuple[int, tuple[str, ...]]:
        while rows := self._next(1):
            if not all(map(is_empty, rows[0].cells)):
                return rows[0].line, checked_header(rows[0].cells)
        raise FieldError("IN", "has no header: the sheet is empty")

    def _hidden(self) -> str:
        hidden, rows = self._layout.hidden_columns, self._layout.hidden_rows
        columns = [name for number, name in enumerate(self.columns, 1) if name and number in hidden]
        parts = [f"hidden rows: {rows:,}"] if rows else []
        return "; ".join(
            [*parts, *([f"hidden columns: {', '.join(map(shown, columns))}"] if columns else [])]
        )

    def chunks(self) -> Iterator[RowsChunk]:
        """Return some rows at a time, blank ones too."""
        rows = self._all_rows()
        while read := list(islice(rows, CHUNK_ROWS)):
            yield RowsChunk(self.columns, read)

    def _all_rows(self) -> Iterator[Row]:
        """Each row, with those that the file leaves out; there may be a million in front of a stray cell."""
        width = len(self.columns)
        while rows := self._next(CHUNK_ROWS):
            for line, cells in rows:
                for blank in range(self._line + 1, line):
                    self._line = blank
                    yield Row(self.columns, (), line=blank)
                filled = [*cells, *[None] * (width - len(cells))]
                self._line = line
                yield Row(self.columns, self._layout.marked(line, filled), line=line)

    def _next(self, count: int) -> list[SheetRow]:
        return self._read(lambda: list(islice(self._rows, count)))

    def _read(self, read: Callable[[], T]) -> T:
        """What a reader of the sheet returns, or ``MalformedError``."""
        try:
            with warnings.catch_warnings():  # of dates out of range, which are unreadable cells
                warnings.simplefilter("ignore")
                return read()
        except Exception:  # noqa: BLE001 - damaged XML makes openpyxl stumble in many ways
            where = f" behind row {self._line}" if self._line else ""
            raise MalformedError(f"IN: cannot be read as an Excel sheet{where}") from None

    def share_read(self) -> float:
        """Return how much of the sheet has been read."""
        return min(1.0, self._line / max(1, self._count))

    def close(self) -> None:
        """Close the workbook."""
        self._workbook.close()


def check_openpyxl() -> None:
    """Return if workbooks can be read.

    Raises:
        ConfigError: openpyxl is not installed.
    """
    try:
        import openpyxl  # noqa: F401
    except ImportError:
        raise ConfigError(("openpyxl", "is not installed; it comes with the extra liveform[xlsx]")) from None


def _opened_workbook(path: Path) -> Workbook:
    check_openpyxl()
    from liveform.cli.batch.reading.input_file import refuse_other_kinds
    from liveform.cli.batch.reading.workbook import Workbook

    with opened(path) as file:
        start = file.read(16)
    if not start.startswith(b"PK"):
        refuse_other_kinds(start)
    try:
        with warnings.catch_warnings():  # of extensions that openpyxl does not know
            warnings.simplefilter("ignore")
            return Workbook(path)
    except Exception:  # noqa: BLE001 - a file that is not a workbook makes openpyxl stumble in many ways
        raise FieldError("IN", "cannot be read as an Excel workbook (.xlsx)") from None


def _chosen(sheets: list[str], wanted: str | None) -> str:
    if wanted is None and not sheets:
        raise FieldError("IN", _NO_SHEET)
    if wanted is None:
        return sheets[0]
    if wanted not in sheets:
        names = ", ".join(map(shown, sheets)) or "none"
        raise FieldError("--worksheet", f"IN has no such visible sheet; it has {names}")
    return wanted
