"""Data masks: taking one off and putting the best on (ISO/IEC 18004 section 7.8).

Each engine draws whatever mask is cheapest for it. The mask that stays is chosen here, by one rule,
so that a text has the same modules whoever drew them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.qr.blocks import LEVEL_BITS
from liveform.qr.penalty import penalty
from liveform.qr.symbol import data_region, format_bits, format_cells, side_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveform.qr.blocks import Level

MASKS: Final = range(8)

# Section 7.8.2, table 10, by row and column; a module where it gives 0 is turned.
_CONDITIONS: Final[tuple[Callable[[int, int], int], ...]] = (
    lambda i, j: (i + j) % 2,
    lambda i, _: i % 2,
    lambda _, j: j % 3,
    lambda i, j: (i + j) % 3,
    lambda i, j: (i // 2 + j // 3) % 2,
    lambda i, j: (i * j) % 2 + (i * j) % 3,
    lambda i, j: ((i * j) % 2 + (i * j) % 3) % 2,
    lambda i, j: ((i + j) % 2 + (i * j) % 3) % 2,
)
_PERIOD: Final = 12  # rows and columns after which every pattern begins anew


class Drawn(NamedTuple):
    """A symbol as an engine gives it.

    Attributes:
        grid: the modules.
        mask: which one it is under, 0 to 7.
    """

    grid: bytes
    mask: int


def with_best_mask(drawn: Drawn, version: int, level: Level) -> bytes:
    """Return the grid under the mask of the fewest points, and of the lowest number among equals."""
    side = side_of(version)
    layers = _layers(version, level)
    bare = int(drawn.grid, 2) ^ layers[drawn.mask]
    best = min((bare ^ layer for layer in layers), key=lambda modules: penalty(modules, side))
    return f"{best:0{side * side}b}".encode()


def mask_of(grid: bytes, version: int, level: Level) -> int | None:
    """Return the mask that both copies of the format information tell; None if they do not tell ``level``."""
    copies = {bytes(grid[cell] for cell in cells) for cells in format_cells(version)}
    masks = (mask for mask in MASKS if copies == {_format_text(level, mask)})
    return next(masks, None)


@cache
def _layers(version: int, level: Level) -> tuple[int, ...]:
    """For each mask, what it turns in a symbol that has neither mask nor format information."""
    region = int(data_region(version), 2)
    return tuple(
        int(pattern(mask, side_of(version)), 2) & region | int(_format_layer(version, level, mask), 2)
        for mask in MASKS
    )


@cache
def pattern(mask: int, side: int) -> bytes:
    """Return a grid of ones where a mask turns modules."""
    condition = _CONDITIONS[mask]
    period = range(_PERIOD)
    rows = [bytes(0x30 if condition(i, j) else 0x31 for j in period) * (side // _PERIOD + 1) for i in period]
    return b"".join(rows[i % _PERIOD][:side] for i in range(side))


def _format_layer(version: int, level: Level, mask: int) -> bytes:
    grid = bytearray(b"0" * side_of(version) ** 2)
    for cells in format_cells(version):
        for cell, bit in zip(cells, _format_text(level, mask), strict=True):
            grid[cell] = bit
    return bytes(grid)


def _format_text(level: Level, mask: int) -> bytes:
    return f"{format_bits(LEVEL_BITS[level], mask):015b}".encode()
