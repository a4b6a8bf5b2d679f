"""This module makes messages as the outbox lends them, and a store that knows one visit."""

from __future__ import annotations

from typing import Any, cast

from sites import NOW

from liveform import Pipeline
from webhelper.links.models import Link, LinkSpec, Visit
from webhelper.links.stores.base import Store, VisitedLink
from webhelper.links.stores.outbox import Message, MessageKind, Sink

LINK_ID = "abcdefghijklmnop"
VISIT_ID = f"{LINK_ID}0123456789a0123456789"
MESSAGE_ID = "msg_abcdefghijklmnopqrstuvwxyz"
LABEL = "till-17"
USERID = "user_12345"


class OneVisit:
    """A store that knows one visit, of a link with a label and a user id."""

    def __init__(self, *, is_deleted: bool = False) -> None:
        self._is_deleted = is_deleted

    def visited_link(self, visit_id: str) -> VisitedLink | None:
        """Return the visit."""
        if self._is_deleted or visit_id != VISIT_ID:
            return None
        spec = LinkSpec(
            project="shop",
            pipeline=Pipeline.ID_DOCUMENT,
            fields={"userid": USERID, "email": "jane@example.com"},
            expires_at=int(NOW),
            max_uses=1,
            label=LABEL,
            note="a note of staff",
        )
        link = Link(id=LINK_ID, payload=b"", spec=spec, created_at=NOW)
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
        "submission_id": "kz3m1x9q2w8ab",
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
        "submission_id": "kz3m1x9q2w8ab",
        "occurred_at": NOW - 2,
        "visit_id": VISIT_ID,
        "replay": False,
    }
    return Message(2, MESSAGE_ID, MessageKind.EVENT_RECEIVED, Sink.URL, NOW, data | changes, 0)
