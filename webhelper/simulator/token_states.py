"""The states of token ids by the vendor's rules (vendor page QS, and GB-QS for the order of the reasons).

A token id is refused more than three minutes after its first use, or after a submission with a decided
status. If both apply, the time is the reason. The uses are kept in the memory of this process: a restart
deletes them, and each worker has its own.

The word of a state in a token id forces that state: ``demo-expired-1``, ``demo-approved-1``,
``demo-pending-1``, ``demo-rejected-1``; ``demo-usable-1`` never expires. This is a rule of the simulator, not
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
    """Whether a token id opens the form, or the reason why not, in the order in which reasons are checked."""

    EXPIRED = "expired"
    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"
    USABLE = "usable"


@dataclass(frozen=True, slots=True)
class Use:
    """The first use of a token id, and the status of its last submission."""

    first: datetime
    decided: TokenState | None = None


def state_of(use: Use, now: datetime) -> TokenState:
    """Return the state of a token id that was used before."""
    if now - use.first > USABLE_FOR:
        return TokenState.EXPIRED
    return use.decided or TokenState.USABLE


def forced_state(token: str) -> TokenState | None:
    """Return the state whose word is in the token id, or None."""
    words = [state for state in TokenState if state in token.lower()]
    return words[0] if words else None


class TokenMemory:
    """The uses of token ids, of at most ``limit`` of them. It is safe to share between threads."""

    def __init__(self, limit: int = MAX_TOKENS) -> None:
        self._limit = limit
        self._lock = Lock()
        self._uses: OrderedDict[tuple[str, str], Use] = OrderedDict()

    def use(self, pid: str, token: str, now: datetime) -> TokenState:
        """Return the state of a token id at ``now``; its first use starts the three minutes."""
        forced = forced_state(token)
        if forced is not None:
            return forced
        with self._lock:
            return state_of(self._use(pid, token, now), now)

    def decide(self, pid: str, token: str, state: TokenState, now: datetime) -> None:
        """Keep the status of a submission with the token id."""
        with self._lock:
            self._uses[pid, token] = replace(self._use(pid, token, now), decided=state)

    def _use(self, pid: str, token: str, now: datetime) -> Use:
        use = self._uses.setdefault((pid, token), Use(now))
        if len(self._uses) > self._limit:
            self._uses.popitem(last=False)
        return use
