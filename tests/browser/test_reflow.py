"""Tests that every page can be read with large text and on narrow screens, without scrolling sideways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import expect
from visitors import become_kiosk, create_link, sign_in, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Page
    from servers import DemoServer

    NewContext = Callable[..., BrowserContext]

# A phone with text of 200 % (WCAG 1.4.4), and a desktop of 1280 by 1024 with zoom 400 % (WCAG 1.4.10).
WAYS: Final = {"text 200 %": (390, 844, "200%"), "zoom 400 %": (320, 256, "100%")}
# Parts of a visit's history that overlap.
COVERED: Final = """() => [...document.querySelectorAll(".history li")].flatMap((line) => {
    const elements = [...line.querySelectorAll(".badge, .source, time")];
    const parts = elements.map((one) => [one, one.getBoundingClientRect()]);
    return parts.flatMap(([one, a], place) => parts.slice(place + 1).filter(([two, b]) =>
        !one.contains(two) && !two.contains(one)
        && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1
    ).map(([two]) => `${one.textContent} ${two.textContent}`));
})"""
LONG_NAME: Final = "one_name_without_any_space_that_is_longer_than_a_phone_is_wide_and_goes_on"
# What is wider than the window, but for what scrolls by itself or is hidden.
TOO_WIDE: Final = """() => [...document.querySelectorAll("body *")].filter((element) => {
    const { right, width } = element.getBoundingClientRect();
    const isHidden = getComputedStyle(element).position === "absolute";
    return width > 0 && right > innerWidth + 1 && !isHidden && !element.closest("pre, .visually-hidden");
}).map((element) => `${element.tagName}.${element.getAttribute("class")}`)"""
# Names in lists that have no place for a word.
TOO_NARROW: Final = """() => [...document.querySelectorAll(".links .name")].filter((element) => {
    const { width } = element.getBoundingClientRect();
    return width < 6 * parseFloat(getComputedStyle(element).fontSize);
}).map((element) => element.textContent)"""


def check(page: Page) -> None:
    """Fail if the page scrolls sideways, cuts something off, or breaks names to pieces, in either way."""
    page.wait_for_load_state()
    page.evaluate("document.querySelectorAll('details').forEach((group) => { group.open = true; })")
    for way, (width, height, size) in WAYS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
        assert page.evaluate(TOO_WIDE) == [], way
        assert page.evaluate(TOO_NARROW) == [], way
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), way
    page.evaluate("document.documentElement.style.fontSize = ''")


@pytest.fixture(params=["en", "ko"])
def language(request: pytest.FixtureRequest) -> str:
    """Return the language of the pages, each in turn."""
    return str(request.param)


@pytest.fixture
def phone(new_context: NewContext) -> Page:
    """Return the page of a phone."""
    return new_context("phone").new_page()


def test_pages_of_a_customer_wrap(demo: DemoServer, phone: Page, language: str) -> None:
    """The pages of a link, open, used and unknown, the form, the result and the posters wrap."""
    link, poster = create_link(demo), create_link(demo, max_uses=None, expires_in=7 * 86_400)
    for path in ("", "/poster"):
        phone.goto(f"{link['url']}{path}?lang={language}")
        check(phone)
    for url in (f"{poster['url']}/poster", f"{link['url'][:-2]}", f"{demo.base_url}/nothing"):
        phone.goto(f"{url}?lang={language}")
        check(phone)
    phone.goto(f"{link['url']}?lang={language}")
    phone.locator("main button").click()
    phone.wait_for_url("**/simulator/**")
    check(phone)
    phone.locator("main button").first.click()
    phone.wait_for_url("**/result/**")
    check(phone)
    phone.goto(link["url"])
    check(phone)


def pages_of_staff(link: str, revoked: str) -> Iterator[str]:
    """Yield the paths of the console's pages, each with a query."""
    yield from (
        "/?x=1",
        "/?search=nothing",
        "/links/new?x=1",
        f"/links/{link}?created=1",
        f"/links/{revoked}?x=1",
    )
    yield from (
        "/sign-ins?x=1",
        "/webhooks?x=1",
        "/webhooks?state=failed",
        "/webhooks/events/1?body=1",
        "/links/AAAA?x=1",
    )


