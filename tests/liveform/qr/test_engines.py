"""liveform.qr.engines: what each library draws of every size and kind of text, and what it cannot draw."""

from __future__ import annotations

import base64
import io
import random
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from qrcode import constants
from qrcode.util import BIT_LIMIT_TABLE

from liveform import ConfigError, FieldError
from liveform.qr import Engine, Level, QrCode, make_qr
from liveform.qr.engines import mask_differences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LEVELS: list[Level] = ["L", "M", "Q", "H"]
ENGINES: list[Engine] = ["qrcode", "zxing-cpp"]
VERSIONS = range(1, 41)
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
LINK = "HTTPS://ID.EXAMPLE.COM/R/ABCDEFGHJKMNPQRSTVWXYZ2345"
CHANCE = random.Random(18004)
SIGNS = {"digits": "7", "capitals": "A", "bytes": "b"}

either_engine = pytest.mark.parametrize("engine", ENGINES)


@pytest.fixture(autouse=True)
def _forgotten_masks() -> Iterator[None]:
    """A library that a test replaces leaves nothing behind."""
    mask_differences.cache_clear()
    yield
    mask_differences.cache_clear()


def read_back(code: QrCode) -> zxingcpp.Barcode:
    """Return what zxing-cpp finds in the PNG of a code."""
    image = Image.open(io.BytesIO(code.to_png(module_pixels=2))).convert("L")
    (found,) = zxingcpp.read_barcodes(image, zxingcpp.barcode_formats_from_str("QRCode"))
    return found


def longest(kind: str, version: int, level: Level) -> int:
    """Return how many characters of a kind a version holds (ISO/IEC 18004 table 7), from its bits."""
    bits: int = BIT_LIMIT_TABLE[getattr(constants, f"ERROR_CORRECT_{level}")][version]
    counts = {"digits": (10, 12, 14), "capitals": (9, 11, 13), "bytes": (8, 16, 16)}[kind]  # table 3
    bits -= 4 + counts[(version > 9) + (version > 26)]
    if kind == "digits":
        return bits // 10 * 3 + (bits % 10 >= 4) + (bits % 10 >= 7)
    return bits // 11 * 2 + (bits % 11 >= 6) if kind == "capitals" else bits // 8


def gcm_url() -> str:
    """Return a form URL with a random, percent-encoded GCM text."""
    sealed = base64.b64encode(CHANCE.randbytes(CHANCE.randrange(30, 250))).decode()
    end = CHANCE.choice(["", "&lang=ko"])
    return "https://form.argosidentity.com/?pid=abc123de45&encrypted=" + quote(sealed, safe="") + end


def mixed() -> str:
    """Return a random text of digits, capitals and other characters in turn."""
    kinds = CHANCE.choices(["0123456789", BASE32 + "%$:/", "abc?&=\\~^\t"], k=CHANCE.randrange(1, 8))
    return "".join("".join(CHANCE.choices(kind, k=CHANCE.randrange(1, 25))) for kind in kinds)


@either_engine
@pytest.mark.parametrize("version", VERSIONS)
def test_codes_of_every_version_are_read_back(version: int, engine: Engine) -> None:
    """A code of each version, filled to its last character, is read back, at the level that was wanted."""
    level = LEVELS[version % 4]
    kind = list(SIGNS)[version % 3]
    text = SIGNS[kind] * longest(kind, version, level)
    code = make_qr(text, level=level, engine=engine)
    found = read_back(code)
    assert (code.version, found.text, found.ec_level) == (version, text, level)


@pytest.mark.parametrize("kind", SIGNS)
@pytest.mark.parametrize("level", LEVELS)
def test_zxing_takes_the_smallest_version_that_holds_the_text(level: Level, kind: str) -> None:
    """One character more than a version holds makes a code of the next version, and none after version 40."""
    for version in VERSIONS:
        full = longest(kind, version, level)
        assert make_qr(SIGNS[kind] * full, level=level, engine="zxing-cpp").version == version
        assert version_or_none(SIGNS[kind] * (full + 1), level, "zxing-cpp") == next_of(version)


@pytest.mark.parametrize("kind", SIGNS)
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("version", [1, 9, 10, 26, 27, 40])
def test_qrcode_takes_the_smallest_version_that_holds_the_text(version: int, level: Level, kind: str) -> None:
    """One character more than a version holds makes a code of the next one, for qrcode as for zxing-cpp."""
    full = longest(kind, version, level)
    assert make_qr(SIGNS[kind] * full, level=level, engine="qrcode").version == version
    assert version_or_none(SIGNS[kind] * (full + 1), level, "qrcode") == next_of(version)


def version_or_none(text: str, level: Level, engine: Engine) -> int | None:
    """The version of a text's code, or None if it is refused."""
    try:
        return make_qr(text, level=level, engine=engine).version
    except FieldError:
        return None


