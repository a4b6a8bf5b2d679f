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
from visitors import create_link, start

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
    assert scan(image) == link["url"].upper()
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
    assert page.url == f"{frontend}/"


@pytest.mark.parametrize(
    "query", ["?encrypted=AAAA", "?kycStatus=verified", "?kycStatus=approved&kycStatus=pending"]
)
def test_frontend_says_when_a_return_cannot_be_read(
    demo: DemoServer, page: Page, frontend: str, query: str
) -> None:
    """The frontend shows the code ``malformed`` for every return that cannot be read."""
    page.goto(f"{frontend}/?helper={demo.base_url}")
    page.goto(f"{frontend}/{query}")
    expect(page.get_by_role("status")).to_have_text("The return cannot be read (malformed).")


def test_forged_return_does_not_come_through_a_link_of_ours(
    demo: DemoServer, page: Page, frontend: str
) -> None:
    """A plain return that somebody typed is shown with ``stateOk`` false."""
    page.goto(f"{frontend}/?helper={demo.base_url}")
    page.goto(f"{frontend}/?kycStatus=approved&userid=user_12345&cf3=forged")
    expect(page.locator('[data-member="status"]')).to_have_text("approved")
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
    page.goto(f"{frontend}/docs.html?kycStatus=pending&submissionId=abc")
    page.wait_for_function("window.result !== undefined")
    assert page.evaluate("window.result") == {
        "status": "pending",
        "submissionId": "abc",
        "errorCode": None,
        "stateOk": False,
        "claimed": True,
    }
    expect(page.locator("liveform-qr img")).to_be_visible()
