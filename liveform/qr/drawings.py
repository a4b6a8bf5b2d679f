"""Rows of modules -> SVG, PNG and terminal text.

A row is text of ``"0"`` (light) and ``"1"`` (dark), with the quiet zone.
"""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_PIXELS: Final = bytes.maketrans(b"01", b"\xff\0")  # 8 pixels of one bit; 1 is white
_ZLIB_LEVEL: Final = 4  # the first that finds whole lines again: a third smaller than 3, at twice its time

# (upper half, lower half) -> a character that draws the light halves
_HALVES: Final = {("1", "1"): " ", ("1", "0"): "▄", ("0", "1"): "▀", ("0", "0"): "█"}


def svg(rows: Sequence[str], title: str) -> str:
    """Return an SVG of one unit a module: a white ground, and all dark runs as one stroked path."""
    side = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" '
        f'shape-rendering="crispEdges"><title>{escape(title)}</title>'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path stroke="#000" d="{"".join(_lines(rows))}"/></svg>'
    )


def _lines(rows: Iterable[str]) -> Iterator[str]:
    """Each row as a line through the middle of its modules, a stroke of one unit."""
    for y, row in enumerate(rows):
        drawn = row.strip("0")
        if drawn:
            yield f"M{row.index('1')} {y}.5"
            yield from map(_strokes, drawn.replace("01", "0 1").split(" "))


@lru_cache(maxsize=1024)
def _strokes(run: str) -> str:
    """Dark modules, and the light ones behind them."""
    dark = run.count("1")
    light = len(run) - dark
    return f"h{dark}m{light} 0" if light else f"h{dark}"


def png(rows: Sequence[str], module_pixels: int) -> bytes:
    """Return a PNG of one bit a pixel (PNG section 11.2.1)."""
    side = len(rows) * module_pixels
    length = -(-side // 8)
    lines = b"".join((b"\0" + _line(row, module_pixels, length)) * module_pixels for row in rows)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, _ZLIB_LEVEL)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _line(row: str, module_pixels: int, length: int) -> bytes:
    if module_pixels == 8:
        return row.encode().translate(_PIXELS)
    bits = row.replace("0", "w" * module_pixels).replace("1", "0" * module_pixels).replace("w", "1")
    return int(bits.ljust(8 * length, "0"), 2).to_bytes(length)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def half_blocks(rows: Sequence[str]) -> list[str]:
    """Return lines of two modules a character, which draw what is light."""
    padded = [*rows, "0" * len(rows)]
    return [
        "".join(_HALVES[pair] for pair in zip(above, below, strict=True))
        for above, below in zip(padded[:-1:2], padded[1::2], strict=True)
    ]