def next_of(version: int) -> int | None:
    """Return the version that follows a version."""
    return version + 1 if version < 40 else None


@either_engine
@pytest.mark.parametrize("make", [gcm_url, mixed])
def test_texts_of_several_modes_are_read_back(make: Callable[[], str], engine: Engine) -> None:
    """Form URLs, and texts that mix digits, capitals and lower case, are read back at all levels."""
    for number in range(40):
        text, level = make(), LEVELS[number % 4]
        assert read_back(make_qr(text, level=level, engine=engine)).text == text


@either_engine
@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=100), st.sampled_from(LEVELS))
def test_any_unicode_text_is_written_as_utf_8(engine: Engine, text: str, level: Level) -> None:
    """Other scripts and control characters are read back as the text's UTF-8, whichever library draws."""
    assert read_back(make_qr(text, level=level, engine=engine)).bytes == text.encode()


@either_engine
@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(max_codepoint=127), min_size=1, max_size=200), st.sampled_from(LEVELS))
def test_any_ascii_text_is_written_as_it_is(engine: Engine, text: str, level: Level) -> None:
    """Every ASCII character is read back: no library takes a backslash or a caret for an escape."""
    assert read_back(make_qr(text, level=level, engine=engine)).bytes == text.encode()


@pytest.mark.parametrize("text", ["Ã©", "é", "日本語", "ÿ", "안녕"])
def test_zxing_declares_utf_8_where_a_reader_would_have_to_guess(text: str) -> None:
    """A text that is not ASCII is read back as text, although its bytes could be Latin-1 or Shift JIS too."""
    assert read_back(make_qr(text, engine="zxing-cpp")).text == text


@pytest.mark.parametrize("version", [1, 4, 7, 14, 27, 40])
@pytest.mark.parametrize("level", LEVELS)
def test_text_of_one_mode_is_laid_out_alike_by_both_libraries(level: Level, version: int) -> None:
    """There is one decoder here, zxing-cpp's own, so the encoder of qrcode confirms what zxing-cpp drew."""
    text = "B" * longest("capitals", version, level)
    assert make_qr(text, level=level, engine="zxing-cpp") == make_qr(text, level=level, engine="qrcode")


@either_engine
def test_link_with_a_token_in_capitals_fits_version_four(engine: Engine) -> None:
    """A link with a token in capitals and a host of 20 characters in lower case fits version 4 at level M."""
    for _ in range(20):
        text = f"https://id.a-shop.example.kr/r/{''.join(CHANCE.choices(BASE32, k=30))}"
        code = make_qr(text, level="M", engine=engine)
        assert code.version <= 4
        assert read_back(code).text == text


