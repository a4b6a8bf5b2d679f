"""These tests draw the QR codes and posters of links, and read them with another decoder."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
import resvg_py
import zxingcpp
from babel.dates import get_timezone_name
from PIL import Image
from sites import OTHER_KEY, TOKEN

from liveform.qr import make_qr
from webhelper.links.signing.link_tokens import LinkTokens
from webhelper.visitor.qr import PRESETS, _png, _svg

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from sites import Clock

    from liveform.qr import Level, QrCode
    from webhelper.services import Services

NAMES = ["screen", "print", "poster"]
SVG = "{http://www.w3.org/2000/svg}"
QUIET_ZONE = 4
MIMETYPES = {"svg": "image/svg+xml", "png": "image/png"}
SEOUL: Final = ZoneInfo("Asia/Seoul")
# CLDR has renamed it once: what this version says.
KOREAN_TIME: Final = get_timezone_name(datetime(2026, 5, 1, tzinfo=SEOUL), locale="ko")


@pytest.fixture
def link(make_link: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """Return a link of one use."""
    return make_link()


def picture(png: bytes) -> Image.Image:
    """Return the image of a PNG file, fully loaded."""
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def code_in(image: Image.Image) -> zxingcpp.Barcode:
    """Return the one QR code that zxing-cpp finds in an image."""
    (found,) = zxingcpp.read_barcodes(image.convert("L"), zxingcpp.barcode_formats_from_str("QRCode"))
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    return found


def rendered(svg: str) -> Image.Image:
    """Return an SVG as resvg draws it, 600 pixels wide."""
    return Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=600))))


def test_there_are_three_presets() -> None:
    """The presets are screen, print and poster, in that order."""
    assert list(PRESETS) == NAMES


@pytest.mark.parametrize("damage", ["{}.", "{})", "{}%20", "%20{}", "({}", "{}에서", "%C2%AD{}"])
def test_text_around_a_token_does_not_matter_to_its_codes(
    client: FlaskClient, link: dict[str, Any], damage: str
) -> None:
    """QR codes and poster are those of the link, whatever a mailer put around its token."""
    token = link["path"].removeprefix("/r/")
    path = f"/r/{damage.format(token)}"
    for file in ("qr.svg", "qr.png"):
        assert client.get(f"{path}/{file}").data == client.get(f"{link['path']}/{file}").data
    assert client.get(f"{path}/poster").data == client.get(f"{link['path']}/poster").data


@pytest.mark.parametrize("damage", ["{}A", "{}=", "{}=3D", "", "."])
def test_changed_token_has_no_codes(client: FlaskClient, link: dict[str, Any], damage: str) -> None:
    """A token with a letter, a digit or a "=" more has neither codes nor a poster."""
    token = link["path"].removeprefix("/r/")
    for file in ("qr.svg", "qr.png", "poster"):
        assert client.get(f"/r/{damage.format(token)}/{file}").status_code == 404


@pytest.mark.parametrize("preset", NAMES)
@pytest.mark.parametrize("file", ["qr.png", "qr.svg"])
def test_code_is_read_back_as_the_link(  # L3
    client: FlaskClient, link: dict[str, Any], file: str, preset: str
) -> None:
    """A QR code of either format holds the link's URL as it is, at the preset's error correction level."""
    answer = client.get(f"{link['path']}/{file}?preset={preset}")
    kind = {"qr.png": "image/png", "qr.svg": "image/svg+xml"}[file]
    assert (answer.status_code, answer.mimetype) == (200, kind)
    found = code_in(picture(answer.data) if file == "qr.png" else rendered(answer.text))
    assert found.text == link["url"]
    assert re.fullmatch(r"https://shop\.example\.com/r/[A-Z2-7]{30}", found.text)
    assert found.ec_level == PRESETS[preset].level


def test_what_is_scanned_opens_the_link(client: FlaskClient, link: dict[str, Any]) -> None:
    """The text of a scanned QR code opens the link as it is."""
    found = code_in(picture(client.get(f"{link['path']}/qr.png").data))
    path = found.text.removeprefix("https://shop.example.com")
    assert path.startswith("/r/")
    assert client.post(path).status_code == 303


def test_code_that_was_printed_in_capitals_opens_the_link(  # L3
    client: FlaskClient, make_link: Callable[..., dict[str, Any]]
) -> None:
    """A poster of an earlier version, all in capitals, opens its link: reusable ones at once."""
    for max_uses, status in ((1, 200), (None, 302)):
        path = make_link(max_uses=max_uses)["url"].upper().removeprefix("HTTPS://SHOP.EXAMPLE.COM")
        assert path.startswith("/R/")
        assert client.get(path).status_code == status


@pytest.mark.parametrize("host", ["id.shops-example.com", "id.the-many-shops-example.com"])
def test_link_of_a_usual_host_fits_version_4_at_level_m(
    make_app: Callable[..., Flask],
    api_of: Callable[..., FlaskClient],
    make_link: Callable[..., dict[str, Any]],
    host: str,
) -> None:
    """The poster of a host of up to 29 characters has 33 modules a side (version 4)."""
    program = api_of(make_app(BASE_URL=f"https://{host}"))
    svg = ElementTree.fromstring(program.get(f"{make_link(program)['path']}/qr.svg?preset=poster").text)
    assert svg.get("viewBox") == f"0 0 {33 + 2 * QUIET_ZONE} {33 + 2 * QUIET_ZONE}"


@pytest.mark.parametrize("preset", NAMES)
def test_png_has_modules_of_whole_pixels_and_a_quiet_zone(
    client: FlaskClient, link: dict[str, Any], preset: str
) -> None:
    """A PNG has modules of whole pixels and a quiet zone of four (ISO/IEC 18004 section 6.3.8)."""
    image = picture(client.get(f"{link['path']}/qr.png?preset={preset}").data).convert("L")
    side = PRESETS[preset].module_pixels
    modules, rest = divmod(image.width, side)
    assert (image.width, rest) == (image.height, 0)
    assert set(image.tobytes()) == {0, 255}
    small = image.resize((modules, modules), Image.Resampling.NEAREST)
    assert small.resize(image.size, Image.Resampling.NEAREST).tobytes() == image.tobytes()
    inner = (QUIET_ZONE, QUIET_ZONE, modules - QUIET_ZONE, modules - QUIET_ZONE)
    around = small.copy()
    around.paste(255, inner)
    assert set(around.tobytes()) == {255}
    assert small.getpixel((QUIET_ZONE, QUIET_ZONE)) == 0


def test_poster_is_drawn_large_enough_for_print(client: FlaskClient, link: dict[str, Any]) -> None:
    """The poster's PNG is wider than 1,181 pixels, which are 20 cm at 150 dots an inch."""
    assert picture(client.get(f"{link['path']}/qr.png?preset=poster").data).width > 1181


