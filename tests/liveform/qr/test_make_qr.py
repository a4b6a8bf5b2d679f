"""liveform.qr: every drawn code is read back by zxing-cpp's decoder."""

import io
import sys
from xml.etree import ElementTree

import pytest
import resvg_py
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from liveform import ConfigError, FieldError
from liveform.qr import MODULE_PIXELS, QUIET_ZONE, Level, QrCode, make_qr

SHORT = "https://h/?pid=a"
LONG = "https://form.argosidentity.com/?pid=abc123de45&encrypted=".ljust(600, "A")
KOREAN = "안녕하세요, 신분증을 준비해 주세요. 카메라로 이 코드를 읽어 주세요."
TEXTS = [SHORT, LONG, KOREAN, "0123456789", "HELLO WORLD", "a", "💳 emoji", "line\nbreak"]
LEVELS: list[Level] = ["L", "M", "Q", "H"]
SVG = "{http://www.w3.org/2000/svg}"


def read_back(image: Image.Image) -> zxingcpp.Barcode:
    """Return the one QR code that zxing-cpp finds in a picture."""
    (found,) = zxingcpp.read_barcodes(image.convert("L"), zxingcpp.barcode_formats_from_str("QRCode"))
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    return found


def png(code: QrCode, module_pixels: int = MODULE_PIXELS) -> Image.Image:
    """Return the code's PNG as a picture."""
    image = Image.open(io.BytesIO(code.to_png(module_pixels=module_pixels)))
    image.load()
    return image


def rendered(svg: str, width: int) -> Image.Image:
    """Return an SVG as a picture, on a transparent page."""
    return Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=width))))


def pixels_of_terminal(text: str) -> Image.Image:
    """Return half blocks as a picture: drawn halves are light, blank ones dark."""
    halves = {" ": (0, 0), "▄": (0, 255), "▀": (255, 0), "█": (255, 255)}
    lines = text.split("\n")
    image = Image.new("L", (len(lines[0]), 2 * len(lines)))
    for y, line in enumerate(lines):
        for x, sign in enumerate(line):
            for half in (0, 1):
                image.putpixel((x, 2 * y + half), halves[sign][half])
    return image.resize((image.width * 4, image.height * 4), Image.Resampling.NEAREST)


@pytest.mark.parametrize("module_pixels", [1, 2, 3, 7, 8, 64])
def test_png_of_any_module_size_is_read_back(module_pixels: int) -> None:
    """A PNG of 1 to 64 pixels a module can be read back."""
    assert read_back(png(make_qr(SHORT), module_pixels)).text == SHORT


@pytest.mark.parametrize("text", TEXTS)
def test_png_of_any_text_is_read_back(text: str) -> None:
    """A PNG of any text, such as a URL of 600 characters or Korean, can be read back."""
    assert read_back(png(make_qr(text), 3)).text == text


@pytest.mark.parametrize("text", TEXTS)
def test_svg_of_any_text_is_read_back(text: str) -> None:
    """An SVG of any text, rendered by resvg, can be read back."""
    code = make_qr(text)
    assert read_back(rendered(code.to_svg(), code.size * 4)).text == text


@pytest.mark.parametrize("text", TEXTS)
def test_terminal_drawing_without_color_is_read_back(text: str) -> None:
    """A terminal drawing without colour can be read back from light text on a dark background."""
    assert read_back(pixels_of_terminal(make_qr(text).to_terminal(color=False))).text == text


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=300))
def test_png_of_printable_text_round_trips(text: str) -> None:
    """A decoder finds the UTF-8 bytes of any printable text, whatever charset it guesses."""
    assert read_back(png(make_qr(text, level="L"), 2)).bytes.decode() == text


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=300))
def test_png_of_ascii_text_round_trips(text: str) -> None:
    """A decoder finds any text of printable ASCII, such as a URL, unchanged."""
    assert read_back(png(make_qr(text), 2)).text == text


@pytest.mark.parametrize("level", LEVELS)
def test_level_is_the_one_that_was_asked_for(level: Level) -> None:
    """A decoder reads the requested error correction level from the code."""
    found = read_back(png(make_qr(SHORT, level=level), 3))
    assert (found.text, found.ec_level) == (SHORT, level)


def test_level_of_more_correction_makes_no_smaller_code() -> None:
    """A code of the same text grows with each level from L to H."""
    sizes = [make_qr(LONG, level=level).size for level in LEVELS]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == len(LEVELS)


