"""These tests say what is kept of a visit's outcomes, and what others are told of a change."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import NOW
from store_values import answered, claimed, confirmed

from webhelper.links.outcomes import Level, Outcome, Result, Source, shown_of
from webhelper.links.stores.base import MOST_OUTCOMES, MOST_RETURNS
from webhelper.links.stores.history import after_hand_over, messages_about, with_news
from webhelper.links.stores.outbox import MessageKind

CONFIRMED, REFUTED = MessageKind.OUTCOME_CONFIRMED, MessageKind.CLAIM_REFUTED


def kept(*outcomes: Outcome) -> list[Outcome]:
    """Return what is kept of outcomes that arrive in this order."""
    history: dict[int, Outcome] = {}
    for outcome in outcomes:
        before = dict(history)
        after = with_news(history, outcome)
        assert history == before, "the argument is not changed"
        history = after
    return [history[number] for number in sorted(history)]


# Claims


def test_claim_that_was_made_before_is_kept_once() -> None:  # A6
    """A return that is opened again is kept once, with the time at which it came first."""
    first, other = claimed(Result.PENDING), claimed(at=NOW + 1)
    assert kept(first, other, claimed(Result.PENDING, NOW + 2), claimed(at=NOW + 1)) == [first, other]


def test_claim_that_arrives_with_an_earlier_time_gets_it() -> None:
    """Of one claim, the earliest time is kept, whichever arrives first."""
    assert kept(claimed(at=NOW + 1), claimed(at=NOW)) == [claimed(at=NOW)]


def test_claims_are_kept_up_to_fifty() -> None:  # A6
    """A visit keeps fifty claims, and what the vendor says after them."""
    claims = [claimed(at=NOW + number, submission_id=f"sub-{number}") for number in range(MOST_RETURNS + 1)]
    assert kept(*claims) == claims[:MOST_RETURNS]
    assert kept(*claims, confirmed()) == [*claims[:MOST_RETURNS], confirmed()]
    assert MOST_RETURNS == 50


def of_earlier(*claims: Outcome) -> list[Outcome]:
    """Return claims as those of an earlier browser."""
    return [replace(one, source=Source.EARLIER_BROWSER) for one in claims]


def test_claims_before_a_hand_over_keep_their_numbers() -> None:
    """A hand-over changes nothing but whose the claims are, and nothing of what the vendor said."""
    first, second = claimed(Result.ERROR), claimed(None, NOW + 2)
    before = {0: first, 1: confirmed(Result.UNKNOWN, NOW + 1), 4: second}
    after = after_hand_over(before)
    assert after == {0: of_earlier(first)[0], 1: before[1], 4: of_earlier(second)[0]}
    assert before[0] == first, "the argument is not changed"
    assert after_hand_over(after) == after
    assert after_hand_over({}) == {}


def test_claim_that_several_earlier_browsers_made_is_kept_once() -> None:
    """What one earlier browser claims, and another one has claimed, is kept once, with the earliest time."""
    early, late = claimed(None, NOW), claimed(None, NOW + 5)
    assert after_hand_over({0: of_earlier(late)[0], 1: early}) == {0: of_earlier(early)[0]}


def test_claims_of_earlier_browsers_are_kept_up_to_fifty() -> None:
    """Claims of earlier browsers have a limit of their own, before a hand-over and after it."""
    claims = [claimed(None, NOW + number, submission_id=f"sub-{number}") for number in range(MOST_RETURNS)]
    more = of_earlier(claimed(None, submission_id="more"))
    assert kept(*of_earlier(*claims), *more, *claims) == [*of_earlier(*claims), *claims]
    full = dict(enumerate([*of_earlier(*claims), claimed()]))
    assert list(after_hand_over(full).values()) == of_earlier(*claims)


# What the vendor said


@pytest.mark.parametrize("say", [confirmed, answered])
def test_news_that_are_said_again_get_the_later_time(say: Callable[..., Outcome]) -> None:
    """What one source says again, with nothing else in between, is kept once, with the later time."""
    assert kept(say(at=NOW), say(at=NOW + 5)) == [say(at=NOW + 5)]
    assert kept(say(at=NOW + 5), say(at=NOW), say(at=NOW + 5)) == [say(at=NOW + 5)]


def test_news_that_changed_and_came_back_are_kept_three_times() -> None:
    """An answer that was another one in between is kept as often as it changed."""
    told = [answered(at=NOW), answered(Result.REJECTED, NOW + 1), answered(at=NOW + 2)]
    assert kept(*told) == told


def test_answer_that_is_given_again_is_newer_than_a_webhook_in_between() -> None:
    """An older webhook does not win over an answer of the API that was given before and after it."""
    after = kept(answered(at=NOW), confirmed(Result.REJECTED, NOW + 5), answered(at=NOW + 9))
    assert after == [answered(at=NOW + 9), confirmed(Result.REJECTED, NOW + 5)]
    assert shown_of(after) == answered(at=NOW + 9)


@pytest.mark.parametrize(
    "other",
    [
        answered(at=NOW + 1),
        claimed(at=NOW + 1),
        confirmed(at=NOW + 1, submission_id="sub-2"),
        confirmed(at=NOW + 1, submission_id=None),
        confirmed(Result.REJECTED, NOW + 1),
    ],
    ids=["API", "return", "other submission", "no submission", "other result"],
)
def test_news_that_differ_are_both_kept(other: Outcome) -> None:
    """Another source, submission or result is kept beside what was said, in the order of arrival."""
    assert kept(confirmed(), other) == [confirmed(), other]
    assert kept(other, confirmed()) == [other, confirmed()]


def test_history_that_is_full_drops_what_was_superseded_first() -> None:
    """A visit keeps 200 outcomes; then the news displace the oldest that no longer counted."""
    results = (Result.PENDING, Result.REJECTED)
    only = confirmed(at=NOW - 1, submission_id="other")
    told = [confirmed(results[number % 2], NOW + number) for number in range(MOST_OUTCOMES + 5)]
    after = kept(claimed(), only, *told)
    assert len(after) == MOST_OUTCOMES == 200
    assert after == [claimed(), only, *told[7:]]


def test_history_that_is_full_does_not_take_older_news() -> None:
    """News that are superseded already are not kept in a history that is full."""
    results = (Result.PENDING, Result.REJECTED)
    told = [confirmed(results[number % 2], NOW + number) for number in range(MOST_OUTCOMES)]
    assert kept(*told, confirmed(at=NOW - 5)) == told


def test_history_that_is_full_of_submissions_takes_no_more() -> None:
    """A visit of 200 submissions, each of which counts, takes no news of another, and news of these."""
    told = [confirmed(at=NOW + number, submission_id=f"sub-{number}") for number in range(MOST_OUTCOMES)]
    assert kept(*told, confirmed(submission_id="other"), claimed()) == told
    taken_back = confirmed(Result.REJECTED, NOW + 999, submission_id="sub-7")
    assert kept(*told, taken_back) == [*told[:7], *told[8:], taken_back]


# Whatever the order


OUTCOMES = st.builds(
    Outcome,
    result=st.sampled_from([Result.APPROVED, Result.REJECTED, Result.PENDING, None]),
    submission_id=st.sampled_from(["sub-1", "sub-2", None]),
    error_code=st.sampled_from([None, "TK-10001"]),
    at=st.sampled_from([NOW, NOW + 1, NOW + 2]),
    source=st.sampled_from(Source),
)


@given(st.lists(OUTCOMES, max_size=5))
def test_order_of_arrival_does_not_change_what_is_shown(outcomes: list[Outcome]) -> None:
    """The history shows the same outcome in every order of arrival."""
    assert len({shown_of(kept(*order)) for order in permutations(outcomes)}) == 1


CONFIRMED_ONLY = OUTCOMES.filter(lambda one: one.level is Level.CONFIRMED)


@given(st.lists(CONFIRMED_ONLY, max_size=8))
def test_what_is_left_out_of_the_history_would_not_be_shown(outcomes: list[Outcome]) -> None:
    """What the vendor said is shown as if all of it had been kept."""
    assert shown_of(kept(*outcomes)) == shown_of(outcomes)


# What others are told


@pytest.mark.parametrize(
    ("before", "after", "messages"),
    [
        (None, None, []),
        (None, claimed(), []),
        (claimed(Result.PENDING), claimed(at=NOW + 1), []),
        (None, confirmed(), [(CONFIRMED, None)]),
        (None, confirmed(Result.PENDING), [(CONFIRMED, None)]),
        (claimed(), confirmed(), [(CONFIRMED, None)]),
        (claimed(None), confirmed(Result.REJECTED), [(CONFIRMED, None)]),
        (confirmed(), answered(at=NOW + 9), []),
        (confirmed(Result.PENDING), confirmed(), [(CONFIRMED, Result.PENDING)]),
        (confirmed(), answered(Result.REJECTED), [(CONFIRMED, Result.APPROVED)]),
        (confirmed(), confirmed(submission_id="sub-2"), [(CONFIRMED, Result.APPROVED)]),
    ],
)
def test_messages_tell_what_became_confirmed(
    before: Outcome | None, after: Outcome | None, messages: list[tuple[MessageKind, Result | None]]
) -> None:
    """A message tells another result or submission that is confirmed, and what was confirmed before."""
    assert list(messages_about(before, after, claim=None)) == messages


@pytest.mark.parametrize(
    ("claim", "before", "after", "is_refuted"),
    [
        (claimed(), claimed(), confirmed(Result.REJECTED), True),
        (claimed(Result.REJECTED), claimed(Result.REJECTED), answered(), True),
        (claimed(), confirmed(Result.PENDING), confirmed(Result.REJECTED), True),
        (claimed(), confirmed(), answered(Result.REJECTED), True),
        (claimed(), claimed(), confirmed(), False),
        (claimed(), claimed(), confirmed(Result.PENDING), False),
        (claimed(Result.PENDING), claimed(Result.PENDING), confirmed(), False),
        (claimed(None), claimed(None), confirmed(Result.REJECTED), False),
        (claimed(), confirmed(Result.REJECTED), confirmed(Result.REJECTED, submission_id="sub-2"), False),
        (None, None, confirmed(Result.REJECTED), False),
    ],
)
def test_message_tells_that_a_claimed_decision_was_not_true(
    claim: Outcome | None, before: Outcome | None, after: Outcome, is_refuted: bool
) -> None:
    """A second message tells once that a decision contradicts a claimed one, also after an open status."""
    refuted = [previous for kind, previous in messages_about(before, after, claim=claim) if kind is REFUTED]
    assert refuted == ([claim.result] if is_refuted and claim is not None else [])
