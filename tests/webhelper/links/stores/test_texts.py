"""These tests look at what becomes of texts that some engine refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhelper.links.stores.texts import keepable


@pytest.mark.parametrize("text", ["", "a", "김철수", "💩", "\uffff", "\n", "\x01"])
def test_text_that_every_engine_keeps_stays_as_it_is(text: str) -> None:
    """Most texts are not changed."""
    assert keepable(text) == text


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_becomes_one_that_every_engine_keeps(text: str) -> None:
    """What comes out is UTF-8 without U+0000, of the same length but for surrogates that make a pair."""
    kept = keepable(text)
    assert "\0" not in kept.encode().decode()
    assert len(kept) <= len(text)
    assert keepable(kept) == kept
