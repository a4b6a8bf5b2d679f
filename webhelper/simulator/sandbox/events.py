"""The outbox: every webhook event, as it was made, and what became of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from webhelper.simulator.sandbox.clock import iso
from webhelper.simulator.sandbox.errors import UnknownError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from sqlite3 import Row

    from webhelper.simulator.sandbox.database import Database

State: TypeAlias = Literal["waiting", "delivered", "failed", "unsent"]
TRIGGERS: Final = (  # section 9.3
    *("created", "retry", "submit", "approved", "rejected", "updated", "delete", "token_expired"),
    *("injection", "injectionFail", "aml", "aml_monitor", "faceAuth"),
)
LEASE: Final = timedelta(seconds=60)

TABLE: Final = """
CREATE TABLE events (
    id         INTEGER PRIMARY KEY,
    pid        TEXT NOT NULL,
    trigger    TEXT NOT NULL,
    members    TEXT NOT NULL,                -- JSON of the plain event
    url        TEXT,
    created_at TEXT NOT NULL,
    due_at     TEXT NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    state      TEXT NOT NULL
) STRICT;
CREATE INDEX events_due ON events (due_at) WHERE state = 'waiting';
CREATE TABLE attempts (
    event   INTEGER NOT NULL REFERENCES events (id),
    at      TEXT NOT NULL,
    status  INTEGER,
    problem TEXT,
    body    BLOB                             -- what was sent
) STRICT;
CREATE INDEX attempts_by_event ON attempts (event);
"""
_INSERT: Final = """
INSERT INTO events (pid, trigger, members, url, created_at, due_at, state) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_LEASE: Final = """
UPDATE events SET due_at = :until WHERE id IN (
    SELECT id FROM events WHERE state = 'waiting' AND due_at <= :now ORDER BY due_at, id LIMIT :limit
) RETURNING *
"""
_FINISH: Final = """
UPDATE events SET attempts = attempts + 1, state = :state, due_at = coalesce(:due_at, due_at) WHERE id = :id
"""
_ATTEMPT: Final = "INSERT INTO attempts VALUES (?, ?, ?, ?, ?)"
_ATTEMPTS: Final = "SELECT at, status, problem, body FROM attempts WHERE event = ? ORDER BY rowid"
_ONE: Final = "SELECT * FROM events WHERE id = ?"
_NEWEST: Final = """
SELECT * FROM events WHERE (:pid IS NULL OR pid = :pid) AND (:trigger IS NULL OR trigger = :trigger)
ORDER BY id DESC LIMIT :limit
"""


@dataclass(frozen=True, slots=True, repr=False)
class Event:
    """One event of the outbox.

    Attributes:
        id: grows with each event.
        pid: the main project, also for events of FaceAuth (row 9.1).
        trigger: such as ``approved``.
        members: the plain event; the sender encrypts it.
        url: where it goes; None if the dashboard had no webhook URL.
        created_at, due_at: ISO times of the sandbox's clock.
        attempts: how often it was sent.
        state: ``waiting`` until it is ``delivered`` or ``failed``; ``unsent`` without a URL.
    """

    id: int
    pid: str
    trigger: str
    members: Mapping[str, Any]
    url: str | None
    created_at: str
    due_at: str
    attempts: int
    state: State


@dataclass(frozen=True, slots=True, repr=False)
class Attempt:
    """One try to send an event: the answer's status, or the problem, and the body that was sent."""

    at: str
    status: int | None
    problem: str | None
    body: bytes | None


class Outbox:
    """The events of all projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def emit(
        self,
        pid: str,
        members: Mapping[str, object],
        *,
        url: str | None,
        at: datetime,
        delay: timedelta = timedelta(0),
    ) -> int:
        """Keep an event, due after ``delay``, and return its id; ``members`` include ``webhook_trigger``."""
        state = "unsent" if url is None else "waiting"
        row = (pid, members["webhook_trigger"], json.dumps(members), url, iso(at), iso(at + delay), state)
        with self._database.writing() as sql:
            return int(sql.execute(_INSERT, row).lastrowid or 0)

    def due(self, now: datetime, *, limit: int = 100, lease: timedelta = LEASE) -> list[Event]:
        """Return events to send now, the oldest first; no other process gets them during the lease."""
        values = {"now": iso(now), "until": iso(now + lease), "limit": limit}
        with self._database.writing() as sql:
            return sorted(map(_event, sql.execute(_LEASE, values).fetchall()), key=lambda event: event.id)

    def note(self, event_id: int, attempt: Attempt, *, state: State, due_at: datetime | None = None) -> None:
        """Keep the result of an attempt.

        Args:
            event_id: of the event that was sent.
            attempt: what came of it.
            state: ``waiting`` if it is to be sent again at ``due_at``.
            due_at: time of the next attempt; None leaves it.
        """
        values = {"id": event_id, "state": state, "due_at": None if due_at is None else iso(due_at)}
        with self._database.writing() as sql:
            if sql.execute(_FINISH, values).rowcount == 0:
                raise UnknownError("no event has this id")
            sql.execute(_ATTEMPT, (event_id, attempt.at, attempt.status, attempt.problem, attempt.body))

    def get(self, event_id: int) -> Event:
        """Return one event.

        Raises:
            UnknownError: there is none.
        """
        with self._database.reading() as sql:
            row = sql.execute(_ONE, (event_id,)).fetchone()
        if row is None:
            raise UnknownError("no event has this id")
        return _event(row)

    def newest(self, pid: str | None = None, *, trigger: str | None = None, limit: int = 100) -> list[Event]:
        """Return events, the newest first."""
        with self._database.reading() as sql:
            rows = sql.execute(_NEWEST, {"pid": pid, "trigger": trigger, "limit": limit}).fetchall()
        return [_event(row) for row in rows]

    def attempts(self, event_id: int) -> list[Attempt]:
        """Return what happened to an event, the first attempt first."""
        with self._database.reading() as sql:
            return [Attempt(*row) for row in sql.execute(_ATTEMPTS, (event_id,)).fetchall()]


def _event(row: Row) -> Event:
    return Event(**{**dict(row), "members": json.loads(row["members"])})
