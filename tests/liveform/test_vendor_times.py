"""Tests of liveform.vendor_times, which reads the vendor's two forms of a time leniently."""

import doctest
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import vendor_times
from liveform.vendor_times import read_time


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-06-24T01:02:03.456Z", "2026-06-24T01:02:03.456"),
        ("2026-06-24T01:02:03Z", "2026-06-24T01:02:03"),
        ("2026-06-24T01:02:03+00:00", "2026-06-24T01:02:03"),
        ("2026-06-24T10:02:03+09:00", "2026-06-24T01:02:03"),
        ("2026-06-24T01:02:03.4567891Z", "2026-06-24T01:02:03.456789"),
        ("2026-06-24 01:02:03", "2026-06-24T01:02:03"),
        (" 2026-06-24T01:02Z ", "2026-06-24T01:02:00"),
        ("2026-06-24-01-02-03", "2026-06-24T01:02:03"),
        ("2026-06-24-01-02-03-Z", "2026-06-24T01:02:03"),
        ("2026-06-24-01-02-03-UTC", "2026-06-24T01:02:03"),
        ("2026-06-24-01-02-03-gmt", "2026-06-24T01:02:03"),
        ("2026-06-24-10-02-03-KST", "2026-06-24T01:02:03"),
        ("2026-06-24-10-02-03-+0900", "2026-06-24T01:02:03"),
        ("2026-06-24-10-02-03-+09:00", "2026-06-24T01:02:03"),
        ("2026-06-24-10-02-03+09", "2026-06-24T01:02:03"),
        ("2026-06-23-20-02-03--05:00", "2026-06-24T01:02:03"),
    ],
)
def test_time_of_either_form_is_read_in_utc(text: str, utc: str) -> None:
    """ISO 8601 and YYYY-MM-DD-HH-MM-SS-ZZZ are read, with any zone, and without one as UTC."""
    assert read_time(text) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "now",
        "string",
        "2026-06-24",
        "20260624",
        "1800000000",
        "2026-13-24T01:02:03Z",
        "2026-06-31T01:02:03Z",
        "2026-06-24T25:02:03Z",
        "2026-06-24-01-02",
        "2026-13-24-01-02-03-UTC",
        "2026-06-24-01-60-03-UTC",
        "2026-06-24-01-02-03-EST",
        "2026-06-24-01-02-03-000",
        "2026-06-24-01-02-03-+99:00",
        "2026-06-24-01-02-03-UTC-",
        "２０２６-06-24-01-02-03-UTC",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "0000-01-01-00-00-00-UTC",
        "\ud800:",
        "2026-06-24T01:02:03Z" + " " * 40,
        None,
        1_800_000_000,
        1.5,
        True,
        [],
        datetime(2026, 6, 24, tzinfo=UTC),
    ],
)
def test_what_is_no_time_is_none(text: Any) -> None:
    """A date alone, a zone that is not known, a time that does not exist, and other types are None."""
    assert read_time(text) is None


def test_text_of_a_time_has_a_longest_length() -> None:
    """A text of 40 characters can be a time, and one of 41 cannot, so that none takes long."""
    time = "2026-06-24T01:02:03Z"
    assert read_time(time + " " * (40 - len(time))) == read_time(time) is not None
    assert read_time(time + " " * (41 - len(time))) is None


@given(st.text() | st.text("0123456789-:TZ+. UTCKS", max_size=40))
def test_any_text_is_a_time_in_utc_or_none(text: str) -> None:
    """No text makes an error."""
    time = read_time(text)
    assert time is None or time.tzinfo is UTC


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_time_is_read_back(time: datetime) -> None:
    """Each time comes back from both forms, to the second from the one with hyphens."""
    assert read_time(time.isoformat().replace("+00:00", "Z")) == time
    assert read_time(f"{time:%Y}".zfill(4) + f"{time:-%m-%d-%H-%M-%S-UTC}") == time.replace(microsecond=0)


def test_examples_of_the_docstring_are_true() -> None:
    """The examples in the docstring print what they show."""
    results = doctest.testmod(vendor_times)
    assert results.attempted > 0
    assert results.failed == 0
