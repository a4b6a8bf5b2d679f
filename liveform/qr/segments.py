"""Text -> segments of one mode each, which take the fewest bits (ISO/IEC 18004 sections 7.3 and 7.4).

A path through the modes, from stretch to stretch: digits take 10/3 bits in numeric mode and 11/2 in
alphanumeric mode, capitals 11/2, everything 8 in byte mode, and each change of mode a header.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.qr.blocks import capacities

if TYPE_CHECKING:
    from liveform.qr.blocks import Level

NUMERIC, ALPHANUMERIC, BYTE = 0b0001, 0b0010, 0b0100  # table 2, mode indicators
_MODES: Final = (NUMERIC, ALPHANUMERIC, BYTE)
INDICATOR_BITS: Final = 4

# Table 3: bits of the character count, by the last version that has so many.
_COUNT_BITS: Final = {
    9: {NUMERIC: 10, ALPHANUMERIC: 9, BYTE: 8},
    26: {NUMERIC: 12, ALPHANUMERIC: 11, BYTE: 16},
    40: {NUMERIC: 14, ALPHANUMERIC: 13, BYTE: 16},
}
# Bits of a character in sixths, so that they are whole numbers.
_SIXTHS: Final = {NUMERIC: 20, ALPHANUMERIC: 33, BYTE: 48}

# A change of mode pays from 4 digits or 6 capitals on: a shorter stretch belongs to its neighbours.
_DENSE: Final = re.compile(rb"[0-9A-Z $%*+\-./:]{6,}|[0-9]{4,}")
_DIGITS: Final = re.compile(rb"([0-9]{4,})")
_ALPHANUMERIC: Final = re.compile(rb"[0-9A-Z $%*+\-./:]+")


class Segment(NamedTuple):
    """Characters, or bytes of UTF-8, that stand under one header."""

    mode: int
    data: bytes

    def bits(self, version: int) -> int:
        """Return the bits of header and characters in a version (section 7.4.2)."""
        characters = -(-_SIXTHS[self.mode] * len(self.data) // 6)
        return INDICATOR_BITS + count_bits(self.mode, version) + characters


class Plan(NamedTuple):
    """What a symbol is asked to hold."""

    version: int
    level: Level
    segments: tuple[Segment, ...]


def count_bits(mode: int, version: int) -> int:
    """Return how many bits the character count of a mode has in a version."""
    return next(bits[mode] for last, bits in _COUNT_BITS.items() if version <= last)


def plan(data: bytes, level: Level) -> Plan | None:
    """Return the segments of a text in the smallest version that holds them, or None if none does."""
    stretches = _stretches(data)
    fits = capacities(level)
    least = sum(_SIXTHS[stretch.mode] * len(stretch.data) for stretch in stretches) // 6  # without headers
    for last in _COUNT_BITS:
        if least > fits[last - 1]:
            continue
        segments = _shortest(stretches, last)
        version = bisect_left(fits, sum(segment.bits(last) for segment in segments)) + 1
        if version <= last:
            return Plan(version, level, segments)
    return None


def _stretches(data: bytes) -> list[Segment]:
    """The text in stretches, each under the densest mode that it can stand in."""
    if data.isdigit():
        return [Segment(NUMERIC, data)]
    if _ALPHANUMERIC.fullmatch(data):
        return _without_digits(data)
    stretches = []
    end = 0
    for match in _DENSE.finditer(data):
        if match.start() > end:
            stretches.append(Segment(BYTE, data[end : match.start()]))
        stretches += _without_digits(match[0])
        end = match.end()
    if end < len(data):
        stretches.append(Segment(BYTE, data[end:]))
    return stretches


def _without_digits(data: bytes) -> list[Segment]:
    """Alphanumeric characters, with long runs of digits apart."""
    parts = enumerate(_DIGITS.split(data))
    return [Segment(NUMERIC if number % 2 else ALPHANUMERIC, part) for number, part in parts if part]


def _shortest(stretches: list[Segment], version: int) -> tuple[Segment, ...]:
    """The stretches, joined under the modes that take the fewest bits; a tie falls to fewer changes."""
    if len(stretches) == 1:
        return tuple(stretches)
    heads = {mode: 6 * (INDICATOR_BITS + count_bits(mode, version)) for mode in _MODES}
    costs = heads  # in sixths of a bit, all that stands before a stretch in each mode
    before: list[dict[int, int]] = []  # for each stretch: mode of the next one -> best mode of this one
    spent: dict[int, int] = {}
    for stretch in stretches:
        length = len(stretch.data)
        spent = {mode: costs[mode] + _SIXTHS[mode] * length for mode in _MODES if mode >= stretch.mode}
        costs, steps = {}, {}
        for mode in _MODES:
            costs[mode], _, steps[mode] = min(
                (cost, False, own) if own == mode else (-(-cost // 6) * 6 + heads[mode], True, own)
                for own, cost in spent.items()
            )
        before.append(steps)
    modes = [min(spent, key=lambda mode: (spent[mode], -mode))]
    for steps in reversed(before[:-1]):
        modes.append(steps[modes[-1]])
    joined = groupby(zip(reversed(modes), stretches, strict=True), key=itemgetter(0))
    return tuple(Segment(mode, b"".join(stretch.data for _, stretch in run)) for mode, run in joined)
