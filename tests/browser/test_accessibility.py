"""Tests that axe-core finds no fault on the pages, in English and Korean, on two screens, light and dark."""

from collections.abc import Callable, Iterable

import pytest
from local_sites import LocalSite
from pages import SCREENS, violations_by_scheme
from playwright.sync_api import BrowserContext, Page, expect
from servers import DemoServer
from visitors import create_link, open_kiosk, sign_in, start

from webhelper.links.outcomes import Result

NewContext = Callable[..., BrowserContext]


@pytest.fixture
def looker(new_context: NewContext) -> Page:
    """Return the page of a browser."""
    return new_context().new_page()


def check(page: Page, sizes: Iterable[str] = ("phone", "desktop")) -> None:
    """Fail if axe-core finds a violation, or if the page is wider than the window, in light and in dark."""
    page.wait_for_load_state()
    for size in sizes:
        page.set_viewport_size(SCREENS[size])
        assert violations_by_scheme(page) == {}, size
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size


@pytest.mark.parametrize("language", ["en", "ko"])
def test_pages_of_a_customer(demo: DemoServer, looker: Page, language: str) -> None:
    """The pages of a link, an unknown link, the form, the result and a poster pass the check."""
    url = create_link(demo)["url"]
    looker.goto(f"{url}?lang={language}")
    looker.locator("details summary").click()
    check(looker)
    looker.goto(f"{url[:-2]}?lang={language}")
    check(looker)
    looker.goto(url)
    looker.locator("main button").click()
    looker.wait_for_url("**/simulator/**")
    check(looker)
    looker.locator("main button").first.click()
    looker.wait_for_url("**/result/**")
    check(looker)
    looker.goto(f"{url}/poster")
    check(looker)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_result_page_in_all_its_states(site: LocalSite, looker: Page, language: str) -> None:
    """The result page passes the check when it waits, when a review is confirmed, and at the end."""
    looker.clock.install()
    for button, results in ((0, (Result.APPROVED,)), (1, (Result.PENDING, Result.REJECTED))):
        link = create_link(site)
        looker.goto(f"{link['url']}?lang={language}")
        looker.locator("main button").click()
        looker.wait_for_url("**/simulator/**")
        looker.locator("main button").nth(button).click()
        looker.wait_for_url("**/result/**")
        check(looker)
        for result in results:
            site.confirm(link["id"], result)
            looker.clock.fast_forward(61_000)
            expect(looker.locator(f'[data-level="confirmed"][data-status="{result}"]')).to_be_visible()
            check(looker)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_desktop_example_in_all_its_states(
    site: LocalSite, desktop: str, looker: Page, new_context: NewContext, language: str
) -> None:
    """The desktop example passes the check from the code to the welcome."""
    looker.clock.install()
    looker.goto(f"{desktop}/?lang={language}")
    check(looker)
    looker.locator("main button").click()
    wait = looker.locator("liveform-wait")
    expect(wait).to_have_attribute("data-stage", "waiting")
    check(looker)
    url = looker.locator("liveform-qr a").get_attribute("href") or ""
    phone = new_context("phone").new_page()
    start(phone, url)
    looker.clock.fast_forward(6_000)
    expect(wait).to_have_attribute("data-stage", "opened")
    check(looker)
    phone.locator("main button").first.click()
    phone.wait_for_url("**/result/**")
    looker.clock.fast_forward(6_000)
    expect(wait).to_have_attribute("data-stage", "returned")
    check(looker)
    site.confirm(url.rpartition("/")[2][:16].upper(), Result.APPROVED)
    looker.clock.fast_forward(6_000)
    expect(wait).to_have_attribute("data-stage", "confirmed")
    check(looker)
    looker.locator("#go-on button").click()
    looker.wait_for_url("**/welcome*")  # an element that is gone would also be gone between two pages
    check(looker)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_pages_of_the_staff(demo: DemoServer, looker: Page, language: str) -> None:
    """Sign-in, list, an empty answer, an error, the form with and without faults, and a link pass."""
    create_link(demo, label="a label")
    looker.goto(demo.base_url)
    check(looker)
    sign_in(looker, demo)
    for path in ("/?x=1", "/?search=nothing", "/links/AAAA?x=1", "/sign-ins?x=1", "/links/new?x=1"):
        looker.goto(f"{demo.base_url}{path}&lang={language}")
        check(looker)
    looker.evaluate("document.querySelectorAll('details').forEach((group) => { group.open = true; })")
    check(looker)
    looker.locator("#email").fill("nobody")
    looker.locator("#allowedCountries").fill("kr")
    looker.locator("#new-link .actions button").click()
    expect(looker.locator("#email")).to_be_focused()
    check(looker)
    looker.goto(f"{demo.base_url}/?lang=en")
    looker.get_by_role("link", name="a label").first.click()
    looker.wait_for_url("**/links/*")
    check(looker)
    looker.get_by_role("button", name="Revoke").click()
    check(looker)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_sandbox_of_the_simulator(demo: DemoServer, looker: Page, language: str) -> None:
    """The sandbox passes the check with submissions, a request and an event, closed and open."""
    for button in ("Approve", "Pending"):
        start(looker, create_link(demo)["url"])
        looker.get_by_role("button", name=button).click()
        looker.wait_for_url("**/result/**")
    looker.goto(f"{demo.base_url}/simulator/v3/submission?page=<b>")
    looker.goto(f"{demo.base_url}/simulator/inbox?lang={language}")
    expect(looker.locator(".submissions li").first).to_be_visible()
    check(looker)
    looker.evaluate("document.querySelectorAll('details').forEach((entry) => { entry.open = true; })")
    check(looker)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_outcomes_and_webhooks(demo: DemoServer, looker: Page, language: str) -> None:
    """The list, the page of a link with its history, and the webhooks pass the check."""
    link = create_link(demo, label="with a history")
    start(looker, link["url"])
    looker.get_by_role("button", name="Reject").click()
    looker.wait_for_url("**/result/**")
    sign_in(looker, demo)
    looker.goto(f"{demo.base_url}/links/{link['id']}?lang={language}")
    check(looker)
    expect(looker.locator(".history li[data-source=webhook]")).to_have_count(1)
    check(looker)
    for path in ("/?x=1", "/webhooks?x=1", "/webhooks?state=failed", "/webhooks/events/1?body=1"):
        looker.goto(f"{demo.base_url}{path}&lang={language}")
        check(looker)


def test_kiosk_with_a_customer(site: LocalSite, new_context: NewContext) -> None:
    """The kiosk passes the check while it shows the card of a customer, however far the customer is."""
    tablet = new_context("tablet").new_page()
    open_kiosk(tablet, site, "store_17")
    phone = new_context("phone").new_page()
    url = _link_on(tablet, site)
    start(phone, url)
    card = tablet.locator(".customer")
    for stage in ("opened", "returned", "confirmed"):
        expect(card).to_have_attribute("data-stage", stage)
        tablet.wait_for_timeout(500)  # the card has risen
        check(tablet, ["tablet"])
        if stage == "opened":
            phone.get_by_role("button", name="Reject").click()
        elif stage == "returned":
            site.confirm(url.rpartition("/")[2][:16].upper(), Result.REJECTED)


def _link_on(tablet: Page, site: LocalSite) -> str:
    source = tablet.locator("#code").get_attribute("src") or ""
    return site.base_url + source.removesuffix("/qr.svg")


def test_link_opens_by_keyboard_alone(demo: DemoServer, page: Page) -> None:
    """One Tab focuses the Start button of a link, and Enter opens the form."""
    page.goto(create_link(demo)["url"])
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Start")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Identity check")).to_be_visible()
