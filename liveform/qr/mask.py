"""Which mask a symbol gets: the one of the fewest points (ISO/IEC 18004 section 7.8.3).

A symbol is one integer, a bit a module, row after row, so that a mask is one XOR and each rule a few shifts
over all modules at once. The rules read the same from both ends, so bit 0 may be the last module.
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

_RUN, _BLOCK, _FINDER, _BALANCE = 3, 3, 40, 10  # N1 to N4, table 11
_FINDER_MODULES: Final = 11  # 1011101 and the four light modules on one side of it


def with_best_mask(grid: bytes, side: int, differences: tuple[int, ...]) -> bytes:
    """Return a grid under the mask of the fewest points, and of the lowest number among equals.

    Args:
        grid: ``side`` by ``side`` modules under mask 0.
        side: how many modules a row has.
        differences: for each mask, the modules that it turns, beside mask 0.
    """
    drawn = int(grid, 2)
    best = min((drawn ^ difference for difference in differences), key=lambda modules: penalty(modules, side))
    return f"{best:0{side * side}b}".encode()


class _Places(NamedTuple):
    """Ones where a rule may look: modules that have so many more beside or below them."""

    all: int
    pairs_across: int
    pairs_down: int
    finders_across: int
    finders_down: int


@cache
def _places(side: int) -> _Places:
    def across(width: int) -> int:
        return int(("0" * (side - width) + "1" * width) * side, 2)

    def down(height: int) -> int:
        return (1 << side * height) - 1

    few = max(0, side - _FINDER_MODULES + 1)
    return _Places(down(side), across(side - 1), down(side - 1), across(few), down(few))


def penalty(modules: int, side: int) -> int:
    """Return the points that section 7.8.3.1 gives a symbol; fewer are better."""
    places = _places(side)
    light = modules ^ places.all
    across = (light ^ modules >> 1) & places.pairs_across  # of one colour with the next in the row
    down = (light ^ modules >> side) & places.pairs_down
    blocks = across & across >> side & down
    finders = _finders(modules, light, 1, places.finders_across)
    finders += _finders(modules, light, side, places.finders_down)
    return (
        _runs(across, 1)
        + _runs(down, side)
        + _BLOCK * blocks.bit_count()
        + _FINDER * finders
        + _BALANCE * _imbalance(modules.bit_count(), side * side)
    )


def _runs(alike: int, step: int) -> int:
    """Rule 1: five or more modules of one colour in a line; 3 points, and 1 for each module beyond five."""
    two = alike & alike >> step
    five = two & two >> 2 * step  # the first module of each five
    runs = five & ~(five << step)
    return five.bit_count() + (_RUN - 1) * runs.bit_count()


def _finders(modules: int, light: int, step: int, places: int) -> int:
    """Rule 3: how often 1011101 stands in a line with four light modules before it or behind it."""
    two = light & light >> step
    four = two & two >> 2 * step
    end = modules & light >> step & modules >> 2 * step  # 101
    finder = end & modules >> 3 * step & end >> 4 * step
    behind, before = finder & four >> 7 * step, four & finder >> 4 * step
    return (behind & places).bit_count() + (before & places).bit_count()


def _imbalance(dark: int, total: int) -> int:
    """Rule 4: how many whole steps of 5 % the dark modules are away from a half."""
    return abs(20 * dark - 10 * total) // total
