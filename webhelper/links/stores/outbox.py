"""The contract of the outbox: what the site tells others, written in the commit of what happened."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST_DELAY_S: Final = 96_000.0  # between two attempts at a message: a day, and a tenth of it


class MessageKind(StrEnum):
    """What happened."""

    EVENT_RECEIVED = "event_received"  # an event of the vendor was worked for the first time, or replayed
    OUTCOME_CONFIRMED = "outcome_confirmed"  # what is confirmed of a visit is new, or another
    CLAIM_REFUTED = "claim_refuted"  # what is confirmed contradicts a decision that a return had claimed


class Sink(StrEnum):
    """Where a message goes: to handlers in this process, or to the URL of the site."""

    HANDLERS = "handlers"
    URL = "url"


class Message(NamedTuple):
    """A message to one sink.

    Attributes:
        number: counts up.
        id: ``msg_`` and 26 characters, the same for all sinks and all attempts.
        kind: what happened.
        sink: where it goes.
        at: Unix time when it happened.
        data: ids and words of the outcome, as JSON; its members by kind are in docs/handlers.md.
        attempts: how often it was tried before.
    """

    number: int
    id: str
    kind: MessageKind
    sink: Sink
    at: float
    data: Mapping[str, Any]
    attempts: int


def about(data: Mapping[str, Any]) -> tuple[str | None, int | None]:
    """Return the visit and the number of the webhook that a message tells of, by which it can be found."""
    return data.get("visit_id"), data.get("number")


class MessageLease(NamedTuple):
    """The right to deliver one message until ``until``."""

    message: Message
    fence: int
    until: float


class OutboxStore(Protocol):
    """Keeps messages until they are delivered. Every method may raise ``StoreError``."""

    def lease(self, sinks: Sequence[Sink], *, now: float, lease_s: float) -> MessageLease | None:
        """Return the right to deliver the message of these sinks that is due longest; None if none is.

        One that would be due after ``furthest`` of the longest delay is due: the clock was set back.
        """

    def delivered(self, lease: MessageLease, *, now: float) -> bool:
        """Mark the message as delivered; False if the lease is no longer the latest."""

    def postpone(self, lease: MessageLease, problem: str, *, at: float | None) -> bool:
        """Make it due again at ``at``, or give it up (None); returns as ``delivered``."""

    def waiting(self) -> int:
        """Return how many messages are neither delivered nor given up."""
