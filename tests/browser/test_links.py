"""Tests of links as people open them: in apps, from messages, in their language, and under a path."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from local_sites import LocalSite, served
from pages import scan, violations_by_scheme
from playwright.sync_api import BrowserContext, Page, Response, expect
from servers import DemoServer, free_port
from sites import TOKEN, VENDOR_KEY, settings
from visitors import call_api, create_link, sign_in, start

from liveform import Project
from webhelper import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    NewContext = Callable[..., BrowserContext]

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
SIZES = [(390, 844), (820, 1180), (1440, 900)]


class RealSite:
    """A web helper whose form is on another host, and leads on to a third one, as a vendor's form may.

    Attributes:
        base_url: its address.
        landed: the address to which the form leads on.
        token: its API token.
    """

    token = TOKEN

    def __init__(self, directory: Path, stack: ExitStack) -> None:
        ports = free_port(), free_port(), free_port()
        self.base_url = f"http://127.0.0.1:{ports[0]}"
        self.landed = f"http://localhost:{ports[2]}/landed"
        form = f"http://localhost:{ports[1]}/idcheck"
        shop = Project("abc123de45", key=VENDOR_KEY, cipher="ecb", base_url=form)
        app = create_app(settings(directory, BASE_URL=self.base_url, PROJECTS={"shop": shop}))
        stack.callback(app.extensions["webhelper"].links.store.close)
        stack.enter_context(served(app, ports[0], []))
        stack.enter_context(served(leading_to(self.landed), ports[1], []))
        stack.enter_context(served(page_of("The form is here"), ports[2], []))


def leading_to(address: str) -> WSGIApplication:
    """Return an app that redirects every request."""

    def app(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("302 Found", [("Location", address)])
        return []

    return app


def page_of(text: str) -> WSGIApplication:
    """Return an app that answers every request with a page."""

    def app(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [f'<!doctype html><html lang="en"><title>{text}</title><h1>{text}</h1>'.encode()]

    return app


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealSite]:
    """Yield a web helper whose form redirects to another host."""
    with ExitStack() as stack:
        yield RealSite(tmp_path_factory.mktemp("real"), stack)


@pytest.fixture(scope="module")
def under_a_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSite]:
    """Yield a web helper with the simulator under a path of its host."""
    site = LocalSite(tmp_path_factory.mktemp("path"), path="/kyc")
    site.start()
    yield site
    site.close()


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_start_follows_the_form_wherever_it_redirects_to(  # L1
    real: RealSite, new_context: NewContext, java_script_enabled: bool
) -> None:
    """A form that answers 302 to another host opens there; the browser blocks nothing."""
    page = new_context("phone", java_script_enabled=java_script_enabled).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(create_link(real)["url"])
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The form is here")
    expect(page).to_have_url(real.landed)
    assert said == []


@pytest.mark.parametrize("hung_on", ["에서", ").", " ", "\u200b", "&utm_source=x", "”", "🙏", "/"])
def test_link_opens_with_the_text_that_a_messenger_took_into_it(  # L2
    demo: DemoServer, page: Page, hung_on: str
) -> None:
    """What hangs on a link does not keep it from opening, and its form from leading on."""
    start(page, create_link(demo)["url"] + hung_on)


def test_language_of_the_visitor_is_that_of_the_form(demo: DemoServer, new_context: NewContext) -> None:  # L4
    """Who chooses Korean on our page gets the form in Korean, in a browser that prefers English."""
    page = new_context("phone").new_page()
    page.goto(create_link(demo)["url"])
    page.get_by_role("link", name="한국어").click()
    page.get_by_role("button", name="시작하기").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    assert "lang=ko" in page.url


def test_check_that_began_in_an_app_goes_on_in_the_phones_browser(  # L5
    demo: DemoServer, new_context: NewContext
) -> None:
    """From the used-up page in Safari back to the app, over to Safari, and to the result there."""
    link = create_link(demo)
    in_app = new_context("phone", user_agent=f"{IPHONE} Instagram 338.0").new_page()
    safari, thief = (new_context("phone").new_page() for _ in range(2))
    in_app.goto(link["url"])
    expect(in_app.get_by_text("This is the browser of Instagram")).to_be_visible()
    in_app.get_by_role("button", name="Start").click()
    in_app.get_by_role("heading", name="Identity check").wait_for()

    answer = safari.goto(link["url"])
    assert answer is not None
    assert answer.status == 410
    expect(safari.get_by_text("choose “Continue in another browser”")).to_be_visible()
    in_app.goto(link["url"])
    in_app.get_by_role("link", name="Continue in another browser").click()
    address = in_app.locator("code.address").inner_text()
    safari.goto(address)
    safari.get_by_role("button", name="Continue").click()
    safari.get_by_role("button", name="Approve").click()
    expect(safari.get_by_role("heading", level=1)).to_have_text("Thank you, you are done here")

    thief.goto(address)
    thief.get_by_role("button", name="Continue").click()
    expect(thief.get_by_role("heading", level=1)).to_have_text("This cannot be continued here")
    assert call_api(demo, "GET", f"/api/links/{link['id']}")["uses"] == 1


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("app", ["KAKAOTALK 10.3.1", "Instagram 338.0", ""])
def test_pages_of_a_hand_over_are_accessible(  # L5
    demo: DemoServer, new_context: NewContext, app: str, language: str
) -> None:
    """The pages before Start, after it, of the hand-over and of refusal pass axe, and fit each screen."""
    options = {"locale": "ko-KR" if language == "ko" else "en-GB"}
    first = new_context("phone", user_agent=f"{IPHONE} {app}", **options).new_page()
    other = new_context("phone", **options).new_page()
    link = create_link(demo)
    first.goto(link["url"])
    shows_well(first)
    first.locator("form button").click()
    first.wait_for_url("**/simulator/**")
    first.goto(link["url"])
    shows_well(first)
    other.goto(link["url"])
    shows_well(other)
    way_on = first.locator('a[href*="continue"]').first.get_attribute("href") or ""
    path = way_on if way_on.startswith("/") else unquoted(way_on).removeprefix(demo.base_url)
    first.goto(demo.base_url + path)
    shows_well(first)
    other.goto(demo.base_url + path)
    shows_well(other)
    other.locator("form button").click()
    other.wait_for_url("**/simulator/**")
    first.goto(demo.base_url + path)
    shows_well(first)


def unquoted(address: str) -> str:
    """Return the page that KakaoTalk's own address opens."""
    from urllib.parse import unquote

    return unquote(address.partition("?url=")[2])


