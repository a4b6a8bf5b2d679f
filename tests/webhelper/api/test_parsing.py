"""These tests read strict JSON bodies, and the members of queries and forms."""

import json
from functools import partial
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct
from outcomes import outcome

from liveform import FieldError, MalformedError
from webhelper.api.parsing import convert, convert_text, read_json
from webhelper.links.link_request import LinkRequest


class Body(Struct, kw_only=True, forbid_unknown_fields=True):
    """A body with a text, a number and a mapping, for these tests to read."""

    text: str | None = None
    limit: Annotated[int, Meta(ge=1)] | None = None
    members: dict[str, Any] = {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), JSON, max_size=3))
def test_json_comes_as_it_was_written(members: dict[str, Any]) -> None:
    """JSON is read to the same values whether its text is escaped or not."""
    for ascii_only in (True, False):
        text = json.dumps({"members": members}, ensure_ascii=ascii_only)
        assert read_json(text.encode(), Body).members == members


@given(st.binary(max_size=200))
def test_any_bytes_raise_only_our_errors(body: bytes) -> None:
    """Reading any bytes as a body gives the body, a FieldError or a MalformedError."""
    for wanted in (Body, LinkRequest):
        read = outcome(partial(read_json, body, wanted))
        assert isinstance(read, (wanted, FieldError, MalformedError))


@given(st.dictionaries(st.sampled_from(["text", "limit", "members", "other"]), JSON))
def test_any_json_is_read_or_refused_by_the_name_of_a_member(members: dict[str, Any]) -> None:
    """A refused JSON object names one of its members, or the body as a whole."""
    read = outcome(lambda: convert(members, Body))
    if isinstance(read, FieldError):
        assert read.field.partition(".")[0] in {*members, "body"}
    else:
        assert isinstance(read, Body)


@pytest.mark.parametrize("name", ["x" * 200, "a`b", "jane@example.com\n"])
def test_unknown_member_is_named_shortly(name: str) -> None:
    """The message about an unknown member has fewer than 70 characters, even for a name of 200."""
    with pytest.raises(FieldError) as caught:
        convert({name: 1}, Body)
    assert name.startswith(caught.value.field)
    assert len(str(caught.value)) < 70


@pytest.mark.parametrize(
    ("text", "number"), [("1", 1), ("100", 100), ("007", 7), ("999999999999999999", 10**18 - 1)]
)
def test_number_of_a_query_is_text(text: str, number: int) -> None:
    """A number in a query is one to eighteen decimal digits, and may have leading zeros."""
    assert convert_text({"limit": text}, Body).limit == number


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "1.0", "1e2", "+1", "0x1", "null", "true", "١", "1_0", "1\n", "0", "-1", "9" * 19],
)
def test_number_of_a_query_that_is_none_is_refused(text: str) -> None:
    """A number in a query has neither spaces, signs, exponents nor digits of other scripts."""
    with pytest.raises(FieldError) as caught:
        convert_text({"limit": text}, Body)
    assert caught.value.field == "limit"


@pytest.mark.parametrize("text", ["null", "NULL", "Null", "1", "true", "", "0"])
def test_text_of_a_query_is_left_alone(text: str) -> None:
    """A text in a query stays as it is, even "null" or "1"."""
    assert convert_text({"text": text}, Body).text == text


def test_member_that_is_not_a_text_is_left_alone() -> None:
    """A form member that is not text stays as it is, such as the None of an empty checkbox."""
    assert convert_text({"limit": None, "members": {"limit": "1"}}, Body) == Body(members={"limit": "1"})


@pytest.mark.parametrize("depth", [100, 20_000])
def test_nesting_bomb_is_refused(depth: int) -> None:
    """A body nested 100 levels deep is a FieldError, and one of 20,000 levels a MalformedError."""
    body = b'{"limit":' + b"[" * depth + b"]" * depth + b"}"
    with pytest.raises(FieldError if depth == 100 else MalformedError):
        read_json(body, Body)
