"""Fixtures of the browser tests: Debian's Chromium, and a server run by ``liveform serve --demo``."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any, Final

import pytest
from local_sites import LocalSite, desktop_example
from pages import SCREENS
from playwright.sync_api import expect, sync_playwright
from programs import required_program
from servers import DemoServer, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

# As root, Chromium needs --no-sandbox; the rest keeps it from calling anybody but us.
_FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


expect.set_options(timeout=20_000)  # a busy machine is no failure


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield a headless Chromium for the tests of a file.

    Debian packs one without windows too, as Playwright itself takes for tests, which needs two thirds of the
    time. While one runs, an event loop of Playwright does too, and other tests of the process could not use
    asyncio.
    """
    path = shutil.which("chromium-headless-shell") or required_program("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """Yield a running demo in a directory of its own, one for each test file."""
    server = DemoServer(tmp_path_factory.mktemp("demo"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def other_ports() -> tuple[int, int]:
    """Return the ports of two other origins, whose pages may ask ``site``."""
    return free_port(), free_port()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, other_ports: tuple[int, int]) -> Iterator[LocalSite]:
    """Yield a running web helper without webhooks: the test itself says what the vendor has confirmed."""
    origins = [f"http://127.0.0.1:{port}" for port in other_ports]
    one = LocalSite(tmp_path_factory.mktemp("site"), CORS_ORIGINS=origins)
    one.start()
    yield one
    one.close()


@pytest.fixture(scope="module")
def desktop(site: LocalSite, other_ports: tuple[int, int]) -> Iterator[str]:
    """Yield the address of the desktop example, which works with ``site``."""
    with desktop_example(site, other_ports[0]) as address:
        yield address


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Yield a maker of browser contexts: ``new_context("phone", locale="ko-KR")``."""
    contexts: list[BrowserContext] = []

    def make(size: str = "desktop", **options: Any) -> BrowserContext:
        context = browser.new_context(**{"viewport": SCREENS[size], "locale": "en-GB"} | options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(params=["phone", "desktop"])
def page(request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext]) -> Page:
    """Return a page of a fresh browser, once in the size of a phone and once of a desktop."""
    return new_context(request.param).new_page()
