"""These tests follow a token id through three minutes, one decision and a bounded memory."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from webhelper.simulator.token_states import TokenMemory, TokenState, Use, forced_state, state_of

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DECIDED = (TokenState.APPROVED, TokenState.PENDING, TokenState.REJECTED)


@pytest.mark.parametrize(
    ("seconds", "state"),
    [
        (0, TokenState.USABLE),
        (179, TokenState.USABLE),
        (180, TokenState.USABLE),
        (180.001, TokenState.EXPIRED),
        (10**9, TokenState.EXPIRED),
        (-5, TokenState.USABLE),
    ],
)
def test_state_expires_after_more_than_three_minutes(seconds: float, state: TokenState) -> None:
    """A token id is usable for 180 seconds after its first use and then expired (QS)."""
    assert state_of(Use(NOON), NOON + timedelta(seconds=seconds)) is state


@pytest.mark.parametrize("decided", DECIDED)
def test_state_of_a_decided_token_is_the_decision(decided: TokenState) -> None:
    """A token id with a decided submission has the state of that decision (QS)."""
    assert state_of(Use(NOON, decided), NOON) is decided


@pytest.mark.parametrize("decided", DECIDED)
def test_state_of_an_old_decided_token_is_expired(decided: TokenState) -> None:
    """A decided token id is expired after three minutes, because the time comes first (GB-QS)."""
    assert state_of(Use(NOON, decided), NOON + timedelta(minutes=4)) is TokenState.EXPIRED


@pytest.mark.parametrize(
    ("token", "state"),
    [
        ("demo-expired-1", TokenState.EXPIRED),
        ("APPROVED.token", TokenState.APPROVED),
        ("my_pending_token", TokenState.PENDING),
        ("rejected1", TokenState.REJECTED),
        ("always-usable-1", TokenState.USABLE),
        ("approved-but-expired", TokenState.EXPIRED),
        ("tok_12345678", None),
        ("approve-period", None),
    ],
)
def test_forced_state_is_the_word_in_the_token_id(token: str, state: TokenState | None) -> None:
    """A token id that contains the word of a state has that state, so that testers can choose it."""
    assert forced_state(token) is state


def test_memory_starts_the_time_at_the_first_use() -> None:
    """The three minutes of a token id start at its first use, and later uses do not extend them (QS)."""
    memory = TokenMemory()
    for minutes in (0, 1, 2, 3):
        assert memory.use("p", "tok_12345", NOON + timedelta(minutes=minutes)) is TokenState.USABLE
    assert memory.use("p", "tok_12345", NOON + timedelta(minutes=3, seconds=1)) is TokenState.EXPIRED


@pytest.mark.parametrize("decided", DECIDED)
def test_memory_keeps_the_decision(decided: TokenState) -> None:
    """The memory keeps the decision of a token id, even of one that it has not seen before."""
    memory = TokenMemory()
    memory.decide("p", "tok_12345", decided, NOON)
    assert memory.use("p", "tok_12345", NOON) is decided


def test_memory_keeps_projects_and_tokens_apart() -> None:
    """A decision counts for one token id of one project only."""
    memory = TokenMemory()
    memory.decide("p", "tok_12345", TokenState.APPROVED, NOON)
    assert memory.use("q", "tok_12345", NOON) is TokenState.USABLE
    assert memory.use("p", "tok_54321", NOON) is TokenState.USABLE


def test_memory_never_keeps_a_forced_token() -> None:
    """A token id with a forced state takes no space in the memory."""
    memory = TokenMemory(limit=1)
    memory.decide("p", "tok_12345", TokenState.APPROVED, NOON)
    for _ in range(3):
        assert memory.use("p", "demo-pending-1", NOON) is TokenState.PENDING
    assert memory.use("p", "tok_12345", NOON) is TokenState.APPROVED


def test_memory_is_bounded() -> None:
    """The memory forgets the oldest token id when it is full."""
    memory = TokenMemory(limit=2)
    for token in ("a", "b", "c"):
        memory.decide("p", token, TokenState.APPROVED, NOON)
    assert memory.use("p", "c", NOON) is TokenState.APPROVED
    assert memory.use("p", "b", NOON) is TokenState.APPROVED
    assert memory.use("p", "a", NOON) is TokenState.USABLE


def test_memory_is_safe_between_threads() -> None:
    """Eight threads can share a memory of ten token ids without an error."""
    memory = TokenMemory(limit=10)

    def work(number: int) -> TokenState:
        memory.decide("p", f"t{number % 30}", TokenState.APPROVED, NOON)
        return memory.use("p", f"t{number % 30}", NOON)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(work, range(2000))) <= {TokenState.APPROVED, TokenState.USABLE}
