"""The signals by which a site tells its handlers what happened, and the values that they bring.

    from webhelper.messages.signals import OutcomeMessage, outcome_confirmed

    @outcome_confirmed.connect
    def keep(project: str, message: OutcomeMessage) -> None:
        ...

A handler gets the name of the project as the sender, so ``connect_via("shop")`` connects to one project's
messages, and the value as ``message``. It runs in a thread of the background. docs/handlers.md says the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from blinker import Namespace

if TYPE_CHECKING:
    from datetime import datetime

    from liveform.webhooks import Event
    from webhelper.links.outcomes import Level, Result, Source

__all__ = [
    "EventMessage",
    "OutcomeMessage",
    "claim_refuted",
    "event_received",
    "outcome_confirmed",
]

_signals: Final = Namespace()
event_received: Final = _signals.signal("event-received", "The vendor sent an event; message: EventMessage.")
outcome_confirmed: Final = _signals.signal(
    "outcome-confirmed", "What is confirmed of a visit is new, or another; message: OutcomeMessage."
)
claim_refuted: Final = _signals.signal(
    "claim-refuted", "What is confirmed contradicts what a return claimed; message: OutcomeMessage."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeMessage:
    """What the vendor says of a visit: by a webhook, or because the API was asked.

    Attributes:
        id: of the message; the same each time that it is delivered.
        project: the name of the project in the settings.
        link_id, visit_id: the link, and the opening of it.
        label: what staff call the link; None without one, or if the link has been deleted since.
        userid: the user id that the visit carried, or None as for the label; personal, so not in the repr.
        submission_id: the vendor's id of the submission.
        status: approved, pending or rejected.
        level: confirmed.
        source: webhook or API.
        at: the time of the news, in UTC.
        previous: the status that was confirmed before; None for none. In ``claim_refuted``, the one that was
            claimed.
    """

    id: str
    project: str
    link_id: str
    visit_id: str
    label: str | None
    userid: str | None = field(repr=False)
    submission_id: str | None
    status: Result
    level: Level
    source: Source
    at: datetime
    previous: Result | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMessage:
    """An event that the vendor sent.

    Attributes:
        id: of the message; the same each time that it is delivered.
        project: the name of the project whose webhook URL was called.
        number: of the event in the inbox; ``liveform webhooks show`` takes it.
        event: the typed event, with personal data; one of the classes of ``liveform.webhooks``.
        visit_id: the visit that it belongs to; None if it is not known.
        is_duplicate: whether the vendor sent an event again that is in the inbox already.
        is_replay: whether an operator had it worked again.
    """

    id: str
    project: str
    number: int
    event: Event
    visit_id: str | None
    is_duplicate: bool
    is_replay: bool
