"""These tests check the table of what the vendor does not document."""

import re
from pathlib import Path

import pytest

import webhelper.simulator.rest
from webhelper.simulator.sandbox.doubts import DOUBTS

REST = Path(webhelper.simulator.rest.__file__).parent
SOURCE = "".join(path.read_text(encoding="utf-8") for path in sorted(REST.glob("*.py")))


@pytest.mark.parametrize("name", DOUBTS)
def test_doubt_has_its_row_and_is_used(name: str) -> None:
    """Every doubt names a row of the vendor facts, says what happens, and decides something."""
    row, choice = DOUBTS[name]
    assert re.fullmatch(r"\d+\.\d+[a-g]?", row)
    assert choice
    assert f'"{name}"' in SOURCE


def test_every_doubt_in_the_code_is_in_the_table() -> None:
    """No endpoint names a doubt that the table does not have."""
    named = re.findall(r"\.doubt\(([^)]*)\)|doubts\.append\(([^)]*)\)", SOURCE)
    used = {name for groups in named for group in groups for name in re.findall(r'"(\w+)"', group)}
    assert used <= set(DOUBTS)
