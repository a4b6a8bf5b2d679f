"""Tests of the kiosk: its codes, its customers, a lost network and a restarted server."""

from collections.abc import Callable

import pytest
from pages import scan, scan_all
from playwright.sync_api import BrowserContext, Locator, Page, expect
from servers import DemoServer
from visitors import call_api, open_kiosk, start

NewContext = Callable[..., BrowserContext]


@pytest.fixture
def tablet(demo: DemoServer, new_context: NewContext) -> Page:
    """Return the page of a tablet that is signed in as a kiosk and shows its first code."""
    page = new_context("tablet").new_page()
    open_kiosk(page, demo, "store_17")
    return page


def code_on(tablet: Page) -> str:
    """Return the text of the code that a phone scans from the tablet."""
    expect(tablet.locator("#cover")).to_be_hidden()
    for _ in range(100):  # until the browser has painted it
        if len(scan_all(tablet)) == 1:
            break
        tablet.wait_for_timeout(100)
    code = scan(tablet)
    expect(image_of(tablet, code)).to_have_count(1)
    return code


def next_code_on(tablet: Page, before: str) -> str:
    """Return the text of the code that replaces ``before``, once its image is visible."""
    expect(image_of(tablet, before)).to_have_count(0)
    return code_on(tablet)


def image_of(tablet: Page, code: str) -> Locator:
    """Return a locator of this code's image, which matches only while it is shown."""
    token = code.rsplit("/", 1)[1]
    return tablet.locator(f"#code[src*='{token}' i]")


def test_customer_scans_and_the_next_code_is_there(
    demo: DemoServer, tablet: Page, new_context: NewContext
) -> None:
    """After a scan the kiosk shows a card and a new code, and then how far the customer is."""
    first = code_on(tablet)
    phone = new_context("phone").new_page()
    start(phone, first)
    card = tablet.locator(".customer")
    expect(card).to_contain_text("Continue on your phone")
    assert next_code_on(tablet, first) != first

    phone.get_by_role("button", name="Approve").click()
    expect(card).to_contain_text("Done on the phone")
    expect(card).to_contain_text("Result received")
    expect(card).to_have_count(0, timeout=20_000)
    link_id = first.rsplit("/", 1)[1][:16]
    link = call_api(demo, "GET", f"/api/links/{link_id}")
    assert (link["created_by"], link["field_names"]) == ("kiosk store_17", ["cf1"])
    assert (link["outcome"]["result"], link["outcome"]["level"]) == ("approved", "confirmed")


@pytest.mark.parametrize("button", ["Approve", "Reject"])
def test_counter_never_tells_how_it_went(tablet: Page, new_context: NewContext, button: str) -> None:
    """The card of a rejected customer goes through the same words, colours and signs as an approved one."""
    phone = new_context("phone").new_page()
    start(phone, code_on(tablet))
    card = tablet.locator(".customer")
    expect(card).to_have_attribute("data-stage", "opened")
    phone.get_by_role("button", name=button).click()
    expect(card).to_have_attribute("data-stage", "returned")
    expect(card).to_have_attribute("data-stage", "confirmed")
    assert card.inner_text().split("\n") == ["Customer 1", "Result received"]
    page = tablet.content().lower()
    assert not any(word in page for word in ("approve", "reject", "pending"))


def test_several_customers_are_told_apart(tablet: Page, new_context: NewContext) -> None:
    """Each customer on the kiosk has a card with a number of its own, counted from 1."""
    first = code_on(tablet)
    start(new_context("phone").new_page(), first)
    expect(tablet.locator(".customer")).to_have_count(1)
    start(new_context("phone").new_page(), next_code_on(tablet, first))
    expect(tablet.locator(".customer")).to_have_count(2)
    numbers = tablet.locator("[data-number]").all_text_contents()
    assert numbers == ["1", "2"]


def test_countdown_runs_and_the_code_is_renewed_before_it_dies(
    demo: DemoServer, new_context: NewContext
) -> None:
    """The kiosk replaces its code when the countdown of about two minutes ends."""
    page = new_context("tablet").new_page()
    page.clock.install()
    open_kiosk(page, demo, "store_18")
    before = page.locator("#code").get_attribute("src")
    page.clock.run_for(2_000)
    shown = page.locator("#countdown").text_content() or ""
    minutes, seconds = map(int, shown.split(":"))
    assert 100 <= minutes * 60 + seconds < 135
    page.clock.fast_forward(136_000)
    page.clock.run_for(4_000)
    expect(page.locator("#code")).not_to_have_attribute("src", before or "")
    expect(page.locator("#cover")).to_be_hidden()


def test_lost_network_is_said_and_found_again(tablet: Page) -> None:
    """A kiosk without network shows a notice, keeps its code, and drops the notice once back."""
    expect(tablet.locator("#connection")).to_be_hidden()
    tablet.context.set_offline(True)
    expect(tablet.locator("#connection")).to_be_visible()
    expect(tablet.locator("#cover")).to_be_hidden()
    tablet.context.set_offline(False)
    expect(tablet.locator("#connection")).to_be_hidden()


def test_kiosk_without_a_token_id_covers_its_code_and_tries_again(
    tablet: Page, new_context: NewContext
) -> None:
    """A kiosk whose pool is empty covers its code, follows its customers, and goes on by itself."""
    first = code_on(tablet)
    empty = {"error": {"code": "no_token_id", "message": "no token id is ready"}}
    tablet.route("**/kiosk/codes", lambda route: route.fulfill(status=503, json=empty))
    phone = new_context("phone").new_page()
    start(phone, first)
    expect(tablet.locator("#cover")).to_be_visible()
    expect(tablet.locator("#connection")).to_be_hidden()
    phone.get_by_role("button", name="Approve").click()
    expect(tablet.locator(".customer")).to_contain_text("Done on the phone")
    expect(tablet.locator("#connection")).to_be_hidden()
    tablet.unroute("**/kiosk/codes")
    assert next_code_on(tablet, first) != first


def test_restarted_server_is_found_again(demo: DemoServer, tablet: Page, new_context: NewContext) -> None:
    """After a restart of the server the kiosk reconnects by itself and still knows its customers."""
    phone = new_context("phone").new_page()
    start(phone, code_on(tablet))
    expect(tablet.locator(".customer")).to_have_count(1)
    demo.stop()
    expect(tablet.locator("#connection")).to_be_visible()
    demo.start()
    expect(tablet.locator("#connection")).to_be_hidden()
    phone.get_by_role("button", name="Pending").click()
    expect(tablet.locator(".customer")).to_contain_text("Done on the phone")


def test_reload_keeps_the_customers_who_are_on_their_way(tablet: Page, new_context: NewContext) -> None:
    """A reload of the kiosk keeps the cards of waiting customers with their numbers."""
    start(new_context("phone").new_page(), code_on(tablet))
    expect(tablet.locator(".customer")).to_have_count(1)
    tablet.reload()
    expect(tablet.locator(".customer")).to_contain_text("Customer 1")


def test_tablet_that_is_no_longer_signed_in_says_so(tablet: Page) -> None:
    """A kiosk that is no longer signed in says so and links to the console."""
    tablet.context.clear_cookies()
    expect(tablet.get_by_text("This tablet is no longer signed in")).to_be_visible()
    expect(tablet.get_by_role("link", name="Go to the console")).to_be_visible()
