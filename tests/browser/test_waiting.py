"""Tests of pages that wait: the desktop example, ``waitForResult``, ``<liveform-wait>``, the result page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from local_sites import LocalSite, desktop_example
from pages import scan
from playwright.sync_api import BrowserContext, Page, Request, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from servers import free_port, static_site
from visitors import call_api, create_link, start

from webhelper.links.outcomes import Result

NewContext = Callable[..., BrowserContext]
HOUR_MS = 3_600_000
DOCS = Path(__file__).parents[2] / "docs" / "waiting.md"
PAGE = """<!doctype html><html lang="en"><title>a page that waits</title>
<main></main>
<script type="module">
  import * as liveform from "{helper}/static/liveform.js";
  globalThis.liveform = liveform;
</script>"""


@pytest.fixture
def other_site(site: LocalSite, other_ports: tuple[int, int], tmp_path: Path) -> Iterator[str]:
    """Yield the address of an empty page of another origin, which has imported liveform.js."""
    (tmp_path / "index.html").write_text(PAGE.format(helper=site.base_url), encoding="utf-8")
    with static_site(tmp_path, other_ports[1]) as address:
        yield address


@pytest.fixture
def phone(new_context: NewContext) -> Page:
    """Return the page of a customer's phone."""
    return new_context("phone").new_page()


@pytest.fixture
def waiting(new_context: NewContext, other_site: str) -> Page:
    """Return a page of another origin on a desktop, whose clock is the test's."""
    page = new_context().new_page()
    page.clock.install()
    open_page(page, other_site)
    return page


def open_page(page: Page, address: str) -> None:
    """Open a page that imports liveform.js, and return once it has."""
    page.goto(address)
    page.wait_for_function("globalThis.liveform !== undefined")


def wait_with(page: Page, options: dict[str, Any] | None = None) -> None:
    """Call ``waitForResult`` in the page, which keeps all answers and the end."""
    page.evaluate(
        """(options) => {
            globalThis.heard = [];
            const onChange = (answer) => heard.push(answer.level ?? answer.stage);
            liveform.waitForResult({ ...options, onChange }).then(
                (answer) => { globalThis.end = answer === null ? "nothing" : answer.status ?? answer.stage; },
                (error) => { globalThis.end = error.code ?? error.name; },
            );
        }""",
        {} if options is None else options,
    )


def heard(page: Page, *expected: str) -> None:
    """Return once the page has heard these answers, and no others."""
    page.wait_for_function("expected => JSON.stringify(heard) === JSON.stringify(expected)", arg=[*expected])


def ended(page: Page, expected: str) -> None:
    """Return once the waiting has ended like this."""
    page.wait_for_function("expected => globalThis.end === expected", arg=expected)


def ended_with_time(page: Page, expected: str, *, step_ms: int) -> None:
    """Let time pass for the page, step by step, until the waiting has ended like this."""
    for _ in range(20):
        page.clock.fast_forward(step_ms)
        try:
            page.wait_for_function("expected => globalThis.end === expected", arg=expected, timeout=1_000)
        except PlaywrightTimeoutError:
            continue
        return
    pytest.fail(f"the waiting has not ended with {expected!r}")


def questions(site: LocalSite, link: dict[str, Any]) -> int:
    """Return how often the web helper was asked about this link."""
    return sum(path == f"/api/waits/{link['wait']}" for path in site.asked)


def is_asked(site: LocalSite, *, since: int) -> bool:
    """Whether any page has asked for a result since so many requests."""
    return any(path.startswith("/api/waits/") for path in site.asked[since:])


def until(page: Page, happened: Callable[[], bool]) -> None:
    """Return once something has happened outside of the page."""
    for _ in range(200):
        if happened():
            return
        page.wait_for_timeout(100)
    pytest.fail("it has not happened within 20 seconds")


