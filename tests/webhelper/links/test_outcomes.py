"""These tests say which of several outcomes of a visit is shown."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import NOW

from webhelper.links.outcomes import Level, Outcome, Result, Source, shown_of

RESULTS = (*Result, None)
CONFIRMING = (Source.WEBHOOK, Source.API)


def claimed(result: Result | None, at: float = NOW, submission_id: str | None = "sub-1") -> Outcome:
    """Return what a return claimed."""
    return Outcome(result=result, submission_id=submission_id, error_code=None, at=at)


def confirmed(
    result: Result, at: float = NOW, submission_id: str | None = "sub-1", source: Source = Source.WEBHOOK
) -> Outcome:
    """Return what the vendor said."""
    return Outcome(result=result, submission_id=submission_id, error_code=None, at=at, source=source)


def shown(*outcomes: Outcome) -> Outcome | None:
    """Return which one is shown, whatever order they come in."""
    found = {shown_of(order) for order in permutations(outcomes)}
    assert len(found) == 1
    return found.pop()


def test_words_of_outcomes_are_those_that_are_kept_and_sent() -> None:
    """Results, sources and levels have the words that stand in the database, in messages and in answers."""
    assert [*Result] == ["approved", "pending", "rejected", "error", "unknown"]
    assert [*Source] == ["return", "webhook", "api"]
    assert [*Level] == ["claimed", "confirmed"]


# One outcome


@pytest.mark.parametrize("result", RESULTS)
@pytest.mark.parametrize("source", Source)
def test_only_outcome_is_shown(result: Result | None, source: Source) -> None:
    """The first outcome of a visit is shown, whatever it says; without one, nothing is."""
    only = Outcome(result=result, submission_id=None, error_code=None, at=NOW, source=source)
    assert shown(only) is only
    assert shown() is None


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("result", RESULTS)
def test_outcome_is_final_if_the_vendor_decided(source: Source, result: Result | None) -> None:
    """A return claims, the vendor confirms, and only a confirmed decision is final."""
    one = Outcome(result=result, submission_id=None, error_code=None, at=NOW, source=source)
    decided = result in {Result.APPROVED, Result.REJECTED}
    assert one.level is (Level.CLAIMED if source is Source.RETURN else Level.CONFIRMED)
    assert (one.is_decided, one.is_final) == (decided, decided and source is not Source.RETURN)


def test_same_claim_at_another_time_is_the_same() -> None:  # A6
    """Two outcomes are the same if the same source says the same, whenever it does."""
    first = claimed(Result.PENDING)
    assert first.is_the_same(claimed(Result.PENDING, NOW + 60))
    assert not first.is_the_same(claimed(Result.APPROVED))
    assert not first.is_the_same(claimed(Result.PENDING, submission_id="sub-2"))
    assert not first.is_the_same(confirmed(Result.PENDING))


@pytest.mark.parametrize("source", CONFIRMING)
@pytest.mark.parametrize("claim", RESULTS)
@pytest.mark.parametrize("said", Result)
def test_decision_of_the_vendor_refutes_another_that_was_claimed(
    source: Source, claim: Result | None, said: Result
) -> None:
    """A claimed decision is refuted by the vendor's other decision, and by nothing else."""
    decisions = {Result.APPROVED, Result.REJECTED}
    is_refuted = {claim, said} == decisions
    assert confirmed(said, source=source).refutes(claimed(claim)) is is_refuted
    assert not claimed(said).refutes(claimed(claim))
    assert not confirmed(Result.APPROVED).refutes(confirmed(Result.REJECTED, source=source))


@pytest.mark.parametrize("other", ["sub-2", None])
def test_claimed_approval_needs_a_confirmed_one_of_whatever_submission(other: str | None) -> None:
    """A claimed approval is refuted by a rejection of another submission; a claimed rejection is not."""
    assert confirmed(Result.REJECTED, submission_id=other).refutes(claimed(Result.APPROVED))
    refutes = confirmed(Result.APPROVED, submission_id=other).refutes(claimed(Result.REJECTED))
    assert refutes is (other is None)


