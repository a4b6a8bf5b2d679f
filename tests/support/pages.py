"""What a test does with a page: look at it as a camera does, and as a screen reader does."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def scan(target: Page | Locator) -> str:
    """Return the text of the one QR code in a screenshot."""
    codes = scan_all(target)
    assert len(codes) == 1, codes
    return codes[0]


def scan_all(target: Page | Locator) -> list[str]:
    """Return the texts of the QR codes in a screenshot."""
    with Image.open(io.BytesIO(target.screenshot())) as image:
        return [code.text for code in zxingcpp.read_barcodes(image.convert("L"))]


def violations(page: Page) -> list[dict[str, Any]]:
    """Return what axe-core finds wrong: rule, and where."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [{"rule": rule["id"], "where": [node["html"][:200] for node in rule["nodes"]]} for rule in found]
