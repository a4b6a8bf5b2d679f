"""Tests of the kiosk: its codes, its customers, a lost network and a restarted server."""

from collections.abc import Callable

import pytest
from local_sites import LocalSite
from pages import scan, scan_all
from playwright.sync_api import BrowserContext, Locator, Page, expect
from servers import DemoServer
from visitors import become_kiosk, call_api, open_kiosk, sign_in, start

from webhelper.links.outcomes import Result

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


def link_id_of(code: str) -> str:
    """Return the id of the link in a code."""
    return code.rsplit("/", 1)[1][:16]


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
    """After a scan the kiosk shows a card and a new code, and then that the result is there."""
    first = code_on(tablet)
    phone = new_context("phone").new_page()
    start(phone, first)
    card = tablet.locator(".customer")
    expect(card).to_contain_text("Continue on your phone")
    assert next_code_on(tablet, first) != first

    phone.get_by_role("button", name="Approve").click()
    expect(card).to_contain_text("Result received")
    expect(card).to_have_count(0, timeout=20_000)
    link = call_api(demo, "GET", f"/api/links/{link_id_of(first)}")
    assert (link["created_by"], link["field_names"]) == ("kiosk store_17", ["cf1"])
    assert (link["outcome"]["result"], link["outcome"]["level"]) == ("approved", "confirmed")


@pytest.mark.parametrize(("button", "result"), [("Approve", Result.APPROVED), ("Reject", Result.REJECTED)])
def test_counter_never_tells_how_it_went(  # K3
    site: LocalSite, new_context: NewContext, button: str, result: Result
) -> None:
    """The card of a rejected customer goes through the same words, colours and signs as an approved one."""
    tablet, phone = new_context("tablet").new_page(), new_context("phone").new_page()
    open_kiosk(tablet, site, "store_17")
    code = code_on(tablet)
    start(phone, code)
    card = tablet.locator(".customer")
    expect(card).to_have_attribute("data-stage", "opened")
    phone.get_by_role("button", name=button).click()
    phone.wait_for_url("**/result/**")
    number = number_on(phone)
    for stage, words in (("returned", "Look at your phone"), ("confirmed", "Result received")):
        if stage == "confirmed":
            site.confirm(link_id_of(code), result)
        expect(card).to_have_attribute("data-stage", stage)
        assert is_neutral(card)
        assert card.inner_text().split("\n") == [f"Customer {number}", words]
    page = tablet.content().lower()
    assert not any(word in page for word in ("approve", "reject", "pending"))


def test_card_of_a_customer_who_was_stopped_says_nothing_that_is_not_so(  # K3
    tablet: Page, new_context: NewContext
) -> None:
    """The card of a customer whose form stopped says neither that it is done nor that it went well."""
    phone = new_context("phone").new_page()
    start(phone, code_on(tablet))
    card = tablet.locator(".customer")
    expect(card).to_have_attribute("data-stage", "opened")
    phone.get_by_text("Stop with an error page").click()
    phone.get_by_role("button", name="Show the error page").click()
    phone.get_by_role("link", name="Back to the site").click()
    phone.wait_for_url("**/result/**")
    expect(card).to_have_attribute("data-stage", "returned")
    assert card.inner_text().split("\n") == [f"Customer {number_on(phone)}", "Look at your phone"]
    assert is_neutral(card)


def is_neutral(card: Locator) -> bool:
    """Whether every colour of a card is a grey, or nearly one."""
    colours: list[list[float]] = card.evaluate(
        """card => [card, ...card.querySelectorAll("*")].flatMap((element) => {
            const style = getComputedStyle(element);
            const colours = [style.color, style.backgroundColor, style.borderTopColor, style.outlineColor];
            return colours.map((text) => text.match(/[0-9.]+/g).map(Number));
        })"""
    )
    return all(max(colour[:3]) - min(colour[:3]) <= 14 for colour in colours)


def number_on(phone: Page) -> str:
    """Return the number that a customer reads on the phone."""
    return phone.locator(".customer-number strong").inner_text()