@contextmanager
def held(page: Page) -> Iterator[None]:
    """Let no time pass for a page in a ``with`` block: it asks nothing, however long a phone takes."""
    now_s: float = page.evaluate("Date.now() / 1000")
    page.clock.pause_at(datetime.fromtimestamp(now_s + 2, UTC))
    yield
    page.clock.resume()


def come_back(phone: Page, link: dict[str, Any], button: str = "Approve") -> None:
    """Go through the form on the phone, to the result page."""
    start(phone, link["url"])
    phone.get_by_role("button", name=button).click()
    phone.wait_for_url("**/result/**")


class TestDesktopExample:
    """A desktop page shows a code, and changes while a phone goes through the form."""

    def test_desktop_changes_until_the_phone_is_done_and_confirmed(
        self, site: LocalSite, desktop: str, page: Page, phone: Page
    ) -> None:
        """The desktop says opened, returned and confirmed, and its server lets the user in then only."""
        page.clock.install()
        page.goto(f"{desktop}/?lang=en")
        page.get_by_role("button", name="Check my ID").click()
        words = page.get_by_role("status")
        expect(words).to_have_text("Not opened yet. Scan the code with your phone to begin.")
        link = link_on(page)

        start(phone, scan(page.locator("liveform-qr img")))
        page.clock.fast_forward(6_000)
        expect(words).to_have_text("The check is open. Finish it there; this page changes by itself.")
        expect(page.locator("liveform-qr")).to_be_hidden()

        phone.get_by_role("button", name="Approve").click()
        phone.wait_for_url("**/result/**")
        page.clock.fast_forward(6_000)
        expect(words).to_have_text("Thank you, you are done. We are waiting for the result to be confirmed.")
        expect(page.get_by_role("button", name="Continue")).to_be_hidden()
        refused = page.request.get(f"{desktop}/welcome")
        assert refused.status == 403

        site.confirm(link, Result.APPROVED)
        page.clock.fast_forward(6_000)
        expect(words).to_have_text("Confirmed: your check was successful.")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Welcome")

    def test_desktop_offers_a_new_code_where_the_old_one_ended(
        self, site: LocalSite, desktop: str, new_context: NewContext
    ) -> None:
        """A code that was revoked, or has expired, is replaced by a button for a new one."""
        page = new_context(locale="ko-KR").new_page()
        page.clock.install()
        page.goto(desktop)
        page.get_by_role("button", name="신분 확인하기").click()
        first = link_on(page)
        call_api(site, "DELETE", f"/api/links/{first}")
        page.clock.fast_forward(6_000)
        expect(page.get_by_role("status")).to_have_text(
            "이 링크는 더 이상 사용할 수 없습니다. 새 링크를 요청해 주세요."
        )
        page.get_by_role("button", name="새 코드 만들기").click()
        expect(page.locator("liveform-wait")).to_have_attribute("data-stage", "waiting")
        assert link_on(page) != first

    def test_desktop_is_confirmed_by_a_webhook(
        self, tmp_path: Path, new_context: NewContext, phone: Page
    ) -> None:
        """With webhooks, nobody does anything: form, return, webhook, and the desktop has the result."""
        port = free_port()
        origin = f"http://127.0.0.1:{port}"
        site = LocalSite(tmp_path, CORS_ORIGINS=[origin], WEBHOOK_SENDERS=["127.0.0.1"])
        site.start()
        try:
            with desktop_example(site, port):
                page = new_context().new_page()
                page.goto(origin)
                page.get_by_role("button", name="Check my ID").click()
                link_on(page)
                come_back(phone, {"url": scan(page.locator("liveform-qr img"))})
                expect(page.get_by_role("status")).to_have_text("Confirmed: your check was successful.")
                expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you, it is confirmed")
        finally:
            site.close()


def link_on(page: Page) -> str:
    """Return the id of the link whose code the desktop example shows."""
    expect(page.locator("liveform-wait")).to_have_attribute("data-stage", "waiting")
    url = page.locator("liveform-qr a").get_attribute("href")
    assert url is not None
    return url.rpartition("/")[2][:16].upper()


