"""The grid of a symbol (ISO/IEC 18004): what stands where, before a text is known.

A grid is bytes of ``b"0"`` (light) and ``b"1"`` (dark), row by row, without the quiet zone.
"""

from __future__ import annotations

from array import array
from functools import cache
from itertools import chain, product
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSIONS: Final = range(1, 41)
_FORMAT_MASK: Final = 0b101010000010010  # section 7.9.1
_FORMAT_GENERATOR: Final = 0b10100110111  # Annex C.2: the BCH (15,5) code


def side_of(version: int) -> int:
    """Return how many modules each side of a version has (section 6.3.1)."""
    return 17 + 4 * version


@cache
def data_region(version: int) -> bytes:
    """Return a grid of ones where codewords go: all that is no function pattern, format or version."""
    side = side_of(version)
    rows = [bytearray(b"1" * side) for _ in range(side)]
    for x, y, width, height in _function_areas(version):
        for row in rows[y : y + height]:
            row[x : x + width] = b"0" * width
    return b"".join(rows)


def _function_areas(version: int) -> Iterator[tuple[int, int, int, int]]:
    """(x, y, width, height) of everything in sections 6.3.3 to 6.3.6 and 7.9 to 7.10."""
    side = side_of(version)
    yield 0, 0, 9, 9  # finder, separator, format information
    yield side - 8, 0, 8, 9
    yield 0, side - 8, 9, 8
    yield 6, 0, 1, side  # timing
    yield 0, 6, side, 1
    centres = alignment_centres(version)
    finders = {(6, 6), (6, side - 7), (side - 7, 6)}
    for x, y in product(centres, centres):
        if (x, y) not in finders:
            yield x - 2, y - 2, 5, 5
    if version >= 7:
        yield side - 11, 0, 3, 6
        yield 0, side - 11, 6, 3


def alignment_centres(version: int) -> list[int]:
    """Return the rows, which are the columns too, of alignment patterns (Annex E, table E.1).

    They stand evenly between the timing pattern and the far finder; what is left over falls to the first gap.
    """
    if version == 1:
        return []
    gaps = version // 7 + 1
    last = side_of(version) - 7
    step = 26 if version == 32 else -(-(last - 6) // (2 * gaps)) * 2
    return [6, *(last - step * gap for gap in reversed(range(gaps)))]


@cache
def codeword_order(version: int) -> array[int]:
    """Return where in the grid each bit of the codewords stands (section 7.7.3)."""
    side = side_of(version)
    free = data_region(version)
    pairs = [*range(side - 1, 6, -2), 5, 3, 1]  # right columns; the vertical timing pattern is left out
    order = array("H")
    for turn, right in enumerate(pairs):
        rows = range(side) if turn % 2 else range(side - 1, -1, -1)
        cells = chain.from_iterable((y * side + right, y * side + right - 1) for y in rows)
        order.extend(cell for cell in cells if free[cell] == 0x31)
    return order


def format_cells(version: int) -> tuple[list[int], list[int]]:
    """Return where both copies of the 15 format bits stand, the highest first (section 7.9.1)."""
    side = side_of(version)
    first = [(8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [(y, 8) for y in (7, 5, 4, 3, 2, 1, 0)]
    second = [(side - 1 - bit, 8) for bit in range(7)] + [(8, side - 8 + bit) for bit in range(8)]
    return [y * side + x for y, x in first], [y * side + x for y, x in second]


def format_bits(level_bits: int, mask: int) -> int:
    """Return the 15 bits that tell level and mask (section 7.9.1, Annex C)."""
    data = level_bits << 3 | mask
    rest = data << 10
    for shift in range(4, -1, -1):
        if rest >> (shift + 10) & 1:
            rest ^= _FORMAT_GENERATOR << shift
    return (data << 10 | rest) ^ _FORMAT_MASK
