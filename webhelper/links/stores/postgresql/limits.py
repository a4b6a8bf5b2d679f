"""The limits of time of every statement: the server gives up first and says so, then do we.

A server that gives up has done nothing of the statement, so nothing is done after a request was answered
with 503.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from webhelper.errors import StoreError
from webhelper.links.stores.postgresql.errors import TimeIsUpError

if TYPE_CHECKING:
    from webhelper.links.stores.time_budget import TimeBudget

_MARGIN_MS: Final = 250  # on top of the server's own limit, for its answer to arrive
_STEP_MS: Final = 100  # so that a session rarely needs other limits
_LEAST_MS: Final = 100


class Limits(NamedTuple):
    """What a statement may take.

    Attributes:
        lock_ms: how long the server waits for a lock.
        statement_ms: how long the server works on a statement.
    """

    lock_ms: int
    statement_ms: int

    @property
    def answer_s(self) -> float:
        """For how many seconds we wait for an answer: longer than a server that works ever takes."""
        return (self.statement_ms + _MARGIN_MS) / 1000

    def settings(self, command: str) -> str:
        """Return the SQL that sets the limits, by ``SET`` or ``SET LOCAL``."""
        return f"{command} lock_timeout = {self.lock_ms}; {command} statement_timeout = {self.statement_ms}"


IN_REQUEST: Final = Limits(lock_ms=1000, statement_ms=1500)
ELSEWHERE: Final = Limits(lock_ms=2000, statement_ms=4000)


def limits_within(budget: TimeBudget | None) -> Limits:
    """Return the limits of the next statement.

    Args:
        budget: of the request; None outside of requests.

    Raises:
        StoreError: the budget is spent.
    """
    if budget is None:
        return ELSEWHERE
    left_ms = math.floor(budget.left_s * 1000) - _MARGIN_MS
    if left_ms < _LEAST_MS:
        raise StoreError from TimeIsUpError("this request has waited for the database for long enough")
    most_ms = left_ms - left_ms % _STEP_MS
    return Limits(min(IN_REQUEST.lock_ms, most_ms), min(IN_REQUEST.statement_ms, most_ms))
