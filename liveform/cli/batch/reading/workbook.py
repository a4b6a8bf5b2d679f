"""An Excel workbook, row by row in constant memory, by openpyxl.

openpyxl reads a sheet row by row, but keeps every text of the workbook, and an element for every row. Here
texts are on the disk (``SharedStrings``) and rows are dropped. For that two of its classes are extended,
whose insides change with its releases: ``pyproject.toml`` names the series that this works with.
"""

from __future__ import annotations

import re
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple
from xml.etree.ElementTree import iterparse

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.worksheet._reader import (
    DATA_TAG,
    FORMULA_TAG,
    ROW_TAG,
    WorkSheetParser,
)
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from liveform.cells import UnreadableCell
from liveform.cli.batch.reading.number_formats import is_scaled, shown_whole
from liveform.cli.batch.reading.shared_strings import SharedStrings
from liveform.cli.batch.reading.sheet_layout import SheetLayout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXACT_DIGITS: Final = 15  # of a number that Excel keeps; an id of more has lost the others

_OWN_TEXT: Final = ("inlineStr", "str")  # kinds of cells with a text of their own
_ESCAPE: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_OWN_FORMAT: Final = (
    "is a number that Excel shows in a format of its own, with other text than its digits; make the column "
    "text, and fill it again"
)

_STRING, _RUN, _TEXT = (f"{{{SHEET_MAIN_NS}}}{name}" for name in ("si", "r", "t"))


class SheetRow(NamedTuple):
    """One row of a sheet: its number, and its cells from the first column on."""

    line: int
    cells: list[object]


class Workbook:
    """An open workbook.

    Attributes:
        sheets: the names of its sheets that are visible and hold cells.
    """

    def __init__(self, path: Path) -> None:
        with ExitStack() as opened:
            file = opened.enter_context(path.open("rb"))  # openpyxl would leave it open where it stumbles
            self._reader = _Reader(file, read_only=True, data_only=True, keep_links=False)
            opened.callback(self._reader.close_strings)
            self._reader.read()
            self._sheets = {
                sheet.title: sheet
                for sheet in self._reader.wb.worksheets
                if sheet.sheet_state == "visible" and hasattr(sheet, "_worksheet_path")
            }
            self._opened = opened.pop_all()  # to be closed later, since it could be read
        self.sheets = list(self._sheets)

    def rows(self, sheet: str) -> Iterator[SheetRow]:
        """Return the rows of a sheet, without those that the file leaves out."""
        book, found = self._reader.wb, self._sheets[sheet]
        yield from _SheetParser(
            self._opened.enter_context(book._archive.open(found._worksheet_path)),
            self._reader.shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        ).rows(_formats_of_styles(book))

    def layout(self, sheet: str) -> SheetLayout:
        """Return the merged ranges of a sheet, and what is hidden."""
        with self._reader.wb._archive.open(self._sheets[sheet]._worksheet_path) as source:
            return SheetLayout(source)

    def count(self, sheet: str) -> int | None:
        """Return how many rows a sheet says that it has."""
        rows: int | None = self._sheets[sheet].max_row
        return rows

    def close(self) -> None:
        """Close the file, and delete what was kept of it."""
        self._opened.close()


class _Reader(ExcelReader):  # type: ignore[misc]  # openpyxl has no types
    """Reads a workbook as openpyxl does, but for its texts."""

    def read_strings(self) -> None:
        """Put the texts on the disk."""
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings = SharedStrings(_texts(source))

    def close_strings(self) -> None:
        """Delete the texts, if there are any."""
        if isinstance(self.shared_strings, SharedStrings):
            self.shared_strings.close()


def _texts(source: IO[bytes]) -> Iterator[str]:
    """Each text of the table, without its fonts and without the reading aids of Japanese."""
    elements = iterparse(source, events=("start", "end"))  # noqa: S314 - expat limits entities
    _, root = next(elements)
    for event, element in elements:
        if event == "end" and element.tag == _STRING:
            runs = [element, *element.findall(_RUN)]
            text = "".join(run.findtext(_TEXT, "") for run in runs)
            yield unescaped(text)
            root.clear()


def unescaped(text: str) -> str:
    """Return a text whose characters may be escaped as ``_x000D_`` (ECMA-376 part 1, ST_Xstring)."""
    if "_x" not in text:
        return text
    found = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # pairs of surrogates as one


class _SheetParser(WorkSheetParser):  # type: ignore[misc]  # openpyxl has no types
    """Parses rows as openpyxl does, and forgets them."""

    def rows(self, formats: dict[int, str]) -> Iterator[SheetRow]:
        """Return the rows that the file has; ``formats`` as from ``_formats_of_styles``."""
        self._formats = formats
        data: Any = None
        for event, element in iterparse(self.source, events=("start", "end")):  # noqa: S314 - expat limits entities
            if event == "start":
                data = element if element.tag == DATA_TAG else data
            elif element.tag == ROW_TAG:
                line, cells = self.parse_row(element)
                yield SheetRow(line, _in_places(cells))
                data.clear()
                self.row_dimensions.clear()
            elif element.tag == DATA_TAG:
                return

    def parse_cell(self, element: Any) -> dict[str, Any]:  # noqa: ANN401 - an element of some XML library
        """Return a cell; what Excel could not work out, or has not kept, is unreadable."""
        cell: dict[str, Any] = super().parse_cell(element)
        value = cell["value"]
        if cell["data_type"] == "e":
            cell["value"] = UnreadableCell(f"holds the error {value}", str(value))
        elif value is None and element.find(FORMULA_TAG) is not None and element.get("t") != "str":
            cell["value"] = UnreadableCell("holds a formula without a result; save the workbook in Excel")
        elif type(value) in (int, float):
            cell["value"] = _number(value, self._formats.get(cell["style_id"]))
        elif element.get("t") in _OWN_TEXT and isinstance(value, str):
            cell["value"] = unescaped(value)
        return cell


def _formats_of_styles(book: Any) -> dict[int, str]:  # noqa: ANN401 - openpyxl has no types
    """The number format of each style that has one of its own, or that is a percentage."""
    own = dict(enumerate(book._number_formats, BUILTIN_FORMATS_MAX_SIZE))
    scaled = {number: code for number, code in BUILTIN_FORMATS.items() if is_scaled(code)}
    formats = {place: (own | scaled).get(style.numFmtId) for place, style in enumerate(book._cell_styles)}
    return {place: code for place, code in formats.items() if code}


def _number(value: float, code: str | None) -> object:
    """A number; a whole one as such, for Excel has only floats, and with the zeros that Excel shows."""
    if value != int(value):
        return value
    if abs(value) >= 10**EXACT_DIGITS:
        problem = f"is a number of more than {EXACT_DIGITS} digits, of which Excel keeps {EXACT_DIGITS}"
        return UnreadableCell(f"{problem}; make the column text", f"{value:.0f}")
    whole = int(value)
    if code is None:
        return whole
    shown = shown_whole(whole, code)
    if shown is not None:
        return shown
    return UnreadableCell(_OWN_FORMAT, str(whole), None if is_scaled(code) else whole)


def _in_places(cells: list[dict[str, Any]]) -> list[object]:
    """The values of cells in their columns; where the file leaves one out, None."""
    values: list[object] = []
    for cell in cells:
        values += [None] * (cell["column"] - 1 - len(values))
        values.append(cell["value"])
    return values
