"""Tests of liveform.rest.operations.answers: what is read of an answer, and what its error says."""

from typing import Any

import pytest

from liveform.errors import VendorError
from liveform.rest.operation import Answer
from liveform.rest.operations.answers import Acknowledgement, Reader

READER = Reader("things.get")


def test_acknowledgement_keeps_what_came() -> None:
    """The vendor's word that a call succeeded keeps its text and members, and shows neither."""
    said = READER.acknowledgement(Answer(value={"message": "jane@example.com deleted", "statusCode": 200}))
    assert said.message == "jane@example.com deleted"
    assert said.raw["statusCode"] == 200
    assert "jane" not in repr(said)


def test_rows_are_the_answer_or_a_member_of_it() -> None:
    """A list is the answer itself, or the first of the named members."""
    assert READER.rows([{"a": 1}]) == [{"a": 1}]
    assert READER.rows({"items": [{"a": 1}]}, "Items", "items") == [{"a": 1}]
    assert READER.rows({"Items": []}, "Items") == []


@pytest.mark.parametrize("value", [None, 1, "text", {}, {"Items": None}, {"Items": {}}, [1], {"Items": [[]]}])
def test_rows_of_another_shape_are_unreadable(value: Any) -> None:
    """What holds no list of objects ends in a VendorError that names the call."""
    with pytest.raises(VendorError, match=r"^things\.get: the answer does not hold a list") as raised:
        READER.rows(value, "Items")
    assert (raised.value.reason, raised.value.may_have_happened) == ("unreadable", False)


@pytest.mark.parametrize("members", [{}, {"id": None}, {"id": ""}, {"id": 5}])
def test_text_that_is_missing_is_unreadable(members: Any) -> None:
    """A member that must be there is text, and not empty."""
    with pytest.raises(VendorError, match="the answer has no text id"):
        READER.text(members, "id")


def test_unreadable_answer_to_a_write_may_have_happened() -> None:
    """When nobody can read the answer to a change, the error says that the change may have happened."""
    with pytest.raises(VendorError) as raised:
        Reader("things.create", writes=True).members([])
    assert raised.value.may_have_happened


def test_value_is_read_inside_a_member_if_it_is_there() -> None:
    """A typed value is read from the named member, or from the answer itself without it."""
    read = READER.value(Acknowledgement, "item")
    assert read(Answer(value={"item": {"message": "inner"}, "message": "outer"})).message == "inner"
    assert read(Answer(value={"message": "outer"})).message == "outer"
    with pytest.raises(VendorError):
        read(Answer(value={"item": []}))
