"""These tests count by named limits, in the store and without it."""

from __future__ import annotations

import logging
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from sites import NOW, Clock

from webhelper.config.limits import Limit, LimitName
from webhelper.errors import StoreError, TooManyRequestsError
from webhelper.links.stores.memory_throttle import MemoryThrottle
from webhelper.throttling.throttle import MOST_REFUSED, Throttle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webhelper.links.stores.throttle import Rate

LIMITS = {LimitName.SIGN_IN: Limit(2, 60), LimitName.API: Limit(3, 3)}
CLIENT, OTHER = "203.0.113.7", "198.51.100.9"


class Store(MemoryThrottle):
    """A throttle that counts its calls, and fails when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[bytes] = []
        self.is_down = False

    def take(self, key: bytes, rate: Rate, *, now: float) -> float:
        """Take, or fail."""
        self.keys.append(key)
        self._fail_if_down()
        return super().take(key, rate, now=now)

    def give_back(self, key: bytes, rate: Rate) -> None:
        """Give back, or fail."""
        self._fail_if_down()
        super().give_back(key, rate)

    def _fail_if_down(self) -> None:
        if self.is_down:
            raise StoreError from OSError("no space left")


@pytest.fixture
def clock() -> Clock:
    """The clock of the throttle."""
    return Clock()


@pytest.fixture
def store() -> Store:
    """The store of the throttle."""
    return Store()


@pytest.fixture
def throttle(store: Store, clock: Clock) -> Throttle:
    """Return a throttle of two limits."""
    return new_throttle(store, clock)


def new_throttle(store: Store, clock: Clock, limits: Mapping[LimitName, Limit] = LIMITS) -> Throttle:
    """Return a throttle, as a process has one."""
    return Throttle(limits, store, lambda data: sha256(data).digest(), clock)


def counted(
    throttle: Throttle, times: int, *, whom: str = CLIENT, name: LimitName = LimitName.SIGN_IN
) -> int:
    """Count so often, and return how often it was allowed."""
    allowed = 0
    for _ in range(times):
        try:
            throttle.count(name, whom)
        except TooManyRequestsError:
            continue
        allowed += 1
    return allowed


def wait_of(throttle: Throttle, *, whom: str = CLIENT, name: LimitName = LimitName.SIGN_IN) -> int:
    """Return the Retry-After of a refusal; 0 if it is allowed."""
    try:
        throttle.count(name, whom)
    except TooManyRequestsError as error:
        return error.retry_after_s
    return 0


def test_as_much_is_allowed_as_the_limit_says(throttle: Throttle, clock: Clock) -> None:  # A9
    """A client may do it as often as the limit says, and again after the time that the refusal tells."""
    assert counted(throttle, 5) == 2
    assert wait_of(throttle) == 30
    clock.advance(29.999)
    assert wait_of(throttle) == 1
    clock.advance(0.001)
    assert counted(throttle, 5) == 1


def test_clients_and_limits_are_counted_apart(throttle: Throttle) -> None:
    """What one client does is not another's, and each limit counts for itself."""
    counted(throttle, 5)
    assert counted(throttle, 5, whom=OTHER) == 2
    assert counted(throttle, 5, name=LimitName.API) == 3


def test_limit_that_is_off_counts_nothing(throttle: Throttle, store: Store) -> None:
    """What has no limit is always allowed, and never written."""
    assert counted(throttle, 100, name=LimitName.KIOSK) == 100
    throttle.check(LimitName.KIOSK, CLIENT)
    throttle.give_back(LimitName.KIOSK, CLIENT)
    assert store.keys == []


def test_store_has_no_address(throttle: Throttle, store: Store) -> None:
    """The key of the store is the digest of limit and client."""
    throttle.count(LimitName.SIGN_IN, CLIENT)
    assert store.keys == [sha256(f"sign_in {CLIENT}".encode()).digest()]


def test_flood_of_refused_requests_asks_the_store_once(
    throttle: Throttle, store: Store, clock: Clock
) -> None:
    """Who is refused is refused from memory until there is one more: a flood writes nothing."""  # A9
    counted(throttle, 1000)
    assert len(store.keys) == 3
    clock.advance(30)
    counted(throttle, 1000)
    assert len(store.keys) == 5


def test_processes_count_together(store: Store, clock: Clock) -> None:
    """What one process allows is gone for another one with the same store."""
    one, two = new_throttle(store, clock), new_throttle(store, clock)
    assert counted(one, 1) + counted(two, 5) + counted(one, 5) == 2


