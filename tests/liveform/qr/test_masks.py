"""Tests of liveform.qr.penalty and .masks against an evaluator that walks over each module."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qrcode import util

from liveform.qr import make_qr
from liveform.qr.masks import MASKS, Drawn, mask_of, pattern, with_best_mask
from liveform.qr.penalty import penalty
from liveform.qr.segments import plan
from liveform.qr.symbol import side_of
from liveform.qr.with_qrcode import draw

FINDER = "1011101"
TEXTS = ["1", "HTTPS://ID.EXAMPLE.COM/R/ABC", "https://h/?pid=a", "é" * 40, "a" * 300]


def walked(rows: list[str]) -> int:
    """Return the penalty of a symbol by the rules of section 7.8.3.1, module by module."""
    lines = [*rows, *("".join(column) for column in zip(*rows, strict=True))]
    runs = [len(list(run)) for line in lines for _, run in groupby(line)]
    points = sum(3 + run - 5 for run in runs if run >= 5)
    side = len(rows)
    for y in range(side - 1):
        for x in range(side - 1):
            points += 3 * (rows[y][x : x + 2] == rows[y + 1][x : x + 2] in ("00", "11"))
    for line in lines:
        for at in range(side - 10):
            points += 40 * (line[at : at + 11] in (FINDER + "0000", "0000" + FINDER))
    percent = 100 * "".join(rows).count("1") / side**2
    return points + 10 * int(abs(percent - 50) / 5)


@st.composite
def squares(draw_from: st.DrawFn) -> list[str]:
    """Draw squares of any size, with many runs and finder-like rows."""
    side = draw_from(st.integers(2, 30))
    piece = st.sampled_from(["0", "1", "00000", "111111", "0000" + FINDER, FINDER + "0000", "10"])
    row = st.lists(piece, min_size=side, max_size=side).map(lambda pieces: "".join(pieces)[:side])
    return draw_from(st.lists(row, min_size=side, max_size=side))


@settings(deadline=None, max_examples=60)
@given(squares(), st.booleans())
def test_penalty_is_what_a_walk_finds(rows: list[str], turned: bool) -> None:
    """The penalty of any square is the one that the walk finds, by rows or by columns."""
    if turned:
        rows = ["".join(column) for column in zip(*rows, strict=True)]
    assert penalty(int("".join(rows), 2), len(rows)) == walked(rows)


@pytest.mark.parametrize("version", [1, 7, 25])
def test_penalty_of_whole_symbols_is_what_a_walk_finds(version: int) -> None:
    """The penalty of all dark, all light and masked symbols is the one that the walk finds."""
    side = side_of(version)
    for grid in (b"0" * side**2, b"1" * side**2, pattern(5, side)):
        rows = [grid.decode()[start : start + side] for start in range(0, side**2, side)]
        assert penalty(int(grid, 2), side) == walked(rows)


@pytest.mark.parametrize("mask", MASKS)
def test_patterns_are_those_of_the_norm(mask: int) -> None:
    """The pattern of each mask is the one of table 10, as qrcode computes it."""
    turns = util.mask_func(mask)
    side = 45
    expected = "".join("01"[turns(row, column)] for row in range(side) for column in range(side))
    assert pattern(mask, side).decode() == expected


@pytest.mark.parametrize("text", TEXTS)
def test_best_mask_is_the_first_of_the_fewest_points(text: str) -> None:
    """The mask of a code is the first of those with the fewest penalty points."""
    code = make_qr(text)
    rows = [
        "".join("01"[module] for module in row[4:-4]) for row in code.rows[4:-4]
    ]  # without the quiet zone
    own = mask_of(code.grid, code.version, "M")
    points = [walked(under(mask, text)) for mask in MASKS]
    assert own == points.index(min(points))
    assert walked(rows) == min(points)


def under(mask: int, text: str) -> list[str]:
    """Return the rows of a text's symbol under a mask, drawn by qrcode alone."""
    from qrcode import QRCode, constants
    from qrcode.util import QRData

    planned = plan(text.encode(), "M")
    assert planned is not None
    code = QRCode(
        version=planned.version, error_correction=constants.ERROR_CORRECT_M, border=0, mask_pattern=mask
    )
    for segment in planned.segments:
        code.add_data(QRData(segment.data, mode=segment.mode))
    code.make(fit=False)
    return ["".join("01"[module] for module in row) for row in code.modules]


@pytest.mark.parametrize("mask", MASKS)
def test_best_mask_is_the_same_from_under_any_mask(mask: int) -> None:
    """The best mask is the same whatever mask an engine has drawn."""
    text = TEXTS[1]
    planned = plan(text.encode(), "M")
    assert planned is not None
    grid = "".join(under(mask, text)).encode()
    assert mask_of(grid, planned.version, "M") == mask
    assert with_best_mask(Drawn(grid, mask), planned.version, "M") == make_qr(text).grid


def test_mask_of_a_symbol_of_another_level_is_unknown() -> None:
    """A symbol of another level, or with two different format copies, has an unknown mask."""
    planned = plan(b"HELLO", "M")
    assert planned is not None
    grid = bytearray(draw(planned).grid)
    assert mask_of(bytes(grid), planned.version, "L") is None
    grid[8] ^= 1  # the first row of the upper copy
    assert mask_of(bytes(grid), planned.version, "M") is None
