"""Tests of the tables of ISO/IEC 18004 in liveform.qr.symbol and .blocks against qrcode's."""

from __future__ import annotations

import pytest
from qrcode import QRCode, base, constants, util

from liveform.qr.blocks import LEVEL_BITS, Level, blocks_of, capacities
from liveform.qr.symbol import (
    VERSIONS,
    alignment_centres,
    codeword_order,
    data_region,
    format_bits,
    side_of,
)

LEVELS: dict[Level, int] = {
    "L": constants.ERROR_CORRECT_L,
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}


@pytest.mark.parametrize("version", VERSIONS)
def test_alignment_patterns_stand_where_the_norm_puts_them(version: int) -> None:
    """Alignment patterns have the centres of table E.1 in every version."""
    assert alignment_centres(version) == util.pattern_position(version)


@pytest.mark.parametrize("version", [1, 2, 6, 7, 13, 14, 22, 32, 40])
def test_codewords_stand_where_another_encoder_puts_them(version: int) -> None:
    """The codewords occupy the modules that qrcode changes if all data bits change."""
    codes = []
    for data in (0x00, 0xFF):
        code = QRCode(version=version, error_correction=LEVELS["L"], border=0, mask_pattern=0)
        code.data_cache = [data] * (len(codeword_order(version)) // 8)
        code.make(fit=False)
        codes.append([module for row in code.modules for module in row])
    turned = {cell for cell, pair in enumerate(zip(*codes, strict=True)) if pair[0] != pair[1]}
    order = codeword_order(version)
    left = len(order) % 8  # remainder bits, table 1
    assert set(order[: len(order) - left]) == turned
    assert len(set(order)) == len(order) == data_region(version).count(b"1")


@pytest.mark.parametrize("level", LEVELS)
def test_blocks_are_those_of_the_norm(level: Level) -> None:
    """The blocks and capacities of all 40 versions are those of table 9."""
    for version in VERSIONS:
        theirs = base.rs_blocks(version, LEVELS[level])
        ours = blocks_of(version, level)
        assert (ours.number, ours.data) == (len(theirs), sum(block.data_count for block in theirs))
    assert list(capacities(level)) == util.BIT_LIMIT_TABLE[LEVELS[level]][1:]


@pytest.mark.parametrize(("version", "level"), [(1, "M"), (5, "Q"), (5, "H"), (15, "M"), (40, "L")])
def test_codewords_of_the_blocks_take_turns(version: int, level: Level) -> None:
    """The codewords of several blocks are interleaved as section 7.6 says."""
    theirs = [block.data_count for block in base.rs_blocks(version, LEVELS[level])]
    expected: dict[int, int] = {}
    for turn in range(max(theirs)):
        for block, length in enumerate(theirs):
            if turn < length:
                expected[sum(theirs[:block]) + turn] = len(expected)
    blocks = blocks_of(version, level)
    assert {codeword: blocks.place(codeword) for codeword in range(blocks.data)} == expected


@pytest.mark.parametrize("level", LEVELS)
def test_format_bits_are_those_of_the_norm(level: Level) -> None:
    """The format bits of each level and mask are those of table C.1."""
    for mask in range(8):
        assert format_bits(LEVEL_BITS[level], mask) == util.BCH_type_info(LEVELS[level] << 3 | mask)


def test_format_bits_of_the_norm_s_own_example() -> None:
    """The format bits of level M and mask 101 are those of the example in section 7.9.1."""
    assert format_bits(0b00, 0b101) == 0b100000011001110


def test_sides_of_the_smallest_and_the_largest() -> None:
    """Version 1 has 21 modules a side and version 40 has 177 (section 6.3.1)."""
    assert (side_of(1), side_of(40)) == (21, 177)