def test_svg_tells_screen_readers_what_it_is(client: FlaskClient, link: dict[str, Any]) -> None:
    """The SVG has the role "img" and a title that names the host and not the token."""
    text = client.get(f"{link['path']}/qr.svg").text
    svg = ElementTree.fromstring(text)
    assert svg.get("role") == "img"
    assert svg.findtext(f"{SVG}title") == "QR code: shop.example.com"
    assert link["path"].removeprefix("/r/") not in text


def test_svg_is_compact_and_holds_nothing_active(client: FlaskClient, link: dict[str, Any]) -> None:
    """The SVG consists of a title and two paths, in fewer than 8,000 bytes."""
    answer = client.get(f"{link['path']}/qr.svg")
    svg = ElementTree.fromstring(answer.text)
    assert [child.tag for child in svg] == [f"{SVG}title", f"{SVG}path", f"{SVG}path"]
    assert len(answer.data) < 8000


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_screen_is_the_preset_of_who_names_none(client: FlaskClient, link: dict[str, Any], kind: str) -> None:
    """An image without a preset is the same as with the preset "screen"."""
    plain = client.get(f"{link['path']}/qr.{kind}")
    assert plain.data == client.get(f"{link['path']}/qr.{kind}?preset=screen").data


@pytest.mark.parametrize("kind", ["svg", "png"])
@pytest.mark.parametrize("preset", ["", "SCREEN", "large", "screen,print", "null", "<b>"])
def test_unknown_preset_is_refused(client: FlaskClient, link: dict[str, Any], kind: str, preset: str) -> None:
    """An unknown preset answers 422 that caches must not keep, and JSON names the field."""
    url = f"{link['path']}/qr.{kind}"
    answer = client.get(url, query_string={"preset": preset})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (422, "no-store")
    assert "<b>" not in answer.text
    answer = client.get(url, query_string={"preset": preset}, headers={"Accept": "application/json"})
    assert answer.get_json()["error"]["field"] == "preset"