def test_customer_reads_one_number_on_phone_and_screen(tablet: Page, new_context: NewContext) -> None:  # K3
    """The page of the code, the result and the card on the screen have the same number, each another."""
    numbers = []
    before = code_on(tablet)
    for _ in range(2):
        phone = new_context("phone").new_page()
        phone.goto(before)
        number = number_on(phone)
        start(phone, before)
        card = tablet.locator(".customer", has_text=f"Customer {number}")
        expect(card).to_have_count(1)
        before = next_code_on(tablet, before)
        phone.get_by_role("button", name="Pending").click()
        phone.wait_for_url("**/result/**")
        assert number_on(phone) == number
        numbers.append(number)
    expect(tablet.locator("[data-number]")).to_have_text(numbers[::-1])


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


@pytest.mark.parametrize(("status", "code"), [(503, "no_token_id"), (429, "too_many_requests")])
def test_kiosk_that_gets_no_code_covers_the_last_and_tries_again(
    tablet: Page, new_context: NewContext, status: int, code: str
) -> None:
    """A kiosk without token ids, or with too many codes, covers its code and goes on by itself."""
    first = code_on(tablet)
    refusal = {"error": {"code": code, "message": "none now"}}
    tablet.route("**/kiosk/codes", lambda route: route.fulfill(status=status, json=refusal))
    phone = new_context("phone").new_page()
    start(phone, first)
    expect(tablet.locator("#cover")).to_be_visible()
    expect(tablet.locator("#connection")).to_be_hidden()
    phone.get_by_role("button", name="Pending").click()  # which nothing follows
    expect(tablet.locator(".customer")).to_contain_text("Look at your phone")
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
    expect(tablet.locator(".customer")).to_contain_text("Look at your phone")


def test_reload_keeps_the_customers_who_are_on_their_way(tablet: Page, new_context: NewContext) -> None:
    """A reload of the kiosk keeps the cards of waiting customers with their numbers."""
    start(new_context("phone").new_page(), code_on(tablet))
    card = tablet.locator(".customer")
    expect(card).to_have_count(1)
    number = card.locator("[data-number]").inner_text()
    tablet.reload()
    expect(card.locator("[data-number]")).to_have_text(number)


@pytest.mark.parametrize(
    "kept", ["{broken", "7", "{}", '{"code": 7, "opened": [7], "waiting": null}', '{"opened": [["A", 1]]}']
)
def test_memory_that_cannot_be_read_is_forgotten(tablet: Page, kept: str) -> None:
    """A tablet whose session has nothing readable, or that of another version, begins anew with a code."""
    code_on(tablet)
    tablet.evaluate("kept => sessionStorage.setItem('kiosk', kept)", kept)
    tablet.reload()
    code_on(tablet)
    expect(tablet.locator(".customer")).to_have_count(0)


def test_tablet_that_is_no_longer_signed_in_says_so(tablet: Page) -> None:
    """A kiosk that is no longer signed in says so and links to the console."""
    tablet.context.clear_cookies()
    expect(tablet.get_by_text("This tablet is no longer signed in")).to_be_visible()
    expect(tablet.get_by_role("link", name="Go to the console")).to_be_visible()


# A code that is made is used


def codes_made(page: Page) -> list[str]:
    """Return a list that gets the address of each code's image that the page asks for a code."""
    made: list[str] = []
    page.on(
        "response",
        lambda answer: made.append(answer.json()["qr_svg"]) if answer.url.endswith("/kiosk/codes") else None,
    )
    return made


def turn_clock(page: Page, until: Callable[[], bool], *, most_s: int) -> None:
    """Turn the clock of a page by seconds until something is so, with time for its requests in between."""
    for _ in range(most_s):
        page.clock.run_for(1_000)
        page.wait_for_timeout(50)
        if until():
            return
    for _ in range(100):  # a request of a busy machine may be under way still
        page.wait_for_timeout(100)
        if until():
            return
    pytest.fail(f"it is not so after {most_s} seconds of the page")


