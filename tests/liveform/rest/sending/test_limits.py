"""Tests of the limits of calls a second and a day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from liveform import VendorError
from liveform.rest.sending.limits import USUAL_LIMITS, Limits, MemoryDayCount, Pace, check_day

DAY = date(2026, 7, 1)
NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


def test_usual_limits_are_those_of_the_faq() -> None:
    """By default a client makes at most 5,000 calls a second and 100,000 a day (FAQ)."""
    assert (USUAL_LIMITS.per_second, USUAL_LIMITS.per_day) == (5_000, 100_000)


def test_day_count_starts_again_on_another_day() -> None:
    """Each day has a count of its own, from 1."""
    count, next_day = MemoryDayCount(), date(2026, 7, 2)
    assert [count.take(DAY), count.take(DAY), count.take(next_day), count.take(next_day)] == [1, 2, 1, 2]


def test_day_count_does_not_start_again_with_a_clock_that_goes_back() -> None:
    """A call of the day before counts with the present day: two threads at midnight start no third count."""
    count, next_day = MemoryDayCount(), date(2026, 7, 2)
    assert [count.take(DAY), count.take(next_day), count.take(DAY), count.take(next_day)] == [1, 1, 2, 3]


def test_day_count_counts_every_thread() -> None:
    """No call is counted twice and none is missed when threads share a count."""
    count = MemoryDayCount()
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: count.take(DAY), range(2_000)))
    assert sorted(taken) == list(range(1, 2_001))


@pytest.mark.parametrize(("taken", "allowed"), [(1, True), (99_999, True), (100_000, True), (100_001, False)])
def test_day_ends_after_the_last_call(taken: int, allowed: bool) -> None:
    """The hundred-thousandth call of a day is sent, and the next one is not."""
    if allowed:
        check_day(taken, USUAL_LIMITS, NOON)
        return
    with pytest.raises(VendorError) as caught:
        check_day(taken, USUAL_LIMITS, NOON)
    error = caught.value
    assert (error.reason, error.code, error.status, error.may_have_happened) == (
        "limit",
        "limit",
        None,
        False,
    )
    assert error.retry_after_s == 12 * 3600
    assert "limits.per_day" in str(error)
    assert "2026-07-02T00:00Z" in str(error)


def test_day_without_limit_never_ends() -> None:
    """None switches the limit of a day off."""
    check_day(10**9, Limits(per_day=None), NOON)


def test_pace_lets_no_second_have_more_calls() -> None:
    """After so many calls the next one waits until the first is a second old."""
    clock = Clock()
    pace = Pace(3, clock)
    assert [pace.take(), pace.take()] == [0, 0]
    clock.seconds += 0.5
    assert pace.take() == 0
    wait = pace.take()
    assert 0.5 <= wait <= 0.502
    clock.seconds += wait - 0.002
    assert pace.take() > 0
    clock.seconds += 0.003
    assert [pace.take(), pace.take()] == [0, 0]
    assert pace.take() > 0


def test_pace_waits_in_whole_milliseconds() -> None:
    """A wait is the rest of the second, and never 0, which would mean that the call counts."""
    clock = Clock()
    pace = Pace(1, clock)
    waits = [pace.take()]
    for seconds in (0.4, 0.599, 0.001):
        clock.seconds += seconds
        waits.append(pace.take())
    assert waits == [0, 0.601, 0.002, 0.001]


def test_pace_keeps_no_old_calls() -> None:
    """However many calls a second may have, a pace keeps those of two seconds alone."""
    clock = Clock()
    for per_second in (10, 5_000):
        pace = Pace(per_second, clock)
        for _ in range(1_000):
            clock.seconds += 0.2
            assert pace.take() == 0
            assert pace._bucket.count() <= 11


def test_pace_counts_every_thread() -> None:
    """Threads that share a pace get as many calls as one thread."""
    pace = Pace(100, Clock())
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: pace.take(), range(400)))
    assert waits.count(0) == 100
