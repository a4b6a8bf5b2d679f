"""Values that tests put into a store: link specs, outcomes, events, and what the outbox holds of them."""

import secrets
from collections.abc import Iterable
from typing import Any

from sites import HOLDER, NOW

from liveform import Pipeline
from webhelper.links.models import ID_BYTES, Link, LinkSpec
from webhelper.links.outcomes import Outcome, Result, Source
from webhelper.links.signing.base32 import random_id
from webhelper.links.stores import rows
from webhelper.links.stores.base import Store
from webhelper.links.stores.inbox import NewEvent
from webhelper.links.stores.outbox import Message, Sink
from webhelper.links.stores.sessions import Session, SessionKind
from webhelper.links.stores.sqlite import statements
from webhelper.links.stores.sqlite.store import SqliteStore


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


def put_many(store: Any, specs: Iterable[LinkSpec], *, now: float = NOW) -> list[str]:
    """Put links into a store in one commit, as a program with a list does, and return their ids."""
    made = [(random_id(ID_BYTES), spec) for spec in specs]
    if isinstance(store, SqliteStore):
        with store._connections.writing() as connection:
            connection.executemany(
                statements.INSERT_LINK,
                [rows.of_spec(spec, link_id, store._sealer, now) for link_id, spec in made],
            )
    else:
        links = [Link(id=one, payload=b"", spec=spec, created_at=now) for one, spec in made]

        def insert(connection: Any) -> None:
            with connection.pipeline():  # one wait for all answers
                for link in links:
                    store._new_links._insert(connection, link)

        store._connections.write(insert, again=None)
    return [link_id for link_id, _ in made]


def purge_old(store: Store, *, now: float) -> int:
    """Delete all that has been kept for long enough, and return how many rows that were."""
    return sum(iter(lambda: store.upkeep.purge(now=now), 0))


def use_code(store: Store, code: str, *, now: float = NOW) -> bool:
    """Begin a session by a code, as a tablet's ticket does, and return whether that was its first use."""
    key = secrets.token_bytes(16)
    session = Session(key, SessionKind.KIOSK, "tablets", "store_17", now, now, now + 60)
    return store.sessions.begin_once(session, code)


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
