"""Rows of the inbox <-> events. The members of an event are personal, so they are sealed on the way in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from liveform import DecryptError
from webhelper.links.stores.inbox import EventState, KeptEvent, NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from sqlite3 import Row as SqliteRow
    from typing import TypeAlias

    from webhelper.links.signing.sealing import Sealer

    Row: TypeAlias = SqliteRow | Mapping[str, Any]  # columns by name

LISTED: Final = (
    "number, project, key, trigger, submission_id, occurred_at, received_at, last_received_at, deliveries, "
    "state, attempts, replays, problem, visit"
)
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def of_event(event: NewEvent, sealer: Sealer) -> tuple[object, ...]:
    """Return the first columns of a new event, and its members, sealed."""
    sealed = sealer.seal(_encode(event.members).encode(), _context(event.project, event.key))
    return (*event[:5], sealed)


def to_kept(row: Row, sealer: Sealer | None = None) -> KeptEvent:
    """Return the event of a row, with its members if a sealer opens them."""
    return KeptEvent(
        number=row["number"],
        event=NewEvent(
            project=row["project"],
            key=row["key"],
            trigger=row["trigger"],
            submission_id=row["submission_id"],
            occurred_at=row["occurred_at"],
            members={} if sealer is None else _members(row, sealer),
        ),
        received_at=row["received_at"],
        last_received_at=row["last_received_at"],
        deliveries=row["deliveries"],
        state=EventState(row["state"]),
        attempts=row["attempts"],
        replays=row["replays"],
        problem=row["problem"],
        visit_id=row["visit"],
    )


def message_data(kept: KeptEvent, visit_id: str | None, *, times_done: int) -> dict[str, object]:
    """Return what the message ``event_received`` says of an event: ids and words alone.

    Args:
        kept: the event.
        visit_id: of the visit that it was found to belong to.
        times_done: how often it was finished before.
    """
    event = kept.event
    return {
        "number": kept.number,
        "project": event.project,
        "trigger": event.trigger,
        "key": event.key,
        "submission_id": event.submission_id,
        "occurred_at": event.occurred_at,
        "visit_id": visit_id,
        "replay": times_done > 0,
    }


def _members(row: Row, sealer: Sealer) -> Mapping[str, Any]:
    try:
        text = sealer.open(row["sealed"], _context(row["project"], row["key"]))
    except DecryptError:
        return {}
    members: Mapping[str, Any] = json.loads(text)
    return members


def _context(project: str, key: str) -> bytes:
    return f"event {project} {key}".encode()