@pytest.mark.parametrize("image", ["blocked", "damaged"])
def test_image_that_does_not_load_makes_no_other_code(  # K6
    demo: DemoServer, new_context: NewContext, image: str
) -> None:
    """While the image of its code cannot be loaded, the kiosk keeps the code, and shows it when it can."""
    page = new_context("tablet").new_page()
    page.clock.install()
    sign_in(page, demo)
    made = codes_made(page)
    page.route(
        "**/qr.svg",
        lambda route: (
            route.abort() if image == "blocked" else route.fulfill(body="<svg", content_type="image/svg+xml")
        ),
    )
    become_kiosk(page, "store_19")
    turn_clock(page, lambda: len(made) > 0, most_s=60)
    for _ in range(12):
        page.clock.run_for(3_000)
        page.wait_for_timeout(50)  # for a further request, if it made one
    expect(page.locator("#cover")).to_be_visible()
    assert len(made) == 1
    expect(page.locator("#connection")).to_be_hidden()
    page.unroute("**/qr.svg")
    turn_clock(page, page.locator("#cover").is_hidden, most_s=40)
    expect(page.locator("#code")).to_have_attribute("src", made[0])
    assert len(made) == 1


def test_code_whose_image_does_not_load_is_replaced_when_it_ends(  # K6
    demo: DemoServer, new_context: NewContext
) -> None:
    """A code that could never be shown is given up when it would be renewed, for one other code."""
    page = new_context("tablet").new_page()
    page.clock.install()
    sign_in(page, demo)
    made = codes_made(page)
    page.route("**/qr.svg", lambda route: route.abort())
    become_kiosk(page, "store_20")
    turn_clock(page, lambda: len(made) == 1, most_s=60)
    page.clock.fast_forward(136_000)
    turn_clock(page, lambda: len(made) == 2, most_s=60)
    for _ in range(30):
        page.clock.run_for(1_000)
        page.wait_for_timeout(50)  # for a further request, if it made one
    assert len(made) == 2


def test_next_code_that_does_not_load_leaves_the_one_before(  # K6
    demo: DemoServer, new_context: NewContext
) -> None:
    """While the image of the next code does not load, the one on the screen stays until it has expired."""
    page = new_context("tablet").new_page()
    page.clock.install()
    sign_in(page, demo)
    made = codes_made(page)
    become_kiosk(page, "store_21")
    expect(page.locator("#cover")).to_be_hidden()
    page.route("**/qr.svg", lambda route: route.abort())
    page.clock.fast_forward(136_000)
    turn_clock(page, lambda: len(made) == 2, most_s=20)
    expect(page.locator("#cover")).to_be_hidden()
    expect(page.locator("#code")).to_have_attribute("src", made[0])
    page.clock.fast_forward(30_000)
    page.clock.run_for(2_000)
    expect(page.locator("#cover")).to_be_visible()


def test_reload_shows_the_code_that_is_there(tablet: Page) -> None:  # K6
    """A kiosk that is loaded again shows the code that it had, instead of another one."""
    before = code_on(tablet)
    made = codes_made(tablet)
    for _ in range(2):
        tablet.reload()
        assert code_on(tablet) == before
    assert made == []


def test_tablet_of_another_store_shows_its_own_codes(demo: DemoServer, tablet: Page) -> None:
    """A tablet that is set up again for another store drops codes and customers of the one before."""
    before = code_on(tablet)
    open_kiosk(tablet, demo, "store_18")
    assert next_code_on(tablet, before) != before
    expect(tablet.locator(".store")).to_have_text("store_18")


def test_tablet_opens_no_console(demo: DemoServer, tablet: Page) -> None:  # K7
    """On a tablet that staff have just set up, the address of the console asks for an API token."""
    expect(tablet.locator("#cover")).to_be_hidden()
    tablet.goto(demo.base_url)
    expect(tablet.get_by_label("API token")).to_be_visible()
