"""Tests of liveform.pasted_text: what editors, mailers and programs put around a text that was copied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import Project, find_layout
from liveform.pasted_text import copied_text

TEXT = "qL8Rs/cXa+Q1Zz=="


@pytest.mark.parametrize(
    "pasted",
    [
        TEXT,
        f'"{TEXT}"',
        f"'{TEXT}'",
        f"`{TEXT}`",
        f"b'{TEXT}'",
        f'"{TEXT}",',
        f"{TEXT};",
        f"{TEXT}.",
        f"\ufeff{TEXT}",
        f"{TEXT}\u200b",
        "qL8Rs/\u00adcXa+Q1Zz==",
        r"qL8Rs\/cXa+Q1Zz==",
        r"qL8Rs/cXa\u002BQ1Zz\u003d\u003d",
        "qL8Rs&#x2F;cXa&#43;Q1Zz&#61;&#61;",
        f"{TEXT}\\r\\n",
        f"-----BEGIN SAMPLE-----\n{TEXT}\n-----END SAMPLE-----\n",
    ],
)
def test_text_is_found_in_what_was_put_around_it(pasted: str) -> None:
    """Quotes, byte order marks, invisible characters, escapes, frames and the end of a statement go."""
    assert copied_text(pasted) == TEXT


@pytest.mark.parametrize(("pasted", "copied"), [("0xAB01", "AB01"), ("0XAB01", "AB01"), ("0xAB0", "0xAB0")])
def test_prefix_of_hex_goes_where_the_rest_is_hex(pasted: str, copied: str) -> None:
    """``0x`` in front of whole bytes of hex is what programs write."""
    assert copied_text(pasted) == copied


@pytest.mark.parametrize("text", ['{"data": "a\\/b;"}', "a\\x", "'a", "a'b'", "&copy=1", "\\u0141"])
def test_other_text_stays(text: str) -> None:
    """JSON has rules of its own, and what is not known is left as it is."""
    assert copied_text(text) == text


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    """Nothing is raised, whatever somebody has pasted."""
    assert len(copied_text(text)) <= len(text)


@pytest.mark.parametrize("pasted", ['"{}";', "b'{}'", "\ufeff{}", '{{"encrypted": "{}"}}', "{}."])
def test_doctor_finds_the_layout_of_a_pasted_sample(pasted: str) -> None:
    """The doctor does not blame the key for quotes and marks around the right text."""
    sample = Project("abc123de45", key="an example key", cipher="gcm").encrypt({"userid": "user_12345"})
    found = find_layout(pasted.format(sample), "an example key")
    assert (found.cipher, found.shape) == ("gcm", "text")
