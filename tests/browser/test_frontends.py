"""Tests of liveform.js in a real Vite app: React in StrictMode with two routers, Vue, and a rendered page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest
from firefox import Firefox, running_firefox
from frontend_apps import HELPER_OF_THE_DOCS, build_app, docs_blocks, new_app
from pages import scan
from playwright.sync_api import BrowserContext, Page, Request, Route, expect
from servers import static_site
from visitors import create_link, start

if TYPE_CHECKING:
    from pathlib import Path

    from local_sites import LocalSite

NewContext = Callable[..., BrowserContext]
ERROR: Final = "errorCode=TK-10001"  # a return that needs no link
HISTORY: Final = "navigation.entries().map(({ url }) => url).join(' ')"
# What browsers have got since Chrome 91, Firefox 90 and Safari 15.
NEWER: Final = """
    for (const [owner, names] of [
        [globalThis, ["structuredClone", "reportError", "scheduler", "navigation", "cookieStore"]],
        [URL, ["canParse", "parse"]],
        [URLSearchParams.prototype, ["size"]],
        [Object, ["hasOwn", "groupBy"]],
        [Map, ["groupBy"]],
        [Array, ["fromAsync"]],
        [Array.prototype, ["at", "findLast", "findLastIndex", "toSorted", "toReversed", "toSpliced", "with"]],
        [String.prototype, ["at", "isWellFormed", "toWellFormed"]],
        [Promise, ["withResolvers", "try"]],
        [Crypto.prototype, ["randomUUID"]],
        [Response, ["json"]],
        [AbortSignal, ["timeout", "any", "abort"]],
        [AbortSignal.prototype, ["throwIfAborted", "reason"]],
        [Element.prototype, ["replaceChildren", "setHTMLUnsafe", "checkVisibility", "moveBefore"]],
        [Document.prototype, ["replaceChildren", "startViewTransition"]],
    ]) {
        for (const name of names) {
            delete owner[name];
        }
    }
"""


@pytest.fixture(scope="module")
def dist(site: LocalSite) -> Iterator[Path]:
    """Yield the folder of the app, built for the web helper of the test."""
    with new_app() as folder:
        yield build_app(folder, site.base_url)


@pytest.fixture(scope="module")
def app(dist: Path, other_ports: tuple[int, int]) -> Iterator[str]:
    """Yield the address of the app."""
    with static_site(dist, other_ports[0], single_page=True) as address:
        yield address


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """Return the page of a visitor's phone."""
    return new_context("phone").new_page()


@pytest.fixture
def said(page: Page) -> list[str]:
    """Return a list of what the page writes to the console."""
    texts: list[str] = []
    page.on("console", lambda message: texts.append(message.text))
    return texts


@pytest.fixture
def asked(page: Page) -> list[str]:
    """Return a list of the bodies that the page posts."""
    bodies: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/api/returns"):
            bodies.append(request.post_data or "")

    page.on("request", note)
    return bodies


def come_back(page: Page, site: LocalSite, app: str) -> str:
    """Go through the form, and return the query that the vendor adds to the Return URL."""
    start(page, create_link(site)["url"])
    page.get_by_text("What comes back, and how").click()
    page.get_by_label("Return URL").select_option(label=f"{app}/")
    page.get_by_role("button", name="Approve").click()
    address = page.get_by_role("link", name="Ok").get_attribute("href")
    assert address is not None
    return address.partition("?")[2]


def read(page: Page, site: LocalSite) -> Any:
    """Return what ``readReturn`` gives to the page, or the code of its error."""
    page.wait_for_function("globalThis.liveform !== undefined")
    return page.evaluate(
        "helper => liveform.readReturn({ helper }).catch((error) => error.code)", site.base_url
    )


@pytest.mark.parametrize(
    "route",
    [
        "/kyc/done?step=2&{}",
        "/kyc/done?step=2?{}",
        "/hash.html#/kyc/done?step=2&{}",
        "/hash.html?{}#/kyc/done?step=2",
    ],
    ids=["history", "history, second question mark", "hash", "in front of the hash"],
)
def test_strict_mode_gets_one_answer_and_a_reload_the_same(  # J1, J2, J3, J4
    site: LocalSite, app: str, page: Page, asked: list[str], said: list[str], route: str
) -> None:
    """Two calls send one request; the address keeps route and parameters; a reload has the answer still."""
    query = come_back(page, site, app)
    asked.clear()
    said.clear()
    page.goto(app + route.format(query))
    expect(page.get_by_text("Thank you: approved")).to_be_visible()
    expect(page.locator("liveform-wait")).to_contain_text("Thank you, you are done.")
    expect(page).to_have_url(re.compile(re.escape(route.partition("?")[0]) + r"\S*step=2"))
    assert "encrypted" not in page.url
    assert len(asked) == 1
    assert "step" not in asked[0]
    page.reload()
    expect(page.get_by_text("Thank you: approved")).to_be_visible()
    expect(page.locator("liveform-wait")).to_contain_text("Thank you, you are done.")
    assert len(asked) == 1
    assert [text for text in said if query in text or query[-30:] in text] == []


