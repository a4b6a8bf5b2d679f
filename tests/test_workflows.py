"""Tests that the workflows of .github run no action that can change, with no right that they do not need."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / ".github" / "workflows"
WORKFLOWS = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yml"))}
PINNED = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def test_workflows_are_those_that_the_docs_name() -> None:
    """There is one workflow for changes, and one for releases."""
    assert set(WORKFLOWS) == {"ci.yml", "release.yml"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actions_are_pinned_by_hash(name: str) -> None:
    """Every action is named by the hash of a commit, with the version beside it."""
    used = re.findall(r"uses: (.+)", WORKFLOWS[name])
    assert used
    assert [one for one in used if PINNED.fullmatch(one) is None] == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_rights_are_given_by_job(name: str) -> None:
    """A workflow has no rights; each job lists its own, and each right says why."""
    text = WORKFLOWS[name]
    assert "\npermissions: {}\n" in text
    assert text.count("\n    permissions:\n") == text.count("\n    runs-on: ")
    rights = re.findall(r"^      [a-z-]+: (?:read|write).*$", text, re.MULTILINE)
    assert rights
    assert [one for one in rights if " # " not in one] == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_checkout_keeps_no_credentials(name: str) -> None:
    """The token of the workflow is not left in the checkout."""
    text = WORKFLOWS[name]
    assert text.count("uses: actions/checkout@") == text.count("persist-credentials: false")


def test_release_needs_no_stored_password() -> None:
    """A release names no secret: PyPI trusts the workflow, once a maintainer has allowed it."""
    text = WORKFLOWS["release.yml"]
    assert "secrets." not in text
    assert "environment: pypi" in text
    assert "attest-build-provenance@" in text
    assert "attestations: true" in text
