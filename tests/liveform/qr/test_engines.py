"""Tests that qrcode and zxing-cpp give the same modules, and that either may be missing."""

from __future__ import annotations

import base64
import random
import subprocess
import sys
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from liveform import ConfigError
from liveform.qr import Engine, Level, make_qr
from liveform.qr.segments import Plan, plan
from liveform.qr.symbol import VERSIONS
from liveform.qr.with_zxing import draw

LEVELS: list[Level] = ["L", "M", "Q", "H"]
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
LINK = "HTTPS://ID.EXAMPLE.COM/R/ABCDEFGHJKMNPQRSTVWXYZ2345"
CHANCE = random.Random(18004)


def link() -> str:
    """Return a link of the web helper with a random token."""
    return "HTTPS://ID.EXAMPLE.COM/R/" + "".join(CHANCE.choices(BASE32, k=29))


def gcm_url() -> str:
    """Return a form URL with a random, percent-encoded GCM text."""
    sealed = base64.b64encode(CHANCE.randbytes(CHANCE.randrange(30, 250))).decode()
    end = CHANCE.choice(["", "&lang=ko"])
    return "https://form.argosidentity.com/?pid=abc123de45&encrypted=" + quote(sealed, safe="") + end


def mixed() -> str:
    """Return a random text of digits, capitals and other characters in turn."""
    kinds = CHANCE.choices(["0123456789", BASE32 + "%$:/", "abc?&=\\~^\t"], k=CHANCE.randrange(1, 8))
    return "".join("".join(CHANCE.choices(kind, k=CHANCE.randrange(1, 25))) for kind in kinds)


def planned(text: str, level: Level = "M") -> Plan:
    """Return the plan of a text, which must fit a QR code."""
    found = plan(text.encode(), level)
    assert found is not None
    return found


def both(text: str, level: Level) -> None:
    """Fail unless both engines give the same code for a text."""
    ours, theirs = (make_qr(text, level=level, engine=engine) for engine in ("zxing-cpp", "qrcode"))
    assert ours == theirs


@pytest.mark.parametrize("make", [link, gcm_url, mixed])
def test_texts_have_the_same_modules_from_both_engines(make: Any) -> None:
    """Links, form URLs and texts of several modes have the same modules from both engines."""
    for number in range(40):
        both(make(), LEVELS[number % 4])


@pytest.mark.parametrize("version", VERSIONS)
def test_versions_have_the_same_modules_from_both_engines(version: int) -> None:
    """Each of the 40 versions has the same modules from both engines, and can be read back."""
    level = LEVELS[version % 4]
    sign = "7Ab"[version % 3]
    text = sign
    while planned(text, level).version < version:
        text += sign * max(1, len(text) // 16)
    found = planned(text, level)
    both(text, level)
    assert draw(found, text) is not None
    code = make_qr(text, level=level)
    (read,) = zxingcpp.read_barcodes(_image(code.to_png(module_pixels=2)))
    assert (read.text, read.ec_level) == (text, level)


def _image(png: bytes) -> Any:
    import io

    from PIL import Image

    return Image.open(io.BytesIO(png)).convert("L")


@settings(deadline=None, max_examples=50)
@given(st.text(min_size=1, max_size=100), st.sampled_from(LEVELS))
def test_any_text_has_the_same_modules_from_both_engines(text: str, level: Level) -> None:
    """Text in any script, with control characters too, has the same modules from both engines."""
    both(text, level)


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(max_codepoint=127), min_size=1, max_size=200), st.sampled_from(LEVELS))
def test_ascii_has_the_same_modules_from_both_engines(text: str, level: Level) -> None:
    """Every ASCII character, NUL and backslash too, has the same modules from both engines."""
    both(text, level)


@pytest.mark.parametrize("make", [link, gcm_url])
def test_links_and_form_urls_are_drawn_by_zxing(make: Any) -> None:
    """zxing-cpp draws every link and form URL itself, without falling back to qrcode."""
    assert [text for text in (make() for _ in range(50)) if draw(planned(text), text) is None] == []


def test_drawings_are_the_same_bytes_from_both_engines() -> None:
    """SVG and PNG have the same bytes from both engines, so ETags agree between hosts."""
    one, other = (make_qr(LINK, engine=engine) for engine in ("qrcode", "zxing-cpp"))
    assert (one.to_svg(), one.to_png()) == (other.to_svg(), other.to_png())


def test_engine_is_not_loaded_before_it_is_used() -> None:
    """``import liveform.qr`` imports neither qrcode nor zxing-cpp nor Pillow."""
    code = "import sys, liveform.qr; print({'qrcode', 'zxingcpp', 'PIL'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"