@pytest.mark.parametrize("failure", ["no network", "an error page", "another server's answer"])
@pytest.mark.parametrize("again", ["button", "reload"])
def test_return_survives_a_web_helper_that_does_not_answer(  # J1
    site: LocalSite, app: str, page: Page, failure: str, again: str
) -> None:
    """Without an answer the claims stay in the address, and the next try has the outcome."""
    query = come_back(page, site, app)

    def fail(route: Route) -> None:
        cors = {"Access-Control-Allow-Origin": app, "Access-Control-Allow-Credentials": "true"}
        if failure == "no network":
            route.abort()
        elif failure == "an error page":
            route.fulfill(status=502, headers=cors, content_type="text/html", body="<h1>Bad gateway</h1>")
        else:
            route.fulfill(status=200, headers=cors, json={})

    page.route("**/api/returns", fail)
    page.goto(f"{app}/kyc/done?{query}")
    expect(page.get_by_role("alert")).to_contain_text("That did not work (network).")
    expect(page).to_have_url(f"{app}/kyc/done?{query}")
    page.unroute("**/api/returns")
    if again == "button":
        page.get_by_role("button", name="Try again").click()
    else:
        page.reload()
    expect(page.get_by_text("Thank you: approved")).to_be_visible()
    expect(page).to_have_url(f"{app}/kyc/done")


@pytest.mark.parametrize(
    ("address", "clean"),
    [
        ("?{}", ""),
        ("?step=2?{}", "?step=2"),  # J4
        ("?{}&step=2", "?step=2"),
        ("?a=%20+b&{}", "?a=%20+b"),
        ("?q=a?b&step=2?{}#top", "?q=a?b&step=2#top"),
        ("?email=me%40own.example&step=2?{}", "?email=me%40own.example&step=2"),  # J5
        ("#{}", ""),
        ("#{}&tab=2", "#tab=2"),
        ("#/kyc/done?{}", "#/kyc/done"),  # J3
        ("#/kyc/done?tab=2?{}", "#/kyc/done?tab=2"),
        ("#/kyc/done?{}&tab=2", "#/kyc/done?tab=2"),
        ("#!/kyc/done?{}", "#!/kyc/done"),
        ("?{}#/kyc/done?tab=2", "#/kyc/done?tab=2"),
        ("?step=2&{}#section", "?step=2#section"),
    ],
)
def test_only_the_claims_leave_the_address(
    site: LocalSite, app: str, page: Page, address: str, clean: str
) -> None:
    """Whatever way the vendor adds its claims, the page's own part of the address stays byte for byte."""
    page.goto(f"{app}/plain.html{address.format(ERROR)}")
    answer = read(page, site)
    assert (answer["status"], answer["errorCode"]) == ("error", "TK-10001")
    expect(page).to_have_url(f"{app}/plain.html{clean}")
    page.reload()
    assert read(page, site) == answer


@pytest.mark.parametrize(
    "address",
    [
        "?email=me%40own.example",
        "?userid=17&cf1=x&cf2=y&cf3=z",
        "#/users?userid=17",
        "#encrypted",
        "?encrypted",
    ],
)
def test_parameters_of_a_page_are_not_a_return(  # J5
    site: LocalSite, app: str, page: Page, asked: list[str], address: str
) -> None:
    """Names that a page may use itself make no return: nothing is sent, and the address stays."""
    page.goto(f"{app}/plain.html{address}")
    assert read(page, site) is None
    expect(page).to_have_url(f"{app}/plain.html{address}")
    assert asked == []


def test_parameters_of_a_page_stay_beside_an_encrypted_return(  # J5
    site: LocalSite, app: str, page: Page, asked: list[str]
) -> None:
    """Encrypted claims are in one parameter, so what stands beside it is the page's own."""
    page.goto(f"{app}/plain.html?email=me%40own.example&encrypted=AAAA")
    assert read(page, site) == "malformed"
    expect(page).to_have_url(f"{app}/plain.html?email=me%40own.example")
    assert asked == ['{"query":"?encrypted=AAAA"}']