class TestWaitForResult:
    """A page of another origin waits for the result of a link."""

    def test_page_hears_each_step(self, site: LocalSite, waiting: Page, phone: Page) -> None:
        """A page hears opened, claimed and confirmed, and the promise ends with the decision."""
        link = create_link(site)
        wait_with(waiting, {"wait": link["wait"]})
        heard(waiting, "waiting")
        with held(waiting):
            come_back(phone, link, "Pending")
        waiting.clock.fast_forward(6_000)
        heard(waiting, "waiting", "claimed")
        site.confirm(link["id"], Result.APPROVED)
        waiting.clock.fast_forward(6_000)
        heard(waiting, "waiting", "claimed", "confirmed")
        ended(waiting, "approved")

    def test_page_asks_the_web_helper_alone_and_tells_nobody_the_token(
        self, site: LocalSite, waiting: Page
    ) -> None:
        """The token is in requests to the web helper only, without cookie and referrer."""
        requests: list[Request] = []

        def keep(request: Request) -> None:
            requests.append(request)

        waiting.on("request", keep)
        waiting.context.add_cookies([{"name": "browser", "value": "x" * 22, "url": site.base_url}])
        link = create_link(site)
        wait_with(waiting, {"wait": link["wait"]})
        heard(waiting, "waiting")
        waiting.evaluate("fetch('/?beside', { referrerPolicy: 'unsafe-url' })")
        waiting.wait_for_timeout(100)
        told = [request for request in requests if link["wait"] in str(request.all_headers()) + request.url]
        assert [request.url for request in told] == [f"{site.base_url}/api/waits/{link['wait']}"]
        headers = told[0].all_headers()
        assert not {"cookie", "referer", "authorization"} & set(headers)

    def test_waiting_survives_a_lost_network(self, site: LocalSite, waiting: Page, phone: Page) -> None:
        """Without network the page goes on, and asks at once when the network is back."""
        link = create_link(site)
        wait_with(waiting, {"wait": link["wait"]})
        heard(waiting, "waiting")
        waiting.context.set_offline(True)
        come_back(phone, link)
        site.confirm(link["id"], Result.REJECTED)
        for _ in range(3):
            waiting.clock.fast_forward(61_000)
        heard(waiting, "waiting")
        before = questions(site, link)
        waiting.context.set_offline(False)  # fires "online"
        waiting.clock.fast_forward(5_000)
        ended(waiting, "rejected")
        assert questions(site, link) == before + 1

    def test_waiting_survives_a_restart_of_the_web_helper(
        self, site: LocalSite, waiting: Page, phone: Page
    ) -> None:
        """While the web helper is away the page goes on, and hears the result when it is back."""
        link = create_link(site)
        come_back(phone, link)
        wait_with(waiting, {"wait": link["wait"]})
        heard(waiting, "claimed")
        site.stop()
        for _ in range(5):
            waiting.clock.fast_forward(75_000)
        site.start()
        site.confirm(link["id"], Result.APPROVED)
        ended_with_time(waiting, "approved", step_ms=75_000)

    def test_waiting_goes_on_after_a_reload(
        self, site: LocalSite, waiting: Page, phone: Page, other_site: str
    ) -> None:
        """After a reload, ``waitForResult()`` without arguments goes on; in another tab it has nothing."""
        link = create_link(site)
        wait_with(waiting, {"wait": link["wait"]})
        heard(waiting, "waiting")
        open_page(waiting, other_site)
        come_back(phone, link)
        wait_with(waiting)
        heard(waiting, "claimed")
        site.confirm(link["id"], Result.APPROVED)
        waiting.clock.fast_forward(6_000)
        ended(waiting, "approved")
        other = waiting.context.new_page()
        open_page(other, other_site)
        wait_with(other)
        ended(other, "nothing")

    def test_waiting_wakes_with_the_page(self, site: LocalSite, waiting: Page, phone: Page) -> None:
        """A page that was asleep for a night asks once when it wakes, and has the result."""
        link = create_link(site)
        wait_with(waiting, {"wait": link["wait"]})
        heard(waiting, "waiting")
        with held(waiting):
            come_back(phone, link)
            site.confirm(link["id"], Result.APPROVED)
            before = questions(site, link)
        waiting.clock.fast_forward(8 * HOUR_MS)
        ended(waiting, "approved")
        assert questions(site, link) == before + 1

    def test_waiting_goes_on_in_a_page_that_was_frozen(
        self, site: LocalSite, new_context: NewContext, other_site: str, phone: Page
    ) -> None:
        """A tab that the browser froze in the background hears the result when it is shown again."""
        page = new_context().new_page()
        open_page(page, other_site)
        link = create_link(site)
        wait_with(page, {"wait": link["wait"]})
        heard(page, "waiting")
        browser = page.context.new_cdp_session(page)
        browser.send("Page.setWebLifecycleState", {"state": "frozen"})
        come_back(phone, link)
        site.confirm(link["id"], Result.APPROVED)
        browser.send("Page.setWebLifecycleState", {"state": "active"})
        ended(page, "approved")

    def test_bad_token_ends_with_an_error(self, site: LocalSite, waiting: Page) -> None:
        """A token that the web helper did not sign rejects with the code of its answer."""
        wait_with(waiting, {"wait": create_link(site)["wait"] + "A"})
        ended(waiting, "unknown")

    def test_origin_that_is_not_listed_hears_nothing(
        self, site: LocalSite, new_context: NewContext, tmp_path: Path
    ) -> None:
        """A page of an origin that is not in CORS_ORIGINS gets no answer, whatever token it has."""
        (tmp_path / "index.html").write_text(PAGE.format(helper=site.base_url), encoding="utf-8")
        page = new_context().new_page()
        link = create_link(site)
        with static_site(tmp_path, free_port()) as address:
            open_page(page, address)
            wait_with(page, {"wait": link["wait"]})
            until(page, lambda: questions(site, link) == 1)
            page.wait_for_timeout(500)  # for the answer, which the page does not get
            assert page.evaluate("[heard, globalThis.end]") == [[], None]
        assert questions(site, link) == 1

    def test_page_at_the_return_url_waits_for_its_visit(
        self, site: LocalSite, new_context: NewContext, other_site: str
    ) -> None:
        """``readReturn`` gives the token of the visit, and the page waits with it after a reload too."""
        page = new_context("phone").new_page()
        start(page, create_link(site)["url"])
        page.get_by_text("What comes back, and how").click()
        page.get_by_label("Return URL").select_option(label=f"{other_site}/")
        page.get_by_role("button", name="Pending").click()
        page.get_by_role("link", name="Ok").click()
        page.wait_for_function("globalThis.liveform !== undefined")
        result = page.evaluate("liveform.readReturn({ project: 'shop' })")
        assert result["wait"]
        page.reload()
        page.wait_for_function("globalThis.liveform !== undefined")
        wait_with(page)
        heard(page, "claimed")