def test_check_refuses_what_this_process_knows(store: Store, clock: Clock) -> None:
    """A look refuses somebody who was refused here and cannot have more yet, and counts nothing."""
    one, two = new_throttle(store, clock), new_throttle(store, clock)
    one.check(LimitName.SIGN_IN, CLIENT)
    counted(one, 3)
    with pytest.raises(TooManyRequestsError):
        one.check(LimitName.SIGN_IN, CLIENT)
    two.check(LimitName.SIGN_IN, CLIENT)
    one.check(LimitName.SIGN_IN, OTHER)
    clock.advance(30)
    one.check(LimitName.SIGN_IN, CLIENT)
    assert counted(one, 5) == 1


def test_clock_set_back_refuses_nobody_for_long(throttle: Throttle, clock: Clock) -> None:
    """A refusal that is remembered from the future does not count."""
    counted(throttle, 5)
    clock.advance(-3600)
    assert counted(throttle, 5) == 1
    clock.advance(30)
    assert counted(throttle, 5) == 1


def test_what_is_given_back_can_be_had_again(throttle: Throttle) -> None:
    """One that is given back is allowed again at once, also if the next was refused meanwhile."""
    counted(throttle, 3)
    throttle.give_back(LimitName.SIGN_IN, CLIENT)
    assert counted(throttle, 5) == 1


def test_memory_of_refusals_is_bounded(throttle: Throttle) -> None:
    """At 10,000 refused clients, all are forgotten here; the store still knows them."""
    throttle._refused_until = {number.to_bytes(32): NOW + 1 for number in range(MOST_REFUSED)}
    assert counted(throttle, 5) == 2
    assert len(throttle._refused_until) == 1


# Without the store


def test_store_that_fails_lets_each_process_count_for_itself(
    store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:  # F2
    """While the store cannot be written, the same limit holds in each process, and the log says so once."""
    one, two = new_throttle(store, clock), new_throttle(store, clock)
    store.is_down = True
    assert (counted(one, 5), counted(two, 5)) == (2, 2)
    assert counted(one, 5, whom=OTHER) == 2
    failures = [line for line in caplog.messages if "cannot be written" in line]
    assert len(failures) == 2
    assert "OSError" in failures[0]
    assert "no space" not in caplog.text


def test_store_that_failed_is_left_alone_for_five_seconds(
    throttle: Throttle, store: Store, clock: Clock
) -> None:
    """A request does not wait for a store that has just failed; five seconds later it is tried again."""
    store.is_down = True
    counted(throttle, 2)
    assert len(store.keys) == 1
    store.is_down = False
    clock.advance(4.999)
    counted(throttle, 1, whom=OTHER)
    assert len(store.keys) == 1
    clock.advance(0.001)
    counted(throttle, 1, whom=OTHER)
    assert len(store.keys) == 2


def test_failing_store_is_told_once_a_minute(
    throttle: Throttle, store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says once a minute that the store cannot be written."""
    store.is_down = True
    for _ in range(13):
        throttle.count(LimitName.API, str(clock()))
        clock.advance(5)
    assert len([line for line in caplog.messages if "cannot be written" in line]) == 2


def test_what_was_taken_without_the_store_is_given_back(throttle: Throttle, store: Store) -> None:
    """Giving back works while the store fails, and no failure leaves it."""
    store.is_down = True
    throttle.count(LimitName.SIGN_IN, CLIENT)
    throttle.give_back(LimitName.SIGN_IN, CLIENT)
    assert counted(throttle, 5) == 2


def test_store_that_fails_as_something_is_given_back_is_no_error(throttle: Throttle, store: Store) -> None:
    """A store that begins to fail when something is given back raises nothing."""
    throttle.count(LimitName.SIGN_IN, CLIENT)
    store.is_down = True
    throttle.give_back(LimitName.SIGN_IN, CLIENT)


# What the log says


def test_log_tells_a_limit_once_in_its_time_without_the_client(
    throttle: Throttle, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:  # A9
    """However many are refused, the log has a line a minute with limit and number, and no address."""
    caplog.set_level(logging.WARNING)
    counted(throttle, 500)
    counted(throttle, 500, whom=OTHER)
    assert caplog.messages == ["limits: sign_in (2/1m) is reached; 1 refused since the last line"]
    clock.advance(60)
    counted(throttle, 3)
    assert caplog.messages[1:] == ["limits: sign_in (2/1m) is reached; 996 refused since the last line"]
    assert CLIENT not in caplog.text


def test_log_tells_short_limits_once_a_minute(
    throttle: Throttle, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """A limit of a few seconds is told once a minute, and each limit by itself."""
    for _ in range(60):
        counted(throttle, 5, name=LimitName.API)
        clock.advance(1)
    counted(throttle, 3)
    assert len(caplog.messages) == 2
