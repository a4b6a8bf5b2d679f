"""Tests of the console's forms and lists in a browser, also without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from visitors import call_api, create_link, open_kiosk, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from servers import DemoServer

    NewContext = Callable[..., BrowserContext]


@pytest.fixture(params=[True, False], ids=["with a script", "without JavaScript"])
def staff(request: pytest.FixtureRequest, new_context: NewContext) -> Page:
    """Return a page of a browser that runs scripts, and then of one that does not."""
    return new_context(java_script_enabled=request.param).new_page()


def test_search_finds_a_part_and_can_be_cleared(demo: DemoServer, staff: Page) -> None:  # C1
    """A part of a label finds its link; a choice that nothing matches leads back to all links."""
    create_link(demo, label="order 4711")
    create_link(demo, label="Poster")
    sign_in(staff, demo)
    staff.get_by_label("Label, id or user id").fill("ORDER")
    staff.get_by_role("button", name="Show", exact=True).click()
    expect(staff.locator("td.name a").first).to_have_text("order 4711")
    expect(staff.get_by_role("link", name="Poster")).to_have_count(0)
    staff.get_by_label("Label, id or user id").fill("there is none")
    staff.get_by_role("button", name="Show", exact=True).click()
    expect(staff.get_by_text("No links match this choice.")).to_be_visible()
    staff.get_by_role("link", name="Show all links").click()
    expect(staff.get_by_role("link", name="Poster").first).to_be_visible()


def test_codes_of_tablets_are_shown_when_asked_for(  # K8
    demo: DemoServer, staff: Page, new_context: NewContext
) -> None:
    """The list has no code that nobody opened, until its box is ticked."""
    open_kiosk(new_context("tablet").new_page(), demo, "store_of_the_list")
    sign_in(staff, demo)
    expect(staff.get_by_role("link", name="kiosk store_of_the_list")).to_have_count(0)
    staff.get_by_label("Also codes of tablets that nobody opened").check()
    staff.get_by_role("button", name="Show", exact=True).click()
    expect(staff.get_by_role("link", name="kiosk store_of_the_list").first).to_be_visible()


def test_form_with_faults_tells_them_all_and_has_the_focus(demo: DemoServer, staff: Page) -> None:  # C4
    """All faults are told beside their fields, in open groups, and the first field has the focus."""
    sign_in(staff, demo)
    staff.goto(f"{demo.base_url}/links/new")
    staff.locator("summary", has_text="Documents").click()
    staff.locator("#allowedCountries").fill("kr")
    staff.get_by_label("email", exact=True).fill("nobody")
    staff.get_by_role("button", name="Create link").click()
    expect(staff.locator("#email")).to_be_focused()
    for name in ("email", "allowedCountries"):
        expect(staff.locator(f"#{name}-error")).to_be_visible()
        expect(staff.get_by_role("alert")).to_contain_text(name)


def test_form_for_more_data_asks_for_its_submission_first(demo: DemoServer, staff: Page) -> None:  # C3
    """The field that the chosen form needs is on the page without opening a group, and marked."""
    sign_in(staff, demo)
    staff.goto(f"{demo.base_url}/links/new")
    staff.get_by_label("Form").select_option("injection")
    expect(staff.locator("#sid")).to_be_visible()
    expect(staff.locator("label[for=sid]")).to_contain_text("needed for")
    staff.locator("#sid").fill("sub-1")
    staff.get_by_role("button", name="Create link").click()
    expect(staff.get_by_role("status").first).to_have_text("The link is ready.")


def test_sign_in_leads_back_to_the_link(demo: DemoServer, staff: Page) -> None:  # C5
    """Who opens a link's page signed out is on it after signing in."""
    link = create_link(demo, label="to come back to")
    staff.goto(f"{demo.base_url}/links/{link['id']}")
    staff.get_by_label("API token").fill(demo.token)
    staff.get_by_role("button", name="Sign in").click()
    expect(staff.get_by_role("heading", level=1)).to_have_text("to come back to")


