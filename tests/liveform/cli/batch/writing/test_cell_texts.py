"""Tests of liveform.cli.batch.writing.cell_texts: a text for a cell of any type."""

import json
from datetime import date
from decimal import Decimal

import pytest

from liveform import FieldError
from liveform.cells import UnreadableCell
from liveform.cli.batch.writing.cell_texts import cell_text, json_member, json_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", "x"),
        (None, ""),
        (True, "true"),
        (False, "false"),
        (1.5, "1.5"),
        (Decimal("1.10"), "1.10"),
        (date(2026, 1, 2), "2026-01-02"),
        ({"a": [None]}, '{"a":[null]}'),
        (UnreadableCell("is wrong", "#N/A"), "#N/A"),
    ],
)
def test_cell_of_each_type_has_a_text(value: object, text: str) -> None:
    """A cell of each type has a text: empty for None, JSON for objects, true or false for booleans."""
    assert cell_text(value) == text


def test_cell_that_cannot_be_shown_is_an_error() -> None:
    """A cell without a text is refused, with the option that leaves its column out."""  # B10
    for written in (cell_text, json_member):
        with pytest.raises(FieldError, match="row: has a cell that is wrong; --keep leaves its column out"):
            written(UnreadableCell("is wrong"))
    assert json_member(UnreadableCell("is wrong", "#N/A")) == "#N/A"
    assert json_member(5) == 5


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (float("nan"), None),
        (float("inf"), None),
        ([1.5, float("-inf")], [1.5, None]),
        ({"a": (float("nan"), "NaN", True)}, {"a": [None, "NaN", True]}),
    ],
)
def test_numbers_that_json_has_no_text_for_are_null(value: object, written: object) -> None:
    """NaN and infinity are written as null in JSON, inside lists and objects too."""

    def refuse(constant: str) -> None:
        pytest.fail(constant)

    assert json.loads(json_text({"a": value}), parse_constant=refuse) == {"a": written}
