"""How long one request may wait for a database, however many statements it takes.

Only the waiting counts: a request may take its time elsewhere, such as at the vendor's API. What is done
outside of requests has no budget.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

REQUEST_S: Final = 2.0


class TimeBudget:
    """The seconds that a request may still wait.

    Args:
        seconds: at its beginning.
    """

    __slots__ = ("left_s",)

    def __init__(self, seconds: float = REQUEST_S) -> None:
        self.left_s = seconds

    def spend(self, seconds: float) -> None:
        """Take off what was waited."""
        self.left_s -= seconds


budget_of_request: Final[ContextVar[TimeBudget | None]] = ContextVar("budget_of_request", default=None)