@pytest.mark.parametrize("path", ["/", "/links/{}", "/webhooks"])
def test_tab_left_open_shows_the_sign_in_when_the_session_has_ended(  # A8
    demo: DemoServer, new_context: NewContext, path: str
) -> None:
    """A page that is open when its session ends elsewhere leaves for the sign-in, and comes back."""
    link, context = create_link(demo, label="left open"), new_context()
    page, other = context.new_page(), context.new_page()
    sign_in(page, demo)
    address = demo.base_url + path.format(link["id"])
    page.goto(address)
    other.goto(f"{demo.base_url}/sign-ins")
    other.get_by_role("button", name="Sign out everywhere").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_label("API token").fill(demo.token)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(address)


def test_tablet_is_ended_from_the_console(demo: DemoServer, new_context: NewContext, staff: Page) -> None:
    """“End” beside a tablet signs it out, and its screen says so."""
    tablet = new_context("tablet").new_page()
    open_kiosk(tablet, demo, "store_to_end")
    sign_in(staff, demo)
    staff.get_by_role("link", name="Sign-ins").click()
    row = staff.get_by_role("row").filter(has_text="store_to_end").first
    row.get_by_role("button", name="End").click()
    expect(tablet.get_by_text("This tablet is no longer signed in")).to_be_visible()


def test_page_of_a_revoked_link_offers_no_poster(demo: DemoServer, staff: Page) -> None:  # C6
    """The page of a link that no longer opens says so at its code, and offers nothing to print."""
    link = create_link(demo)
    sign_in(staff, demo)
    staff.goto(f"{demo.base_url}/links/{link['id']}")
    expect(staff.get_by_role("link", name="Poster")).to_be_visible()
    call_api(demo, "DELETE", f"/api/links/{link['id']}")
    staff.reload()
    expect(staff.get_by_text("This link no longer opens.")).to_be_visible()
    expect(staff.get_by_role("link", name="Poster")).to_have_count(0)


def test_poster_fits_one_page(demo: DemoServer, new_context: NewContext) -> None:
    """A poster with its warnings is printed on one page of A4, in both languages."""
    page = new_context().new_page()
    for language in ("en", "ko"):
        page.goto(f"{create_link(demo)['url']}/poster?lang={language}")
        expect(page.locator(".stamp")).to_be_visible()
        for size in ("100%", "200%"):
            page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
            assert page.pdf(format="A4", prefer_css_page_size=True).count(b"/Type /Page\n") == 1


def test_paper_has_no_navigation_and_is_white(demo: DemoServer, new_context: NewContext) -> None:
    """A printed page of the console is dark on white, also from a dark screen, without what one presses."""
    page = new_context(color_scheme="dark").new_page()
    sign_in(page, demo)
    page.goto(f"{demo.base_url}/links/{create_link(demo)['id']}")
    expect(page.get_by_role("button", name="Copy")).to_be_visible()
    page.emulate_media(media="print")
    for hidden in ("navigation", "button"):
        expect(page.get_by_role(hidden)).to_have_count(0)
    expect(page.get_by_role("img", name="QR code of this link")).to_be_visible()
    colours = "element => [getComputedStyle(element).color, getComputedStyle(element).backgroundColor]"
    assert page.locator("body").evaluate(colours) == ["rgb(26, 32, 29)", "rgb(255, 255, 255)"]
    assert page.locator(".panel").first.evaluate(colours)[1] == "rgb(255, 255, 255)"


def test_error_page_leads_on(demo: DemoServer, staff: Page) -> None:  # C7
    """From an error page, staff get back to the console."""
    sign_in(staff, demo)
    staff.goto(f"{demo.base_url}/links/AAAAAAAAAAAAAAAA")
    staff.get_by_role("link", name="Go to the console").click()
    expect(staff.get_by_role("heading", level=1)).to_have_text("Links")