@either_engine
@pytest.mark.parametrize("text", [LINK, "https://shop.example.com/r/K7Q2M9", "신분증 1234567890"])
def test_text_always_has_the_same_code_from_one_library(text: str, engine: Engine) -> None:
    """A code depends on the text, the level and the library alone: another process draws the same one."""
    program = (
        f"from liveform.qr import make_qr; print(make_qr({text!a}, engine={engine!r}).grid.decode(), end='')"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    assert done.stdout == make_qr(text, engine=engine).grid


# What qrcode 8.2 cannot draw: it takes the logarithm of the first codeword of each block, which may be zero.
ZEROS: list[tuple[str, Level]] = [
    ("0" * 55, "H"),
    ("0" * 300, "M"),
    ("\0" * 30, "H"),
    ("A" * 80 + "\0" * 200, "L"),
]


@pytest.mark.parametrize(("text", "level"), ZEROS)
def test_zeros_that_qrcode_cannot_draw_are_drawn_by_zxing(text: str, level: Level) -> None:
    """A text that one library cannot draw is drawn by the other, if the caller left the choice to us."""
    code = make_qr(text, level=level)
    assert code == make_qr(text, level=level, engine="zxing-cpp")
    assert read_back(code).bytes == text.encode()


@pytest.mark.parametrize("chosen", ["qrcode", None])
@pytest.mark.parametrize(("text", "level"), ZEROS)
def test_zeros_without_zxing_are_refused_with_what_to_install(
    text: str, level: Level, chosen: Engine | None, monkeypatch: pytest.MonkeyPatch
) -> None:  # T9
    """A text that qrcode cannot draw is refused in one line that names the library that can."""
    if chosen is None:
        monkeypatch.setitem(sys.modules, "zxingcpp", None)
    with pytest.raises(FieldError, match=r"run of zeros .*; zxing-cpp can .*liveform\[fast\]") as caught:
        make_qr(text, level=level, engine=chosen)
    assert caught.value.field == "text"


@either_engine
@pytest.mark.parametrize(
    ("level", "way_out"),
    [("L", ""), ("M", "; a lower level holds more"), ("H", "; a lower level holds more")],
)
def test_text_that_is_too_long_is_refused_with_a_way_out(level: Level, way_out: str, engine: Engine) -> None:
    """The message says that the text is too long, and names a lower level if there is one."""
    with pytest.raises(FieldError) as caught:
        make_qr("b" * 3000, level=level, engine=engine)
    assert str(caught.value) == f"text: is too long for a QR code of level {level}{way_out}"


def test_text_too_long_with_its_charset_is_drawn_by_qrcode() -> None:
    """A text that fills a code without the declared charset is drawn if the caller left the choice to us."""
    text = "é" * 1476 + "e"
    with pytest.raises(FieldError, match="too long"):
        make_qr(text, level="L", engine="zxing-cpp")
    assert make_qr(text, level="L") == make_qr(text, level="L", engine="qrcode")


def test_text_too_long_for_zxing_is_refused_without_qrcode(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason that the installed library gives is told, not that another one is missing."""
    monkeypatch.setitem(sys.modules, "qrcode", None)
    with pytest.raises(FieldError, match="too long"):
        make_qr("é" * 1476 + "e", level="L")


def test_engine_is_not_loaded_before_it_is_used() -> None:
    """``import liveform.qr`` loads none of the libraries."""
    code = "import sys, liveform.qr; print({'qrcode', 'zxingcpp', 'PIL'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"


def test_engine_that_draws_leaves_the_other_alone() -> None:
    """A link is drawn without an import of qrcode, and with ``engine="qrcode"`` without one of zxing-cpp."""
    code = "import sys; from liveform.qr import make_qr; make_qr('A', engine={}); print('{}' in sys.modules)"
    for chosen, unused in (("None", "qrcode"), ("'qrcode'", "zxingcpp")):
        command = [sys.executable, "-c", code.format(chosen, unused)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        assert done.stdout.strip() == "False"


@pytest.mark.parametrize(("missing", "other"), [("zxingcpp", "qrcode"), ("qrcode", "zxing-cpp")])
def test_engine_that_is_missing_leaves_it_to_the_other(
    missing: str, other: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of the two libraries is enough to draw a code."""
    expected = make_qr(LINK, engine=other)
    monkeypatch.setitem(sys.modules, missing, None)
    assert make_qr(LINK) == expected


@pytest.mark.parametrize(
    ("engine", "module", "extra"), [("qrcode", "qrcode", "qr"), ("zxing-cpp", "zxingcpp", "fast")]
)
def test_engine_asked_for_but_missing_is_refused(
    engine: Engine, module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library that the caller asked for is named with its extra, and the other is not used in its place."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError, match=rf"{engine}: is not installed, .* liveform\[{extra}\]"):
        make_qr(LINK, engine=engine)


@pytest.mark.parametrize("engine", ["", "zxing", "segno", 1, ["qrcode"], {}])
def test_engine_unknown_is_refused(engine: Any) -> None:
    """The message names the two libraries that there are."""
    with pytest.raises(ConfigError, match="engine: must be one of qrcode, zxing-cpp"):
        make_qr(LINK, engine=engine)


def other_zxing(monkeypatch: pytest.MonkeyPatch, create: Any) -> None:
    """Replace zxing-cpp by a module that creates barcodes with this function."""
    fake = SimpleNamespace(create_barcode=create, BarcodeFormat=zxingcpp.BarcodeFormat)
    monkeypatch.setitem(sys.modules, "zxingcpp", fake)


@pytest.mark.parametrize("error", [TypeError, AttributeError])
def test_zxing_before_3_0_is_not_used(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that cannot draw, or calls its options otherwise, counts as not installed."""

    def fail(*arguments: Any, **options: Any) -> None:
        raise error

    other_zxing(monkeypatch, fail)
    assert make_qr(LINK) == make_qr(LINK, engine="qrcode")
    with pytest.raises(ConfigError, match=r"zxing-cpp: is not installed, or too old; .* liveform\[fast\]"):
        make_qr(LINK, engine="zxing-cpp")


@pytest.mark.parametrize("ignored", [{"data_mask"}, {"version"}, {"version", "data_mask"}])
def test_zxing_that_ignores_our_options_still_draws_codes_that_are_read(
    ignored: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later release may rename an option, of which zxing-cpp says nothing; its codes must not be spoilt."""
    create = zxingcpp.create_barcode

    def without(text: str, kind: Any, **options: Any) -> Any:
        return create(text, kind, **{name: value for name, value in options.items() if name not in ignored})

    other_zxing(monkeypatch, without)
    code = make_qr(LINK, engine="zxing-cpp")
    monkeypatch.undo()
    assert read_back(code).text == LINK
