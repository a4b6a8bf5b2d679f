"""This module looks at a page as a camera does, and as a screen reader does."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final, Literal

import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page

if TYPE_CHECKING:
    from playwright.sync_api import Locator, ViewportSize

SCREENS: Final[dict[str, ViewportSize]] = {
    "phone": {"width": 390, "height": 844},
    "desktop": {"width": 1280, "height": 900},
    "tablet": {"width": 1024, "height": 768},
}
# An image that cannot be drawn is left to the test, which will not find its code.
_DRAWN: Final = """element => Promise.allSettled(
    [element, ...element.querySelectorAll("img")].filter(one => one.decode).map(image => image.decode())
)"""
_AXE: Final[str] = Axe().axe_script
# What holds is not even listed: it would be most of the work.
_VIOLATIONS: Final = """async (rules) => {
    const only = rules ? { runOnly: { type: "rule", values: rules } } : {};
    const { violations } = await axe.run({ resultTypes: ["violations"], ...only });
    const where = (nodes) => nodes.map((node) => node.html.slice(0, 200));
    return violations.map(({ id, nodes }) => ({ rule: id, where: where(nodes) }));
}"""
_OF_COLOURS: Final = ("color-contrast", "link-in-text-block")  # the rules that colours alone can break
_SCHEMES: Final[dict[Literal["light", "dark"], tuple[str, ...] | None]] = {"light": None, "dark": _OF_COLOURS}
_COLOURS_CHANGED: Final = """() => document.getAnimations()
    .filter((animation) => animation instanceof CSSTransition)
    .forEach((transition) => transition.finish())"""
_QR_CODES: Final = zxingcpp.barcode_formats_from_str("QRCode")


def scan(target: Page | Locator) -> str:
    """Return the text of the one QR code in a screenshot."""
    codes = scan_all(target)
    assert len(codes) == 1, codes
    return codes[0]


def scan_all(target: Page | Locator) -> list[str]:
    """Return the texts of the QR codes in a screenshot, once every image of it has been drawn."""
    (target.locator("body") if isinstance(target, Page) else target).evaluate(_DRAWN)
    with Image.open(io.BytesIO(target.screenshot())) as image:
        return [code.text for code in zxingcpp.read_barcodes(image.convert("L"), _QR_CODES)]


def violations(page: Page, rules: tuple[str, ...] | None = None) -> list[dict[str, Any]]:
    """Return the rules that axe-core finds broken, and where; of all its rules, or of these."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(_AXE)
    found: list[dict[str, Any]] = page.evaluate(_VIOLATIONS, rules)
    return found


def violations_by_scheme(page: Page) -> dict[str, list[dict[str, Any]]]:
    """Return the same of the page in light colours and in dark ones, without those that have none.

    In dark colours the rules of colours alone are asked again: the elements are the same.
    """
    found = {}
    for scheme, rules in _SCHEMES.items():
        page.emulate_media(color_scheme=scheme)
        page.evaluate(_COLOURS_CHANGED)
        found[scheme] = violations(page, rules)
    return {scheme: broken for scheme, broken in found.items() if broken}
