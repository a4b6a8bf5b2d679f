"""The same modules from qrcode and from zxing-cpp, and what happens where one is missing or strange."""

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
    """A link of the web helper."""
    return "HTTPS://ID.EXAMPLE.COM/R/" + "".join(CHANCE.choices(BASE32, k=29))


def gcm_url() -> str:
    """A form URL with a percent-encoded GCM text."""
    sealed = base64.b64encode(CHANCE.randbytes(CHANCE.randrange(30, 250))).decode()
    end = CHANCE.choice(["", "&lang=ko"])
    return "https://form.argosidentity.com/?pid=abc123de45&encrypted=" + quote(sealed, safe="") + end


def mixed() -> str:
    """Stretches of digits, capitals and lower case."""
    kinds = CHANCE.choices(["0123456789", BASE32 + "%$:/", "abc?&=\\~^\t"], k=CHANCE.randrange(1, 8))
    return "".join("".join(CHANCE.choices(kind, k=CHANCE.randrange(1, 25))) for kind in kinds)


def planned(text: str, level: Level = "M") -> Plan:
    """The plan of a text that fits."""
    found = plan(text.encode(), level)
    assert found is not None
    return found


def both(text: str, level: Level) -> None:
    """Assert that both engines give the same."""
    ours, theirs = (make_qr(text, level=level, engine=engine) for engine in ("zxing-cpp", "qrcode"))
    assert ours == theirs


@pytest.mark.parametrize("make", [link, gcm_url, mixed])
def test_texts_have_the_same_modules_from_both_engines(make: Any) -> None:
    """Links, form URLs, and texts that need several modes; at all levels."""
    for number in range(40):
        both(make(), LEVELS[number % 4])


@pytest.mark.parametrize("version", VERSIONS)
def test_versions_have_the_same_modules_from_both_engines(version: int) -> None:
    """All forty, in turn in each mode and at each level, filled to the brim; zxing-cpp drew one of them."""
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
    """Other scripts and control characters: qrcode draws what zxing-cpp would mark with a charset."""
    both(text, level)


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(max_codepoint=127), min_size=1, max_size=200), st.sampled_from(LEVELS))
def test_ascii_has_the_same_modules_from_both_engines(text: str, level: Level) -> None:
    """Every ASCII character, NUL and backslash too."""
    both(text, level)


@pytest.mark.parametrize("make", [link, gcm_url])
def test_links_and_form_urls_are_drawn_by_zxing(make: Any) -> None:
    """Those are what the fast engine is for: none may fall back."""
    assert [text for text in (make() for _ in range(50)) if draw(planned(text), text) is None] == []


def test_drawings_are_the_same_bytes_from_both_engines() -> None:
    """So ETags agree between hosts."""
    one, other = (make_qr(LINK, engine=engine) for engine in ("qrcode", "zxing-cpp"))
    assert (one.to_svg(), one.to_png()) == (other.to_svg(), other.to_png())


def test_engine_is_not_loaded_before_it_is_used() -> None:
    """``import liveform.qr`` costs neither."""
    code = "import sys, liveform.qr; print({'qrcode', 'zxingcpp', 'PIL'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"


def test_engine_that_is_fast_leaves_the_other_alone() -> None:
    """A link is drawn without an import of qrcode, and with ``engine="qrcode"`` without zxing-cpp."""
    code = "import sys; from liveform.qr import make_qr; make_qr('A', engine={}); print('{}' in sys.modules)"
    for chosen, unused in (("None", "qrcode"), ("'qrcode'", "zxingcpp")):
        command = [sys.executable, "-c", code.format(chosen, unused)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        assert done.stdout.strip() == "False"


def test_zxing_missing_leaves_it_to_qrcode(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra ``fast`` is one."""
    expected = make_qr(LINK)
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    assert make_qr(LINK) == expected


def test_qrcode_missing_leaves_it_to_zxing(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for what only qrcode draws."""
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
    """By name, with its extra."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError, match=rf"{engine}: is not installed; .* liveform\[{extra}\]"):
        make_qr(LINK, engine=engine)


@pytest.mark.parametrize("engine", ["", "zxing", "segno", 1, ["qrcode"], {}])
def test_engine_unknown_is_refused(engine: Any) -> None:
    """There are two."""
    with pytest.raises(ConfigError, match="engine: must be one of qrcode, zxing-cpp"):
        make_qr(LINK, engine=engine)


def other_zxing(monkeypatch: pytest.MonkeyPatch, create: Any) -> None:
    """Another release, or another module of this name."""
    fake = SimpleNamespace(create_barcode=create, BarcodeFormat=zxingcpp.BarcodeFormat)
    monkeypatch.setitem(sys.modules, "zxingcpp", fake)


@pytest.mark.parametrize("mask", range(8))
def test_zxing_of_another_mask_gives_the_same(mask: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that knows no ``data_mask`` chooses one."""
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
    """A release that knows no such option."""
    create = zxingcpp.create_barcode
    expected = make_qr(LINK, engine="qrcode")
    other_zxing(monkeypatch, lambda text, kind, **options: create(text, kind, **(options | changed)))
    assert draw(planned(LINK), LINK) is None
    assert make_qr(LINK) == expected


@pytest.mark.parametrize("other", ["https://shop.example.com/r/K7Q2M9", LINK + "A"])
def test_zxing_of_other_segments_is_not_used(other: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another mode, or another count."""
    create = zxingcpp.create_barcode
    other_zxing(monkeypatch, lambda text, kind, **options: create(other, kind, **options))
    assert draw(planned(LINK), LINK) is None


@pytest.mark.parametrize("error", [TypeError, ValueError, AttributeError, RuntimeError, IndexError])
def test_zxing_that_fails_is_not_used(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a release does not like."""

    def fail(*arguments: Any, **options: Any) -> None:
        raise error

    expected = make_qr(LINK, engine="qrcode")
    other_zxing(monkeypatch, fail)
    assert make_qr(LINK) == expected


def test_zxing_that_draws_grey_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules are dark or light."""
    image = bytes([127]) * 29 * 29
    barcode = SimpleNamespace(to_image=lambda **options: image)
    other_zxing(monkeypatch, lambda text, kind, **options: barcode)
    assert draw(planned(LINK), LINK) is None
