"""These tests hold every throttle to its contract: what is allowed at once, and how it is earned back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from racing import in_threads
from sites import NOW
from throttling import KEY, OTHER_KEY, RATE

from webhelper.links.stores.throttle import Rate, ThrottleStore

if TYPE_CHECKING:
    from webhelper.links.stores.base import Store

INTERVAL_S = 0.6
ONE = Rate(burst=1, interval_us=60_000_000)


@pytest.fixture
def throttle(every_store: Store) -> ThrottleStore:
    """Return the throttle of each kind of store in turn."""
    return every_store.throttle


def taken(throttle: ThrottleStore, times: int, *, now: float, key: bytes = KEY, rate: Rate = RATE) -> int:
    """Try to take so often, and return how often there was one."""
    return sum(throttle.take(key, rate, now=now) == 0 for _ in range(times))


def test_burst_is_allowed_at_one_instant_and_no_more(throttle: ThrottleStore) -> None:  # A9
    """Of 1,280 tries at one instant, exactly the hundred of the burst succeed."""
    assert taken(throttle, 1280, now=NOW) == 100


def test_burst_is_the_same_for_racing_threads(throttle: ThrottleStore) -> None:  # A9
    """Of 64 threads with 20 tries each at one instant, exactly a hundred tries succeed."""
    assert sum(in_threads(64, lambda _: taken(throttle, 20, now=NOW))) == 100


@pytest.mark.parametrize(
    ("after_s", "count"),
    [(0, 0), (INTERVAL_S - 0.001, 0), (INTERVAL_S, 1), (59.4, 99), (60, 100), (10**8, 100)],
)
def test_what_was_taken_is_earned_back_evenly(throttle: ThrottleStore, after_s: float, count: int) -> None:
    """After the burst, one more is allowed for each interval that has passed, up to the burst."""
    taken(throttle, 100, now=NOW)
    assert taken(throttle, 200, now=NOW + after_s) == count


def test_wait_is_until_there_is_one(throttle: ThrottleStore) -> None:
    """A refusal says in how many seconds there is one again; at that moment there is, and not before."""
    taken(throttle, 100, now=NOW)
    wait_s = throttle.take(KEY, RATE, now=NOW + 0.25)
    assert wait_s == pytest.approx(0.35)
    assert throttle.take(KEY, RATE, now=NOW + 0.25 + wait_s - 0.001) > 0
    assert throttle.take(KEY, RATE, now=NOW + 0.25 + wait_s + 0.000_001) == 0


def test_refusal_takes_nothing(throttle: ThrottleStore) -> None:
    """Somebody who tries all the time gets the next one at the same moment as somebody who waits."""
    taken(throttle, 100, now=NOW)
    assert taken(throttle, 1000, now=NOW + 0.5) == 0
    assert taken(throttle, 2, now=NOW + INTERVAL_S) == 1


def test_keys_are_counted_apart(throttle: ThrottleStore) -> None:
    """What one takes is no other's."""
    assert taken(throttle, 200, now=NOW) == 100
    assert taken(throttle, 200, now=NOW, key=OTHER_KEY) == 100


def test_burst_of_one_is_one_in_an_interval(throttle: ThrottleStore) -> None:
    """A burst of one allows one, and the next after the interval."""
    times = (0.0, 59.999, 60.0, 119.999, 120.0)
    assert [taken(throttle, 2, now=NOW + after_s, rate=ONE) for after_s in times] == [1, 0, 1, 0, 1]


def test_what_is_given_back_can_be_taken_again(throttle: ThrottleStore) -> None:
    """One that is given back can be taken again, by the same key alone."""
    taken(throttle, 100, now=NOW)
    taken(throttle, 100, now=NOW, key=OTHER_KEY)
    throttle.give_back(KEY, RATE)
    assert taken(throttle, 5, now=NOW) == 1
    assert taken(throttle, 5, now=NOW, key=OTHER_KEY) == 0


def test_nothing_can_be_given_back_that_was_not_taken(throttle: ThrottleStore) -> None:
    """To give back what nobody took changes nothing: the burst is the same, also long after it was earned."""
    throttle.give_back(KEY, RATE)
    assert taken(throttle, 200, now=NOW) == 100
    throttle.give_back(KEY, RATE)
    assert taken(throttle, 200, now=NOW + 3600) == 100


def test_clock_that_was_set_back_locks_nobody_out(throttle: ThrottleStore) -> None:  # F-row: the clock
    """A day after which the clock is set back costs one interval, and not a day."""
    taken(throttle, 100, now=NOW + 86_400)
    assert taken(throttle, 200, now=NOW) == 1
    assert throttle.take(KEY, RATE, now=NOW) == pytest.approx(INTERVAL_S)
    assert taken(throttle, 200, now=NOW + 60) == 100


def test_limit_that_became_lower_holds_at_once(throttle: ThrottleStore) -> None:
    """After a lower limit in the settings, the next one is refused for its own interval at most."""
    taken(throttle, 100, now=NOW)
    lower = Rate(burst=10, interval_us=100_000)
    assert taken(throttle, 20, now=NOW, rate=lower) == 1
    assert throttle.take(KEY, lower, now=NOW) == pytest.approx(0.1)


@pytest.mark.parametrize("times", [1, 7, 1000, 7001, 11_999, 50_000])
def test_no_rounding_gives_one_more(throttle: ThrottleStore, times: int) -> None:
    """A burst of any size is exact, although an interval is a whole number of microseconds."""
    rate = Rate(times, 60_000_000 // times)
    assert taken(throttle, times + 3, now=NOW, rate=rate) == times
