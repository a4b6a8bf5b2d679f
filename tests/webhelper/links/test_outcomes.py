"""These tests say which of several returns is shown."""

import pytest
from sites import NOW

from webhelper.links.outcomes import Outcome, Result


def claimed(result: Result | None, at: float = NOW, submission_id: str | None = "sub-1") -> Outcome:
    """Return what a return claimed."""
    return Outcome(result=result, submission_id=submission_id, error_code=None, at=at)


WEAKER_FIRST = (
    (None,),
    (Result.ERROR,),
    (Result.PENDING, Result.UNKNOWN),
    (Result.APPROVED, Result.REJECTED),
)
RANKS = [(rank, result) for rank, results in enumerate(WEAKER_FIRST) for result in results]


@pytest.mark.parametrize(("rank", "result"), RANKS)
@pytest.mark.parametrize(("shown_rank", "shown"), RANKS)
def test_claim_that_is_as_strong_and_not_older_is_shown(  # A6, E2
    rank: int, result: Result | None, shown_rank: int, shown: Result | None
) -> None:
    """A later claim is shown unless it is weaker: nothing, an error page, an open status, a decision."""
    for at in (NOW, NOW + 0.001, NOW + 10**6):
        assert claimed(result, at).replaces(claimed(shown)) is (rank >= shown_rank)


@pytest.mark.parametrize("result", [*Result, None])
def test_claim_that_is_older_is_not_shown(result: Result | None) -> None:  # A6
    """An older claim never replaces a later one, however strong it is."""
    for shown in (*Result, None):
        assert not claimed(result, NOW - 0.001).replaces(claimed(shown))


@pytest.mark.parametrize("result", [*Result, None])
def test_first_claim_is_shown(result: Result | None) -> None:
    """The first claim of a visit is shown, whatever it says."""
    assert claimed(result).replaces(None)


def test_same_claim_at_another_time_is_the_same_return() -> None:  # A6
    """Two returns are the same if they claim the same, whenever they came."""
    first = claimed(Result.PENDING)
    assert first.is_the_same(claimed(Result.PENDING, NOW + 60))
    assert not first.is_the_same(claimed(Result.APPROVED))
    assert not first.is_the_same(claimed(Result.PENDING, submission_id="sub-2"))
