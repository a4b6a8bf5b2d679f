"""Token ids: what state each is in, by the vendor's rules (vendor page QS, and GB-QS for which reason wins).

A token is refused when more than three minutes have passed since it was first used, or when a submission
with a decided status came of it. If both hold, the time is the reason. What was used and decided is kept in
the memory of this process: it is gone after a restart, and every worker has its own.

A tester who wants a state at once puts its word into the token id: ``demo-expired-1``, ``demo-approved-1``,
``demo-pending-1``, ``demo-rejected-1``; ``demo-usable-1`` never expires. That is a rule of the simulator, not
of the vendor.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Final

USABLE_FOR: Final = timedelta(minutes=3)
MAX_TOKENS: Final = 10_000


class TokenState(StrEnum):
    """Whether a token id opens the form, or why not. The order is that of the reasons."""

    EXPIRED = "expired"
    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"
    USABLE = "usable"


@dataclass(frozen=True, slots=True)
class Use:
    """When a token id was first used, and what the last submission with it came to."""

    first: datetime
    decided: TokenState | None = None


def state_of(use: Use, now: datetime) -> TokenState:
    """Return the state of a token id that was used before."""
    if now - use.first > USABLE_FOR:
        return TokenState.EXPIRED
    return use.decided or TokenState.USABLE


def forced_state(token: str) -> TokenState | None:
    """Return the state whose word stands in the token id; None without one."""
    words = [state for state in TokenState if state in token.lower()]
    return words[0] if words else None


class TokenMemory:
    """The token ids that were used, at most ``limit``. Safe to share between threads."""

    def __init__(self, limit: int = MAX_TOKENS) -> None:
        self._limit = limit
        self._lock = Lock()
        self._uses: OrderedDict[tuple[str, str], Use] = OrderedDict()

    def use(self, pid: str, token: str, now: datetime) -> TokenState:
        """Return the state in which a token id is met at ``now``; the first time starts its three minutes."""
        forced = forced_state(token)
        if forced is not None:
            return forced
        with self._lock:
            return state_of(self._use(pid, token, now), now)

    def decide(self, pid: str, token: str, state: TokenState, now: datetime) -> None:
        """Remember what a submission with the token id came to."""
        with self._lock:
            self._uses[pid, token] = replace(self._use(pid, token, now), decided=state)

    def _use(self, pid: str, token: str, now: datetime) -> Use:
        use = self._uses.setdefault((pid, token), Use(now))
        if len(self._uses) > self._limit:
            self._uses.popitem(last=False)
        return use
