"""Tests of liveform.wire.json_object: ``write_value`` and ``read_value``, for any JSON value."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes import outcome

from liveform import FieldError, MalformedError
from liveform.wire.json_object import MAX_DEPTH, read_value, write_value

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def nested(depth: int) -> Any:
    """Return a list of this depth, counting itself."""
    value: Any = []
    for _ in range(depth - 1):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (1.5, "1.5"),
        ("한 \"'\n", '"한 \\"\'\\n"'),
        ([1, {"a": None}], '[1,{"a":null}]'),
        ({"b": 1, "a": []}, '{"b":1,"a":[]}'),
    ],
)
def test_value_of_any_kind_is_written_compactly(value: object, text: str) -> None:
    """Any JSON value is written without white space, in Unicode, members in the given order."""
    assert write_value(value) == text.encode()


@pytest.mark.parametrize(
    "value",
    [
        *(object(), b"x", {1}, (1,), {1: 2}, [object()], {"a": b"x"}),
        *(
            float("nan"),
            float("inf"),
            "\ud800",
            ["\udc00"],
            {"a": {"\ud800": 1}},
            10**5_000,
            nested(MAX_DEPTH + 1),
        ),
    ],
    ids=lambda value: ascii(value)[:20] if not isinstance(value, int) else "long number",
)
def test_value_that_json_cannot_hold_is_not_written(value: object) -> None:
    """What is not JSON, too deep, not Unicode or too long a number is refused."""
    with pytest.raises(FieldError):
        write_value(value)


def test_value_of_the_greatest_depth_is_written() -> None:
    """A value may be nested as deeply as an object may."""
    assert write_value(nested(MAX_DEPTH)) == b"[" * MAX_DEPTH + b"]" * MAX_DEPTH


@given(json_values)
def test_value_written_and_read_is_the_same(value: object) -> None:
    """Any JSON value comes back from its text."""
    assert read_value(write_value(value).decode()) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "{", "[1,]", "nul", "'a'", '{"a":1}{', "1 2", "NaN", "[Infinity]", "1e999", "\ufeff{}"),
        *('{"a":1,"a":1}', '[{"b":{"a":1,"a":2}}]', '"\\ud800"', '{"a":["\\udc00x"]}', "[" * 100_000),
        "9" * 5_000,
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_text_that_is_not_strict_json_is_refused(text: str) -> None:
    """A member given twice, NaN, a lone surrogate and what is not JSON at all are malformed."""
    with pytest.raises(MalformedError):
        read_value(text)


@given(st.text() | st.text(alphabet='{}[]",:\\u0d8 1e'))
def test_reading_any_text_gives_a_value_or_our_error(text: str) -> None:
    """Any text gives a JSON value or a MalformedError."""
    found = outcome(lambda: read_value(text))
    assert found is None or isinstance(found, str | int | float | list | dict | MalformedError)
