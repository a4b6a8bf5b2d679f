"""Tests of the pages for links that do not open: their text, their status, and a way on."""

import time
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect
from servers import DemoServer
from visitors import call_api, create_link, start

NewContext = Callable[..., BrowserContext]
NEXT = "http://localhost:3000/welcome"


def test_used_up_link_says_so_to_the_next_one(demo: DemoServer, page: Page, new_context: NewContext) -> None:
    """A used link answers 410 to another browser, while the one that used it may continue."""
    url = create_link(demo)["url"]
    start(page, url)
    other = new_context("phone").new_page()
    answer = other.goto(url)
    assert answer is not None
    assert answer.status == 410
    expect(other.get_by_role("heading", level=1)).to_have_text("This link has been used")
    expect(other.get_by_text("Ask for a new link where you got this one.")).to_be_visible()
    page.goto(url)
    expect(page.get_by_role("button", name="Continue")).to_be_visible()


def test_expired_link_leads_back_to_where_it_came_from(demo: DemoServer, page: Page) -> None:
    """An expired link answers 410 with a page that links to its ``next`` address."""
    link = create_link(demo, expires_in=1, next=NEXT)
    while call_api(demo, "GET", f"/api/links/{link['id']}")["state"] == "active":
        time.sleep(0.1)
    answer = page.goto(link["url"])
    assert answer is not None
    assert answer.status == 410
    expect(page.get_by_role("heading", level=1)).to_have_text("This link has expired")
    expect(page.get_by_role("link", name="localhost:3000")).to_have_attribute("href", NEXT)


def test_revoked_and_unknown_links_have_their_pages(demo: DemoServer, page: Page) -> None:
    """A revoked link answers 410 and an unknown one 404, each with its own heading."""
    link = create_link(demo)
    call_api(demo, "DELETE", f"/api/links/{link['id']}")
    answer = page.goto(link["url"])
    assert answer is not None
    assert answer.status == 410
    expect(page.get_by_role("heading", level=1)).to_have_text("This link was withdrawn")
    forged = link["url"][:-1] + ("A" if link["url"][-1] != "A" else "B")
    answer = page.goto(forged)
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not exist")


def test_link_survives_a_restart_of_the_server(demo: DemoServer, page: Page) -> None:
    """A link created before a restart of the server opens after it."""
    url = create_link(demo)["url"]
    demo.stop()
    demo.start()
    start(page, url)
