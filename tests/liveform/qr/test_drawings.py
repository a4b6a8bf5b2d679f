"""Tests of liveform.qr.drawings: SVG, PNG and terminal show the same picture in few bytes."""

from __future__ import annotations

import io
from typing import Any

import pytest
import qrcode
import resvg_py
from PIL import Image
from qrcode.image.svg import SvgPathImage

from liveform.qr import drawings, make_qr

LINK = "HTTPS://ID.EXAMPLE.COM/R/ABCDEFGHJKMNPQRSTVWXYZ2345"
TEXTS = [LINK, "https://shop.example.com/?a=" + "7xQ" * 20, "https://h/?e=" + "x%2Bq" * 115]


def reference(text: str, **options: Any) -> bytes:
    """Return the image that qrcode draws of a text with its usual calls."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    file = io.BytesIO()
    code.make_image(**options).save(file)
    return file.getvalue()


def opened(image: bytes) -> Image.Image:
    """Return an image file as a picture in grey."""
    return Image.open(io.BytesIO(image)).convert("L")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("module_pixels", [1, 2, 3, 5, 8])
def test_svg_at_whole_pixels_is_the_png_to_the_pixel(text: str, module_pixels: int) -> None:
    """An SVG rendered at whole pixels a module equals the PNG, pixel for pixel."""
    code = make_qr(text)
    drawn = bytes(resvg_py.svg_to_bytes(svg_string=code.to_svg(), width=code.size * module_pixels))
    assert opened(drawn).tobytes() == opened(code.to_png(module_pixels=module_pixels)).tobytes()


@pytest.mark.parametrize("text", TEXTS)
def test_svg_has_at_most_a_quarter_of_the_bytes_that_qrcode_writes(text: str) -> None:
    """An SVG has at most a quarter of the bytes of qrcode's SVG of one path."""
    assert len(make_qr(text).to_svg()) <= 0.25 * len(reference(text, image_factory=SvgPathImage))


@pytest.mark.parametrize("text", TEXTS)
def test_png_has_no_more_bytes_than_qrcode_writes(text: str) -> None:
    """A PNG has fewer bytes than the one that qrcode writes by default."""
    assert len(make_qr(text).to_png()) < len(reference(text))


def test_svg_path_has_a_stroke_for_each_dark_run() -> None:
    """The SVG path has one stroke for each run of dark modules, and none for a light row."""
    assert drawings.svg(["0110", "0000", "1011", "0001"], "T").endswith(
        '<title>T</title><path fill="#fff" d="M0 0h4v4H0z"/>'
        '<path stroke="#000" d="M1 0.5h2M0 2.5h1m1 0h2M3 3.5h1"/></svg>'
    )


@pytest.mark.parametrize(("rows", "lines"), [(["01", "10"], ["▀▄"]), (["010", "101", "110"], ["▀▄▀", "▄▄█"])])
def test_half_blocks_draw_what_is_light(rows: list[str], lines: list[str]) -> None:
    """Half blocks draw the light modules, and fill an odd number of rows with a light one."""
    assert drawings.half_blocks(rows) == lines
