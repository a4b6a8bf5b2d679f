"""Text -> QR code as SVG, PNG or terminal text (ISO/IEC 18004).

Needs qrcode (extra ``liveform[qr]``) or zxing-cpp (``liveform[fast]``), which is several times as quick. They
only lay out codewords: version, segments and mask are chosen here, so that a text has the same modules, and
the same SVG and PNG, on every host.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from liveform.errors import ConfigError, FieldError
from liveform.qr import drawings, with_qrcode, with_zxing
from liveform.qr.blocks import Level
from liveform.qr.masks import Drawn, with_best_mask
from liveform.qr.segments import Plan, plan
from liveform.qr.symbol import side_of
from liveform.tracebacks import strips_traceback

__all__ = ["MODULE_PIXELS", "QUIET_ZONE", "Engine", "Level", "QrCode", "make_qr"]

Engine: TypeAlias = Literal["qrcode", "zxing-cpp"]

QUIET_ZONE: Final = 4  # modules of white on each side, ISO/IEC 18004 section 6.3.8
MODULE_PIXELS: Final = 8
_MAX_MODULE_PIXELS: Final = 64
_MAX_CHARS: Final = 7089  # digits in version 40-L, ISO/IEC 18004 table 7
_NOT_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 section 2.2
_LEVELS: Final[tuple[Level, ...]] = get_args(Level)
_NOT_INSTALLED: Final = "is not installed; it comes with the extra liveform[{}]"
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
    """Return the smallest QR code that holds ``text``.

    Args:
        text: 1 to about 2,300 characters at level M; short ones scan from farther away.
        level: error correction: ``"L"``, ``"M"``, ``"Q"`` or ``"H"``.
        engine: ``"qrcode"``, ``"zxing-cpp"``, or None for the quickest that is installed. The code is the
            same; what zxing-cpp would write in another way (all that is not ASCII, above all), qrcode does.

    Raises:
        FieldError: empty, too long, or not Unicode text; or another level.
        ConfigError: another engine, or one that is not installed: qrcode comes with the extra
            ``liveform[qr]``, zxing-cpp with ``liveform[fast]``.
    """
    if not isinstance(text, str) or not text:
        raise FieldError("text", "must be text, and not empty")
    if len(text) > _MAX_CHARS:
        raise FieldError("text", "is too long for any QR code")
    if level not in _LEVELS:
        raise FieldError("level", f"must be one of {', '.join(_LEVELS)}")
    if engine is not None and engine not in _ENGINES:
        raise ConfigError(("engine", f"must be one of {', '.join(_ENGINES)}"))
    try:
        planned = plan(text.encode(), level)
    except UnicodeEncodeError:
        planned = None
    if planned is None:
        raise FieldError("text", f"is too long for a QR code of level {level}, or not Unicode")
    drawn = _draw(planned, text, engine)
    return QrCode(with_best_mask(drawn, planned.version, level), planned.version)


def _draw(planned: Plan, text: str, engine: Engine | None) -> Drawn:
    drawn = None
    if engine != "qrcode":
        try:
            drawn = with_zxing.draw(planned, text)
        except ImportError:
            if engine is not None:
                raise ConfigError((engine, _NOT_INSTALLED.format("fast"))) from None
    if drawn is not None:
        return drawn
    try:
        return with_qrcode.draw(planned)
    except ImportError:
        raise ConfigError(("qrcode", _NOT_INSTALLED.format("qr"))) from None
