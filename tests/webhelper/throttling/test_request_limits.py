"""These tests count requests as those of clients, holders and tablets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from webhelper.config.limits import Limit, LimitName
from webhelper.errors import TooManyRequestsError
from webhelper.links.stores.memory_throttle import MemoryThrottle
from webhelper.throttling.request_limits import RequestLimits
from webhelper.throttling.throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Callable

    from sites import Clock

LIMITS = {
    LimitName.SIGN_IN: Limit(3, 600),
    LimitName.SIGN_IN_TOTAL: Limit(7, 600),
    LimitName.API: Limit(2, 60),
    LimitName.WRONG_TOKENS: Limit(2, 60),
    LimitName.KIOSK: Limit(2, 60),
    LimitName.RETURNS: Limit(2, 60),
}


@pytest.fixture
def limits(clock: Clock) -> RequestLimits:
    """Return small limits, on a site behind one proxy."""
    throttle = Throttle(LIMITS, MemoryThrottle(), lambda data: data, clock)
    return RequestLimits(throttle, proxies=1)


def client(number: int) -> dict[str, Any]:
    """Return the environ of a client."""
    return {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": f"203.0.113.{number}"}


def counted(times: int, count: Callable[..., None], *arguments: Any) -> int:
    """Count so often, and return how often it was allowed."""
    allowed = 0
    for _ in range(times):
        try:
            count(*arguments)
        except TooManyRequestsError:
            continue
        allowed += 1
    return allowed


def test_sign_in_is_limited_by_client_and_in_total(limits: RequestLimits) -> None:  # A9
    """One client has three attempts, and all together have seven."""
    allowed = [counted(50, limits.failed_sign_in, client(number)) for number in range(4)]
    assert allowed == [3, 3, 1, 0]


def test_attempts_of_one_client_do_not_use_up_the_total(limits: RequestLimits) -> None:  # A9
    """A client that is refused takes nothing from the others."""
    counted(1000, limits.failed_sign_in, client(1))
    assert counted(50, limits.failed_sign_in, client(2)) == 3


def test_client_refused_for_all_has_its_own_attempts_still(limits: RequestLimits, clock: Clock) -> None:
    """When the total is used up, an attempt is not counted against the client either."""
    for number in range(3):
        counted(50, limits.failed_sign_in, client(number))
    assert counted(50, limits.failed_sign_in, client(9)) == 0
    clock.advance(600 / 7 * 3)
    assert counted(50, limits.failed_sign_in, client(9)) == 3


def test_client_that_cannot_be_told_counts_in_total_alone(limits: RequestLimits) -> None:
    """Without an address, seven attempts are allowed."""
    nobody = {"REMOTE_ADDR": "10.0.0.1"}
    assert counted(50, limits.failed_sign_in, nobody) == 7


@pytest.mark.parametrize("method", ["read_return", "wrong_token"])
def test_requests_without_an_api_token_are_limited_by_client(limits: RequestLimits, method: str) -> None:
    """Two are allowed to each client, and any number to those that cannot be told apart."""
    count = getattr(limits, method)
    assert [counted(9, count, client(number)) for number in (1, 1, 2)] == [2, 0, 2]
    assert counted(99, count, {"REMOTE_ADDR": "10.0.0.1"}) == 99


@pytest.mark.parametrize("method", ["api_request", "kiosk_code"])
def test_holders_and_tablets_are_limited_by_their_names(limits: RequestLimits, method: str) -> None:
    """Two are allowed to each holder and to each tablet."""
    count = getattr(limits, method)
    assert [counted(9, count, name) for name in ("a", "a", "b")] == [2, 0, 2]