def test_refusal_of_a_return_stays_over_a_reload(
    site: LocalSite, app: str, page: Page, asked: list[str]
) -> None:
    """A return that nobody can read is no return after a reload either, and is not sent again."""
    page.goto(f"{app}/plain.html?encrypted=AAAA")
    assert (read(page, site), read(page, site)) == ("malformed", "malformed")
    page.reload()
    assert read(page, site) == "malformed"
    expect(page).to_have_url(f"{app}/plain.html")
    assert len(asked) == 1


def test_answer_is_kept_for_its_page_alone(site: LocalSite, app: str, page: Page) -> None:
    """Another address, or a new visit, has no answer; the way back has it."""
    page.goto(f"{app}/plain.html?{ERROR}")
    assert read(page, site)["status"] == "error"
    page.goto(f"{app}/plain.html?step=2")
    assert read(page, site) is None
    page.go_back()
    assert read(page, site)["status"] == "error"
    page.goto(f"{app}/plain.html?step=2")
    page.evaluate("location.href = '/plain.html'")
    page.wait_for_url("**/plain.html")
    assert read(page, site) is None


def test_answer_that_comes_late_leaves_another_page_alone(site: LocalSite, app: str, page: Page) -> None:
    """A page that has gone on meanwhile keeps its address, and the claims are not in the history."""
    page.goto(f"{app}/plain.html?{ERROR}")
    page.wait_for_function("globalThis.liveform !== undefined")
    answer = page.evaluate(
        """async (helper) => {
            const answer = liveform.readReturn({ helper });
            history.replaceState(null, "", "/plain.html?step=2");
            return [(await answer).status, location.search];
        }""",
        site.base_url,
    )
    assert answer == ["error", "?step=2"]


def test_address_is_cleaned_as_the_caller_says(site: LocalSite, app: str, page: Page) -> None:
    """``clean`` can be false, or a function that gets the address without claims."""
    page.goto(f"{app}/plain.html?step=2&{ERROR}")
    page.wait_for_function("globalThis.liveform !== undefined")
    page.evaluate("helper => liveform.readReturn({ helper, clean: false })", site.base_url)
    assert ERROR in page.url
    cleaned = page.evaluate(
        """async (helper) => {
            let clean;
            await liveform.readReturn({ helper, clean: (address) => { clean = address; } });
            return clean;
        }""",
        site.base_url,
    )
    assert cleaned == f"{app}/plain.html?step=2"


def test_bundle_sends_claims_nowhere_without_a_helper(app: str, page: Page, asked: list[str]) -> None:
    """A module that the web helper does not serve cannot know where it is, and asks nobody."""
    page.goto(f"{app}/plain.html?{ERROR}")
    code = page.evaluate("liveform.readReturn().catch((error) => `${error.name} ${error.code}`)")
    assert code == "ReturnError helper"
    assert asked == []
    assert ERROR in page.url


def test_module_works_without_what_browsers_got_later(  # J6
    site: LocalSite, app: str, page: Page
) -> None:
    """In a browser that has no newer function, the code is drawn, a return is read, and a page waits."""
    page.add_init_script(NEWER)
    link = create_link(site)
    page.goto(f"{app}/plain.html?{ERROR}")
    assert page.evaluate(
        "[URL.canParse, Object.hasOwn, AbortSignal.timeout].every((one) => one === undefined)"
    )
    assert read(page, site)["status"] == "error"
    page.evaluate(
        """([link, wait, helper]) => {
            document.body.innerHTML = `<liveform-qr></liveform-qr>
                <liveform-wait wait="${wait}" helper="${helper}"></liveform-wait>`;
            document.querySelector("liveform-qr").setAttribute("link", link);
        }""",
        [link["url"], link["wait"], site.base_url],
    )
    assert scan(page.locator("liveform-qr img")) == link["url"]
    expect(page.get_by_role("status")).to_contain_text("Not opened yet.")
    ended = page.evaluate(
        """async ([wait, helper]) => {
            const ends = [new AbortController(), new AbortController()];
            ends[0].abort();
            setTimeout(() => ends[1].abort());
            const waits = ends.map(({ signal }) => liveform.waitForResult({ wait, helper, signal }));
            return (await Promise.allSettled(waits)).map(({ reason }) => reason.name);
        }""",
        [link["wait"], site.base_url],
    )
    assert ended == ["AbortError", "AbortError"]


def test_vue_router_does_not_put_the_claims_back(site: LocalSite, app: str, page: Page) -> None:
    """The component of the docs reads a return; the history has no claims after the page has gone on."""
    query = come_back(page, site, app)
    page.goto(f"{app}/vue.html?step=2&{query}")
    expect(page.get_by_text("Thank you: approved")).to_be_visible()
    expect(page.locator("liveform-wait")).to_contain_text("Thank you, you are done.")
    expect(page).to_have_url(f"{app}/vue.html?step=2")
    page.get_by_role("link", name="About").click()
    expect(page.get_by_role("heading", name="About")).to_be_visible()
    assert "encrypted" not in page.evaluate("JSON.stringify(history.state)")
    assert "encrypted" not in page.evaluate(HISTORY)
    page.go_back()
    expect(page).to_have_url(f"{app}/vue.html?step=2")


