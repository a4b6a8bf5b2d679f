"""Tests of liveform.rest.values.token_details: failed token ids are found wherever the answer lists them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform.rest.values.token_details import codes_by_id

A, B = "tok_abc123", "tok_def456"


@pytest.mark.parametrize(
    ("details", "found"),
    [
        (
            [{"tokenId": A, "errorCode": "invalid_token_id_format", "errorMessage": "x"}],
            "invalid_token_id_format",
        ),
        ([{"token_id": A, "code": "a"}], "a"),
        ([{"tokenId": A, "error": {"code": "a", "message": "x"}, "statusCode": 400}], "a"),
        ([{"tokenId": A, "reason": "a"}], "a"),
        ({"a": [A]}, "a"),
        ({"failed": [{"tokenId": A, "errorCode": "a"}]}, "a"),
        ({"failed": [{"tokenId": A}]}, "failed"),
        ([{"errorCode": "a", "tokenIds": [A]}], "a"),
        ({A: "a"}, "a"),
        ({A: {"errorCode": "a"}}, "a"),
        ({A: 400}, "failed"),
        ([A], "failed"),
        (A, "failed"),
        ({"tokenId": A}, "failed"),
        ({"a sentence.": [A]}, "failed"),
        ([{"tokenId": A, "errorCode": "This is not a code."}], "failed"),
        ([{"tokenId": A, "errorCode": B}], "failed"),
    ],
)
def test_codes_by_id_finds_id_and_code(details: Any, found: str) -> None:
    """An id is found with the code beside it, above it, or that names its list."""
    assert codes_by_id(details, {A, B}) == {A: found}


@pytest.mark.parametrize(
    "details", [None, [], {}, 7, "other", ["other"], {"tokenId": "other"}, {"notFound": [A]}]
)
def test_codes_by_id_without_ids_is_empty(details: Any) -> None:
    """Text that is no id of the request does not count, nor does what is to be left out."""
    assert codes_by_id(details, {A, B}, skip={"notFound"}) == {}


def test_codes_by_id_of_deep_details_needs_no_stack() -> None:
    """Details that are nested deeply are read without recursion."""
    details: Any = A
    for _ in range(50_000):
        details = [details]
    assert codes_by_id(details, {A}) == {A: "failed"}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.just(A),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just(A) | st.just("errorCode"), inner),
    )
)
def test_codes_by_id_of_any_json_names_only_what_was_sent(details: Any) -> None:
    """Any JSON gives codes of the ids that were sent, and no others."""
    assert codes_by_id(details, {A, B}).keys() <= {A, B}
