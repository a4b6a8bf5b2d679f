"""Text -> QR code as SVG, PNG or terminal text (ISO/IEC 18004). Needs the extra ``liveform[qr]``."""

from __future__ import annotations

import re
import struct
import zlib
from html import escape
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from liveform.errors import ConfigError, FieldError
from liveform.shield import shielded

Level: TypeAlias = Literal["L", "M", "Q", "H"]  # survives about 7, 15, 25, 30 % of damage

QUIET_ZONE: Final = 4  # modules of white on each side, ISO/IEC 18004 section 6.3.8
MODULE_PIXELS: Final = 8
_MAX_MODULE_PIXELS: Final = 64
_MAX_CHARS: Final = 7089  # digits in version 40-L, ISO/IEC 18004 table 7
_NOT_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 section 2.2
_LEVELS: Final[tuple[Level, ...]] = get_args(Level)


class QrCode(NamedTuple):
    """A QR code: rows of modules, True for dark, with the quiet zone around them."""

    rows: tuple[tuple[bool, ...], ...]
    version: int

    @property
    def size(self) -> int:
        """How many modules each side has, the quiet zone included."""
        return len(self.rows)

    def to_svg(self, *, title: str = "QR code") -> str:
        """Return an SVG of one unit a module, with ``title`` for screen readers; scale it by CSS or width.

        Raises:
            FieldError: a title that is no text, or with characters that XML cannot hold.
        """
        if not isinstance(title, str) or _NOT_XML.search(title):
            raise FieldError("title", "must be text without control characters")
        side = self.size
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" '
            f'shape-rendering="crispEdges"><title>{escape(title)}</title>'
            f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{self._outline()}"/></svg>'
        )

    def _outline(self) -> str:
        return "".join(
            f"M{start} {y}h{length}v1h-{length}z"
            for y, row in enumerate(self.rows)
            for start, length in _runs(row)
        )

    def to_png(self, *, module_pixels: int = MODULE_PIXELS) -> bytes:
        """Return a black-and-white PNG whose modules are ``module_pixels`` (1 to 64) wide and high.

        Raises:
            FieldError: another size.
        """
        if type(module_pixels) is not int or not 1 <= module_pixels <= _MAX_MODULE_PIXELS:
            raise FieldError("module_pixels", f"must be 1 to {_MAX_MODULE_PIXELS}")
        side = self.size * module_pixels
        lines = b"".join(
            b"\0" + _packed_line(row, module_pixels) for row in self.rows for _ in range(module_pixels)
        )
        header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)  # 1 bit a pixel, greyscale
        chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)

    def to_terminal(self, *, color: bool = True) -> str:
        """Return text of two modules a character.

        With ``color`` (ANSI) it scans on any background; without, it is meant for light text on a dark one.
        """
        rows = [*self.rows, (False,) * self.size] if self.size % 2 else list(self.rows)
        lines = [
            "".join(_HALVES[upper, lower] for upper, lower in zip(above, below, strict=True))
            for above, below in zip(rows[::2], rows[1::2], strict=True)
        ]
        if color:
            lines = [f"\x1b[38;5;231;48;5;16m{line}\x1b[0m" for line in lines]
        return "\n".join(lines)


# (upper half dark, lower half dark) -> a character that draws the light halves
_HALVES: Final = {(True, True): " ", (True, False): "▄", (False, True): "▀", (False, False): "█"}


@shielded
def make_qr(text: str, *, level: Level = "M") -> QrCode:
    """Return the smallest QR code that holds ``text``.

    Args:
        text: 1 to about 2,300 characters at level M; short ones scan from farther away.
        level: error correction: ``"L"``, ``"M"``, ``"Q"`` or ``"H"``.

    Raises:
        FieldError: empty, too long, or not Unicode text; or another level.
        ConfigError: qrcode is not installed; it comes with the extra ``liveform[qr]``.
    """
    if not isinstance(text, str) or not text:
        raise FieldError("text", "must be text, and not empty")
    if len(text) > _MAX_CHARS:
        raise FieldError("text", "is too long for any QR code")
    if level not in _LEVELS:
        raise FieldError("level", f"must be one of {', '.join(_LEVELS)}")
    try:
        import qrcode  # noqa: PLC0415 - an extra
        from qrcode.exceptions import DataOverflowError  # noqa: PLC0415
    except ImportError:
        raise ConfigError(("qrcode", "is not installed; it comes with the extra liveform[qr]")) from None
    levels = {
        "L": qrcode.constants.ERROR_CORRECT_L,
        "M": qrcode.constants.ERROR_CORRECT_M,
        "Q": qrcode.constants.ERROR_CORRECT_Q,
        "H": qrcode.constants.ERROR_CORRECT_H,
    }
    code = qrcode.QRCode(error_correction=levels[level], border=QUIET_ZONE)
    try:
        code.add_data(text)
        code.make(fit=True)
    except (DataOverflowError, ValueError):  # ValueError: not Unicode, or beyond version 40
        raise FieldError("text", f"is too long for a QR code of level {level}, or not Unicode") from None
    rows = tuple(tuple(bool(module) for module in row) for row in code.get_matrix())
    return QrCode(rows, code.version)


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """The dark stretches of a row, as (start, length)."""
    edges = [x for x in range(1, len(row)) if row[x] != row[x - 1]]
    return [(start, end - start) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _packed_line(row: tuple[bool, ...], module_pixels: int) -> bytes:
    bits = "".join("0" * module_pixels if dark else "1" * module_pixels for dark in row)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
