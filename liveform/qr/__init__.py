"""Text -> QR code as SVG, PNG or terminal text (ISO/IEC 18004).

Needs qrcode (extra ``liveform[qr]``) or zxing-cpp (``liveform[fast]``), which is several times as quick. They
write the text into modules; the mask is chosen, and the code is drawn, here.
"""

from __future__ import annotations

import re
from math import isqrt
from typing import Final, NamedTuple, get_args

from liveform.errors import ConfigError, FieldError
from liveform.qr import drawings
from liveform.qr.engines import Engine, Level, draw, mask_differences, side_of
from liveform.qr.mask import with_best_mask
from liveform.tracebacks import strips_traceback

__all__ = ["MODULE_PIXELS", "QUIET_ZONE", "Engine", "Level", "QrCode", "make_qr"]

QUIET_ZONE: Final = 4  # modules of white on each side, ISO/IEC 18004 section 6.3.8
MODULE_PIXELS: Final = 8
_MAX_MODULE_PIXELS: Final = 64
_MAX_CHARS: Final = 7089  # digits in version 40-L, ISO/IEC 18004 table 7
_NOT_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 section 2.2
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LEVELS: Final[tuple[Level, ...]] = get_args(Level)
_ENGINES: Final[tuple[Engine, ...]] = get_args(Engine)


class QrCode(NamedTuple):
    """A QR code, of which ``rows`` or one of three drawings can be had.

    Attributes:
        grid: ``b"1"`` for a dark module and ``b"0"`` for a light one, row by row, without the quiet zone.
        version: 1 to 40.
    """

    grid: bytes
    version: int

    @property
    def rows(self) -> tuple[tuple[bool, ...], ...]:
        """The modules, True for dark, with the quiet zone around them."""
        return tuple(tuple(module == "1" for module in row) for row in self._rows())

    @property
    def size(self) -> int:
        """How many modules each side has, the quiet zone included."""
        return side_of(self.version) + 2 * QUIET_ZONE

    def _rows(self) -> list[str]:
        side = side_of(self.version)
        text = self.grid.decode()
        beside = "0" * QUIET_ZONE
        beyond = ["0" * self.size] * QUIET_ZONE
        rows = [f"{beside}{text[start : start + side]}{beside}" for start in range(0, side * side, side)]
        return [*beyond, *rows, *beyond]

    def to_svg(self, *, title: str = "QR code") -> str:
        """Return an SVG of one unit a module, with ``title`` for screen readers; scale it by CSS or width.

        Raises:
            FieldError: a title that is no text, or with characters that XML cannot hold.
        """
        if not isinstance(title, str) or _NOT_XML.search(title):
            raise FieldError("title", "must be text without control characters")
        return drawings.svg(self._rows(), title)

    def to_png(self, *, module_pixels: int = MODULE_PIXELS) -> bytes:
        """Return a black-and-white PNG whose modules are ``module_pixels`` (1 to 64) wide and high.

        Raises:
            FieldError: another size.
        """
        if type(module_pixels) is not int or not 1 <= module_pixels <= _MAX_MODULE_PIXELS:
            raise FieldError("module_pixels", f"must be 1 to {_MAX_MODULE_PIXELS}")
        return drawings.png(self._rows(), module_pixels)

    def to_terminal(self, *, color: bool = True) -> str:
        """Return text of two modules a character.

        With ``color`` (ANSI) it scans on any background; without, it is meant for light text on a dark one.
        """
        lines = drawings.half_blocks(self._rows())
        if color:
            lines = [f"\x1b[38;5;231;48;5;16m{line}\x1b[0m" for line in lines]
        return "\n".join(lines)


@strips_traceback
def make_qr(text: str, *, level: Level = "M", engine: Engine | None = None) -> QrCode:
    """Return the smallest QR code that the library makes of ``text``.

    Args:
        text: 1 to about 2,300 characters at level M; short ones scan from farther away. It is written as
            UTF-8, which zxing-cpp declares (ECI) if the text is not ASCII, and qrcode does not.
        level: error correction: ``"L"``, ``"M"``, ``"Q"`` or ``"H"``.
        engine: ``"qrcode"``, ``"zxing-cpp"``, or None for the quickest that is installed and can draw the
            text. Each always makes the same code of a text, but two may make two codes.

    Raises:
        FieldError: empty, too long, or not Unicode text; text that ``engine`` cannot draw; or another level.
        ConfigError: another engine, or one that is not installed: qrcode comes with the extra
            ``liveform[qr]``, zxing-cpp with ``liveform[fast]``.
    """
    if not isinstance(text, str) or not text:
        raise FieldError("text", "must be text, and not empty")
    if len(text) > _MAX_CHARS:
        raise FieldError("text", "is too long for any QR code")
    if _SURROGATE.search(text):
        raise FieldError("text", "must be Unicode text, without lone surrogates")
    if level not in _LEVELS:
        raise FieldError("level", f"must be one of {', '.join(_LEVELS)}")
    if engine is not None and engine not in _ENGINES:
        raise ConfigError(("engine", f"must be one of {', '.join(_ENGINES)}"))
    grid, drawn_by = draw(text, level, engine)
    side = isqrt(len(grid))
    version = (side - 17) // 4
    return QrCode(with_best_mask(grid, side, mask_differences(drawn_by, version)), version)
