"""What an event says by itself, and what is concluded from it and the vendor's API."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from webhelper.links.outcomes import Outcome, Result, Source
from webhelper.links.stores.inbox import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from liveform.webhooks import Event
    from webhelper.confirmation.asking import Answer
    from webhelper.links.stores.inbox import KeptEvent

AHEAD_S: Final = 300  # how far the vendor's clock may be ahead of ours


class Said(NamedTuple):
    """What an event says by itself.

    Attributes:
        visit_id: the visit that it is about; None if it is of none of ours.
        outcome: None if the event says nothing of that kind, such as ``created``.
    """

    visit_id: str | None
    outcome: Outcome | None


def outcome_in(event: Event, kept: KeptEvent) -> Outcome | None:
    """Return what an event says of its submission; None if it says nothing.

    Its time is the vendor's. One without a time is older than all others, and one from the future is not, for
    else it would be the latest news for ever.
    """
    if event.outcome is None:
        return None
    at = 0.0 if kept.event.occurred_at is None else kept.event.occurred_at
    return Outcome(
        result=Result(event.outcome.value),
        submission_id=kept.event.submission_id,
        error_code=None,
        at=min(max(at, 0.0), kept.received_at + AHEAD_S),
        source=Source.WEBHOOK,
    )


def is_behind(answer: Answer, said: Said) -> bool:
    """Return whether the API may not yet know what an event says, so that asking again is worth a while."""
    if answer.visit_id is None:
        return said.visit_id is not None
    return answer.outcome is None and said.outcome is not None


def finding_without_api(said: Said) -> Finding | None:
    """Return what an event alone gives."""
    if said.visit_id is None:
        return None
    return Finding(said.visit_id, () if said.outcome is None else (said.outcome,))


def finding_with_api(said: Said, answer: Answer) -> Finding | None:
    """Return what event and API together give. The API decides whose submission it is, and what it is."""
    if answer.visit_id is None:
        return None
    if answer.outcome is None:
        return Finding(answer.visit_id, ())
    event = () if said.outcome is None else (said.outcome,)
    return Finding(answer.visit_id, (*event, not_older(answer.outcome, event)))


def not_older(answer: Outcome, known: Iterable[Outcome]) -> Outcome:
    """Return an answer of the API with a time at which it is no older than what is known of its submission.

    The API was asked after the others had said it. If the vendor's clock is ahead of ours, theirs could look
    like later news.
    """
    times = [one.at for one in known if one.submission_id == answer.submission_id]
    return replace(answer, at=max(answer.at, *times)) if times else answer
