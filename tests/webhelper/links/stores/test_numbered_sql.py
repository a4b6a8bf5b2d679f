"""These tests read numbered SQL files from packages made for them, and check the files of the stores."""

import sys
from pathlib import Path

import pytest

from webhelper.links.stores.numbered_sql import Step, steps_in
from webhelper.links.stores.sqlite.schema import steps


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an importable package without files."""
    folder = tmp_path / "numbered_for_a_test"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, folder.name, raising=False)
    return folder


def test_steps_come_in_the_order_of_their_numbers(package: Path) -> None:
    """A package's steps come in the order of their numbers, each with its name and its SQL."""
    (package / "0010_later.sql").write_text("-- 둘\n", encoding="utf-8")
    (package / "0002_first_one.sql").write_text("-- 1\n", encoding="utf-8")
    assert steps_in(package.name) == (Step(2, "first_one", "-- 1\n"), Step(10, "later", "-- 둘\n"))


@pytest.mark.parametrize("name", ["1_short.sql", "0001-a.sql", "0001_A.sql", "0001_a.sql~", "x0001_a.sql"])
def test_files_of_other_names_are_no_steps(name: str, package: Path) -> None:
    """A file with any other name is not a step."""
    (package / name).touch()
    assert steps_in(package.name) == ()


def test_numbers_of_the_sqlite_store_have_no_gap() -> None:
    """Each step of the SQLite store has the number after the one before it."""
    numbers = [step.number for step in steps()]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
