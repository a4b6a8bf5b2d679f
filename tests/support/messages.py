"""This module makes messages: as the outbox lends them, and in a store with one visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sites import KEY, NOW, new_visit

from liveform import Pipeline
from webhelper.links.models import Link, LinkSpec, Visit
from webhelper.links.outcomes import Outcome, Result, Source
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.base import Store, VisitedLink
from webhelper.links.stores.inbox import Finding, NewEvent
from webhelper.links.stores.outbox import Message, MessageKind, Sink
from webhelper.links.stores.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LINK_ID = "abcdefghijklmnop"
VISIT_ID = f"{LINK_ID}0123456789a0123456789"
MESSAGE_ID = "msg_abcdefghijklmnopqrstuvwxyz"
LABEL = "till-17"
USERID = "user_12345"
SUBMISSION_ID = "kz3m1x9q2w8ab"
SPEC = LinkSpec(
    project="shop",
    pipeline=Pipeline.ID_DOCUMENT,
    fields={"userid": USERID, "email": "jane@example.com"},
    expires_at=int(NOW) + 600,
    max_uses=1,
    label=LABEL,
    note="a note of staff",
)


class OneVisit:
    """A store that knows one visit, of a link with a label and a user id."""

    def __init__(self, *, is_deleted: bool = False) -> None:
        self._is_deleted = is_deleted

    def visited_link(self, visit_id: str) -> VisitedLink | None:
        """Return the visit."""
        if self._is_deleted or visit_id != VISIT_ID:
            return None
        link = Link(id=LINK_ID, payload=b"", spec=SPEC, created_at=NOW)
        return VisitedLink(link, Visit(id=VISIT_ID, link_id=LINK_ID, at=NOW))


def one_visit(*, is_deleted: bool = False) -> Store:
    """Return such a store."""
    return cast("Store", OneVisit(is_deleted=is_deleted))


def outcome(kind: MessageKind = MessageKind.OUTCOME_CONFIRMED, **changes: Any) -> Message:
    """Return a message about the outcome of the visit; ``changes`` are of its data."""
    data = {
        "link_id": LINK_ID,
        "visit_id": VISIT_ID,
        "project": "shop",
        "submission_id": SUBMISSION_ID,
        "status": "approved",
        "level": "confirmed",
        "source": "webhook",
        "at": NOW - 1.5,
        "previous": None,
    }
    return Message(1, MESSAGE_ID, kind, Sink.URL, NOW, data | changes, 0)


def event(**changes: Any) -> Message:
    """Return a message about an event; ``changes`` are of its data."""
    data = {
        "number": 7,
        "project": "shop",
        "trigger": "approved",
        "key": "0" * 64,
        "submission_id": SUBMISSION_ID,
        "occurred_at": NOW - 2,
        "visit_id": VISIT_ID,
        "replay": False,
    }
    return Message(2, MESSAGE_ID, MessageKind.EVENT_RECEIVED, Sink.URL, NOW, data | changes, 0)


@dataclass(frozen=True)
class Outbox:
    """A store with one visit of a link, and ways to put messages into its outbox."""

    store: SqliteStore
    visit: Visit

    def claim(self, result: Result) -> None:
        """Record what a return claims; no message tells of it."""
        self.store.record(self.visit.id, outcome_of(result, Source.RETURN, at=NOW + 1))

    def confirm(self, result: Result, *, at: float = NOW + 2) -> None:
        """Record what the API says, which puts messages into the outbox."""
        self.store.record(self.visit.id, outcome_of(result, Source.API, at=at))

    def receive(self, members: dict[str, Any] | None = None, *, key: str = "a" * 64) -> int:
        """Receive an event and work it, which puts messages into the outbox, and return its number."""
        members = (
            {"webhook_trigger": "submit", "submission_id": SUBMISSION_ID} if members is None else members
        )
        new = NewEvent("shop", key, str(members.get("webhook_trigger")), SUBMISSION_ID, NOW, members)
        number = self.store.inbox.receive(new, now=NOW).number
        self.work()
        return number

    def work(self) -> None:
        """Work the event that is due."""
        lease = self.store.inbox.lease(now=NOW, lease_s=60)
        assert lease is not None
        assert self.store.inbox.finish(lease, Finding(self.visit.id, ()), now=NOW)


def open_outbox(directory: Path, *, sinks: Sequence[Sink] = (Sink.HANDLERS, Sink.URL)) -> Outbox:
    """Open the store in a directory, with a new link and a visit of it."""
    store = open_messages(directory, sinks=sinks)
    link, _ = store.create(SPEC, now=NOW)
    return Outbox(store, store.visit(link, new_visit(link), browser=None))


def open_messages(directory: Path, *, sinks: Sequence[Sink] = (Sink.HANDLERS, Sink.URL)) -> SqliteStore:
    """Open the store in a directory."""
    return SqliteStore(directory / "links.db", Sealer([KEY]), retention_days=90, sinks=sinks)


def outcome_of(result: Result, source: Source, *, at: float) -> Outcome:
    """Return an outcome of the submission."""
    return Outcome(result=result, submission_id=SUBMISSION_ID, error_code=None, at=at, source=source)
