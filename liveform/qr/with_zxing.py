"""Symbols from zxing-cpp (extra ``liveform[fast]``), where they hold what qrcode's would.

zxing-cpp divides a text into segments by itself, and tells of none, so the headers are read out of the
symbol: mode and count of each must be as planned. The rest follows from the text. Where it divides a text
in another way, or another release does anything else than 3.1 did, there is no symbol from here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from liveform.qr.blocks import blocks_of
from liveform.qr.masks import Drawn, mask_of, pattern
from liveform.qr.segments import INDICATOR_BITS, count_bits
from liveform.qr.symbol import codeword_order, side_of

if TYPE_CHECKING:
    from liveform.qr.blocks import Level
    from liveform.qr.segments import Plan

_DARK_LIGHT: Final = bytes.maketrans(b"\0\xff", b"10")


def draw(plan: Plan, text: str) -> Drawn | None:
    """Return the symbol of a plan, or None if zxing-cpp makes something else of the text.

    Raises:
        ImportError: zxing-cpp is not installed.
    """
    import zxingcpp  # noqa: PLC0415 - an extra

    if not text.isascii():
        return None  # it would declare the charset by an ECI (section 7.4.2), which qrcode leaves out
    try:
        barcode = zxingcpp.create_barcode(
            text, zxingcpp.BarcodeFormat.QRCode, ec_level=plan.level, version=plan.version, data_mask=0
        )
        image: Any = barcode.to_image(add_quiet_zones=False)
        grid = bytes(memoryview(image)).translate(_DARK_LIGHT)
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError):
        return None
    side = side_of(plan.version)
    if len(grid) != side * side or grid.strip(b"01"):
        return None
    mask = mask_of(grid, plan.version, plan.level)
    if mask is None or not _has_headers(grid, mask, plan):
        return None
    return Drawn(grid, mask)


def _has_headers(grid: bytes, mask: int, plan: Plan) -> bool:
    turned = pattern(mask, side_of(plan.version))
    position = 0
    for segment in plan.segments:
        bits = count_bits(segment.mode, plan.version)
        header = f"{segment.mode << bits | len(segment.data):0{INDICATOR_BITS + bits}b}".encode()
        cells = _cells(plan.version, plan.level, position, len(header))
        if any(grid[cell] ^ turned[cell] ^ 0x30 != bit for cell, bit in zip(cells, header, strict=True)):
            return False
        position += segment.bits(plan.version)
    return True


@lru_cache(maxsize=1024)
def _cells(version: int, level: Level, start: int, length: int) -> tuple[int, ...]:
    """Where in the grid bits of the text stand, from bit ``start`` on."""
    order, blocks = codeword_order(version), blocks_of(version, level)
    bits = range(start, start + length)
    return tuple(order[8 * blocks.place(bit // 8) + bit % 8] for bit in bits)
