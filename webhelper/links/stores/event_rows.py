"""Rows of the inbox <-> events. The members of an event are personal, so they are sealed on the way in."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import msgspec

from liveform import DecryptError
from webhelper.links.stores import rows
from webhelper.links.stores.inbox import EventState, KeptEvent, NewEvent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from sqlite3 import Row as SqliteRow
    from typing import TypeAlias

    from webhelper.links.signing.sealing import Sealer

    Row: TypeAlias = SqliteRow | Mapping[str, Any]  # columns by name

LISTED: Final = (
    "number, project, key, trigger, submission_id, occurred_at, received_at, last_received_at, deliveries, "
    "state, attempts, replays, problem, visit"
)


def of_event(event: NewEvent, sealer: Sealer) -> tuple[object, ...]:
    """Return the first columns of a new event, its members, sealed, and the id of the key."""
    sealed = sealer.seal(msgspec.json.encode(event.members), context_of(event.project, event.key))
    return (*event[:5], sealed, sealer.key_ids[0])


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


def userid_digests(members: Mapping[str, Any], sealer: Sealer) -> list[bytes]:
    """Return the digests of the user ids that the members of a webhook name, by the newest key."""
    return sorted({rows.userid_digests(userid, sealer)[0] for userid in set(userids_in(members))})


def message_data(kept: KeptEvent, visit_id: str | None) -> dict[str, object]:
    """Return the data of a message about an event, in which nothing is personal."""
    event = kept.event
    return {
        "number": kept.number,
        "project": event.project,
        "trigger": event.trigger,
        "key": event.key,
        "submission_id": event.submission_id,
        "occurred_at": event.occurred_at,
        "visit_id": visit_id,
    }


def _members(row: Row, sealer: Sealer) -> Mapping[str, Any]:
    try:
        text = sealer.open(row["sealed"], context_of(row["project"], row["key"]))
    except DecryptError:
        return {}
    members: Mapping[str, Any] = msgspec.json.decode(text)
    return members


def context_of(project: str, key: str) -> bytes:
    """Return what the sealed members of an event are bound to."""
    return f"event {project} {key}".encode()


def userids_in(value: object, name: str = "") -> Iterator[str]:
    """Yield the user ids in the members of a webhook, which names them in several ways."""
    if isinstance(value, dict):
        yield from chain.from_iterable(userids_in(inner, str(key)) for key, inner in value.items())
    elif isinstance(value, list):
        yield from chain.from_iterable(userids_in(inner, name) for inner in value)
    elif name.lower().replace("_", "").endswith("userid"):
        yield str(value)
