"""A sheet of QR codes as a PDF, by fpdf2 (the extra ``liveform[pdf]``): three by four on a page.

The page is A4, and its margins suit the shorter sheet of Letter too.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from liveform.errors import ConfigError, FieldError

if TYPE_CHECKING:
    from pathlib import Path

    from fpdf import FPDF

    from liveform.qr import QrCode

_MARGIN_MM: Final = 12.0
_TITLE_MM: Final = 10.0
_COLUMNS, _ROWS = 3, 4
_WIDTH_MM: Final = 62.0  # of a cell
_HEIGHT_MM: Final = 60.0
_CODE_MM: Final = 46.0
_LABEL_MM: Final = 11.0
_SIZES_PT: Final = (10.0, 8.0, 6.0)
_LEADING_MM: Final = 0.42  # of a line, for each point of its size
_BUILT_IN: Final = "helvetica"
_OWN: Final = "sheet"
_ENDINGS: Final = (".ttf", ".otf", ".ttc", ".otc")
_LATIN_1: Final = 256  # what the built-in font can show


def check_font(font: Path | None) -> None:
    """Return if a PDF can be made, in this font.

    Raises:
        FieldError: the font cannot be read.
        ConfigError: fpdf2 is not installed.
    """
    _fpdf()
    if font is None:
        return
    from fontTools.ttLib import TTFont

    if font.suffix.lower() not in _ENDINGS:
        raise FieldError("--sheet-font", f"must end in one of {', '.join(_ENDINGS)}")
    try:
        with font.open("rb") as file:
            TTFont(file, fontNumber=0).getBestCmap()
    except Exception:  # noqa: BLE001 - a broken font makes fontTools stumble in many ways
        raise FieldError("--sheet-font", "cannot be read as a font") from None


def _fpdf() -> type[FPDF]:
    try:
        from fpdf import FPDF
    except ImportError:
        raise ConfigError(("fpdf2", "is not installed; it comes with the extra liveform[pdf]")) from None
    return FPDF


class PdfSheet:
    """Lays out codes, and writes the document at its end.

    Args:
        file: where to.
        title: the heading.
        font: one that ``check_font`` lets pass; None for the one that every PDF viewer has.
    """

    def __init__(self, file: BinaryIO, title: str, font: Path | None) -> None:
        self._file = file
        self._title = title
        self._document = _fpdf()(format="A4", unit="mm")
        self._document.set_auto_page_break(auto=False)
        self._document.set_margin(_MARGIN_MM)
        self._document.set_title(title)
        if font is not None:
            self._document.add_font(_OWN, fname=font)
        self._document.set_font(_BUILT_IN if font is None else _OWN)
        self._check(title, "--sheet-title")
        self._begin_page()

    def add(self, number: int, code: QrCode, label: str) -> None:
        """Draw one code and its label, in a frame to cut along."""
        label = " ".join(label.split())  # as browsers show it
        self._check(label, f"--sheet-label (row {number})")
        place = (number - 1) % (_COLUMNS * _ROWS)
        if place == 0 and number > 1:
            self._begin_page()
        row, column = divmod(place, _COLUMNS)
        x = _MARGIN_MM + column * _WIDTH_MM
        y = _MARGIN_MM + _TITLE_MM + row * _HEIGHT_MM
        self._frame(x, y)
        self._document.image(BytesIO(code.to_png()), x + (_WIDTH_MM - _CODE_MM) / 2, y + 1, _CODE_MM)
        self._label(label, x + 1, y + 1 + _CODE_MM)

    def end(self) -> None:
        """Write the document."""
        self._file.write(self._document.output())

    def close(self) -> None:
        """Close the font's file."""
        for font in self._document.fonts.values():
            if hasattr(font, "close"):  # the built-in one has no file
                font.close()

    def _begin_page(self) -> None:
        self._document.add_page()
        self._document.set_font_size(14)
        self._document.cell(h=_TITLE_MM - 4, text=self._title)

    def _frame(self, x: float, y: float) -> None:
        with self._document.local_context():
            self._document.set_draw_color(136)
            self._document.set_line_width(0.2)
            self._document.set_dash_pattern(1)
            self._document.rect(x, y, _WIDTH_MM, _HEIGHT_MM)

    def _label(self, label: str, x: float, y: float) -> None:
        """Write the label in the largest size in which all of it fits; if none does, what fits."""
        for size in _SIZES_PT:
            leading = size * _LEADING_MM
            self._document.set_font_size(size)
            lines = self._lines(label, leading)
            most = int(_LABEL_MM / leading)
            if len(lines) <= most:
                break
        for number, line in enumerate(lines[:most]):
            self._document.set_xy(x, y + number * leading)
            self._document.cell(_WIDTH_MM - 2, leading, line, align="C")

    def _lines(self, text: str, leading: float) -> list[str]:
        made = self._document.multi_cell(_WIDTH_MM - 2, leading, text, dry_run=True, output="LINES")
        return cast("list[str]", made)

    def _check(self, text: str, what: str) -> None:
        """Raise if the font cannot show a text."""
        known = getattr(self._document.current_font, "cmap", range(_LATIN_1))
        if not text.isprintable() or any(ord(character) not in known for character in text):
            raise FieldError(what, "has a character that the font lacks; --sheet-font names another")
