"""This module gives operations their answers without a client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from liveform.errors import FieldError, VendorError
from liveform.rest.operation import Answer, Operation, Page, Steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(64))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
SECRET = "S3CR3T_value"  # no message may show it


def read(operation: Operation[T], value: Any) -> T:
    """Return what an operation reads from a JSON value."""
    return operation.read(Answer(value=value))


def read_file(operation: Operation[T], content: bytes, media_type: str = "") -> T:
    """Return what an operation reads from a file."""
    return operation.read(Answer(content=content, media_type=media_type))


def refused(build: Callable[..., object], *args: Any, **kwargs: Any) -> FieldError:
    """Return the FieldError of a builder; it names no value."""
    with pytest.raises(FieldError) as raised:
        build(*args, **kwargs)
    assert SECRET not in str(raised.value)
    return raised.value


def unreadable(operation: Operation[Any], value: Any) -> VendorError:
    """Return the VendorError of an operation that cannot read a JSON value; it names the call."""
    with pytest.raises(VendorError) as raised:
        read(operation, value)
    error = raised.value
    assert error.reason == "unreadable"
    assert error.problem.startswith(f"{operation.name}: ")
    assert error.may_have_happened is (operation.method != "GET")
    assert SECRET not in str(error)
    return error


def all_pages(first: Operation[Page[T]], answers: Iterable[Any]) -> tuple[list[T], list[dict[str, str]]]:
    """Return the items of all pages, and the query of each call; each answer is used once."""
    items: list[T] = []
    queries = []
    operation: Operation[Page[T]] | None = first
    waiting = iter(answers)
    while operation is not None:
        queries.append(dict(operation.query))
        page = read(operation, next(waiting))
        items += page.items
        operation = page.next
    assert next(waiting, None) is None
    return items, queries


def run(
    steps: Steps[T], answer: Callable[[Operation[Any]], Any], *, keep: bool = True
) -> tuple[T, list[Operation[Any]]]:
    """Return the result of steps, and what they sent.

    Args:
        steps: the generator.
        answer: gives the JSON value of each operation's answer, or raises ``VendorError``.
        keep: whether to keep what was sent.
    """
    sent: list[Operation[Any]] = []
    try:
        operation = next(steps)
        while True:
            if keep:
                sent.append(operation)
            try:
                value = read(operation, answer(operation))
            except VendorError as error:
                operation = steps.throw(error)
            else:
                operation = steps.send(value)
    except StopIteration as end:
        return end.value, sent
