"""Tests that the pages are used with the keyboard alone: focus is seen, in order, and is trapped nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import expect
from visitors import create_link, open_kiosk, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from servers import DemoServer

    NewContext = Callable[..., BrowserContext]

MOST_STOPS: Final = 250
CONTROLS: Final = 'a[href], button, input:not([type="hidden"]), select, textarea, summary, [tabindex="0"]'
# What Tab must reach: what is shown and can be used. Chromium makes one stop of all buttons of a radio group.
EXPECTED: Final = """selector => [...document.querySelectorAll(selector)]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled)
    .filter((one) => one.type !== "radio" || one.checked)
    .map((one) => one.outerHTML.slice(0, 120))"""
HERE: Final = """() => {
    const here = document.activeElement;
    if (here === null || here === document.body) {
        return null;
    }
    const { outlineStyle, outlineWidth } = getComputedStyle(here);
    const { top, bottom, left, right } = here.getBoundingClientRect();
    return {
        what: here.outerHTML.slice(0, 120),
        isMarked: outlineStyle !== "none" && parseFloat(outlineWidth) >= 1,
        isOnScreen: bottom > 0 && right > 0 && top < innerHeight && left < innerWidth,
    };
}"""


def stops(page: Page) -> list[dict[str, Any]]:
    """Return what has the focus at each press of Tab, from the top of the page to its end."""
    page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
    page.locator("body").evaluate(
        "body => { body.tabIndex = -1; body.focus(); body.removeAttribute('tabindex'); }"
    )
    found: list[dict[str, Any]] = []
    while len(found) < MOST_STOPS:
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None:
            return found
        found.append(here)
    raise AssertionError("Tab does not come to the end of the page")


def check(page: Page) -> None:
    """Fail unless Tab goes to every control of the page once, in order, each marked and on the screen."""
    page.wait_for_load_state()
    found = stops(page)
    assert [one["what"] for one in found] == page.evaluate(EXPECTED, CONTROLS)
    assert [one["what"] for one in found if not (one["isMarked"] and one["isOnScreen"])] == []


@pytest.fixture
def staff(demo: DemoServer, new_context: NewContext) -> Page:
    """Return a page of the console, signed in."""
    page = new_context().new_page()
    sign_in(page, demo)
    return page


def test_visitor_needs_no_mouse(demo: DemoServer, page: Page) -> None:
    """A visitor opens the hint, starts, ends the form and sees the result, all by keys."""
    page.goto(create_link(demo)["url"])
    check(page)
    page.locator("summary").focus()
    page.keyboard.press("Space")
    expect(page.locator("details p")).to_be_visible()
    page.get_by_role("button", name="Start").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/simulator/**")
    check(page)
    page.get_by_role("button", name="Approve").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/result/**")
    check(page)


def test_staff_sign_in_and_make_a_link_by_keys(demo: DemoServer, page: Page) -> None:
    """The token's field has the focus at once; Enter signs in, and a link is made without a mouse."""
    page.goto(demo.base_url)
    expect(page.get_by_label("API token")).to_be_focused()
    page.keyboard.type(demo.token)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Links")
    page.goto(f"{demo.base_url}/links/new")
    page.get_by_label("Label").focus()
    page.keyboard.type("made by keys")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_have_text("The link is ready.")


@pytest.mark.parametrize("path", ["/", "/links/new", "/links/{}", "/sign-ins", "/webhooks", "/links/AAAA"])
def test_pages_of_the_staff_have_every_control_in_order(demo: DemoServer, staff: Page, path: str) -> None:
    """Tab goes through a page of the console from the skip link to the footer, and to its end."""
    link = create_link(demo, label="for the keyboard")
    staff.goto(demo.base_url + path.format(link["id"]))
    check(staff)


def test_skip_link_leads_past_the_navigation(demo: DemoServer, staff: Page) -> None:
    """The first stop of a page of the console is a link to its content, seen as soon as it has the focus."""
    staff.goto(f"{demo.base_url}/links/new")
    staff.keyboard.press("Tab")
    skip = staff.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    staff.keyboard.press("Enter")
    staff.keyboard.press("Tab")
    expect(staff.get_by_label("Project", exact=True)).to_be_focused()


def test_question_before_revoking_is_answered_by_keys(demo: DemoServer, staff: Page) -> None:
    """The question has the focus; Escape leaves it with nothing revoked, and Enter on its button revokes."""
    link = create_link(demo, label="to revoke by keys")
    staff.goto(f"{demo.base_url}/links/{link['id']}")
    revoke = staff.get_by_role("button", name="Revoke", exact=True)
    revoke.first.focus()
    staff.keyboard.press("Enter")
    expect(staff.get_by_role("dialog")).to_be_visible()
    expect(staff.get_by_role("dialog").get_by_role("button", name="Revoke")).to_be_focused()
    staff.keyboard.press("Escape")
    expect(staff.get_by_role("dialog")).to_be_hidden()
    expect(revoke.first).to_be_focused()
    staff.keyboard.press("Enter")
    staff.keyboard.press("Enter")
    expect(staff.get_by_text("This link no longer opens.")).to_be_visible()


def test_kiosk_traps_no_focus(demo: DemoServer, new_context: NewContext) -> None:
    """The screen of a kiosk has nothing to use, and Tab leaves it at once; the page before has its button."""
    tablet = new_context("tablet").new_page()
    open_kiosk(tablet, demo, "store_17")
    assert stops(tablet) == []


def test_button_of_a_link_works_again_after_going_back(demo: DemoServer, page: Page) -> None:
    """Who goes back from the form, also to a page that the browser has kept, goes on by the same button."""
    page.goto(create_link(demo)["url"])
    for name in ("Start", "Start", "Start"):
        button = page.get_by_role("button", name=name).or_(page.get_by_role("button", name="Continue"))
        expect(button.first).to_be_enabled()
        button.first.click()
        page.wait_for_url("**/simulator/**")
        page.go_back()
        page.wait_for_url("**/r/**")
