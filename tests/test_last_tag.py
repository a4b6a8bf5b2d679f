"""tests.last_tag runs the tests of the last release on the code of today."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from programs import required_program

from tests.last_tag.__main__ import CHANGED, main

if TYPE_CHECKING:
    from pathlib import Path

TEST_OF_THEN = """import liveform

def test_name_of_then_is_there_still():
    assert hasattr(liveform, {name!r})

def test_project_is_there_still():
    assert liveform.Project
"""


def git(root: Path, *arguments: str) -> None:
    """Run git as somebody."""
    who = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "-c", "commit.gpgsign=false")
    subprocess.run([required_program("git"), *who, *arguments], cwd=root, check=True, capture_output=True)


def released(root: Path, name: str) -> None:
    """Make a repository whose release v0.1.0 has a test for a name of liveform, and no code."""
    folder = root / "tests" / "liveform"
    folder.mkdir(parents=True)
    (folder / "test_then.py").write_text(TEST_OF_THEN.format(name=name), encoding="utf-8")
    (root / "pyproject.toml").write_text("[tool.pytest.ini_options]\n", encoding="utf-8")
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "then")
    git(root, "tag", "v0.1.0")


@pytest.mark.parametrize(("name", "code"), [("Project", 0), ("gone", 1)])
def test_last_tag_runs_the_tests_of_then_on_this_code(tmp_path: Path, name: str, code: int) -> None:
    """Tests of the last release pass while what they test is there, and fail once it is not."""
    released(tmp_path, name)
    assert main([str(tmp_path / "out")], root=tmp_path, jobs="0") == code


def test_last_tag_leaves_out_what_was_changed_on_purpose(tmp_path: Path) -> None:
    """A test that is listed as changed is not run."""
    released(tmp_path, "gone")
    listed = "# told in CHANGELOG.md\ntests/liveform/test_then.py::test_name_of_then_is_there_still\n"
    (tmp_path / "changed.txt").write_text(listed, encoding="utf-8")
    assert main([str(tmp_path / "out")], root=tmp_path, changed=tmp_path / "changed.txt", jobs="0") == 0


def test_last_tag_without_a_tag_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before the first release there is nothing to run, which is said and is no failure."""
    git(tmp_path, "init", "--quiet")
    assert main([str(tmp_path / "out")], root=tmp_path) == 0
    assert "no tag yet" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()


def test_list_of_changed_tests_gives_a_reason_for_each() -> None:
    """Every listed test has a comment above it."""
    lines = CHANGED.read_text(encoding="utf-8").splitlines()
    assert all(lines[place - 1].startswith("#") for place, line in enumerate(lines) if "::" in line)
