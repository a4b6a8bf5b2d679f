"""This module does in a browser what staff, customers and a tablet on the counter do."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from servers import Reachable


def create_link(demo: Reachable, **link_request: object) -> dict[str, Any]:
    """Create a link through the API, and return its answer."""
    body = {"pipeline": "id_document", "project": "shop", "fields": {"userid": "user_12345"}} | link_request
    link: dict[str, Any] = call_api(demo, "POST", "/api/links", body)
    return link


def call_api(demo: Reachable, method: str, path: str, body: object = None) -> Any:
    """Return what the API answers, or None for an empty answer."""
    request = urllib.request.Request(
        demo.base_url + path,
        method=method,
        headers={"Authorization": f"Bearer {demo.token}", "Content-Type": "application/json"},
        data=None if body is None else json.dumps(body).encode(),
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def sign_in(page: Page, demo: Reachable) -> None:
    """Sign in to the console, through its page."""
    page.goto(demo.base_url)
    page.get_by_label("API token").fill(demo.token)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Links", level=1).wait_for()


def start(page: Page, url: str) -> None:
    """Open a limited link and press its button, which leads to the simulated form."""
    page.goto(url)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("heading", name="Identity check").wait_for()


def open_kiosk(page: Page, demo: Reachable, store: str) -> None:
    """Make the page's browser a kiosk, from the console."""
    sign_in(page, demo)
    become_kiosk(page, store)
    page.locator("#cover").wait_for(state="hidden")


def become_kiosk(page: Page, store: str) -> None:
    """Make the page's browser a kiosk, from the first page of the console."""
    page.get_by_label("Store or counter").fill(store)
    page.get_by_role("button", name="Show the tablet's address").click()
    page.get_by_role("link", name="This device is the tablet").click()
    page.get_by_role("button", name="Use this device as the tablet").click()
    page.wait_for_url("**/kiosk")