@pytest.mark.parametrize("kind", ["svg", "png"])
@pytest.mark.parametrize(
    "query",
    [
        "size=1000",
        "level=H",
        "border=0",
        "color=red",
        "title=x",
        "lang=ko",
        "preset=screen&preset=poster",
        "a=b",
    ],
)
def test_no_option_but_the_preset_changes_the_image(
    client: FlaskClient, link: dict[str, Any], kind: str, query: str
) -> None:
    """Only ``preset`` changes the image; other parameters and the language do not."""
    url = f"{link['path']}/qr.{kind}"
    answer = client.get(f"{url}?{query}", headers={"Accept-Language": "ko"})
    assert answer.data == client.get(url).data
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_image_is_kept_by_browsers_for_long_and_by_nobody_else(
    client: FlaskClient, link: dict[str, Any], kind: str
) -> None:
    """A browser may keep the image for a year, and shared caches may not keep it."""
    answer = client.get(f"{link['path']}/qr.{kind}")
    assert set(answer.headers["Cache-Control"].split(", ")) == {"private", "max-age=31536000", "immutable"}


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_image_that_the_browser_has_is_not_sent_again(
    client: FlaskClient, link: dict[str, Any], kind: str
) -> None:
    """A request with the image's ETag answers 304 without a body; each preset has its own ETag."""
    url = f"{link['path']}/qr.{kind}"
    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "immutable" in again.headers["Cache-Control"]
    assert client.get(url, headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.get(f"{url}?preset=print").headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_image_is_the_same_for_every_case_of_the_token(
    client: FlaskClient, link: dict[str, Any], kind: str
) -> None:
    """The image is the same for every case of the path."""
    paths = (link["path"], link["path"].lower(), link["path"].upper(), link["path"].replace("/r/", "/R/"))
    assert len({client.get(f"{path}/qr.{kind}").headers["ETag"] for path in paths}) == 1


@pytest.mark.parametrize("what", ["qr.svg", "qr.png", "poster"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_forged_token_is_404(
    client: FlaskClient, link: dict[str, Any], services: Services, what: str, method: str
) -> None:
    """A forged token answers 404 for images and posters, so that nobody can have other texts drawn."""
    payload = services.links.authenticate(link["path"].removeprefix("/r/"))
    changed = link["path"][3:-1] + ("B" if link["path"].endswith("A") else "A")
    for token in ("x", "A" * 30, changed, LinkTokens([OTHER_KEY]).sign(payload)):
        answer = client.open(f"/r/{token}/{what}", method=method)
        assert answer.status_code == 404
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_image_is_drawn_once_for_each_link_and_preset(
    client: FlaskClient,
    make_link: Callable[..., dict[str, Any]],
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An image is drawn once for each link and preset, and comes from the cache after that."""
    drawn: list[tuple[str, str]] = []

    def drawing(text: str, *, level: Level) -> QrCode:
        drawn.append((text, level))
        return make_qr(text, level=level)

    monkeypatch.setattr("webhelper.visitor.qr.make_qr", drawing)
    one, other = make_link(), make_link()
    asked = [(link, preset) for link in (one, other) for preset in ("screen", "print")] * 2
    images = [client.get(f"{link['path']}/qr.{kind}?preset={preset}").data for link, preset in asked]
    assert drawn == [(link["url"], PRESETS[preset].level) for link, preset in asked[:4]]
    assert images[:4] == images[4:]
    assert len(set(images)) == 4


def test_images_that_are_kept_are_limited() -> None:
    """A process keeps at most 512 SVGs and 128 PNGs."""
    assert (_svg.cache_parameters()["maxsize"], _png.cache_parameters()["maxsize"]) == (512, 128)


@pytest.mark.parametrize("what", ["qr.svg", "qr.png", "poster"])
def test_drawing_is_not_a_opening(
    client: FlaskClient, api: FlaskClient, link: dict[str, Any], what: str
) -> None:
    """Drawing a QR code or a poster counts no use of the link."""
    client.get(f"{link['path']}/{what}")
    assert api.get(f"/api/links/{link['id']}").get_json()["uses"] == 0


@pytest.mark.parametrize("what", ["qr.gif", "qr", "qr.svg/x", "QR.PNG"])
def test_other_names_are_404(client: FlaskClient, link: dict[str, Any], what: str) -> None:
    """An image of another name, such as ``qr.gif`` or ``QR.PNG``, answers 404."""
    assert client.get(f"{link['path']}/{what}").status_code == 404


def test_code_names_this_site_whatever_host_asks(client: FlaskClient, link: dict[str, Any]) -> None:
    """The QR code holds BASE_URL, whatever Host header a request sends."""
    answer = client.get(f"{link['path']}/qr.png", headers={"Host": "evil.example.com"})
    assert code_in(picture(answer.data)).text == link["url"]


def test_poster_shows_code_host_and_last_day(client: FlaskClient, link: dict[str, Any]) -> None:
    """The poster shows the QR code, the host, and when the link ends: day, hour and time zone."""
    answer = client.get(f"{link['path']}/poster")
    assert answer.status_code == 200
    assert f'src="{link["path"]}/qr.svg?preset=poster"'.lower() in answer.text.lower()
    assert '<p class="host">shop.example.com</p>' in answer.text
    assert "Valid until January 15, 2027, 08:15" in answer.text
    assert "(Coordinated Universal Time)" in answer.text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Valid until January 15, 2027, 17:15 (Korean Standard Time)"),
        ("ko", f"2027년 1월 15일 17:15 ({KOREAN_TIME})"),
    ],
)
def test_poster_gives_the_time_of_the_site(  # C6
    make_app: Callable[..., Flask], link: dict[str, Any], language: str, text: str
) -> None:
    """With TIME_ZONE, a poster says in that zone when it ends."""
    client = make_app(TIME_ZONE="Asia/Seoul").test_client()
    assert text in client.get(f"{link['path']}/poster?lang={language}").text


@pytest.mark.parametrize(("state", "language"), [("revoked", "en"), ("used_up", "ko"), ("expired", "en")])
def test_link_that_does_not_open_has_no_poster(  # C6
    app: Flask,
    api: FlaskClient,
    clock: Clock,
    make_link: Callable[..., dict[str, Any]],
    state: str,
    language: str,
) -> None:
    """The poster of a link that was revoked, used or has expired is refused, with a way on for staff."""
    link = make_link()
    if state == "revoked":
        api.delete(f"/api/links/{link['id']}")
    elif state == "used_up":
        app.test_client().post(link["path"])
    else:
        clock.advance(900)
    staff = app.test_client()
    staff.post("/sign-in", data={"token": TOKEN})
    answer = staff.get(f"{link['path']}/poster?lang={language}")
    assert answer.status_code == 410
    assert "<img" not in answer.text.partition("<main")[2]
    assert 'href="/"' in answer.text
    program = staff.get(f"{link['path']}/poster", headers={"Accept": "application/json"})
    assert program.get_json()["error"]["code"] == state


@pytest.mark.parametrize(
    ("changes", "stamps"),
    [
        ({}, ["This code works once.", "This code works for less than a day."]),
        ({"max_uses": 30, "expires_in": 86_400}, ["This code works 30 times."]),
        ({"max_uses": None, "expires_in": 86_399}, ["This code works for less than a day."]),
        ({"max_uses": None, "expires_in": 86_400}, []),
    ],
)
def test_poster_that_few_can_use_is_stamped(  # C6
    client: FlaskClient, make_link: Callable[..., dict[str, Any]], changes: dict[str, Any], stamps: list[str]
) -> None:
    """A poster of a link for some uses, or for less than a day, says so in print."""
    page = client.get(f"{make_link(**changes)['path']}/poster").text
    assert page.count('<p class="stamp">') == bool(stamps)
    assert all(stamp in page for stamp in stamps)
    assert page.count("This code works") == len(stamps)


def test_poster_of_a_link_that_is_not_there_is_404(client: FlaskClient, services: Services) -> None:
    """The poster of a deleted link answers 404."""
    assert client.get(f"/r/{services.links._tokens.sign(bytes(10))}/poster").status_code == 404


def test_sealed_link_of_the_longest_order_can_be_drawn(
    make_app: Callable[..., Flask],
    api_of: Callable[..., FlaskClient],
    make_link: Callable[..., dict[str, Any]],
) -> None:
    """A link of 1,900 characters, from a site without a store, is readable in every preset."""
    program = api_of(make_app(STORE="sealed:"))
    link = make_link(program, max_uses=None, fields={"cf1": "x" * 1100})
    assert len(link["path"]) > 1900
    for preset in NAMES:
        image = picture(program.get(f"{link['path']}/qr.png?preset={preset}").data)
        assert code_in(image).text == link["url"]