def shows_well(page: Page) -> None:
    """Fail if a page has an accessibility fault in light or dark, or is wider than one of the screens."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, width)
    assert violations_by_scheme(page) == {}


def test_site_under_a_path_works_in_a_browser(  # L6
    under_a_path: LocalSite, new_context: NewContext
) -> None:
    """Console, QR code, link, form, return and result work under a path, and load nothing from elsewhere."""
    staff, phone = new_context("desktop").new_page(), new_context("phone").new_page()
    missed: list[str] = []

    def note(answer: Response) -> None:
        is_ours = answer.url.startswith(f"{under_a_path.base_url}/") or answer.url == under_a_path.base_url
        if not is_ours or answer.status >= 400:
            missed.append(answer.url)

    for page in (staff, phone):
        page.on("response", note)
    sign_in(staff, under_a_path)
    link = create_link(under_a_path, label="under a path")
    staff.reload()
    staff.get_by_role("link", name="under a path").click()
    url = scan(staff.get_by_role("img", name="QR code of this link"))
    assert url == link["url"]
    assert url.startswith(f"{under_a_path.base_url}/r/")
    start(phone, url)
    phone.get_by_role("button", name="Approve").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you, you are done here")
    expect(staff.locator('[data-badge="outcome"]')).to_have_text("Approved, claimed")
    staff.get_by_role("link", name="Links").click()
    expect(staff.locator(f'[data-link="{link["id"]}"] [data-uses]')).to_have_text("1 of 1 uses")
    assert [address for address in missed if not address.endswith("/favicon.ico")] == []


def test_module_finds_its_web_helper_under_a_path(  # L6
    under_a_path: LocalSite, new_context: NewContext
) -> None:
    """liveform.js asks the web helper that serves it, and shows a link under a path."""
    page = new_context().new_page()
    page.goto(f"{under_a_path.base_url}/sign-in")
    link = create_link(under_a_path)
    under_a_path.asked.clear()
    result = page.evaluate(
        """async ([module, link]) => {
            const { readReturn, LiveformQr } = await import(module);
            const url = new URL("?kycStatus=approved", location.href).href;
            const result = await readReturn({ url, clean: false }).catch((error) => error.code);
            const element = new LiveformQr();
            element.setAttribute("link", link);
            document.body.append(element);
            const { src } = element.querySelector("img");
            return { result, src, href: element.querySelector("a").href };
        }""",
        [f"{under_a_path.base_url}/static/liveform.js", link["url"]],
    )
    assert result["href"] == link["url"]
    assert result["src"].startswith(f"{link['url']}/qr.svg?")
    assert "/kyc/api/returns" in under_a_path.asked


def test_counts_of_a_poster_change_by_themselves(demo: DemoServer, new_context: NewContext) -> None:  # E3
    """List and page of a link of many uses count who comes back, without a reload."""
    link = create_link(demo, max_uses=None, label="poster")
    list_page, link_page = (new_context().new_page() for _ in range(2))
    for page, path in ((list_page, "/"), (link_page, f"/links/{link['id']}")):
        sign_in(page, demo)
        page.goto(demo.base_url + path)
        page.evaluate("globalThis.isTheSame = true")
    row = list_page.locator(f'[data-link="{link["id"]}"]')
    expect(row.locator("[data-counts]")).to_have_text("0 came back")
    for outcome in ("Approve", "Approve", "Reject"):
        phone = new_context("phone").new_page()
        phone.goto(link["url"])
        phone.get_by_role("button", name=outcome).click()
        phone.wait_for_url("**/result/**")
    for counts in (row.locator("[data-counts]"), link_page.locator("[data-counts]")):
        expect(counts).to_contain_text("3 came back")
        expect(counts).to_contain_text("Approved, confirmed × 2")
        expect(counts).to_contain_text("Rejected, confirmed × 1")
    expect(row.locator("[data-uses]")).to_have_text("opened 3 times")
    assert list_page.evaluate("globalThis.isTheSame")
    assert violations_by_scheme(list_page) == {}
    for width, height in SIZES:
        list_page.set_viewport_size({"width": width, "height": height})
        assert list_page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


def test_phone_in_the_network_opens_a_demo(tmp_path: Path, new_context: NewContext) -> None:  # O1
    """A demo in the network of this machine works at the address that its codes have."""
    demo = DemoServer(tmp_path, host="0.0.0.0")
    demo.start()
    try:
        staff, phone = new_context().new_page(), new_context("phone").new_page()
        sign_in(staff, demo)
        link: dict[str, Any] = create_link(demo, label="for a phone")
        staff.goto(f"{demo.base_url}/links/{link['id']}")
        url = scan(staff.get_by_role("img", name="QR code of this link"))
        assert not url.startswith("http://127.")
        start(phone, url)
        phone.get_by_role("button", name="Approve").click()
        expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you, you are done here")
        expect(staff.locator('[data-badge="outcome"]')).to_have_text("Approved, confirmed")
    finally:
        demo.stop()