# Claims alone


WEAKER_FIRST = (
    (None,),
    (Result.ERROR,),
    (Result.PENDING, Result.UNKNOWN),
    (Result.APPROVED, Result.REJECTED),
)
RANKS = [(rank, result) for rank, results in enumerate(WEAKER_FIRST) for result in results]


@pytest.mark.parametrize(("rank", "result"), RANKS)
@pytest.mark.parametrize(("other_rank", "other"), RANKS)
def test_claim_that_is_later_is_shown_unless_it_is_weaker(  # A6, E2
    rank: int, result: Result | None, other_rank: int, other: Result | None
) -> None:
    """A later claim is shown unless it is weaker: nothing, an error page, an open status, a decision."""
    later = claimed(result, NOW + 0.001)
    assert (shown(claimed(other), later) == later) is (rank >= other_rank)


# What the vendor said


@pytest.mark.parametrize("source", CONFIRMING)
@pytest.mark.parametrize("result", Result)
@pytest.mark.parametrize("claim", RESULTS)
def test_confirmed_outcome_is_shown_before_any_claim(
    source: Source, result: Result, claim: Result | None
) -> None:
    """What the vendor said is shown before a claim, however strong or late the claim is."""
    said = confirmed(result, source=source)
    assert shown(said, claimed(claim, NOW + 60)) == said


@pytest.mark.parametrize("late", CONFIRMING)
@pytest.mark.parametrize("early", CONFIRMING)
def test_later_news_of_a_submission_are_shown(early: Source, late: Source) -> None:
    """Of one submission, the latest news is shown, whichever way it came and whatever it says."""
    for result in Result:
        news = confirmed(result, NOW + 0.001, source=late)
        assert shown(confirmed(Result.APPROVED, source=early), news) == news


def test_api_is_believed_before_a_webhook_of_the_same_time() -> None:
    """Of a webhook and an answer of the API with one time, the answer is shown."""
    answer = confirmed(Result.REJECTED, source=Source.API)
    assert shown(confirmed(Result.APPROVED), answer) == answer


@pytest.mark.parametrize("source", CONFIRMING)
def test_rejection_is_shown_before_an_approval_of_the_same_time(source: Source) -> None:
    """Of two decisions of one source and time, the rejection is shown, and either before an open status."""
    one, other, third = (
        confirmed(result, source=source) for result in (Result.APPROVED, Result.REJECTED, Result.PENDING)
    )
    assert shown(one, other, third) == other
    assert shown(one, third) == one


def test_approved_submission_counts_before_later_others() -> None:
    """An approval is shown before a later rejection of another submission that was never finished (9.6)."""
    approval = confirmed(Result.APPROVED)
    assert shown(approval, confirmed(Result.REJECTED, NOW + 7200, "sub-2")) == approval


def test_approval_that_was_taken_back_does_not_count_before_others() -> None:
    """An approval that the vendor took back leaves the latest news of the submissions."""
    taken_back = confirmed(Result.REJECTED, NOW + 1)
    other = confirmed(Result.PENDING, NOW + 2, "sub-2")
    assert shown(confirmed(Result.APPROVED), taken_back, other) == other


def test_latest_of_several_submissions_without_an_approval_is_shown() -> None:
    """Of several submissions, none of them approved, the one with the latest news is shown."""
    late = confirmed(Result.PENDING, NOW + 1, "sub-2")
    assert shown(confirmed(Result.REJECTED), late) == late


# Any outcomes

OUTCOMES = st.builds(
    Outcome,
    result=st.sampled_from(RESULTS),
    submission_id=st.sampled_from(["sub-1", "sub-2", None]),
    error_code=st.sampled_from([None, "TK-10001"]),
    at=st.sampled_from([NOW, NOW + 1, NOW + 2]),
    source=st.sampled_from(Source),
)


@given(st.lists(OUTCOMES, max_size=5))
def test_order_of_arrival_does_not_count(outcomes: list[Outcome]) -> None:
    """Outcomes show the same one in every order in which they can arrive."""
    shown(*outcomes)