class TestLiveformWait:
    """``<liveform-wait>`` says how far a check is."""

    def test_words_are_those_of_the_page_or_its_own(
        self, site: LocalSite, waiting: Page, phone: Page
    ) -> None:
        """Attributes and templates replace words; ``lang`` chooses the language; events tell each step."""
        link = create_link(site)
        waiting.evaluate(
            """([wait, helper]) => {
                globalThis.told = [];
                for (const name of ["liveform-change", "liveform-result"]) {
                    document.addEventListener(name, ({ detail }) => told.push([name, detail.stage]));
                }
                document.querySelector("main").innerHTML = `
                    <liveform-wait id="plain">One moment</liveform-wait>
                    <section lang="ko-KR"><liveform-wait id="korean"></liveform-wait></section>
                    <liveform-wait id="own" text-waiting="Scan, please" text-claimed-pending="Hold on">
                        <template slot="confirmed-approved"><a href="/in">Come <b>in</b></a></template>
                    </liveform-wait>`;
                document.querySelectorAll("liveform-wait").forEach((one) => {
                    one.setAttribute("wait", wait);
                    one.setAttribute("helper", helper);
                });
            }""",
            [link["wait"], site.base_url],
        )
        plain, korean, own = (waiting.locator(f"#{name}") for name in ("plain", "korean", "own"))
        expect(plain).to_have_text("Not opened yet. Scan the code with your phone to begin.")
        expect(korean).to_have_text("아직 열지 않았습니다. 휴대폰으로 코드를 스캔하여 시작해 주세요.")
        expect(own).to_have_text("Scan, please")
        expect(korean.locator("span")).to_have_attribute("lang", "ko")
        assert questions(site, link) == 1

        with held(waiting):
            come_back(phone, link, "Pending")
        waiting.clock.fast_forward(6_000)
        expect(own).to_have_text("Hold on")
        expect(plain).to_contain_text("A person will look at it. This can take a while")
        expect(plain).to_have_attribute("data-status", "pending")
        expect(plain).to_have_attribute("data-level", "claimed")

        site.confirm(link["id"], Result.PENDING)
        waiting.clock.fast_forward(6_000)
        expect(plain).to_have_text(
            "A person is looking at it. This can take a while; you can close this page."
        )
        plain.evaluate("element => { element.lang = 'ko'; }")
        expect(plain).to_contain_text("담당자가 검토하고 있습니다.")

        site.confirm(link["id"], Result.APPROVED)
        waiting.clock.fast_forward(61_000)
        expect(own.get_by_role("link", name="Come in")).to_be_visible()
        expect(korean).to_have_text("확정되었습니다. 신분 확인이 승인되었습니다.")
        told = waiting.evaluate("told")
        assert [stage for name, stage in told if name == "liveform-result"] == ["confirmed"] * 3
        assert [stage for name, stage in told if name == "liveform-change"][::3] == [
            "waiting",
            "returned",
            "confirmed",
            "confirmed",
        ]

    def test_element_starts_ends_and_changes_with_its_attributes(
        self, site: LocalSite, waiting: Page
    ) -> None:
        """Another token is another wait; an element that is taken out asks no more."""
        first, second = create_link(site), create_link(site)
        waiting.evaluate(
            """([wait, helper]) => {
                document.querySelector("main").innerHTML =
                    `<liveform-wait wait="${wait}" helper="${helper}"></liveform-wait>`;
            }""",
            [first["wait"], site.base_url],
        )
        element = waiting.get_by_role("status")
        expect(element).to_have_attribute("data-stage", "waiting")
        call_api(site, "DELETE", f"/api/links/{second['id']}")
        element.evaluate("(element, wait) => { element.setAttribute('wait', wait); }", second["wait"])
        expect(element).to_have_text("The link can no longer be used. Ask for a new one.")
        waiting.wait_for_timeout(200)  # what is on its way is counted too
        asked = questions(site, first)
        waiting.clock.fast_forward(HOUR_MS)
        assert questions(site, first) == asked
        element.evaluate("(element, wait) => { element.setAttribute('wait', wait); }", first["wait"])
        expect(element).to_have_attribute("data-stage", "waiting")
        element.evaluate("element => element.remove()")
        waiting.wait_for_timeout(200)  # what is on its way is counted too
        asked = questions(site, first)
        waiting.clock.fast_forward(HOUR_MS)
        waiting.wait_for_timeout(200)
        assert questions(site, first) == asked

    def test_element_says_when_it_cannot_follow(self, site: LocalSite, waiting: Page) -> None:
        """With a bad token the element says so, and tells the page the error."""
        code = waiting.evaluate(
            """(helper) => new Promise((resolve) => {
                document.addEventListener("liveform-error", ({ detail }) => resolve(detail.code));
                document.querySelector("main").innerHTML =
                    `<liveform-wait wait="x.y.z" helper="${helper}"></liveform-wait>`;
            })""",
            site.base_url,
        )
        assert code == "unknown"
        expect(waiting.get_by_role("status")).to_have_text("This page can no longer follow the check.")


