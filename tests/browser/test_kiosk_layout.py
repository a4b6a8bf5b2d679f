"""Tests that the kiosk's code stays where it is, and can be read, whatever else is on the screen."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest
from pages import scan
from playwright.sync_api import expect
from visitors import open_kiosk

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page, Route
    from servers import DemoServer

    NewContext = Callable[..., BrowserContext]

SIZES: Final = [(1024, 600), (1024, 768), (1180, 820), (820, 1180), (1080, 1920), (1920, 1080)]
MAX_CARDS: Final = 3


class Counter:
    """A kiosk of which the test says how many customers are at the counter."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.route("**/kiosk/state?*", self._answer)
        # No card leaves and no state is asked again while a test looks: a page asks once, when it is loaded.
        page.clock.install()
        page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=5))

    def bring(self, count: int) -> None:
        """Let so many customers be at the counter, as a kiosk that is loaded again knows them."""
        expect(self.page.locator("#cover")).to_be_hidden()
        kept = json.loads(self.page.evaluate("sessionStorage.getItem('kiosk')"))
        kept["opened"] = [[f"CUSTOMER{number}", number] for number in range(1, count + 1)]
        self.page.evaluate("kept => sessionStorage.setItem('kiosk', JSON.stringify(kept))", kept)
        self.page.reload()
        expect(self.page.locator("#cover")).to_be_hidden()
        expect(self.page.locator(".customer")).to_have_count(count)
        self.page.wait_for_timeout(400)  # the cards have come down

    def _answer(self, route: Route) -> None:
        ids = [value for _, value in parse_qsl(urlsplit(route.request.url).query)]
        stages = ("opened", "returned", "confirmed")
        links: list[dict[str, Any]] = [
            {"id": one, "state": "active", "uses": 0, "stage": "waiting", "number": 1}
            if not one.startswith("CUSTOMER")
            else {
                "id": one,
                "state": "used_up",
                "uses": 1,
                "stage": stages[int(one[8:]) % 3],
                "number": int(one[8:]),
            }
            for one in ids
        ]
        route.fulfill(json={"links": links})

    def place(self) -> dict[str, float]:
        """Return where the code is, and how large."""
        box = self.page.locator("#code").bounding_box()
        assert box is not None
        return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}


@pytest.fixture
def counter(demo: DemoServer, new_context: NewContext) -> Counter:
    """Return a kiosk whose customers the test brings."""
    page = new_context("tablet").new_page()
    open_kiosk(page, demo, "store_17")
    return Counter(page)


def test_code_neither_moves_nor_shrinks_nor_leaves_the_screen(counter: Counter) -> None:  # K1
    """At six sizes and with 0 to 12 customers, the code is at one place, on the screen, and can be read."""
    places: dict[tuple[int, int], dict[str, float]] = {}
    token = (counter.page.locator("#code").get_attribute("src") or "").split("/")[2]
    for count in range(13):
        counter.bring(count)
        for width, height in SIZES:
            counter.page.set_viewport_size({"width": width, "height": height})
            place = counter.place()
            assert place == places.setdefault((width, height), place), (count, width, height)
            assert place["x"] >= 0
            assert place["y"] >= 0
            assert place["x"] + place["width"] <= width
            assert place["y"] + place["height"] <= height
            assert scan(counter.page).upper().endswith(f"/R/{token}".upper())


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_newest_customers_are_on_top_and_the_others_are_counted(  # K1
    counter: Counter, width: int, height: int
) -> None:
    """A few cards are shown, the newest first and wholly; the others are a number."""
    counter.page.set_viewport_size({"width": width, "height": height})
    for count in (0, 1, MAX_CARDS, 12):
        counter.bring(count)
        cards = counter.page.locator(".customer:visible")
        shown = cards.locator("[data-number]").all_text_contents()
        assert shown == [str(number) for number in range(count, count - len(shown), -1)]
        assert min(count, 1) <= len(shown) <= MAX_CARDS
        rest = counter.page.locator("#more")
        assert (rest.inner_text() if rest.is_visible() else "+0") == f"+{count - len(shown)}"
        for box in (card.bounding_box() for card in cards.all()):
            assert box is not None
            assert box["x"] >= 0
            assert box["y"] >= 0
            assert box["x"] + box["width"] <= width
            assert box["y"] + box["height"] <= height
        assert counter.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert counter.page.evaluate("document.documentElement.scrollHeight <= innerHeight")


@pytest.mark.parametrize(("width", "height"), [*SIZES, (768, 1024)])
def test_lost_network_is_said_beside_everything_else(counter: Counter, width: int, height: int) -> None:
    """The message about the network covers neither the code nor its countdown nor a customer's card."""
    counter.page.set_viewport_size({"width": width, "height": height})
    counter.bring(12)
    counter.page.evaluate("document.getElementById('connection').hidden = false")
    message = counter.page.locator("#connection").bounding_box()
    assert message is not None
    for below in (".kiosk-qr", ".countdown", ".kiosk-text h1", ".customers"):
        box = counter.page.locator(below).bounding_box()
        assert box is not None
        assert box["y"] >= message["y"] + message["height"], below


@pytest.mark.parametrize(
    ("width", "height"), [(820, 1180), (1080, 1920), (800, 1280), (768, 1024), (390, 844)]
)
def test_code_of_a_portrait_screen_is_as_large_as_its_width_allows(  # K2
    counter: Counter, width: int, height: int
) -> None:
    """Upright, the code takes the width of the screen but for its margin; at 3:4, room for one card too."""
    counter.page.set_viewport_size({"width": width, "height": height})
    counter.bring(2)
    assert counter.place()["width"] >= (0.84 if height * 3 < width * 4.1 else 0.88) * width
    assert counter.page.locator(".customer:visible").count() >= 1


@pytest.mark.parametrize(("width", "height"), [(1024, 600), (1024, 768), (1180, 820), (1920, 1080)])
def test_code_of_a_landscape_screen_takes_half_of_it(counter: Counter, width: int, height: int) -> None:
    """Across, the code takes seven tenths of the height, or half of the width."""
    counter.page.set_viewport_size({"width": width, "height": height})
    assert counter.place()["width"] >= min(0.7 * height, 0.49 * width)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("width", "height"), [(1024, 600), (820, 1180)])
def test_code_can_be_read_at_twice_the_text_size(
    demo: DemoServer, counter: Counter, language: str, width: int, height: int
) -> None:
    """With text of 200 %, the code is on the screen and can be read; the rest can be scrolled."""
    counter.page.goto(f"{demo.base_url}/kiosk?lang={language}")
    counter.page.set_viewport_size({"width": width, "height": height})
    counter.bring(12)
    counter.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert scan(counter.page)
    assert counter.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("width", "height"), [(1024, 600), (820, 1180), (390, 844)])
def test_lines_of_a_kiosk_are_whole_at_twice_the_text_size(
    demo: DemoServer, counter: Counter, language: str, width: int, height: int
) -> None:
    """With text of 200 %, neither the heading nor the time until the next code is cut off."""
    page = counter.page
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{demo.base_url}/kiosk?lang={language}")
    counter.bring(0)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for line, around in (("h1", ".kiosk-stage"), ("#countdown", ".countdown")):
        inner, outer = page.locator(line).bounding_box(), page.locator(around).bounding_box()
        assert inner is not None
        assert outer is not None
        assert outer["x"] <= inner["x"] + 1
        assert outer["y"] <= inner["y"] + 1
        assert inner["x"] + inner["width"] <= outer["x"] + outer["width"] + 1
        assert inner["y"] + inner["height"] <= outer["y"] + outer["height"] + 1
