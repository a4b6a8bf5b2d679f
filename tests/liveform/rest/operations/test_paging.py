"""Tests of liveform.rest.operations.paging: pages end, and so do pages that go round in a circle."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform.errors import VendorError
from liveform.rest.operations.answers import Reader
from liveform.rest.operations.paging import KeyHistory, page_key

READER = Reader("things.list")
PARTS = {"id": "nextpage_id", "created_at": "nextpage_date"}
KEY = {"id": "evcka62mes3ug", "created_at": "2026-06-24-09-30-00-UTC"}
QUERY = {"nextpage_id": KEY["id"], "nextpage_date": KEY["created_at"]}


@given(before=st.integers(0, 20), circle=st.integers(1, 20))
def test_key_history_notices_every_circle(before: int, circle: int) -> None:
    """Keys that go round in a circle are noticed soon after the circle begins, whatever its length."""
    history: KeyHistory | None = KeyHistory()
    steps = 0
    while history is not None:
        place = steps if steps < before else before + (steps - before) % circle
        history = history.after({"id": str(place)})
        steps += 1
        assert steps <= 4 * (before + circle) + 4
    assert steps > before + circle - 1


def test_key_history_keeps_a_key_for_twice_as_long_each_time() -> None:
    """It keeps the keys 0, 2, 6, 14 and so on, each for twice as many keys as the one before."""
    history = KeyHistory()
    kept = []
    for place in range(31):
        after = history.after({"id": str(place)})
        assert after is not None
        if after.kept is not history.kept:
            kept.append(place)
        history = after
    assert kept == [0, 2, 6, 14, 30]


def test_key_history_lets_different_keys_pass() -> None:
    """Keys that never come again are no circle."""
    history: KeyHistory | None = KeyHistory()
    for place in range(5_000):
        assert history is not None
        history = history.after({"id": str(place)})


@pytest.mark.parametrize("name", ["nextpageKey", "nextPageKey", "nextPage_key"])
def test_page_key_is_read_in_every_spelling(name: str) -> None:
    """The key of the next page goes into the query, however the vendor spells its member (row 2.3)."""
    answer: Any = {"Items": [], name: KEY}
    assert page_key(answer, PARTS, READER) == QUERY


def test_page_key_of_numbers_is_text() -> None:
    """A number in a key is sent back as text."""
    assert page_key({"nextpageKey": {"id": 7, "created_at": 8}}, PARTS, READER) == {
        "nextpage_id": "7",
        "nextpage_date": "8",
    }


@pytest.mark.parametrize(
    "value", [{}, {"nextpageKey": None}, {"nextpageKey": {}}, {"nextpageKey": ""}, [], 1]
)
def test_page_key_that_is_missing_ends_the_list(value: Any) -> None:
    """No key, or an empty one, means the last page."""
    assert page_key(value, PARTS, READER) is None


@pytest.mark.parametrize("key", ["text", 1, [1], {"id": "a"}, {"id": None, "created_at": "b"}, {"id": True}])
def test_page_key_that_cannot_be_sent_is_unreadable(key: Any) -> None:
    """A key that cannot be sent back is an error: the list must not end early without a word."""
    with pytest.raises(VendorError, match=r"^things\.list: ") as raised:
        page_key({"nextpageKey": key}, PARTS, READER)
    assert raised.value.reason == "unreadable"
