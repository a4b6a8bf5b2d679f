"""Tests of the retry table, of Retry-After, and of the waits between tries."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform.rest.sending.retry import (
    MAX_BACKOFF_S,
    Effect,
    Happened,
    Trouble,
    may_be_repeated,
    may_have_happened,
    read_retry_after,
    seconds_to_wait,
)

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
READS, REPEATABLE, WRITES = Effect(True, False), Effect(False, True), Effect(False, False)
STATUS = Happened.STATUS

# what happened, status, again for a read or repeatable, again for another write, may have been done
TABLE = [
    (Happened.NOT_OPENED, None, True, True, False),
    (Happened.CERTIFICATE, None, False, False, False),
    (Happened.TIMEOUT, None, True, False, True),
    (Happened.BROKEN, None, True, False, True),
    (Happened.UNREADABLE, 200, True, False, True),
    (Happened.OTHER_SHAPE, 200, False, False, True),
    (STATUS, 301, False, False, False),
    (STATUS, 400, False, False, False),
    (STATUS, 403, False, False, False),
    (STATUS, 404, False, False, False),
    (STATUS, 408, True, False, False),
    (STATUS, 413, False, False, False),
    (STATUS, 429, True, False, False),
    (STATUS, 500, False, False, True),
    (STATUS, 501, False, False, True),
    (STATUS, 502, True, False, True),
    (STATUS, 503, True, False, True),
    (STATUS, 504, True, False, True),
    (STATUS, 505, False, False, True),
]


@pytest.mark.parametrize(("happened", "status", "harmless", "write", "done"), TABLE)
def test_table_decides_for_each_effect(
    happened: Happened, status: int | None, harmless: bool, write: bool, done: bool
) -> None:
    """A call is sent again, and may have been done, as the table says for reads and for writes."""
    trouble = Trouble(happened, status)
    assert may_be_repeated(trouble, READS) is harmless
    assert may_be_repeated(trouble, REPEATABLE) is harmless
    assert may_be_repeated(trouble, WRITES) is write
    assert may_have_happened(trouble, READS) is False
    assert may_have_happened(trouble, REPEATABLE) is done
    assert may_have_happened(trouble, WRITES) is done


def test_table_has_a_row_for_each_thing_that_happens() -> None:
    """The table covers every kind of trouble."""
    assert {row[0] for row in TABLE} == set(Happened)


@pytest.mark.parametrize(
    ("repeats", "full"), [(0, 0.5), (1, 1.0), (2, 2.0), (4, 8.0), (5, 8.0), (9_999, 8.0)]
)
@pytest.mark.parametrize("part", [0.0, 0.25, 1.0])
def test_wait_is_any_part_of_one_that_doubles(repeats: int, full: float, part: float) -> None:
    """The wait is a random part of 0.5, 1, 2, 4 and at most 8 seconds."""
    trouble = Trouble(STATUS, 503)
    wait = seconds_to_wait(trouble, READS, repeats=repeats, max_retries=10_000, random=lambda: part)
    assert wait == full * part
    assert full <= MAX_BACKOFF_S


@pytest.mark.parametrize(
    ("repeats", "max_retries", "again"), [(0, 0, False), (0, 1, True), (1, 1, False), (2, 1, False)]
)
def test_call_is_sent_again_as_often_as_allowed(repeats: int, max_retries: int, again: bool) -> None:
    """A call is given up after ``max_retries`` repeats."""
    wait = seconds_to_wait(
        Trouble(Happened.BROKEN), READS, repeats=repeats, max_retries=max_retries, random=lambda: 1
    )
    assert (wait is not None) is again


@pytest.mark.parametrize(
    ("asked", "wait"), [(0.0, 0.0), (1.5, 1.5), (60.0, 60.0), (60.01, None), (1e9, None)]
)
def test_retry_after_is_obeyed_up_to_a_minute(asked: float, wait: float | None) -> None:
    """A Retry-After of up to 60 seconds is waited for exactly; a longer one ends the call."""
    trouble = Trouble(STATUS, 429, asked)
    assert seconds_to_wait(trouble, REPEATABLE, repeats=0, max_retries=1, random=lambda: 1) == wait


def test_retry_after_makes_no_call_harmless() -> None:
    """A Retry-After does not lead to a second try of a write that may have been done."""
    trouble = Trouble(STATUS, 503, 1.0)
    assert seconds_to_wait(trouble, WRITES, repeats=0, max_retries=5, random=lambda: 1) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("1.5", 1.5),
        ("Wed, 01 Jul 2026 12:00:30 GMT", 30),
        ("Wed, 01 Jul 2026 11:00:00 GMT", 0),
        ("Wed, 01 Jul 2026 12:00:30 -0000", 30),
        ("Wednesday, 01-Jul-26 12:01:00 GMT", 60),
        (None, None),
        ("", None),
        (".", None),
        ("-1", None),
        ("1e3", None),
        ("1.2.3", None),
        ("inf", None),
        ("nan", None),
        ("soon", None),
        ("\u0661", None),
        ("Wed, 01 Jul 99999 12:00:30 GMT", None),
        ("9" * 65, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    """Retry-After is a number of seconds or an HTTP-date; anything else counts as absent."""
    assert read_retry_after(header, NOW) == seconds


@given(st.text(max_size=80))
def test_any_retry_after_is_a_time_to_wait_or_nothing(header: str) -> None:
    """Whatever the header holds, the wait is at least 0 or None."""
    seconds = read_retry_after(header, NOW)
    assert seconds is None or seconds >= 0


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=300)))
def test_date_of_retry_after_is_the_time_until_then(ahead: timedelta) -> None:
    """An HTTP-date ahead asks for the seconds until then."""
    then = NOW + timedelta(seconds=int(ahead.total_seconds()))
    header = then.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert read_retry_after(header, NOW) == int(ahead.total_seconds())
