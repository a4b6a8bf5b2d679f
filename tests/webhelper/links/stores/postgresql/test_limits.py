"""These tests limit the time of statements by what is left to a request."""

from __future__ import annotations

import pytest

from webhelper.errors import StoreError
from webhelper.links.stores.postgresql.limits import ELSEWHERE, IN_REQUEST, Limits, limits_within
from webhelper.links.stores.time_budget import REQUEST_S, TimeBudget


@pytest.mark.parametrize(
    ("left_s", "limits"),
    [
        (REQUEST_S, IN_REQUEST),
        (1.75, IN_REQUEST),
        (1.749, Limits(lock_ms=1000, statement_ms=1400)),
        (1.25, Limits(lock_ms=1000, statement_ms=1000)),
        (1.249, Limits(lock_ms=900, statement_ms=900)),
        (0.35, Limits(lock_ms=100, statement_ms=100)),
    ],
)
def test_statement_gets_what_is_left_of_the_request(left_s: float, limits: Limits) -> None:
    """A statement has the usual limits, or in steps what is left, so that the server gives up before us."""
    assert limits_within(TimeBudget(left_s)) == limits
    assert limits.answer_s <= left_s


@pytest.mark.parametrize("left_s", [0.349, 0.0, -1.0])
def test_request_whose_time_is_over_asks_no_more(left_s: float) -> None:
    """A request that has waited for long enough is an error, and says so in the log."""
    with pytest.raises(StoreError) as caught:
        limits_within(TimeBudget(left_s))
    assert type(caught.value.__cause__).__name__ == "TimeIsUpError"


def test_what_is_done_beside_requests_may_take_longer() -> None:
    """Jobs and commands have longer limits, however many statements they take."""
    assert limits_within(None) == ELSEWHERE
    assert (ELSEWHERE.lock_ms, ELSEWHERE.statement_ms, ELSEWHERE.answer_s) == (2000, 4000, 4.25)


@pytest.mark.parametrize("command", ["SET", "SET LOCAL"])
def test_limits_are_told_to_the_server_in_milliseconds(command: str) -> None:
    """The SQL of limits sets both in the server's unit."""
    said = Limits(lock_ms=50, statement_ms=70).settings(command)
    assert said == f"{command} lock_timeout = 50; {command} statement_timeout = 70"
