"""Tests of examples/frontend, a page of another origin that owns the Return URL without a key."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pages import scan
from playwright.sync_api import BrowserContext, Page, expect
from servers import DemoServer, free_port, static_site
from visitors import call_api, create_link, start

ROOT = Path(__file__).parents[2]
NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of a copy of the example, to which a test can add a page."""
    return Path(shutil.copytree(ROOT / "examples" / "frontend", tmp_path_factory.mktemp("site") / "frontend"))


@pytest.fixture(scope="module")
def frontend(directory: Path) -> Iterator[str]:
    """Yield the address of the example, served on the port that the demo's settings list."""
    with static_site(directory, 3000) as address:
        yield address


def test_frontend_shows_the_code_of_a_link(demo: DemoServer, page: Page, frontend: str) -> None:
    """``<liveform-qr>`` draws the QR code of a link, and is a link to the same URL itself."""
    link = create_link(demo)
    page.goto(f"{frontend}/?helper={demo.base_url}&link={link['url']}")
    image = page.locator("liveform-qr img")
    expect(image).to_be_visible()
    expect(image).to_have_js_property("complete", True)
    assert scan(image) == link["url"]
    expect(page.get_by_role("link", name="Open the identity check")).to_have_attribute("href", link["url"])


def test_frontend_reads_a_return_and_cleans_the_address(demo: DemoServer, page: Page, frontend: str) -> None:
    """The frontend shows the outcome of a return and removes the claims from its own address."""
    page.goto(f"{frontend}/?helper={demo.base_url}")
    start(page, create_link(demo)["url"])
    page.get_by_text("What comes back, and how").click()
    page.get_by_label("Return URL").select_option(label=f"{frontend}/")
    page.get_by_role("button", name="Pending").click()
    page.get_by_role("link", name="Ok").click()
    expect(page.get_by_role("status")).to_have_text("Thank you. We are checking.")
    expect(page.locator('[data-member="status"]')).to_have_text("pending")
    expect(page.locator('[data-member="stateOk"]')).to_have_text("true")
    expect(page).to_have_url(f"{frontend}/")
    code = page.locator('[data-member="code"]').text_content()
    told = call_api(demo, "POST", "/api/results", {"code": code})
    assert (told["status"], told["userid"]) == ("pending", "user_12345")


def test_frontend_of_another_browser_gets_no_code(  # A3
    demo: DemoServer, page: Page, frontend: str, new_context: NewContext
) -> None:
    """A finished return that is planted on another browser has ``stateOk`` false and no code."""
    page.goto(f"{frontend}/?helper={demo.base_url}")
    start(page, create_link(demo)["url"])
    page.get_by_text("What comes back, and how").click()
    page.get_by_label("Return URL").select_option(label=f"{frontend}/")
    page.get_by_role("button", name="Pending").click()
    address = page.get_by_role("link", name="Ok").get_attribute("href")
    assert address is not None
    other = new_context().new_page()
    other.goto(f"{frontend}/?helper={demo.base_url}")
    other.goto(address)
    expect(other.locator('[data-member="stateOk"]')).to_have_text("false")
    expect(other.locator('[data-member="code"]')).to_have_text("none")


@pytest.mark.parametrize(
    "query", ["?encrypted=AAAA", "?kycStatus=approved", "?kycStatus=approved&kycStatus=pending"]
)
def test_frontend_says_when_a_return_cannot_be_read(
    demo: DemoServer, page: Page, frontend: str, query: str
) -> None:
    """The frontend shows the code ``malformed`` for every return that cannot be read."""
    page.goto(f"{frontend}/?helper={demo.base_url}")
    page.goto(f"{frontend}/{query}")
    expect(page.get_by_role("status")).to_have_text("The return cannot be read (malformed).")


def test_plain_error_code_is_shown_without_the_web_helpers_word(  # A1
    demo: DemoServer, page: Page, frontend: str
) -> None:
    """A plain error code is shown as this page's own address has it, with ``stateOk`` false."""
    page.goto(f"{frontend}/?helper={demo.base_url}")
    page.goto(f"{frontend}/?errorCode=TK-10001")
    expect(page.get_by_role("status")).to_have_text("The check stopped before its end.")
    expect(page.locator('[data-member="errorCode"]')).to_have_text("TK-10001")
    expect(page.locator('[data-member="stateOk"]')).to_have_text("false")


def test_origin_that_is_not_listed_gets_no_answer(demo: DemoServer, page: Page, tmp_path: Path) -> None:
    """A page of an origin that is not listed gets the error ``network`` from readReturn."""
    (tmp_path / "index.html").write_text("<!doctype html><title>another site</title>", encoding="utf-8")
    with static_site(tmp_path, free_port()) as address:
        page.goto(f"{address}/?kycStatus=approved")
        code = page.evaluate(
            """async (helper) => {
                const { readReturn } = await import(`${helper}/static/liveform.js`);
                return readReturn({ helper }).then(() => "read", (error) => error.code);
            }""",
            demo.base_url,
        )
    assert code == "network"


def test_page_of_the_docs_runs_as_shown(demo: DemoServer, page: Page, frontend: str, directory: Path) -> None:
    """The html block of docs/webhelper.md, pointed at the demo, reads a return and shows the code."""
    text = (ROOT / "docs" / "webhelper.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```html\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    html = block.replace("https://shop.example.com/r/...", create_link(demo)["url"])
    html = html.replace("https://shop.example.com", demo.base_url)
    html = html.replace("</script>", "window.result = result;</script>")
    (directory / "docs.html").write_text(f"<!doctype html>{html}", encoding="utf-8")
    page.goto(f"{frontend}/docs.html?errorCode=TK-10001")
    page.wait_for_function("window.result !== undefined")
    assert page.evaluate("window.result") == {
        "status": "error",
        "errorCode": "TK-10001",
        "stateOk": False,
        "code": None,
        "wait": None,
        "claimed": True,
    }
    expect(page.locator("liveform-qr img")).to_be_visible()