class TestPageOfTheDocs:
    """The html blocks of docs/waiting.md run as they are shown."""

    @pytest.fixture
    def shown(
        self, site: LocalSite, new_context: NewContext, tmp_path: Path, other_site: str
    ) -> Callable[[int, dict[str, Any]], Page]:
        """Return an opener of a page with one of the blocks and a real link, on a clock of the test."""
        text = DOCS.read_text(encoding="utf-8")
        blocks = re.findall(r"^```html\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        page = new_context("phone").new_page()
        page.clock.install()

        def open_block(number: int, link: dict[str, Any]) -> Page:
            html = blocks[number] if number < 2 else blocks[0] + blocks[number]
            html = html.replace("https://shop.example.com/r/...", link["url"])
            html = html.replace('wait="..."', f'wait="{link["wait"]}"')
            html = html.replace("https://shop.example.com", site.base_url)
            (tmp_path / "docs.html").write_text(f'<!doctype html><html lang="en">{html}', encoding="utf-8")
            page.goto(f"{other_site}/docs.html")
            return page

        return open_block

    def test_desktop_page_shows_the_code_and_waits(
        self, site: LocalSite, shown: Callable[[int, dict[str, Any]], Page]
    ) -> None:
        """The first block shows the code of a link and its words."""
        page = shown(0, create_link(site))
        expect(page.locator("liveform-qr img")).to_be_visible()
        expect(page.get_by_role("status")).to_contain_text("Not opened yet.")

    def test_page_at_the_return_url_leads_on_after_the_confirmation(
        self, site: LocalSite, shown: Callable[[int, dict[str, Any]], Page], tmp_path: Path
    ) -> None:
        """The second block says claimed, survives a reload, and leads on once it is confirmed."""
        link = create_link(site)
        page = shown(1, link)
        address = page.url
        (tmp_path / "welcome").mkdir()
        start(page, link["url"])
        page.get_by_text("What comes back, and how").click()
        page.get_by_label("Return URL").select_option(label=address.removesuffix("docs.html"))
        page.get_by_role("button", name="Approve").click()
        back = page.get_by_role("link", name="Ok").get_attribute("href")
        assert back is not None
        page.goto(address + "?" + back.partition("?")[2])
        expect(page.get_by_role("status")).to_have_text("approved, claimed")
        page.reload()
        expect(page.get_by_role("status")).to_have_text("approved, claimed")
        site.confirm(link["id"], Result.APPROVED)
        page.clock.fast_forward(6_000)
        page.wait_for_url("**/welcome/")

    def test_words_are_replaced(
        self, site: LocalSite, shown: Callable[[int, dict[str, Any]], Page], phone: Page
    ) -> None:
        """The third block has words and markup of its own."""
        link = create_link(site)
        page = shown(2, link)
        own = page.get_by_role("status").last
        start(phone, link["url"])
        page.clock.fast_forward(6_000)
        expect(own).to_have_text("Go on with your phone.")
        site.confirm(link["id"], Result.APPROVED)
        page.clock.fast_forward(6_000)
        expect(own.get_by_role("link", name="Come in")).to_have_attribute("href", "/welcome")


@pytest.fixture(params=["phone", "tablet", "desktop"])
def visitor(request: pytest.FixtureRequest, new_context: NewContext) -> Page:
    """Return the page of a visitor, in the size of a phone, a tablet and a desktop in turn."""
    sizes = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1440, 900)}
    width, height = sizes[request.param]
    page = new_context(viewport={"width": width, "height": height}).new_page()
    page.clock.install()
    return page


