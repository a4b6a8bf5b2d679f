"""These tests bound what a throttle in memory remembers; test_throttle.py has what it promises."""

from sites import NOW
from throttling import KEY, OTHER_KEY, RATE

from webhelper.links.stores.memory_throttle import MOST_KEYS, MemoryThrottle
from webhelper.links.stores.throttle import Rate

ONE = Rate(burst=1, interval_us=60_000_000)


def key_of(number: int) -> bytes:
    """Return a key of 16 bytes."""
    return number.to_bytes(16)


def test_keys_that_have_earned_all_back_make_room() -> None:
    """When 10,000 keys are kept, those that have earned everything back are forgotten first."""
    throttle = MemoryThrottle()
    for number in range(MOST_KEYS - 1):
        throttle.take(key_of(number), RATE, now=NOW)
    throttle.take(KEY, ONE, now=NOW)
    throttle.take(OTHER_KEY, ONE, now=NOW + 1)
    assert len(throttle._moments) == 2
    assert throttle.take(KEY, ONE, now=NOW + 1) == 59


def test_oldest_key_makes_room_if_all_are_needed() -> None:
    """When 10,000 keys have something to earn back, the one that came first is forgotten."""
    throttle = MemoryThrottle()
    for number in range(MOST_KEYS + 1):
        assert throttle.take(key_of(number), ONE, now=NOW) == 0
    assert len(throttle._moments) == MOST_KEYS
    assert throttle.take(key_of(1), ONE, now=NOW) > 0
    assert throttle.take(key_of(0), ONE, now=NOW) == 0
