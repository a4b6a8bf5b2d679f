"""These tests write bytes as base32 and read it back, in exactly one spelling apart from case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes import outcome

from liveform import MalformedError
from webhelper.links.signing.base32 import from_base32, random_id, to_base32


# RFC 4648 section 10, without the padding
@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"f", "MY"),
        (b"fo", "MZXQ"),
        (b"foo", "MZXW6"),
        (b"foob", "MZXW6YQ"),
        (b"fooba", "MZXW6YTB"),
        (b"foobar", "MZXW6YTBOI"),
    ],
)
def test_base32_of_the_norm_is_written_and_read(data: bytes, text: str) -> None:
    """The examples of RFC 4648 section 10 are written and read without padding."""
    assert to_base32(data) == text
    assert from_base32(text) == data


@given(st.binary(max_size=60))
def test_base32_of_any_bytes_comes_back_in_either_case(data: bytes) -> None:
    """Any bytes come back from base32 in either case, and the text fits a QR code's alphanumeric mode."""
    text = to_base32(data)
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    assert from_base32(text) == from_base32(text.lower()) == data


@given(st.text(max_size=24))
def test_base32_of_any_text_is_what_is_written_or_refused(text: str) -> None:
    """Any text that is read as base32 is written the same way again, and all others are refused."""
    result = outcome(lambda: from_base32(text))
    assert isinstance(result, MalformedError) or to_base32(result) == text.upper()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "A",
        "AAA",
        "AAAAAA",
        "M",
        "MZX",
        "MZXW6Y",
        "MZ",
        "MY======",
        "MY ",
        "M Y",
        "MY\n",
        "M1",
        "M8",
        "M0",
        "MZXW6===",
    ],
)
def test_base32_that_is_not_written_so_is_refused(text: str) -> None:
    """Base32 with a wrong length, spare bits, padding, spaces or other characters is refused."""
    with pytest.raises(MalformedError):
        from_base32(text)


@pytest.mark.parametrize(
    "text", ["M\u017f", "\u017fY", "\u0131A", "\ufb03AAAAA", "\u00dfAAAAAA", "ＭＹ", "\ud800Y"]
)
def test_base32_of_letters_that_only_become_ascii_in_capitals_is_refused(text: str) -> None:
    """A letter that only becomes ASCII in capitals, such as a long s, is refused."""
    with pytest.raises(MalformedError):
        from_base32(text)


@pytest.mark.parametrize(("size", "characters"), [(5, 8), (10, 16)])
def test_random_id_has_its_bytes_in_base32_and_is_never_the_same(size: int, characters: int) -> None:
    """A random id of 80 bits has 16 characters, and 100 of them differ."""
    ids = {random_id(size) for _ in range(100)}
    assert len(ids) == 100
    assert {len(one) for one in ids} == {characters}
    assert {len(from_base32(one)) for one in ids} == {size}