def test_vue_router_that_knows_nothing_does_not_put_the_claims_back(app: str, page: Page) -> None:
    """Vue Router writes the address of its state when it goes on; the claims have left that too."""
    page.goto(f"{app}/vue.html?plain&{ERROR}")
    expect(page.get_by_role("status")).to_have_text("error")
    page.get_by_role("link", name="About").click()
    expect(page.get_by_role("heading", name="About")).to_be_visible()
    assert ERROR not in page.evaluate(HISTORY)


def test_react_router_goes_on_and_back(site: LocalSite, app: str, page: Page, asked: list[str]) -> None:
    """A visitor who leaves the page and comes back sees the same result, from the same request."""
    query = come_back(page, site, app)
    page.goto(f"{app}/kyc/done?{query}")
    expect(page.get_by_text("Thank you: approved")).to_be_visible()
    page.get_by_role("link", name="About").click()
    expect(page.get_by_role("heading", name="About")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Thank you: approved")).to_be_visible()
    expect(page).to_have_url(f"{app}/kyc/done")
    assert len(asked) == 1


def test_rendered_page_is_taken_over_without_a_difference(site: LocalSite, app: str, page: Page) -> None:
    """React finds the server's HTML as it was, and the code is drawn after that."""
    link = create_link(site)
    page.goto(f"{app}/rendered.html?link={link['url']}")
    assert scan(page.locator("liveform-qr img")) == link["url"]
    assert page.evaluate("differences") == []


def test_page_of_the_docs_reads_a_return(site: LocalSite, dist: Path, app: str, page: Page) -> None:
    """The html block of docs/frontends.md runs as it is shown."""
    (block,) = docs_blocks("html")
    html = f"<!doctype html>{block.replace(HELPER_OF_THE_DOCS, site.base_url)}"
    (dist / "docs.html").write_text(html, encoding="utf-8")
    query = come_back(page, site, app)
    page.goto(f"{app}/docs.html?{query}")
    expect(page.get_by_role("status")).to_have_text("Thank you: approved")
    expect(page).to_have_url(f"{app}/docs.html")


@pytest.fixture(scope="module")
def firefox(dist: Path) -> Iterator[Firefox]:
    """Yield a running Firefox."""
    with running_firefox(dist.parent) as one:
        yield one


@pytest.mark.parametrize(
    "route", ["/kyc/done?step=2&{}", "/hash.html#/kyc/done?step=2&{}"], ids=["history", "hash"]
)
def test_firefox_reads_a_return_once_and_keeps_it(  # J1, J2, J3
    site: LocalSite, app: str, firefox: Firefox, route: str
) -> None:
    """In Firefox, StrictMode shows one result, the address is clean, and a reload has the result still."""
    firefox.goto(create_link(site)["url"])
    firefox.evaluate("document.querySelector('main button').click()")
    firefox.wait_for("location.pathname.startsWith('/simulator')")
    firefox.evaluate("document.querySelector('details').open = true")
    firefox.evaluate(
        f"""[...document.querySelectorAll("select")].forEach((select) => {{
            const option = [...select.options].find(({{ label }}) => label === "{app}/");
            if (option) select.value = option.value;
        }})"""
    )
    firefox.evaluate(
        "[...document.querySelectorAll('button')].find((one) => one.textContent.trim() === 'Approve').click()"
    )
    query = firefox.wait_for(f"""document.querySelector('a[href^="{app}/?"]')?.search.slice(1)""")
    before = site.asked.count("/api/returns")
    firefox.goto(app + route.format(query))
    shown = "document.querySelector('#root').textContent"
    for is_again in (False, True):
        if is_again:
            firefox.reload()
        firefox.wait_for(
            f"{shown}.includes('Thank you: approved') && {shown}.includes('Thank you, you are done.')"
        )
        firefox.wait_for(f"location.href === {json.dumps(app + route.removesuffix('&{}'))}")
    assert site.asked.count("/api/returns") - before in (
        1,
        2,
    )  # the question, and CORS' own if it is not cached


def test_firefox_draws_the_code_of_a_rendered_page(site: LocalSite, app: str, firefox: Firefox) -> None:
    """In Firefox, the element draws its code after React has taken over."""
    firefox.goto(f"{app}/rendered.html?link={create_link(site)['url']}")
    firefox.wait_for("document.querySelector('liveform-qr img')?.naturalWidth")
    assert firefox.evaluate("differences") == []
