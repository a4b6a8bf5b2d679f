"""Tests of liveform.wire.query, which builds and reads query strings."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform.errors import MalformedError
from liveform.wire.query import browser_text, build_query, query_of, read_pairs, read_query


def test_build_query_escapes_all_but_unreserved_characters() -> None:
    """A built query escapes all but letters, digits and - . _ ~ (RFC 3986 section 2.3)."""
    query = build_query([("a", "x+/=& ~-._Z9"), ("b", "한")])
    assert query == "a=x%2B%2F%3D%26%20~-._Z9&b=%ED%95%9C"


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=20))
def test_build_query_is_read_back_by_the_standard_library(pairs: list[tuple[str, str]]) -> None:
    """urllib and ``read_pairs`` both read any pairs back from a built query."""
    url = f"https://h/p?{build_query(pairs)}"
    assert parse_qsl(urlsplit(url).query, keep_blank_values=True) == pairs
    assert read_pairs(url) == pairs


@given(st.text(alphabet="ab=&%+2BbFfD3d0CcEe/;é ", max_size=60) | st.text(max_size=40))
def test_read_query_reads_as_the_standard_library(query: str) -> None:
    """``read_query`` reads any query as urllib does, and refuses what is not UTF-8."""
    try:
        expected = parse_qsl(query, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        with pytest.raises(MalformedError, match="UTF-8"):
            read_query(query)
    else:
        assert read_query(query) == expected


def test_read_query_counts_parameters() -> None:
    """A query of 100 parameters is read, and one of 101 is refused before decoding."""
    assert len(read_query("&".join(["a=1"] * 100))) == 100
    with pytest.raises(MalformedError, match="100 parameters"):
        read_query("&".join(["a=%ff"] * 101))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("https://h/p?a=1&b=2", "a=1&b=2"),
        ("https://h/p?a=1#f?x=2", "a=1"),
        ("https://h/p", ""),
        ("/done?a=1", "a=1"),
        ("/done", ""),
        ("done?a=1", "a=1"),
        ("?a=1", "a=1"),
        ("a=1&next=https://h/?b=2", "a=1&next=https://h/?b=2"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_query_of_finds_the_query_of_urls_and_query_strings(text: str, query: str) -> None:
    """The query is found in a URL, a path, and a query string with or without ``?``."""
    assert query_of(text) == query


@pytest.mark.parametrize(
    "text", ["a=\udcff", "a=%ff", "&".join(f"a{n}=1" for n in range(102)), "a=" + "x" * 65_536]
)
def test_read_pairs_refuses_what_is_no_query(text: str) -> None:
    """A query that is not UTF-8, too long or of too many parameters is refused."""
    with pytest.raises(MalformedError):
        read_pairs(text)


@given(st.text(max_size=200))
def test_read_pairs_raises_only_malformed(text: str) -> None:
    """Any text gives pairs of text or a MalformedError."""
    try:
        pairs = read_pairs(text)
    except MalformedError:
        return
    assert all(isinstance(part, str) for pair in pairs for part in pair)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a=1", "a=1"),
        (" a=1\r\n", "a=1"),
        ("a\t=\r\n1", "a=1"),
        ("<a=1>", "a=1"),
        ('"a=1"', "a=1"),
        ("a=1>", "a=1>"),
        ("<a=1", "<a=1"),
        ("a=\x0b1", "a=\x0b1"),
        ("", ""),
    ],
)
def test_browser_text_drops_what_browsers_drop(text: str, read: str) -> None:
    """Tabs, line breaks, and white space, quotes or angle brackets around a URL are no part of it."""
    assert browser_text(text) == read


@pytest.mark.parametrize("text", ["a" * 65_537, "\ud800"])
def test_browser_text_refuses_what_is_no_query(text: str) -> None:
    """Too much text and lone surrogates are refused."""
    with pytest.raises(MalformedError):
        browser_text(text)
