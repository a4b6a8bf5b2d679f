"""Values that tests put into a store: link specs, outcomes, events, and what the outbox holds of them."""

from typing import Any

from sites import HOLDER, NOW

from liveform import Pipeline
from webhelper.links.models import LinkSpec
from webhelper.links.outcomes import Outcome, Result, Source
from webhelper.links.stores.base import Store
from webhelper.links.stores.inbox import NewEvent
from webhelper.links.stores.outbox import Message, Sink


def link_spec(**changes: Any) -> LinkSpec:
    """Return a link spec for one use within 15 minutes."""
    plain: dict[str, Any] = {
        "project": "shop",
        "pipeline": Pipeline.ID_DOCUMENT,
        "fields": {},
        "expires_at": int(NOW) + 900,
        "max_uses": 1,
        "created_by": HOLDER,
    }
    return LinkSpec(**plain | changes)


def claimed(result: Result | None = Result.APPROVED, at: float = NOW, **changes: Any) -> Outcome:
    """Return what a return claimed."""
    return Outcome(**{"result": result, "submission_id": "sub-1", "error_code": None, "at": at} | changes)


def confirmed(result: Result = Result.APPROVED, at: float = NOW, **changes: Any) -> Outcome:
    """Return what a webhook said."""
    return claimed(result, at, **{"source": Source.WEBHOOK} | changes)


def answered(result: Result = Result.APPROVED, at: float = NOW, **changes: Any) -> Outcome:
    """Return what the vendor's API said."""
    return claimed(result, at, **{"source": Source.API} | changes)


def new_event(number: int = 1, **changes: Any) -> NewEvent:
    """Return an event as the inbox takes it; another number is another event."""
    plain: dict[str, Any] = {
        "project": "shop",
        "key": f"key-{number}",
        "trigger": "approved",
        "submission_id": f"sub-{number}",
        "occurred_at": NOW - 5,
        "members": {"webhook_trigger": "approved", "email": "jane@example.com", "name": "김철수"},
    }
    return NewEvent(**plain | changes)


def delivered_messages(
    store: Store, *, sink: Sink = Sink.HANDLERS, now: float = NOW + 10**6
) -> list[Message]:
    """Take every message to a sink out of the outbox, in their order."""
    found = []
    while (lease := store.outbox.lease([sink], now=now, lease_s=60)) is not None:
        found.append(lease.message)
        store.outbox.delivered(lease, now=now)
    return found
