"""How many codewords a symbol has, and how its blocks take turns (ISO/IEC 18004 sections 7.5.1 and 7.6)."""

from __future__ import annotations

from functools import cache
from typing import Final, Literal, NamedTuple, TypeAlias

from liveform.qr.symbol import VERSIONS, data_region

Level: TypeAlias = Literal["L", "M", "Q", "H"]  # survives about 7, 15, 25, 30 % of damage

# Section 7.9.1, table 12.
LEVEL_BITS: Final[dict[Level, int]] = {"L": 0b01, "M": 0b00, "Q": 0b11, "H": 0b10}

# fmt: off
# Table 9, versions 1 to 40: the error correction codewords of a block, and the number of blocks.
_CORRECTION: Final[dict[Level, tuple[int, ...]]] = {
    "L": (7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
          28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30),
    "M": (10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
          26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28),
    "Q": (13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30,
          28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30),
    "H": (17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28,
          30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30),
}
_BLOCKS: Final[dict[Level, tuple[int, ...]]] = {
    "L": (1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8,
          8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25),
    "M": (1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
          17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49),
    "Q": (1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20,
          23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68),
    "H": (1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25,
          25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81),
}
# fmt: on


class Blocks(NamedTuple):
    """The blocks of a version and level.

    Attributes:
        number: of blocks.
        data: codewords of the text in all of them, without error correction.
    """

    number: int
    data: int

    def place(self, codeword: int) -> int:
        """Return where in the symbol's sequence a codeword of the text stands: blocks take turns."""
        short, longer = divmod(self.data, self.number)  # the last blocks hold one codeword more
        in_short = short * (self.number - longer)
        if codeword < in_short:
            block, turn = divmod(codeword, short)
        else:
            block, turn = divmod(codeword - in_short, short + 1)
            block += self.number - longer
        return turn * self.number + block - (self.number - longer if turn == short else 0)


@cache
def blocks_of(version: int, level: Level) -> Blocks:
    """Return the blocks of a version (1 to 40) at a level."""
    number = _BLOCKS[level][version - 1]
    total = data_region(version).count(b"1") // 8
    return Blocks(number, total - number * _CORRECTION[level][version - 1])


@cache
def capacities(level: Level) -> tuple[int, ...]:
    """Return the bits that each version holds, rising, for headers and text (table 7)."""
    return tuple(8 * blocks_of(version, level).data for version in VERSIONS)