def test_pages_of_the_staff_wrap(  # C8
    demo: DemoServer, phone: Page, new_context: NewContext, language: str
) -> None:
    """Sign-in, list, forms, errors, a link with its visits and the webhooks wrap, whatever is in them."""
    link = create_link(demo, label=LONG_NAME)
    revoked = create_link(demo, label="a label of several words that is as long as they may be" + " and" * 11)
    customer = new_context("phone").new_page()
    start(customer, link["url"])
    customer.get_by_role("button", name="Reject").click()
    customer.wait_for_url("**/result/**")
    phone.goto(f"{demo.base_url}/sign-in?lang={language}")
    check(phone)
    phone.goto(f"{demo.base_url}/sign-in?lang=en")
    sign_in(phone, demo)
    phone.goto(f"{demo.base_url}/links/{link['id']}")
    expect(phone.locator(".history li[data-source=webhook]")).to_have_count(1)
    for path in pages_of_staff(link["id"], revoked["id"]):
        phone.goto(f"{demo.base_url}{path}&lang={language}")
        check(phone)
    phone.goto(f"{demo.base_url}/links/new")
    phone.locator("#next").fill(f"https://{LONG_NAME}.example.com/")
    phone.locator("#unique_userid").fill("a b")
    phone.locator("#new-link .actions button").click()
    expect(phone.locator("#next-error")).to_be_visible()
    check(phone)


def test_history_of_a_visit_has_room_on_a_tablet(
    demo: DemoServer, new_context: NewContext, language: str
) -> None:
    """Held upright, no part of a visit's history covers another one, and “Sign out” is in the top line."""
    page = new_context("tablet").new_page()
    link = create_link(demo)
    start(page, link["url"])
    page.get_by_role("button", name="Approve").click()
    page.wait_for_url("**/result/**")
    sign_in(page, demo)
    page.goto(f"{demo.base_url}/links/{link['id']}?lang={language}")
    expect(page.locator(".history li[data-source=webhook]")).to_have_count(1)
    for width in (1024, 850, 768):
        page.set_viewport_size({"width": width, "height": 1024})
        assert page.evaluate(COVERED) == [], width
    brand, button = (page.locator(f".console-header {one}").bounding_box() for one in (".brand", "form"))
    assert brand is not None
    assert button is not None
    assert button["y"] < brand["y"] + brand["height"]
    assert button["x"] > 768 / 2


def test_sandbox_wraps(demo: DemoServer, phone: Page, language: str) -> None:
    """The simulator's sandbox wraps, with a submission to decide and its requests and events open."""
    start(phone, create_link(demo)["url"])
    phone.get_by_role("button", name="Pending").click()
    phone.wait_for_url("**/result/**")
    phone.goto(f"{demo.base_url}/simulator/inbox?lang={language}")
    expect(phone.locator(".submissions select").first).to_be_visible()
    expect(phone.locator(".entry").first).to_be_visible()
    check(phone)


def test_kiosk_and_the_page_that_sets_it_up_wrap(demo: DemoServer, phone: Page, language: str) -> None:
    """The page with a tablet's address and the kiosk itself wrap."""
    sign_in(phone, demo)
    phone.get_by_label("Store or counter").fill(LONG_NAME[:60])
    phone.get_by_role("button", name="Show the tablet's address").click()
    expect(phone.get_by_role("link", name="This device is the tablet")).to_be_visible()
    check(phone)
    phone.goto(demo.base_url)
    become_kiosk(phone, LONG_NAME[:60])
    phone.goto(f"{demo.base_url}/kiosk?lang={language}")
    expect(phone.locator("#cover")).to_be_hidden()
    check(phone)