def places(page: Page) -> list[float]:
    """Return top and height of each part of the result page, one after the other."""
    boxes = [one.bounding_box() for one in page.locator(".card, .sign, h1, .lead, .live").all()]
    return [number for box in boxes if box is not None for number in (box["y"], box["height"])]


class TestResultPage:
    """The result page becomes confirmed by itself."""

    @pytest.mark.parametrize(
        ("language", "claimed", "confirmed"),
        [
            ("en", "Thank you, you are done here", "Thank you, it is confirmed"),
            ("ko", "감사합니다. 마치셨습니다", "감사합니다. 확정됐습니다"),
        ],
    )
    def test_page_changes_without_a_reload_and_nothing_moves(
        self, site: LocalSite, visitor: Page, language: str, claimed: str, confirmed: str
    ) -> None:
        """Claimed becomes confirmed in place: same document, same layout, told to screen readers."""
        link = create_link(site)
        visitor.goto(f"{link['url']}?lang={language}")
        visitor.locator("main button").click()
        visitor.wait_for_url("**/simulator/**")
        visitor.locator("main button").first.click()
        heading = visitor.get_by_role("heading", level=1)
        expect(heading).to_have_text(claimed)
        visitor.evaluate("globalThis.isTheSame = true")
        before = places(visitor)
        site.confirm(link["id"], Result.APPROVED)
        visitor.clock.fast_forward(6_000)
        expect(heading).to_have_text(confirmed)
        expect(visitor).to_have_title(f"{confirmed} · Demo shop")
        expect(visitor.get_by_role("status")).to_contain_text(confirmed)
        assert visitor.evaluate("globalThis.isTheSame")
        assert len(before) == 10
        assert places(visitor) == pytest.approx(before, abs=1)

    def test_page_of_a_review_goes_from_pending_to_the_decision(self, site: LocalSite, visitor: Page) -> None:
        """Pending is confirmed as pending first, then as what the reviewer decided, also after a reload."""
        link = create_link(site)
        come_back(visitor, link, "Pending")
        heading = visitor.get_by_role("heading", level=1)
        expect(heading).to_have_text("Thank you, we are looking at it")
        site.confirm(link["id"], Result.PENDING)
        visitor.clock.fast_forward(6_000)
        expect(heading).to_have_text("A person is looking at it")
        site.confirm(link["id"], Result.REJECTED)
        visitor.clock.fast_forward(61_000)
        expect(heading).to_have_text("This did not work out")
        expect(visitor.locator(".lead")).to_contain_text("This is the confirmed result.")
        visitor.reload()
        expect(visitor.locator(".lead")).to_contain_text("This is the confirmed result.")

    def test_page_says_nothing_twice(self, site: LocalSite, visitor: Page) -> None:
        """An answer that changes nothing leaves the page alone, so that screen readers stay quiet."""
        link = create_link(site)
        come_back(visitor, link)
        visitor.evaluate(
            """() => {
                globalThis.changes = 0;
                new MutationObserver(() => { changes += 1; })
                    .observe(document.querySelector("[role=status]"), { childList: true, subtree: true });
            }"""
        )
        for _ in range(3):
            is_asked_again = partial(is_asked, site, since=len(site.asked))
            visitor.clock.fast_forward(6_000)
            until(visitor, is_asked_again)
            visitor.wait_for_timeout(200)  # for what the answer changes
        assert visitor.evaluate("changes") == 0

    def test_page_without_javascript_offers_to_look_again(
        self, site: LocalSite, new_context: NewContext
    ) -> None:
        """Without JavaScript the page has a link that shows the newest state."""
        page = new_context("phone", java_script_enabled=False).new_page()
        link = create_link(site)
        come_back(page, link)
        expect(page.locator(".live")).to_be_hidden()
        site.confirm(link["id"], Result.APPROVED)
        page.get_by_role("link", name="Look again").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, it is confirmed")
        expect(page.get_by_role("link", name="Look again")).to_have_count(0)
