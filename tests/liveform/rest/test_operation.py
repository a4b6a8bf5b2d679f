"""Tests of liveform.rest.operation: an operation of the caller's own is checked where it is made."""

from typing import Any

import pytest
from rest_clients import KINDS, Answers, caller

from liveform.errors import FieldError
from liveform.rest.operation import FormPart, Operation

USUAL: dict[str, Any] = {"name": "things.get", "method": "GET", "path": "/thing", "read": str}


@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        ({"name": 5}, "name: must be Unicode text"),
        ({"method": "get"}, "method: must be one of GET, POST, PUT, PATCH, DELETE"),
        ({"path": "thing"}, "path: must be Unicode text that begins with /"),
        ({"path": "/\ud800"}, "path: must be Unicode text that begins with /"),
        ({"read": "value"}, "read: must be a function of an Answer"),
        ({"query": {"page": 5}}, "query: must be a mapping of text to text"),
        ({"query": "page=5"}, "query: must be a mapping of text to text"),
        ({"body": [1]}, "body: must be a mapping, or None"),
        ({"form": [FormPart("a", "b")]}, "form: must be a tuple of FormPart"),
        ({"form": ("a",)}, "form: must be a tuple of FormPart"),
        ({"key": "secret"}, "key: must be one of api_key, face_auth_key"),
    ],
)
def test_operation_with_a_wrong_attribute_is_refused(attributes: dict[str, Any], problem: str) -> None:
    """An operation that no client could send is refused by its attribute when it is made."""
    with pytest.raises(FieldError) as caught:
        Operation(**{**USUAL, **attributes})
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        ({"name": "a\n"}, "name: must be printable text"),
        ({"content": 5}, "content: must be Unicode text or bytes"),
        ({"content": "\ud800"}, "content: must be Unicode text or bytes"),
        ({"filename": b"a"}, "filename: must be printable text, or None"),
        ({"media_type": "text/plain\r\nx: y"}, "media_type: must be printable text, or None"),
    ],
)
def test_form_part_with_a_wrong_attribute_is_refused(attributes: dict[str, Any], problem: str) -> None:
    """A part that no form can hold is refused by its attribute when it is made."""
    with pytest.raises(FieldError) as caught:
        FormPart(**{"name": "a", "content": b"b", **attributes})
    assert str(caught.value) == problem


@pytest.mark.parametrize("kind", KINDS)
def test_client_that_is_given_something_else_says_what_it_takes(kind: str) -> None:
    """``send`` takes an operation and ``run`` a generator of them; nothing is sent for something else."""
    answers = Answers()
    with caller(kind, answers) as sender:
        with pytest.raises(FieldError, match="operation: must be an Operation"):
            sender.send(5)  # type: ignore[arg-type]
        with pytest.raises(FieldError, match="steps: must be a generator of operations"):
            sender.run(5)  # type: ignore[arg-type]
        with pytest.raises(FieldError, match="operation: must be an Operation"):
            sender.run(iter_of(5))
    assert answers.requests == []


def iter_of(*yielded: Any) -> Any:
    """Yield a value of another type than an operation."""
    yield from yielded
