"""These tests say which of several outcomes of a visit is shown."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import NOW

from webhelper.links.outcomes import Level, Outcome, Result, Source, is_settled, shown_of, told_of

RESULTS = (*Result, None)
CLAIMING = (Source.RETURN, Source.EARLIER_BROWSER)
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
    assert [*Source] == ["return", "earlier_browser", "webhook", "api"]
    assert [*Level] == ["claimed", "confirmed"]


# One outcome


@pytest.mark.parametrize("result", RESULTS)
@pytest.mark.parametrize("source", [Source.RETURN, *CONFIRMING])
def test_only_outcome_is_shown(result: Result | None, source: Source) -> None:
    """The first outcome of a visit is shown, whatever it says; without one, nothing is."""
    only = Outcome(result=result, submission_id=None, error_code=None, at=NOW, source=source)
    assert shown(only) is only
    assert shown() is None


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("result", RESULTS)
def test_outcome_is_final_if_the_vendor_decided(source: Source, result: Result | None) -> None:
    """A return claims, in whatever browser, the vendor confirms, and only a confirmed decision is final."""
    one = Outcome(result=result, submission_id=None, error_code=None, at=NOW, source=source)
    decided = result in {Result.APPROVED, Result.REJECTED}
    assert one.level is (Level.CLAIMED if source in CLAIMING else Level.CONFIRMED)
    assert (one.is_decided, one.is_final) == (decided, decided and source not in CLAIMING)
    assert one.is_done is (decided or result is Result.PENDING)


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


@pytest.mark.parametrize("claim", RESULTS)
def test_what_an_earlier_browser_claims_is_neither_shown_nor_told_nor_refuted(claim: Result | None) -> None:
    """Whoever has handed a visit over says nothing of it any more, alone or beside others."""
    earlier = replace(claimed(claim, NOW + 60, "sub-2"), source=Source.EARLIER_BROWSER)
    assert (shown(earlier), told(earlier)) == (None, None)
    for other in (claimed(None), claimed(Result.ERROR), confirmed(Result.REJECTED)):
        assert shown(earlier, other) == told(earlier, other) == other
    assert not confirmed(Result.REJECTED).refutes(earlier)
    assert not confirmed(Result.APPROVED, submission_id="sub-2").refutes(earlier)


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


@pytest.mark.parametrize("result", [one for one in Result if one is not Result.APPROVED])
def test_latest_of_several_submissions_without_an_approval_is_shown(result: Result) -> None:
    """Of several submissions with one status, and none approved, the one with the latest news is shown."""
    late = confirmed(Result.PENDING, NOW + 1, "sub-2")
    assert shown(confirmed(Result.REJECTED), late) == late
    same = confirmed(result, NOW + 1, "sub-2")
    assert shown(confirmed(result), same) == same


@pytest.mark.parametrize("status", [Result.PENDING, Result.UNKNOWN])
def test_open_submission_is_shown_before_a_later_rejection_of_another(status: Result) -> None:
    """A try that was never finished is rejected hours later (9.6), while the other one is under review.

    So is one whose status the vendor does not document, since it decides nothing.
    """
    reviewed, late = confirmed(status, NOW, "sub-2"), confirmed(Result.REJECTED, NOW + 7200)
    assert shown(reviewed, late) == told(reviewed, late) == reviewed
    assert not settled(reviewed, late, claimed(Result.APPROVED, NOW - 1, "sub-2"))
    decided = confirmed(Result.REJECTED, NOW + 9000, "sub-2")
    assert shown(reviewed, late, decided) == decided


# What the visitor's own pages are told


def told(*outcomes: Outcome) -> Outcome | None:
    """Return what is told, whatever order the outcomes come in."""
    found = {told_of(order) for order in permutations(outcomes)}
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize("claim", [Result.APPROVED, Result.PENDING, Result.UNKNOWN, Result.REJECTED])
def test_later_try_after_a_rejection_is_told_as_being_checked(claim: Result) -> None:
    """After a confirmed rejection, a return of another submission is told, but no approval that it claims."""
    again = claimed(claim, NOW + 60, "sub-2")
    before = claimed(Result.REJECTED), confirmed(Result.REJECTED, NOW + 30)
    expected = Result.REJECTED if claim is Result.REJECTED else Result.UNKNOWN
    assert told(*before, again) == replace(again, result=expected)
    assert shown(*before, again) == before[1]


@pytest.mark.parametrize("source", CONFIRMING)
@pytest.mark.parametrize("result", Result)
def test_later_try_is_told_until_it_is_confirmed(source: Source, result: Result) -> None:
    """Once the vendor has said something of the other submission, what is shown is told."""
    again = claimed(Result.APPROVED, NOW + 60, "sub-2"), confirmed(result, NOW + 61, "sub-2", source)
    rejection = confirmed(Result.REJECTED)
    assert told(rejection, *again) == shown(rejection, *again) == again[1]


@pytest.mark.parametrize(
    "again",
    [
        claimed(Result.APPROVED, NOW + 60),  # of the submission that was rejected
        claimed(Result.APPROVED, NOW + 60, None),
        claimed(Result.ERROR, NOW + 60, "sub-2"),
        claimed(None, NOW + 60, "sub-2"),
        claimed(Result.APPROVED, NOW, "sub-2"),  # not later
        claimed(Result.APPROVED, NOW - 60, "sub-2"),
    ],
)
def test_what_is_no_later_try_leaves_the_rejection(again: Outcome) -> None:
    """A claim of the same submission, of none, from before, or of an error page reopens no rejection."""
    claim, rejection = claimed(Result.REJECTED), confirmed(Result.REJECTED)
    assert told(claim, rejection, again) == rejection


@pytest.mark.parametrize("claim", [Result.APPROVED, Result.PENDING, Result.UNKNOWN, Result.REJECTED])
@pytest.mark.parametrize("at", [NOW - 60, NOW, NOW + 60])
def test_rejection_of_a_try_that_never_came_back_hides_no_other(claim: Result, at: float) -> None:
    """A try that was never finished is rejected hours later (9.6); the one that came back is told."""
    rejection, finished = confirmed(Result.REJECTED), claimed(claim, at, "sub-2")
    expected = Result.REJECTED if claim is Result.REJECTED else Result.UNKNOWN
    assert told(rejection, finished) == replace(finished, result=expected)
    reviewed = confirmed(Result.PENDING, NOW - 30, "sub-2")
    assert told(rejection, finished, reviewed) == reviewed


@pytest.mark.parametrize(
    "other",
    [
        claimed(Result.APPROVED, NOW - 60),
        claimed(Result.APPROVED, NOW - 60, None),
        claimed(Result.ERROR, NOW - 60, "sub-2"),
    ],
)
def test_what_is_no_other_try_leaves_a_rejection_that_never_came_back(other: Outcome) -> None:
    """A claim of the rejected submission, of none, or of an error page reopens no rejection."""
    assert told(confirmed(Result.REJECTED), other) == confirmed(Result.REJECTED)


def test_try_is_later_than_the_first_news_of_what_was_rejected() -> None:
    """A rejection that the API confirms late, after the other submission came back, does not hide that."""
    again = claimed(Result.UNKNOWN, NOW + 60, "sub-2")
    late = confirmed(Result.REJECTED, NOW + 90, source=Source.API)
    assert told(claimed(Result.REJECTED), again, late) == again
    assert told(again, claimed(Result.REJECTED, NOW + 61), late) == late
    assert told(confirmed(Result.REJECTED), again, claimed(Result.REJECTED, NOW + 61)) == again


def test_latest_of_several_tries_is_told() -> None:
    """Of several later submissions that nobody confirmed, the latest return is told."""
    tries = [claimed(Result.REJECTED, NOW + 60, "sub-2"), claimed(Result.UNKNOWN, NOW + 120, "sub-3")]
    assert told(confirmed(Result.REJECTED), *tries) == tries[1]


@pytest.mark.parametrize("result", [one for one in Result if one is not Result.REJECTED])
def test_later_claim_is_told_after_nothing_but_a_rejection(result: Result) -> None:
    """A confirmed approval is the end, and an open status is waited for anyway: a claim changes neither."""
    assert told(confirmed(result), claimed(Result.APPROVED, NOW + 60, "sub-2")) == confirmed(result)
    assert told(claimed(Result.REJECTED), claimed(Result.REJECTED, NOW + 60, "sub-2")) is not None
    assert told() is None


# Whether the vendor is asked any further


def settled(*outcomes: Outcome) -> bool:
    """Return whether a visit is settled, whatever order its outcomes come in."""
    found = {is_settled(order) for order in permutations(outcomes)}
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("result", RESULTS)
def test_visit_is_settled_by_a_final_outcome(source: Source, result: Result | None) -> None:
    """Without outcomes, with a claim alone, and with an open status of the vendor, a visit is not settled."""
    only = Outcome(result=result, submission_id="sub-1", error_code=None, at=NOW, source=source)
    assert settled(only) is only.is_final
    assert not settled()


@pytest.mark.parametrize("claim", [Result.APPROVED, Result.PENDING, Result.UNKNOWN, Result.REJECTED])
@pytest.mark.parametrize("at", [NOW - 60, NOW, NOW + 60])
def test_other_try_of_who_was_rejected_unsettles_until_it_is_confirmed(claim: Result, at: float) -> None:
    """Whenever another submission came back, the vendor is asked about it; after an approval nobody is."""
    again = claimed(claim, at, "sub-2")
    rejection = confirmed(Result.REJECTED)
    assert not settled(rejection, again)
    assert not settled(rejection, replace(again, source=Source.EARLIER_BROWSER))
    assert settled(confirmed(Result.APPROVED), again)
    assert not settled(rejection, again, confirmed(Result.PENDING, NOW + 90, "sub-2"))
    for decision in (Result.APPROVED, Result.REJECTED):
        assert settled(rejection, again, confirmed(decision, NOW + 90, "sub-2"))


@pytest.mark.parametrize(
    "other",
    [
        claimed(Result.APPROVED),
        claimed(Result.APPROVED, NOW + 60, None),
        claimed(Result.ERROR, NOW + 60, "sub-2"),
    ],
)
def test_what_is_no_other_try_leaves_a_rejection_settled(other: Outcome) -> None:
    """A claim of the rejected submission, of none, or of an error page asks for nothing further."""
    assert settled(confirmed(Result.REJECTED), other)


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


@given(st.lists(OUTCOMES, max_size=5))
def test_no_approval_is_told_that_is_not_shown(outcomes: list[Outcome]) -> None:
    """Nobody is told more than what is shown, but that a submission is being checked or was rejected."""
    found = told(*outcomes)
    if found is not None and found.result not in (Result.UNKNOWN, Result.REJECTED):
        assert found == shown(*outcomes)
