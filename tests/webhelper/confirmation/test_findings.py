"""These tests conclude from an event, and from what the vendor's API says, what is recorded."""

from __future__ import annotations

from typing import Any

import pytest
from sites import NOW

from liveform.webhooks import EVENTS
from webhelper.confirmation.asking import Answer
from webhelper.confirmation.findings import (
    Said,
    finding_with_api,
    finding_without_api,
    is_behind,
    not_older,
    outcome_in,
)
from webhelper.links.outcomes import Outcome, Result, Source
from webhelper.links.stores.inbox import EventState, Finding, KeptEvent, NewEvent

VISIT, OTHER_VISIT = "visit one", "visit two"


def kept(trigger: str, members: dict[str, Any], *, occurred_at: float | None = NOW - 5) -> KeptEvent:
    """Return an event that was received at NOW."""
    event = NewEvent("shop", "key", trigger, "s-17", occurred_at, members)
    return KeptEvent(1, event, NOW, NOW, 1, EventState.WORKING, 1, 0, None, None)


def outcome_of(trigger: str, members: dict[str, Any], *, occurred_at: float | None = NOW - 5) -> Any:
    """Return the outcome in an event."""
    one = kept(trigger, members | {"webhook_trigger": trigger}, occurred_at=occurred_at)
    return outcome_in(EVENTS[trigger].read(one.event.members), one)


def news(result: Result = Result.APPROVED, *, at: float = NOW, source: Source = Source.API) -> Outcome:
    """Return an outcome of the submission s-17."""
    return Outcome(result=result, submission_id="s-17", error_code=None, at=at, source=source)


WEBHOOK = news(at=NOW - 5, source=Source.WEBHOOK)


@pytest.mark.parametrize(
    ("trigger", "members", "result"),
    [
        ("created", {"kyc_result": {"status": "incomplete"}}, None),
        ("retry", {"kyc_result": {"status": "incomplete"}}, None),
        ("submit", {}, Result.PENDING),
        ("approved", {}, Result.APPROVED),
        ("approved", {"kyc_result": {"status": "rejected"}}, None),
        ("rejected", {"kyc_result": {"status": "rejected"}}, Result.REJECTED),
        ("updated", {"data": {"kyc_result": "approved"}}, Result.APPROVED),
        ("updated", {"data": {"kyc_result": "incomplete"}}, None),
        ("updated", {}, None),
        ("delete", {}, None),
        ("injection", {"kyc_status": "pending"}, Result.PENDING),
        ("aml", {"aml_result": {"currentstatus": "Red Flag"}}, None),
        ("faceAuth", {"data": {"auth_status": "approved"}}, None),  # a comparison, not the check
    ],
)
def test_event_says_what_its_trigger_means(
    trigger: str, members: dict[str, Any], result: Result | None
) -> None:
    """An event says approved, pending or rejected of its submission, or nothing."""
    outcome = outcome_of(trigger, members)
    assert (None if outcome is None else outcome.result) is result


def test_outcome_of_an_event_is_confirmed_by_the_webhook() -> None:
    """The outcome of an event names the submission, the webhook as its source, and the event's own time."""
    assert outcome_of("approved", {}) == WEBHOOK


@pytest.mark.parametrize(
    ("occurred_at", "at"),
    [
        (None, 0.0),  # older than all others
        (-6e10, 0.0),
        (0.0, 0.0),
        (NOW - 86_400, NOW - 86_400),
        (NOW + 299, NOW + 299),
        (NOW + 300, NOW + 300),
        (NOW + 301, NOW + 300),  # the latest news for ever, else
        (253_402_300_799.0, NOW + 300),  # the year 9999
    ],
)
def test_time_of_an_event_is_bounded_by_when_it_came(occurred_at: float | None, at: float) -> None:
    """The time of an event is its own, at most five minutes after it came; without one, it is the oldest."""
    assert outcome_of("approved", {}, occurred_at=occurred_at).at == at


def test_event_alone_gives_its_visit_and_outcome() -> None:
    """Without an API key, an event whose visit is known gives what it says."""
    assert finding_without_api(Said(VISIT, WEBHOOK)) == Finding(VISIT, (WEBHOOK,))
    assert finding_without_api(Said(VISIT, None)) == Finding(VISIT, ())
    assert finding_without_api(Said(None, WEBHOOK)) is None


@pytest.mark.parametrize(
    ("said", "answer", "finding"),
    [
        (Said(VISIT, WEBHOOK), Answer(VISIT, news()), Finding(VISIT, (WEBHOOK, news()))),
        (
            Said(VISIT, WEBHOOK),
            Answer(VISIT, news(Result.REJECTED)),
            Finding(VISIT, (WEBHOOK, news(Result.REJECTED))),
        ),
        (Said(VISIT, None), Answer(VISIT, news()), Finding(VISIT, (news(),))),
        (Said(None, None), Answer(VISIT, news()), Finding(VISIT, (news(),))),
        (Said(None, WEBHOOK), Answer(VISIT, news()), Finding(VISIT, (WEBHOOK, news()))),
        (Said(OTHER_VISIT, None), Answer(VISIT, news()), Finding(VISIT, (news(),))),
        (Said(VISIT, WEBHOOK), Answer(VISIT, None), Finding(VISIT, ())),
        (Said(VISIT, None), Answer(VISIT, None), Finding(VISIT, ())),
        (Said(VISIT, WEBHOOK), Answer(None, news()), None),
        (Said(VISIT, WEBHOOK), Answer(None, None), None),
        (Said(None, None), Answer(None, None), None),
    ],
)
def test_api_decides_whose_submission_it_is_and_what_it_is(
    said: Said, answer: Answer, finding: Finding | None
) -> None:
    """With an API key, nothing counts that the API contradicts: neither the visit nor the outcome."""
    assert finding_with_api(said, answer) == finding


@pytest.mark.parametrize(
    ("said", "answer", "behind"),
    [
        (Said(VISIT, WEBHOOK), Answer(VISIT, news()), False),
        (Said(VISIT, WEBHOOK), Answer(VISIT, news(Result.PENDING)), False),
        (Said(VISIT, WEBHOOK), Answer(VISIT, None), True),
        (Said(VISIT, WEBHOOK), Answer(None, None), True),
        (Said(VISIT, None), Answer(None, None), True),
        (Said(VISIT, None), Answer(VISIT, None), False),
        (Said(None, WEBHOOK), Answer(None, None), False),  # somebody else's submission
        (Said(None, None), Answer(None, news()), False),
    ],
)
def test_api_is_behind_if_it_does_not_know_what_the_event_says(
    said: Said, answer: Answer, behind: bool
) -> None:
    """The API is asked again if it does not know the submission or the outcome that an event of ours has."""
    assert is_behind(answer, said) is behind


@pytest.mark.parametrize(
    ("known", "at"),
    [
        ([], NOW),
        ([news(at=NOW - 9)], NOW),
        ([news(at=NOW + 200)], NOW + 200),
        ([news(at=NOW + 200), news(at=NOW + 100)], NOW + 200),
    ],
)
def test_answer_of_the_api_is_never_older_than_what_it_was_asked_about(
    known: list[Outcome], at: float
) -> None:
    """The API's answer wins over an event that came before, also if the vendor's clock is ahead of ours."""
    assert not_older(news(), known) == news(at=at)


def test_other_submissions_do_not_make_an_answer_newer() -> None:
    """The time of an answer depends on the news of its own submission alone."""
    other = Outcome(result=None, submission_id="s-18", error_code=None, at=NOW + 200)
    assert not_older(news(), [other]) == news()