@pytest.mark.parametrize("level", LEVELS)
def test_level_corrects_a_spot_of_damage(level: Level) -> None:
    """A code of any level can be read with a dark spot of 3 by 3 modules on it."""
    image = png(make_qr(LONG, level=level), 4)
    spot = Image.new("1", (12, 12), 0)
    image.paste(spot, (image.width // 2, image.height // 2))
    assert read_back(image).text == LONG


@pytest.mark.parametrize("text", [SHORT, LONG])
def test_rows_have_a_quiet_zone_of_four_on_each_side(text: str) -> None:
    """A code has four light modules on each side (ISO/IEC 18004 section 6.3.8), and no more."""
    code = make_qr(text)
    zone, size = QUIET_ZONE, code.size
    assert zone == 4
    dark = [(x, y) for y, row in enumerate(code.rows) for x, module in enumerate(row) if module]
    assert (min(x for x, _ in dark), min(y for _, y in dark)) == (zone, zone)
    assert (max(x for x, _ in dark), max(y for _, y in dark)) == (size - zone - 1, size - zone - 1)


@pytest.mark.parametrize("text", [SHORT, LONG])
def test_size_follows_from_the_version(text: str) -> None:
    """A code has 17 + 4 * version modules a side without its quiet zone (section 6.3.1)."""
    code = make_qr(text)
    assert code.size == 17 + 4 * code.version + 2 * QUIET_ZONE
    assert {len(row) for row in code.rows} == {code.size}


@pytest.mark.parametrize("module_pixels", [1, 3, 8, 64])
def test_png_is_black_and_white_of_the_exact_size(module_pixels: int) -> None:
    """A PNG has one bit a pixel, and each module is a square of ``module_pixels``."""
    code = make_qr(SHORT)
    image = png(code, module_pixels)
    assert (image.format, image.mode, image.size) == ("PNG", "1", (code.size * module_pixels,) * 2)
    modules = [
        [image.getpixel((x * module_pixels, y * module_pixels)) == 0 for x in range(code.size)]
        for y in range(code.size)
    ]
    assert modules == [list(row) for row in code.rows]
    small = png(code, 1).convert("L")
    assert image.convert("L").tobytes() == small.resize(image.size, Image.Resampling.NEAREST).tobytes()


def test_png_has_the_three_chunks_that_it_must_have() -> None:
    """A PNG has the chunks IHDR, IDAT and IEND once each, with valid CRCs (PNG section 5.6)."""
    data = make_qr(SHORT).to_png()
    Image.open(io.BytesIO(data)).verify()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert [data.count(kind) for kind in (b"IHDR", b"IDAT", b"IEND")] == [1, 1, 1]


@pytest.mark.parametrize("module_pixels", [0, -1, 65, 10**9, True, False, 8.0, "8", None])
def test_png_of_another_module_size_is_refused(module_pixels: object) -> None:
    """``module_pixels`` must be an integer from 1 to 64; True is refused."""
    with pytest.raises(FieldError) as caught:
        make_qr(SHORT).to_png(module_pixels=module_pixels)  # type: ignore[arg-type]
    assert caught.value.field == "module_pixels"
    assert str(caught.value) == "module_pixels: must be 1 to 64"


def test_svg_draws_its_own_white_background() -> None:
    """An SVG is opaque everywhere and white at its corners, also on a dark page."""
    code = make_qr(SHORT)
    image = rendered(code.to_svg(), code.size * 3).convert("RGBA")
    assert image.getchannel("A").getextrema() == (255, 255)
    assert image.getpixel((0, 0)) == (255, 255, 255, 255)
    assert image.getpixel((image.width - 1, image.height - 1)) == (255, 255, 255, 255)


def test_svg_has_one_unit_a_module() -> None:
    """An SVG has one unit a module, quiet zone included, and the same modules as the PNG."""
    code = make_qr(SHORT)
    root = ElementTree.fromstring(code.to_svg())
    drawn = rendered(code.to_svg(), code.size).convert("L").tobytes()
    assert root.get("viewBox") == f"0 0 {code.size} {code.size}"
    assert drawn == png(code, 1).convert("L").tobytes()


@pytest.mark.parametrize(
    "title", ["QR code", "<script>alert('1')</script>", '"&</title>', "신분증", "", "a\tb"]
)
def test_svg_title_is_escaped(title: str) -> None:
    """The title of an SVG is escaped, so that a screen reader gets the exact text."""
    root = ElementTree.fromstring(make_qr(SHORT).to_svg(title=title))
    assert [child.tag for child in root] == [f"{SVG}title", f"{SVG}path", f"{SVG}path"]
    assert (root.findtext(f"{SVG}title"), root.get("role")) == (title, "img")


@pytest.mark.parametrize("title", ["a\0b", "\x1b[31m", "\ud800", "\uffff"])
def test_svg_title_that_xml_cannot_hold_is_refused(title: str) -> None:
    """XML 1.0 section 2.2 has no control characters or surrogates, so such a title makes no SVG."""
    with pytest.raises(FieldError) as caught:
        make_qr(SHORT).to_svg(title=title)
    assert caught.value.field == "title"


def test_svg_has_a_title_by_default() -> None:
    """An SVG has the title "QR code" by default, for screen readers."""
    root = ElementTree.fromstring(make_qr(SHORT).to_svg())
    assert root.findtext(f"{SVG}title") == "QR code"


def test_terminal_with_color_is_the_drawing_with_its_own_colors() -> None:
    """A coloured terminal drawing sets white on black in each line, and resets it at the end."""
    code = make_qr(SHORT)
    lines = code.to_terminal().split("\n")
    start, end = "\x1b[38;5;231;48;5;16m", "\x1b[0m"
    assert all(line.startswith(start) and line.endswith(end) for line in lines)
    assert "\n".join(line[len(start) : -len(end)] for line in lines) == code.to_terminal(color=False)


def test_terminal_drawing_has_two_modules_a_character() -> None:
    """A terminal drawing has two modules a character and a light line below an odd size."""
    code = make_qr(SHORT)
    lines = code.to_terminal(color=False).split("\n")
    assert (len(lines), {len(line) for line in lines}) == ((code.size + 1) // 2, {code.size})


@pytest.mark.parametrize("text", ["", None, 7, b"bytes", ["a"]])
def test_text_that_is_empty_or_no_text_is_refused(text: object) -> None:
    """Empty text, and anything that is not text, is refused."""
    with pytest.raises(FieldError, match="not empty") as caught:
        make_qr(text)  # type: ignore[arg-type]
    assert caught.value.field == "text"


# ISO/IEC 18004 table 7, version 40, byte mode.
@pytest.mark.parametrize(("level", "capacity"), [("L", 2953), ("M", 2331), ("Q", 1663), ("H", 1273)])
def test_text_of_the_capacity_fits_and_one_more_is_refused(level: Level, capacity: int) -> None:
    """Text that fills version 40 is drawn, and text that is longer is refused."""
    assert make_qr("é" * (capacity // 2) + "e" * (capacity % 2), level=level).version == 40
    with pytest.raises(FieldError, match="too long") as caught:
        make_qr("é" * (capacity // 2 + 1), level=level)
    assert caught.value.field == "text"


@pytest.mark.parametrize("length", [10_000, 1_000_000])
def test_text_far_too_long_is_refused(length: int) -> None:
    """Text of 10,000 or 1,000,000 characters is refused as too long."""
    with pytest.raises(FieldError, match="too long"):
        make_qr("a" * length)


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
def test_text_with_a_lone_surrogate_is_refused(text: str) -> None:
    """A lone surrogate has no UTF-8, and the message does not repeat it."""
    with pytest.raises(FieldError, match="without lone surrogates") as caught:
        make_qr(text)
    assert str(caught.value).isascii()


@pytest.mark.parametrize("level", ["", "l", "X", "LM", None, 1, ["L"]])
def test_level_unknown_is_refused(level: object) -> None:
    """A level other than L, M, Q and H is refused."""
    with pytest.raises(FieldError) as caught:
        make_qr(SHORT, level=level)  # type: ignore[arg-type]
    assert str(caught.value) == "level: must be one of L, M, Q, H"


def test_qrcode_not_installed_is_told_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """If neither engine is installed, the error names qrcode and the extra ``liveform[qr]``."""
    monkeypatch.setitem(sys.modules, "qrcode", None)
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    with pytest.raises(ConfigError, match=r"liveform\[qr\]") as caught:
        make_qr(SHORT)
    assert [fault.setting for fault in caught.value.faults] == ["qrcode"]


@settings(deadline=None)
@given(st.text(st.characters(codec=None), max_size=50))
def test_text_of_any_kind_raises_only_field_error(text: str) -> None:
    """Any text is drawn, except empty text and surrogates, which raise a FieldError."""
    try:
        size = make_qr(text).size
    except FieldError:
        size = 0
    assert (size == 0) == (text == "" or any("\ud800" <= sign <= "\udfff" for sign in text))
