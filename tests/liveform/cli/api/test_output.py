"""Tests of how answers and lists are printed."""

import json
from argparse import Namespace
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from liveform.cli.api.output import ListOutput, as_text, show
from liveform.errors import VendorError

ROW = {"submission_id": "a1", "email": "jane@example.com", "kyc": {"attempts": [{"attemptCnt": 1}]}}
OTHER = {"submission_id": "b2", "kyc": {"result": "approved", "commentCode": ["x", "y"]}}


def printed(*rows: Mapping[str, Any], as_json: bool, show_all: bool) -> list[str]:
    """Return the lines that a list prints."""
    return list(ListOutput(iter(rows), show_all=show_all, none="nothing found").lines(as_json=as_json))


def test_answer_is_shown_as_lines_of_name_and_value() -> None:
    """An answer is printed as one line a value, with the path of each, and the hidden names at the end."""
    assert show(ROW, Namespace(show_personal_data=False), headline="found").text.splitlines() == [
        "found",
        "submission_id               a1",
        "kyc.attempts[0].attemptCnt  1",
        "not shown: email (--show-personal-data shows them)",
    ]


def test_answer_with_personal_data_is_as_it_came() -> None:
    """With ``--show-personal-data`` everything is printed, and in JSON just as it came."""
    output = show(ROW, Namespace(show_personal_data=True))
    assert "email                       jane@example.com" in output.text
    assert output.data == ROW


def test_answer_in_json_names_what_is_hidden() -> None:
    """JSON lists the names of hidden members, unless there are none."""
    nobody = Namespace(show_personal_data=False)
    assert show(ROW, nobody).data["not_shown"] == ["email"]
    assert "not_shown" not in show(OTHER, nobody).data


def test_text_escapes_what_a_terminal_must_not_get() -> None:
    """Control characters of names and values are escaped, so that no answer takes over a terminal."""
    text = as_text({"a\x1b[2J\n": "b\x1b[31m", "c": None, "d": [1, "e"]}, show_all=True)
    assert "\x1b" not in text
    assert text.splitlines()[1:] == ["c            null", "d            1, e"]


@pytest.mark.parametrize("rows", [[], [ROW], [ROW, OTHER, ROW]], ids=len)
def test_list_in_json_is_one_array(rows: list[dict[str, Any]]) -> None:
    """A list is one JSON array, with each item on a line of its own."""
    lines = printed(*rows, as_json=True, show_all=True)
    assert json.loads("\n".join(lines)) == rows
    assert len(lines) == (len(rows) + 2 if rows else 1)


def test_list_in_json_is_streamed() -> None:
    """The first item is printed before the third page is asked for."""
    asked = []

    def rows() -> Iterator[dict[str, Any]]:
        for number in range(3):
            asked.append(number)
            yield {"submission_id": str(number)}

    lines = ListOutput(rows(), show_all=False, none="").lines(as_json=True)
    assert next(lines) == "["
    assert asked == [0]
    assert next(lines) == '{"submission_id": "0"},'
    assert asked == [0, 1]


def test_list_that_fails_at_once_prints_nothing() -> None:
    """A list whose first page fails prints no half array."""

    def rows() -> Iterator[dict[str, Any]]:
        raise VendorError("no", reason="refused")
        yield {}

    with pytest.raises(VendorError):
        next(ListOutput(rows(), show_all=False, none="").lines(as_json=True))


def test_list_that_fails_later_leaves_the_array_open() -> None:
    """A list whose later page fails is no JSON, so that nobody takes it for the whole."""

    def rows() -> Iterator[dict[str, Any]]:
        yield ROW
        raise VendorError("no", reason="refused")

    lines = ListOutput(rows(), show_all=False, none="").lines(as_json=True)
    assert next(lines) == "["
    with pytest.raises(VendorError):
        next(lines)


def test_list_for_people_is_a_line_an_item() -> None:
    """Without personal data an item is one line; with it, a block of lines."""
    assert printed(ROW, OTHER, as_json=False, show_all=False) == [
        "submission_id=a1  kyc.attempts[0].attemptCnt=1",
        "submission_id=b2  kyc.result=approved  kyc.commentCode=x, y",
    ]
    blocks = printed(ROW, OTHER, as_json=False, show_all=True)
    assert "jane@example.com" in blocks[0]
    assert blocks[1].startswith("\nsubmission_id")


def test_empty_list_says_so() -> None:
    """An empty list is a sentence for people."""
    assert printed(as_json=False, show_all=False) == ["nothing found"]
