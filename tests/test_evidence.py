"""Tests that SECURITY.md and docs/asvs.md name what is there: tests, pages, files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ASVS = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ITEM_ROW = re.compile(r"^\| ([0-9., ]+) \| .+ \| .+ \| (.+) \|$", re.MULTILINE)
TARGET = re.compile(r"`make [a-z-]+`|see \[below\]\(#what-we-do-not-hold\)")


def named_tests(text: str) -> set[str]:
    """Return the tests that a text names."""
    return set(re.findall(r"`(test_\w+)`", text))


@pytest.fixture(scope="module")
def tests() -> set[str]:
    """Return the names of all test functions."""
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return {
        name for source in sources for name in re.findall(r"^(?:async )?def (test_\w+)", source, re.MULTILINE)
    }


def test_every_test_that_the_asvs_page_names_is_there(tests: set[str]) -> None:
    """A test that shows an item of the standard exists under the name that the page gives."""
    assert named_tests(ASVS) - tests == set()


def test_every_item_of_the_asvs_page_has_evidence() -> None:
    """Each item that we claim to hold names a test, or a command that checks it."""
    rows = ITEM_ROW.findall(ASVS)
    assert len(rows) > 90
    assert [
        item for item, evidence in rows if not named_tests(evidence) and not TARGET.search(evidence)
    ] == []


def test_every_item_of_the_asvs_page_is_named_once() -> None:
    """No item is in two rows of the same table, and each is written as the standard writes it."""
    items = [item for row, _ in ITEM_ROW.findall(ASVS) for item in row.split(", ")]
    assert sorted(set(items)) == sorted(items)
    assert all(re.fullmatch(r"\d{1,2}\.\d\.\d{1,2}", item) for item in items)


def test_every_page_that_the_security_page_leads_to_is_there() -> None:
    """The links of SECURITY.md lead to files and folders of the project."""
    links = re.findall(r"\]\(([^)#]+)\)", SECURITY)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
