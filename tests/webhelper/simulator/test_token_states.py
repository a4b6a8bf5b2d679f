"""These tests follow a token id through three minutes, one decision and private mode."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sandboxes import StillClock

from webhelper.simulator.sandbox.clock import iso
from webhelper.simulator.sandbox.sandbox import Sandbox
from webhelper.simulator.sandbox.token_ids import TokenId
from webhelper.simulator.token_states import TokenState, forced_state, state_of, use_token

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DECIDED = (TokenState.APPROVED, TokenState.PENDING, TokenState.REJECTED)
PID = "secret0001"


def used(**members: Any) -> TokenId:
    """Return a token id that was used at noon."""
    empty = {"registered_at": None, "expires_at": None, "expired_at": None, "uses": 0, "decided": None}
    return TokenId(**{"pid": PID, "token_id": "tok_12345", "first_used_at": iso(NOON), **empty, **members})


def state(known: TokenId | None, now: datetime = NOON, *, private_mode: bool = False) -> TokenState:
    """Return the state of a token id at ``now``."""
    return state_of(known, now=now, private_mode=private_mode)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, TokenState.USABLE),
        (179, TokenState.USABLE),
        (180, TokenState.USABLE),
        (180.001, TokenState.EXPIRED),
        (10**9, TokenState.EXPIRED),
        (-5, TokenState.USABLE),
    ],
)
def test_state_expires_after_more_than_three_minutes(seconds: float, expected: TokenState) -> None:
    """A token id is usable for 180 seconds after its first use and then expired (QS)."""
    assert state(used(), NOON + timedelta(seconds=seconds)) is expected


@pytest.mark.parametrize("decided", DECIDED)
def test_state_of_a_decided_token_is_the_decision(decided: TokenState) -> None:
    """A token id with a decided submission has the state of that decision (QS)."""
    assert state(used(decided=decided)) is decided


@pytest.mark.parametrize("decided", DECIDED)
def test_state_of_an_old_decided_token_is_expired(decided: TokenState) -> None:
    """A decided token id is expired after three minutes, because the time comes first (GB-QS)."""
    assert state(used(decided=decided), NOON + timedelta(minutes=4)) is TokenState.EXPIRED


def test_state_of_a_token_that_was_never_used_is_usable() -> None:
    """A token id is usable for any time before its first use, registered or not."""
    assert state(None) is TokenState.USABLE
    registered = used(first_used_at=None, registered_at=iso(NOON))
    assert state(registered, NOON + timedelta(days=900)) is TokenState.USABLE


def test_state_of_an_expired_token_is_expired() -> None:
    """A token id that expired by a count or a time is expired, used or not (W-token)."""
    assert state(used(expired_at=iso(NOON))) is TokenState.EXPIRED
    assert state(used(expired_at=iso(NOON), first_used_at=None)) is TokenState.EXPIRED


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (None, TokenState.UNREGISTERED),
        (used(), TokenState.UNREGISTERED),
        (used(decided="approved"), TokenState.UNREGISTERED),
        (used(registered_at=iso(NOON)), TokenState.USABLE),
        (used(registered_at=iso(NOON), expired_at=iso(NOON)), TokenState.EXPIRED),
    ],
)
def test_state_in_private_mode_needs_registration(known: TokenId | None, expected: TokenState) -> None:
    """In private mode, a token id that is not registered does not open the form (AC)."""
    assert state(known, private_mode=True) is expected


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("demo-expired-1", TokenState.EXPIRED),
        ("APPROVED.token", TokenState.APPROVED),
        ("my_pending_token", TokenState.PENDING),
        ("rejected1", TokenState.REJECTED),
        ("demo-unregistered-1", TokenState.UNREGISTERED),
        ("always-usable-1", TokenState.USABLE),
        ("approved-but-expired", TokenState.EXPIRED),
        ("tok_12345678", None),
        ("approve-period", None),
    ],
)
def test_forced_state_is_the_word_in_the_token_id(token: str, expected: TokenState | None) -> None:
    """A token id that contains the word of a state has that state, so that testers can choose it."""
    assert forced_state(token) is expected


def test_use_starts_the_time_at_the_first_use(sandbox: Sandbox, still: StillClock) -> None:
    """The three minutes of a token id start at its first use, and later uses do not extend them (QS)."""
    for _ in range(3):
        assert use_token(sandbox, PID, "tok_12345") is TokenState.USABLE
        still.turn(minutes=1)
    assert use_token(sandbox, PID, "tok_12345") is TokenState.USABLE
    still.turn(seconds=1)
    assert use_token(sandbox, PID, "tok_12345") is TokenState.EXPIRED


def test_use_keeps_projects_and_tokens_apart(sandbox: Sandbox) -> None:
    """A decision counts for one token id of one project only."""
    sandbox.token_ids.submitted(PID, "tok_12345", "approved", at=iso(NOON))
    assert use_token(sandbox, PID, "tok_12345") is TokenState.APPROVED
    assert use_token(sandbox, "plain00001", "tok_12345") is TokenState.USABLE
    assert use_token(sandbox, PID, "tok_54321") is TokenState.USABLE


def test_use_never_keeps_a_forced_or_refused_token(sandbox: Sandbox) -> None:
    """A token id with a forced state, or one that is refused, leaves nothing in the sandbox."""
    assert use_token(sandbox, PID, "demo-pending-1") is TokenState.PENDING
    sandbox.configure(replace(sandbox.dashboard(PID), private_mode=True))
    assert use_token(sandbox, PID, "tok_12345") is TokenState.UNREGISTERED
    assert sandbox.token_ids.get(PID, "demo-pending-1") is None
    assert sandbox.token_ids.get(PID, "tok_12345") is None
