"""liveform.qr.mask, beside an evaluator that walks from module to module and the libraries' own masks."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from qrcode import QRCode, constants

from liveform.qr import QrCode, make_qr
from liveform.qr.engines import side_of
from liveform.qr.mask import penalty, with_best_mask

if TYPE_CHECKING:
    from liveform.qr import Engine, Level

FINDER = "1011101"
MASKS = range(8)
ENGINES: list[Engine] = ["qrcode", "zxing-cpp"]
LEVELS: list[Level] = ["L", "M", "Q", "H"]
TEXTS = ["1", "HTTPS://ID.EXAMPLE.COM/R/ABC", "https://h/?pid=a", "é" * 40, "a" * 300]


def walked(rows: list[str]) -> int:
    """Section 7.8.3.1, rule by rule, as it stands there."""
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
    """Squares of any size, with many runs and finder-like rows."""
    side = draw_from(st.integers(2, 30))
    piece = st.sampled_from(["0", "1", "00000", "111111", "0000" + FINDER, FINDER + "0000", "10"])
    row = st.lists(piece, min_size=side, max_size=side).map(lambda pieces: "".join(pieces)[:side])
    return draw_from(st.lists(row, min_size=side, max_size=side))


@settings(deadline=None, max_examples=60)
@given(squares(), st.booleans())
def test_penalty_is_what_a_walk_finds(rows: list[str], turned: bool) -> None:
    """The quick penalty of any square is what the norm's rules add up to, found module by module."""
    if turned:
        rows = ["".join(column) for column in zip(*rows, strict=True)]
    assert penalty(int("".join(rows), 2), len(rows)) == walked(rows)


def rows_of(grid: bytes) -> list[str]:
    """The rows of a grid as text."""
    side = round(len(grid) ** 0.5)
    return [grid.decode()[start : start + side] for start in range(0, side**2, side)]


def under(mask: int, code: QrCode, text: str, level: Level, engine: Engine) -> bytes:
    """A text's symbol under a mask, by a library alone."""
    if engine == "qrcode":
        drawn = QRCode(
            code.version,
            error_correction=getattr(constants, f"ERROR_CORRECT_{level}"),
            border=0,
            mask_pattern=mask,
        )
        drawn.add_data(text)
        drawn.make(fit=False)
        return "".join("01"[module] for row in drawn.modules for module in row).encode()
    options: dict[str, Any] = {} if text.isascii() else {"eci": "UTF-8"}
    made = zxingcpp.create_barcode(
        text, zxingcpp.BarcodeFormat.QRCode, ec_level=level, data_mask=mask, **options
    )
    image: Any = made.to_image(add_quiet_zones=False)
    return bytes(memoryview(image)).replace(b"\0", b"1").replace(b"\xff", b"0")


@pytest.mark.parametrize("version", [1, 7, 25])
def test_penalty_of_whole_symbols_is_what_a_walk_finds(version: int) -> None:
    """A dark, a light and a striped symbol cost what the norm's rules add up to, module by module."""
    side = side_of(version)
    for grid in (b"0" * side**2, b"1" * side**2, (b"110" * side**2)[: side**2]):
        assert penalty(int(grid, 2), side) == walked(rows_of(grid))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("text", TEXTS)
def test_best_mask_is_the_first_of_the_fewest_points(text: str, engine: Engine) -> None:
    """A code has the mask of the fewest points, and of the lowest number among masks of equal points."""
    code = make_qr(text, engine=engine)
    symbols = [under(mask, code, text, "M", engine) for mask in MASKS]
    points = [walked(rows_of(symbol)) for symbol in symbols]
    assert code.grid == symbols[points.index(min(points))]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("version", [1, 2, 6, 7, 14, 27, 32, 40])
@pytest.mark.parametrize("level", LEVELS)
def test_code_is_one_of_the_eight_symbols_of_the_library(version: int, level: Level, engine: Engine) -> None:
    """Another mask leaves what the library itself would have drawn under it, format information included."""
    capacity = {1: 7, 2: 14, 6: 58, 7: 64, 14: 194, 27: 625, 32: 842, 40: 1273}[version]  # bytes at level H
    text = "x" * capacity if level == "H" else "x" * (capacity + 1)
    code = make_qr(text, level=level, engine=engine)
    assert code.grid in {under(mask, code, text, level, engine) for mask in MASKS}


def test_best_mask_of_no_choice_is_the_drawn_one() -> None:
    """A symbol stays as it was drawn if no other mask is known for it."""
    assert with_best_mask(b"0110" * 4, 4, (0,)) == b"0110" * 4
