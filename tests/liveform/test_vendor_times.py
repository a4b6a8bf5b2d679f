"""Tests of liveform.vendor_times: both forms of time that the vendor writes."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform.vendor_times import read_time

KOREA = timezone(timedelta(hours=9))
NINE = datetime(2026, 6, 24, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-06-24T09:30:00.123Z", NINE.replace(microsecond=123_000)),
        ("2026-06-24T09:30:00Z", NINE),
        ("2026-06-24T09:30:00+09:00", NINE.replace(tzinfo=KOREA)),
        ("2026-06-24 09:30:00", NINE),
        ("2026-06-24-09-30-00-UTC", NINE),
        ("2026-06-24-09-30-00-GMT", NINE),
        ("2026-06-24-09-30-00-Z", NINE),
        ("2026-06-24-09-30-00Z", NINE),
        ("2026-06-24-09-30-00-0000", NINE),
        ("2026-06-24-09-30-00-+0000", NINE),
        ("2026-06-24-09-30-00-+00:00", NINE),
        ("2026-06-24-09-30-00", NINE),
        ("2026-06-24-09-30-00.123-UTC", NINE.replace(microsecond=123_000)),
        ("2026-06-24-09-30-00-+0900", NINE.replace(tzinfo=KOREA)),
        ("2026-06-24-09-30-00+09:00", NINE.replace(tzinfo=KOREA)),
        ("2026-06-24-09-30-00--0500", NINE.replace(tzinfo=timezone(timedelta(hours=-5)))),
    ],
)
def test_read_time_either_form_gives_the_instant(text: str, instant: datetime) -> None:
    """ISO 8601 and the vendor's form with dashes are read, with the offset that they name."""
    read = read_time(text)
    assert read == instant
    assert read is not None
    assert read.utcoffset() == instant.utcoffset()


def test_read_time_without_zone_has_the_given_one() -> None:
    """A time that names no zone is in the zone that the caller gives, and in UTC by default."""
    assert read_time("2026-06-24-09-30-00", without_zone=KOREA) == NINE.replace(tzinfo=KOREA)
    assert read_time("2026-06-24-09-30-00-UTC", without_zone=KOREA) == NINE


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-24-09-30-00-0900",  # a dash of the form, or a minus?
        "2026-06-24-09-30-00-123",
        "2026-06-24-09-30-00-KST",
        "2026-06-24",
        "20260624",
        "2026-06-24-09-30-00-+2500",
        "2026-06-24-09-30-00-+09",
        "2026-13-24-09-30-00-UTC",
        "2026-06-31T00:00:00Z",
        "2026-06-24-25-30-00-UTC",
        "２０２６-06-24-09-30-00-UTC",
        "2026-06-24-09-30-00-UTC\n",
        "soon",
        "",
        "2026-06-24T09:30:00Z" + " " * 50,
        None,
        1_782_293_400,
        ["2026-06-24"],
    ],
)
def test_read_time_of_no_sure_instant_is_none(text: Any) -> None:
    """What is no time, or could mean two instants, gives None and no error."""
    assert read_time(text) is None


@given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d.{0,9}", fullmatch=True))
def test_read_time_of_any_text_has_a_zone(text: str) -> None:
    """Any text gives None or an instant with a time zone."""
    read = read_time(text)
    assert read is None or read.utcoffset() is not None
