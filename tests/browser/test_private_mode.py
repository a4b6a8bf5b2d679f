"""Tests of links in private mode in a browser: what their pages say, before and after the three minutes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

import pytest
from pages import violations
from playwright.sync_api import expect
from servers import free_port
from sites import HOLDER, NOW, Clock, link_request, settings
from visitors import start
from werkzeug.serving import make_server

from webhelper import create_app
from webhelper.testing import LocalSimulator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from webhelper.services import Services


class Site(NamedTuple):
    """A running site in private mode, its vendor, and the clock of the site."""

    services: Services
    vendor: LocalSimulator
    clock: Clock

    def new_link(self, **changes: object) -> str:
        """Return the URL of a new link."""
        link, _ = self.services.links.create(link_request(expires_in=3600, **changes), by=HOLDER)
        return self.services.url(link)

    def wait(self, seconds: float) -> None:
        """Let time pass at the site and at the vendor."""
        self.clock.advance(seconds)
        self.vendor.clock.move(seconds=seconds)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Yield a site whose pool is full."""
    port = free_port()
    base_url, clock = f"http://127.0.0.1:{port}", Clock()
    with LocalSimulator(private_mode=True, return_url=f"{base_url}/return/shop") as vendor:
        app = create_app(
            settings(
                tmp_path,
                BASE_URL=base_url,
                PROJECTS={"shop": vendor.project},
                TOKEN_POOLS={"shop": 5},
                BACKGROUND_JOBS=False,
            ),
            clock=clock,
        )
        services: Services = app.extensions["webhelper"]
        services.background.run_pending(NOW)
        server = make_server("127.0.0.1", port, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield Site(services, vendor, clock)
        server.shutdown()
        thread.join()
        server.server_close()
        services.links.store.close()


@pytest.mark.parametrize(
    ("language", "before", "again", "after"),
    [
        ("en", "the check must begin within three minutes", "The form opens again", "three minutes only"),
        ("ko", "3분 안에 확인을 시작해야 합니다", "3분까지는 양식이 다시 열립니다", "3분 동안만 열립니다"),
    ],
)
def test_visitor_reads_what_three_minutes_mean(
    site: Site, page: Page, language: str, before: str, again: str, after: str
) -> None:
    """The page of a link tells of the three minutes before its use, within them, and after them."""
    url = f"{site.new_link()}?lang={language}"
    page.goto(url)
    expect(page.locator(".notice")).to_contain_text(before)
    assert violations(page) == []
    page.locator("form[method=post] button").click()
    page.wait_for_url(f"{site.vendor.base_url}/**")
    site.wait(170)
    page.goto(url)
    expect(page.locator(".notice")).to_contain_text(again)
    assert violations(page) == []
    site.wait(11)
    answer = page.goto(url)
    assert answer is not None
    assert answer.status == 410
    expect(page.locator(".lead")).to_contain_text(after)
    assert violations(page) == []


def test_check_in_private_mode_comes_back(site: Site, page: Page) -> None:
    """A link in private mode opens the form, whose result comes back to the site."""
    start(page, site.new_link())
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("link", name="Ok").click()
    page.wait_for_url("**/result/**")


def test_visitor_whose_token_id_expired_is_told_to_ask_for_a_new_link(site: Site, page: Page) -> None:
    """A link whose token id expired before its use says so, and where to go on."""
    next_url = "https://app.example.com/again"
    url = site.new_link(next=next_url)
    link = site.services.links.find(url.rpartition("/")[2])
    site.services.links.store.token_ids.expire("shop", str(link.spec.token_id), now=NOW)
    answer = page.goto(url)
    assert answer is not None
    assert answer.status == 410
    expect(page.get_by_role("heading", level=1)).to_have_text("This link has expired")
    expect(page.locator(".lead")).to_contain_text("It was not used in time")
    expect(page.get_by_role("link", name="app.example.com")).to_have_attribute("href", next_url)
    assert violations(page) == []
