"""A sheet of QR codes to print, from a finished output: an HTML page or a PDF, by the ending of its name."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final, Protocol

from liveform.cli.batch.rows import rows_of
from liveform.cli.batch.sheet_html import HtmlSheet
from liveform.cli.batch.sheet_pdf import PdfSheet, check_font
from liveform.cli.batch.writing.cell_texts import cell_text
from liveform.errors import FieldError, shown
from liveform.qr import make_qr
from liveform.text_cells import meant_text

if TYPE_CHECKING:
    from pathlib import Path

    from liveform.cli.batch.rows import Source
    from liveform.qr import QrCode

MAX_CODES: Final = 5_000  # about 100 MB of page


class Sheet(Protocol):
    """A sheet in the making."""

    def add(self, number: int, code: QrCode, label: str) -> None:
        """Add the code of a row, which are counted from 1."""

    def end(self) -> None:
        """Write what is not written yet."""

    def close(self) -> None:
        """Let go of what is held open."""


def check_sheet(path: Path, font: Path | None) -> None:
    """Return if a sheet of this name and with this font can be made.

    Raises:
        FieldError: another ending than ``.html`` or ``.pdf``; a font that cannot be read, or for HTML.
        ConfigError: fpdf2 is not installed; it comes with the extra ``liveform[pdf]``.
    """
    kind = path.suffix.lower()
    if kind == ".pdf":
        check_font(font)
    elif kind != ".html":
        raise FieldError("--sheet", "must end in .html or .pdf")
    elif font is not None:
        raise FieldError("--sheet-font", "is for a .pdf; a page has the fonts of its browser")


def write_sheet(
    path: Path,
    source: Source,
    *,
    url_column: str,
    label_column: str,
    title: str,
    font: Path | None = None,
) -> int:
    """Write a sheet with the code of every row of a finished output, and return how many there are.

    Args:
        path: of the sheet; ``.html`` or ``.pdf``.
        source: the output.
        url_column: what is in the codes.
        label_column: the column of their labels.
        title: the heading.
        font: a ``.ttf`` or ``.otf`` file for a PDF whose text is not all Latin-1.

    Raises:
        FieldError: as from ``check_sheet``; more than 5,000 rows, no such column, a character that the font
            lacks, or a sheet that cannot be written.
        ConfigError: see ``check_sheet``.
    """
    check_sheet(path, font)
    new = path.with_name(path.name + ".new")
    try:
        with new.open("wb") as file:
            is_pdf = path.suffix.lower() == ".pdf"
            with closing(PdfSheet(file, title, font) if is_pdf else HtmlSheet(file, title)) as sheet:
                count = _fill(sheet, source, url_column, label_column)
        new.replace(path)
    except (OSError, ValueError) as error:
        new.unlink(missing_ok=True)
        if isinstance(error, FieldError):
            raise
        raise FieldError("--sheet", "cannot be written") from None
    return count


def _fill(sheet: Sheet, source: Source, url_column: str, label_column: str) -> int:
    number = 0
    for number, row in enumerate(rows_of(source), 1):
        if number > MAX_CODES:
            raise FieldError("--sheet", f"holds {MAX_CODES} codes at most; --qr-dir has no limit")
        cells = dict(zip(row.columns, row.cells, strict=True))
        if label_column not in cells:
            raise FieldError("--sheet-label", f"OUT has no column {shown(label_column)}")
        label = meant_text(cell_text(cells[label_column]))
        sheet.add(number, make_qr(str(cells[url_column])), label)
    sheet.end()
    return number
