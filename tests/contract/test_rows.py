"""The table of rows is whole, and says the truth about the tests that hold them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.contract.checks import rows
from tests.contract.row_table import LAST, ROWS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LETTERS = {"1.9": "abcdefg"}
_ROWS_OF_TEXT = re.compile(r"\brows? ((?:\d+\.\d+[a-g]?(?:, | and | to )?)+)")


def marked() -> dict[str, set[str]]:
    """Return the tests of the suite that hold each row, by the rows in their marks."""
    found: dict[str, set[str]] = {}
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                for number in _numbers(node):
                    found.setdefault(number, set()).add(f"{path.name}::{node.name}")
    return found


def _numbers(function: ast.FunctionDef) -> list[str]:
    calls = [one for one in function.decorator_list if isinstance(one, ast.Call)]
    return [
        str(argument.value)
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "rows"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    ]


def test_table_has_every_row_of_sections_1_to_9() -> None:
    """Each row from 1.1 to 9.30 is in the table once, with its letters."""
    numbers = [f"{section}.{place}" for section, last in LAST.items() for place in range(1, last + 1)]
    whole = {f"{one}{letter}" for one in numbers for letter in LETTERS.get(one, [""])}
    sections = {str(section) for section in LAST}
    assert {one for one in ROWS if one.partition(".")[0] in sections} == whole


def test_rows_here_are_held_by_a_test_of_the_suite() -> None:
    """A row that is held here has a test with its number, and no test has a number of another kind."""
    here = {number for number, row in ROWS.items() if not row.elsewhere and not row.why_not}
    assert marked().keys() == here


def test_rows_elsewhere_are_held_by_a_test_that_exists() -> None:
    """A row that is held elsewhere names a file of tests and a function in it."""
    for number, row in ROWS.items():
        if row.elsewhere:
            path, _, name = row.elsewhere.partition("::")
            source = (ROOT / path).read_text(encoding="utf-8")
            assert f"def {name}(" in source, number


def test_rows_that_cannot_be_tried_say_why() -> None:
    """Each row says what it is about, and one that nothing holds says why."""
    assert all(row.says for row in ROWS.values())
    assert all(not (row.elsewhere and row.why_not) for row in ROWS.values())


def test_every_test_that_talks_to_the_target_names_its_rows() -> None:
    """A test that takes the fixture world holds at least one row."""
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                arguments = {one.arg for one in node.args.args}
                assert not arguments & {"world", "writer"} or _numbers(node), node.name


def test_unknown_row_is_refused() -> None:
    """A test cannot hold a row that the table does not have."""
    with pytest.raises(ValueError, match=r"9\.99"):
        rows("1.1", "9.99")


def test_page_of_facts_has_the_same_rows() -> None:
    """The rows of sections 1 to 9 are those of docs/vendor-api.md, and every row that code names is there."""
    page = (ROOT / "docs" / "vendor-api.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| (\d+\.\d+[a-g]?) \|", page, re.MULTILINE))
    assert {row for row in ROWS if int(row.partition(".")[0]) <= 9} == {
        row for row in told if int(row.partition(".")[0]) <= 9
    }
    sources = [*ROOT.glob("liveform/**/*.py"), *ROOT.glob("webhelper/**/*.py")]
    named = {
        row
        for path in sources
        for words in re.findall(
            r"\brows? ((?:\d+\.\d+[a-g]?(?:, | and | to )?)+)", path.read_text(encoding="utf-8")
        )
        for row in re.findall(r"\d+\.\d+[a-g]?", words)
    }
    assert named <= told
