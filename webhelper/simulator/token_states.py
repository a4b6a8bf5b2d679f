"""The states of token ids by the vendor's rules (vendor pages QS, AC; GB-QS: order of the reasons).

A token id is refused more than three minutes after its first use, or after a submission with a decided
status. If both apply, the time is the reason. In private mode with pre-registration, only registered token
ids open the form.

The word of a state in a token id forces that state: ``demo-expired-1``, ``demo-approved-1``,
``demo-pending-1``, ``demo-rejected-1``, ``demo-unregistered-1``; ``demo-usable-1`` never expires. This is a
rule of the simulator, not of the vendor.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from webhelper.simulator.sandbox.clock import iso

if TYPE_CHECKING:
    from webhelper.simulator.sandbox.sandbox import Sandbox
    from webhelper.simulator.sandbox.token_ids import TokenId

USABLE_FOR: Final = timedelta(minutes=3)


class TokenState(StrEnum):
    """Whether a token id opens the form, or the reason why not, in the order in which reasons are checked."""

    UNREGISTERED = "unregistered"
    EXPIRED = "expired"
    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"
    USABLE = "usable"


def state_of(known: TokenId | None, *, now: datetime, private_mode: bool) -> TokenState:
    """Return the state of a token id.

    Args:
        known: what the sandbox knows of it; None if it was neither registered nor used.
        now: the time.
        private_mode: whether only registered token ids open the form.
    """
    if private_mode and (known is None or known.registered_at is None):
        return TokenState.UNREGISTERED
    if known is None:
        return TokenState.USABLE
    first = now if known.first_used_at is None else datetime.fromisoformat(known.first_used_at)
    if known.expired_at is not None or now - first > USABLE_FOR:
        return TokenState.EXPIRED
    return TokenState.USABLE if known.decided is None else TokenState(known.decided)


def forced_state(token: str) -> TokenState | None:
    """Return the state whose word is in the token id, or None."""
    words = [state for state in TokenState if state in token.lower()]
    return words[0] if words else None


def use_token(sandbox: Sandbox, pid: str, token: str) -> TokenState:
    """Return the state of a token id now; the first use of a usable one starts the three minutes."""
    forced = forced_state(token)
    if forced is not None:
        return forced
    now = sandbox.clock.now()
    private_mode = sandbox.dashboard_of_tokens(pid).private_mode
    state = state_of(sandbox.token_ids.get(pid, token), now=now, private_mode=private_mode)
    if state is TokenState.USABLE:
        sandbox.token_ids.use(pid, token, at=iso(now))
    return state
