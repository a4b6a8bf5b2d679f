"""A message of the outbox -> the value that handlers get, or the body that is posted.

The outbox holds no personal data. Label and user id are looked up when a message is delivered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from liveform.webhooks import EVENTS, UnknownEvent
from webhelper.links.models import as_datetime
from webhelper.links.outcomes import Level, Result, Source
from webhelper.links.short_repr import short_repr
from webhelper.links.stores.outbox import MessageKind
from webhelper.messages.signals import EventMessage, OutcomeMessage

if TYPE_CHECKING:
    from webhelper.links.stores.base import Store
    from webhelper.links.stores.inbox import KeptEvent
    from webhelper.links.stores.outbox import Message

TYPES: Final = {
    MessageKind.EVENT_RECEIVED: "event.received",
    MessageKind.OUTCOME_CONFIRMED: "outcome.confirmed",
    MessageKind.CLAIM_REFUTED: "claim.refuted",
}


class _Whose(NamedTuple):
    """What is looked up of a visit; both None once its link has been deleted."""

    label: str | None
    userid: str | None

    def __repr__(self) -> str:
        """Return the name of the class alone: the user id is personal."""
        return short_repr(self)


def outcome_message(message: Message, store: Store) -> OutcomeMessage:
    """Return what handlers get of ``outcome_confirmed`` and ``claim_refuted``."""
    data = message.data
    whose = _whose(data["visit_id"], store)
    return OutcomeMessage(
        id=message.id,
        project=data["project"],
        link_id=data["link_id"],
        visit_id=data["visit_id"],
        label=whose.label,
        userid=whose.userid,
        submission_id=data["submission_id"],
        status=Result(data["status"]),
        level=Level(data["level"]),
        source=Source(data["source"]),
        at=as_datetime(data["at"]),
        previous=None if data["previous"] is None else Result(data["previous"]),
    )


def event_message(
    kept: KeptEvent, message_id: str, *, is_duplicate: bool = False, is_replay: bool = False
) -> EventMessage | None:
    """Return what handlers get of ``event_received``; None if the event can no longer be read."""
    if not kept.event.members:  # the key that sealed them was removed from SECRET_KEYS
        return None
    kind = EVENTS.get(kept.event.trigger, UnknownEvent)
    return EventMessage(
        id=message_id,
        project=kept.event.project,
        number=kept.number,
        event=kind.read(kept.event.members),
        visit_id=kept.visit_id,
        is_duplicate=is_duplicate,
        is_replay=is_replay,
    )


def body_of(message: Message, store: Store) -> bytes:
    """Return the body that is posted: JSON with ``type``, ``timestamp`` and ``data``."""
    data = (
        _event_data(message) if message.kind is MessageKind.EVENT_RECEIVED else _outcome_data(message, store)
    )
    return msgspec.json.encode(
        {"type": TYPES[message.kind], "timestamp": as_datetime(message.at), "data": data}
    )


def _outcome_data(message: Message, store: Store) -> dict[str, Any]:
    data, whose = message.data, _whose(message.data["visit_id"], store)
    return {
        "project": data["project"],
        "link_id": data["link_id"],
        "visit_id": data["visit_id"],
        "label": whose.label,
        "userid": whose.userid,
        "submission_id": data["submission_id"],
        "status": data["status"],
        "level": data["level"],
        "source": data["source"],
        "at": as_datetime(data["at"]),
        "previous": data["previous"],
    }


def _event_data(message: Message) -> dict[str, Any]:
    data = message.data
    return {
        "project": data["project"],
        "number": data["number"],
        "trigger": data["trigger"],
        "submission_id": data["submission_id"],
        "visit_id": data["visit_id"],
        "occurred_at": as_datetime(data["occurred_at"]),
        "replay": data["replay"],
    }


def _whose(visit_id: str, store: Store) -> _Whose:
    visited = store.visited_link(visit_id)
    return _Whose(None, None) if visited is None else _Whose(visited.link.spec.label, visited.userid)
