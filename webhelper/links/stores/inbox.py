"""The contract of the inbox: webhooks that were received, each kept once and worked once."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from webhelper.links.short_repr import short_repr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from webhelper.links.outcomes import Outcome

LONGEST_DELAY_S: Final = 3600.0  # between two attempts at an event


class NewEvent(NamedTuple):
    """An event as it came: what the inbox keeps of it.

    Attributes:
        project: the name of the project whose URL was called.
        key: the event's key for deduplication, of ``liveform.webhooks``.
        trigger: what happened.
        submission_id: of the submission that it is about; ``token_expired`` has none.
        occurred_at: Unix time that the event itself has; None without one.
        members: the members of the decoded body; personal, so the store seals them.
    """

    project: str
    key: str
    trigger: str
    submission_id: str | None
    occurred_at: float | None
    members: Mapping[str, Any]

    def __repr__(self) -> str:
        """Return the name of the class alone: the members are personal."""
        return short_repr(self)


class EventState(StrEnum):
    """How far the work on an event is. ``FAILED`` was tried too often; a replay starts it again."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


class Receipt(NamedTuple):
    """What became of a delivery: the number of the event here, and how often it has been delivered."""

    number: int
    deliveries: int

    @property
    def is_new(self) -> bool:
        """Whether this was the first delivery of the event."""
        return self.deliveries == 1


class KeptEvent(NamedTuple):
    """An event in the inbox.

    Attributes:
        number: counts up in the order of arrival.
        event: as it came; its members are empty in a list, and where no key opens them any more.
        received_at, last_received_at: Unix times of the first and the latest delivery.
        deliveries: how often it was delivered.
        state, attempts: how far the work is, and how often it was begun since it came or was replayed.
        replays: how often an operator had it worked again.
        problem: the code of what made the latest attempt fail.
        visit_id: the visit that it was found to belong to.
    """

    number: int
    event: NewEvent
    received_at: float
    last_received_at: float
    deliveries: int
    state: EventState
    attempts: int
    replays: int
    problem: str | None
    visit_id: str | None


class EventLease(NamedTuple):
    """The right to work one event until ``until``; a later lease of it has a higher ``fence``."""

    kept: KeptEvent
    fence: int
    until: float


class Finding(NamedTuple):
    """What the work found out: whose visit the submission is, and what the vendor says of it."""

    visit_id: str
    outcomes: tuple[Outcome, ...]


class EventFilter(NamedTuple):
    """Which events a list shows; None shows all."""

    project: str | None = None
    trigger: str | None = None
    state: EventState | None = None
    submission_id: str | None = None


class RefusedCount(NamedTuple):
    """How many deliveries were refused on one day (``2026-06-24``, UTC), for one reason.

    ``project`` is the name in the address if there is such a project, else an empty text.
    """

    day: str
    project: str
    reason: str
    times: int


class InboxStore(Protocol):
    """Keeps the webhooks of all projects. Every method may raise ``StoreError``."""

    def receive(self, event: NewEvent, *, now: float) -> Receipt:
        """Keep an event, on the disk when this returns; another delivery of it is only counted."""

    def lease(self, *, now: float, lease_s: float) -> EventLease | None:
        """Return the right to work the event that is due longest, and no one else gets it; None if none is.

        An event whose lease has run out, because its worker died, is due again. So is one that would be due
        after ``furthest`` of the longest delay: the clock was set back.
        """

    def finish(self, lease: EventLease, finding: Finding | None, *, now: float) -> bool:
        """Record what was found and mark the event as done, in one commit.

        The commit also remembers whose visit the event's submission is, and puts the messages
        ``event_received`` and, where what is shown of the visit changed, the ones of ``Store.record`` into
        the outbox.

        Returns:
            Whether it was recorded: False, and nothing is written, if the lease is no longer the latest.
        """

    def postpone(self, lease: EventLease, problem: str, *, at: float | None) -> bool:
        """Make the event due again at ``at``, or let it fail for good (None); returns as ``finish``."""

    def replay(self, number: int, *, now: float) -> bool:
        """Make an event due again, whatever its state; False if there is none of this number."""

    def get(self, number: int) -> KeptEvent | None:
        """Return an event with its members; None if there is none of this number."""

    def page(self, wanted: EventFilter, *, limit: int, before: int | None = None) -> Sequence[KeptEvent]:
        """Return events without their members, the newest first; ``before`` is the number of a newer one."""

    def visit_of_submission(self, project: str, submission_id: str) -> str | None:
        """Return the visit that a submission was found to belong to by an event or an answer of the API."""

    def submissions_of(self, visit_id: str) -> Sequence[str]:
        """Return the submissions that were found to belong to a visit, in no certain order."""

    def count_refused(self, counts: Mapping[tuple[str, str], int], *, now: float) -> None:
        """Add to the counts of refused deliveries of this day, by (project, reason)."""

    def refused(self, *, days: int, now: float) -> Sequence[RefusedCount]:
        """Return the counts of the latest days, the newest first."""