def test_engine_that_is_fast_leaves_the_other_alone() -> None:
    """A plain text is drawn without importing qrcode, or zxing-cpp if qrcode is asked for."""
    code = "import sys; from liveform.qr import make_qr; make_qr('A', engine={}); print('{}' in sys.modules)"
    for chosen, unused in (("None", "qrcode"), ("'qrcode'", "zxingcpp")):
        command = [sys.executable, "-c", code.format(chosen, unused)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        assert done.stdout.strip() == "False"


def test_zxing_missing_leaves_it_to_qrcode(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without zxing-cpp, qrcode draws the same code."""
    expected = make_qr(LINK)
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    assert make_qr(LINK) == expected


def test_qrcode_missing_leaves_it_to_zxing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without qrcode, zxing-cpp draws the same code, and other scripts are refused."""
    expected = make_qr(LINK, engine="qrcode")
    monkeypatch.setitem(sys.modules, "qrcode", None)
    assert make_qr(LINK) == expected
    with pytest.raises(ConfigError, match=r"qrcode: is not installed; .* liveform\[qr\]"):
        make_qr("é")


@pytest.mark.parametrize(
    ("engine", "module", "extra"), [("qrcode", "qrcode", "qr"), ("zxing-cpp", "zxingcpp", "fast")]
)
def test_engine_asked_for_but_missing_is_refused(
    engine: Engine, module: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine that is asked for but not installed is refused with the name of its extra."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError, match=rf"{engine}: is not installed; .* liveform\[{extra}\]"):
        make_qr(LINK, engine=engine)


@pytest.mark.parametrize("engine", ["", "zxing", "segno", 1, ["qrcode"], {}])
def test_engine_unknown_is_refused(engine: Any) -> None:
    """An engine other than qrcode and zxing-cpp is refused."""
    with pytest.raises(ConfigError, match="engine: must be one of qrcode, zxing-cpp"):
        make_qr(LINK, engine=engine)


def other_zxing(monkeypatch: pytest.MonkeyPatch, create: Any) -> None:
    """Replace zxing-cpp by a module that creates barcodes with this function."""
    fake = SimpleNamespace(create_barcode=create, BarcodeFormat=zxingcpp.BarcodeFormat)
    monkeypatch.setitem(sys.modules, "zxingcpp", fake)


@pytest.mark.parametrize("mask", range(8))
def test_zxing_of_another_mask_gives_the_same(mask: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A zxing-cpp that chooses a mask of its own still gives the modules that qrcode gives."""
    create = zxingcpp.create_barcode
    expected = make_qr(LINK, engine="qrcode")
    other_zxing(
        monkeypatch, lambda text, kind, **options: create(text, kind, **{**options, "data_mask": mask})
    )
    assert draw(planned(LINK), LINK) is not None
    assert make_qr(LINK) == expected


@pytest.mark.parametrize(
    "changed",
    [{"version": 9}, {"ec_level": "Q"}, {"version": 1}],
    ids=["larger", "another level", "does not fit"],
)
def test_zxing_of_another_size_or_level_is_not_used(
    changed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drawing of zxing-cpp in another version or level is rejected, and qrcode draws instead."""
    create = zxingcpp.create_barcode
    expected = make_qr(LINK, engine="qrcode")
    other_zxing(monkeypatch, lambda text, kind, **options: create(text, kind, **(options | changed)))
    assert draw(planned(LINK), LINK) is None
    assert make_qr(LINK) == expected


@pytest.mark.parametrize("other", ["https://shop.example.com/r/K7Q2M9", LINK + "A"])
def test_zxing_of_other_segments_is_not_used(other: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A drawing of zxing-cpp with other modes or another length is rejected."""
    create = zxingcpp.create_barcode
    other_zxing(monkeypatch, lambda text, kind, **options: create(other, kind, **options))
    assert draw(planned(LINK), LINK) is None


@pytest.mark.parametrize("error", [TypeError, ValueError, AttributeError, RuntimeError, IndexError])
def test_zxing_that_fails_is_not_used(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    """If zxing-cpp raises any error, qrcode draws the code instead."""

    def fail(*arguments: Any, **options: Any) -> None:
        raise error

    expected = make_qr(LINK, engine="qrcode")
    other_zxing(monkeypatch, fail)
    assert make_qr(LINK) == expected


def test_zxing_that_draws_grey_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A drawing of zxing-cpp with grey modules is rejected."""
    image = bytes([127]) * 29 * 29
    barcode = SimpleNamespace(to_image=lambda **options: image)
    other_zxing(monkeypatch, lambda text, kind, **options: barcode)
    assert draw(planned(LINK), LINK) is None
