"""Tests of the times that commands take and print."""

import pytest

from liveform import FieldError
from webhelper.commands.moments import as_column, as_text, since

NOW = 1_782_345_600.0  # 2026-06-25 00:00 UTC


@pytest.mark.parametrize(
    ("text", "before"),
    [("90s", 90), ("15m", 900), ("2h", 7200), ("2d", 172_800), ("0s", 0), ("2026-06-24", 86_400)],
)
def test_since_takes_durations_and_dates(text: str, before: int) -> None:
    """A number of seconds, minutes, hours or days ends now; a date begins at 00:00 UTC."""
    assert since(text, now=NOW) == NOW - before


def test_date_of_today_is_taken_and_one_of_tomorrow_refused() -> None:
    """A day may have begun just now, and must not begin a moment later."""
    assert since("2026-06-25", now=NOW) == NOW
    with pytest.raises(FieldError, match="--since: must not be a date in the future"):
        since("2026-06-25", now=NOW - 0.001)


def test_duration_longer_than_time_begins_in_1970() -> None:
    """The longest duration, 999,999 days, reaches back to the begin of Unix time."""
    assert since("999999d", now=NOW) == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2",
        "d",
        "2w",
        "2D",
        "-2d",
        "+2d",
        "2 d",
        "2d ",
        "1.5h",
        "1000000s",
        "٢d",
        "20260624",
        "2026-06-31",
        "2026-6-1",
        "2026-06-24T00:00",
        "0000-01-01",
        "24.06.2026",
        "2026-06-24\n",
    ],
)
def test_since_refuses_everything_else(text: str) -> None:
    """Another text is refused with examples, and is not repeated."""
    with pytest.raises(FieldError) as caught:
        since(text, now=NOW)
    assert str(caught.value) == (
        "--since: must be a duration such as 90s, 15m, 2h or 2d, or a date such as 2026-06-24 (UTC)"
    )


def test_moments_are_printed_in_utc() -> None:
    """JSON and facts have ISO 8601 to the second; a table has month, day, hour and minute."""
    assert as_text(NOW + 59.999) == "2026-06-25T00:00:59Z"
    assert as_text(None) is None
    assert as_column(NOW - 1) == "06-24 23:59"
