"""The webhooks that were received, and the work on them; see ``InboxStore``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from webhelper.links.stores.inbox import (
    EventLease,
    KeptEvent,
    NewEvent,
    Receipt,
    RefusedCount,
)
from webhelper.links.stores.outbox import MessageKind
from webhelper.links.stores.sqlite import event_rows
from webhelper.links.stores.sqlite.outcomes import remember_submission

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.inbox import EventFilter, Finding
    from webhelper.links.stores.sqlite.connections import Connections
    from webhelper.links.stores.sqlite.outbox import Outbox
    from webhelper.links.stores.sqlite.outcomes import Outcomes
    from webhelper.links.stores.sqlite.visit_buffer import VisitBuffer

_RECEIVE: Final = """
INSERT INTO events
    (project, key, trigger, submission_id, occurred_at, received_at, last_received_at, due_at, sealed)
VALUES (?1, ?2, ?3, ?4, ?5, ?7, ?7, ?7, ?6)
ON CONFLICT (project, key) DO UPDATE SET deliveries = deliveries + 1, last_received_at = excluded.received_at
RETURNING number, deliveries
"""
_DUE: Final = "SELECT number FROM events WHERE due_at <= ? ORDER BY due_at LIMIT 1"
_LEASE: Final = f"""
UPDATE events SET state = 'working', due_at = ?, fence = fence + 1, attempts = attempts + 1
WHERE number = ({_DUE}) RETURNING *
"""
_HELD: Final = "number = :number AND fence = :fence AND due_at IS NOT NULL"
_FINISH: Final = f"""
UPDATE events SET state = 'done', due_at = NULL, ended_at = :now, problem = NULL, visit = :visit,
    times_done = times_done + 1
WHERE {_HELD} RETURNING times_done
"""
_POSTPONE: Final = f"""
UPDATE events SET state = 'waiting', due_at = :at, fence = fence + 1, problem = :problem WHERE {_HELD}
"""
_FAIL: Final = f"""
UPDATE events SET state = 'failed', due_at = NULL, ended_at = :at, problem = :problem WHERE {_HELD}
"""
_REPLAY: Final = """
UPDATE events SET state = 'waiting', due_at = :now, fence = fence + 1, attempts = 0, replays = replays + 1,
    ended_at = NULL, problem = NULL
WHERE number = :number
"""
_SUBMISSION: Final = "SELECT visit FROM submissions WHERE project = ? AND submission_id = ?"
_REFUSED: Final = """
INSERT INTO refusals VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET times = times + excluded.times
"""


class Inbox:
    """Keeps the webhooks of all projects.

    Args:
        connections: lends connections.
        sealer: seals the members of the events.
        outcomes: records what the work finds out.
        outbox: takes the messages about events.
        visit_buffer: visits that are not written yet.
    """

    def __init__(
        self,
        connections: Connections,
        sealer: Sealer,
        *,
        outcomes: Outcomes,
        outbox: Outbox,
        visit_buffer: VisitBuffer,
    ) -> None:
        self._connections = connections
        self._sealer = sealer
        self._outcomes = outcomes
        self._outbox = outbox
        self._visit_buffer = visit_buffer

    def receive(self, event: NewEvent, *, now: float) -> Receipt:
        """See ``InboxStore``."""
        values = (*event_rows.of_event(event, self._sealer), now)
        with self._connections.writing() as connection:
            ((number, deliveries),) = connection.execute(_RECEIVE, values).fetchall()
        return Receipt(number, deliveries)

    def lease(self, *, now: float, lease_s: float) -> EventLease | None:
        """See ``InboxStore``."""
        with self._connections.reading() as connection:
            if connection.execute(_DUE, (now,)).fetchone() is None:
                return None  # without a turn at writing, which a look at an empty inbox does not need
        with self._connections.writing() as connection:
            leased = connection.execute(_LEASE, (now + lease_s, now)).fetchall()
        for row in leased:
            return EventLease(event_rows.to_kept(row, self._sealer), row["fence"], row["due_at"])
        return None

    def finish(self, lease: EventLease, finding: Finding | None, *, now: float) -> bool:
        """See ``InboxStore``."""
        event = lease.kept.event
        self._visit_buffer.flush()
        with self._connections.writing() as connection:
            visit_id = None if finding is None else finding.visit_id
            held = {"number": lease.kept.number, "fence": lease.fence, "now": now, "visit": visit_id}
            done = connection.execute(_FINISH, held).fetchall()
            if not done:
                return False
            if finding is not None:
                self._outcomes.record(connection, finding.visit_id, finding.outcomes, now=now)
                if event.submission_id is not None:
                    remember_submission(connection, event.project, event.submission_id, finding.visit_id)
            data = _told(lease.kept, visit_id) | {"replay": done[0]["times_done"] > 1}
            self._outbox.put(connection, MessageKind.EVENT_RECEIVED, data, now=now)
        return True

    def postpone(self, lease: EventLease, problem: str, *, at: float | None) -> bool:
        """See ``InboxStore``."""
        values = {"number": lease.kept.number, "fence": lease.fence, "problem": problem}
        with self._connections.writing() as connection:
            if at is None:
                return connection.execute(_FAIL, values | {"at": lease.until}).rowcount == 1
            return connection.execute(_POSTPONE, values | {"at": at}).rowcount == 1

    def replay(self, number: int, *, now: float) -> bool:
        """See ``InboxStore``."""
        with self._connections.writing() as connection:
            return connection.execute(_REPLAY, {"number": number, "now": now}).rowcount == 1

    def get(self, number: int) -> KeptEvent | None:
        """See ``InboxStore``."""
        with self._connections.reading() as connection:
            row = connection.execute("SELECT * FROM events WHERE number = ?", (number,)).fetchone()
        return None if row is None else event_rows.to_kept(row, self._sealer)

    def page(self, wanted: EventFilter, *, limit: int, before: int | None = None) -> Sequence[KeptEvent]:
        """See ``InboxStore``."""
        values = {name: value for name, value in wanted._asdict().items() if value is not None}
        conditions = [f"{name} = :{name}" for name in values]
        if before is not None:
            conditions.append("number < :before")
        query = f"SELECT {event_rows.LISTED} FROM events WHERE {' AND '.join(conditions) or 'TRUE'}"
        with self._connections.reading() as connection:
            found = connection.execute(
                f"{query} ORDER BY number DESC LIMIT :limit", {**values, "before": before, "limit": limit}
            ).fetchall()
        return [event_rows.to_kept(row) for row in found]

    def visit_of_submission(self, project: str, submission_id: str) -> str | None:
        """See ``InboxStore``."""
        with self._connections.reading() as connection:
            row = connection.execute(_SUBMISSION, (project, submission_id)).fetchone()
        return None if row is None else str(row["visit"])

    def count_refused(self, counts: Mapping[tuple[str, str], int], *, now: float) -> None:
        """See ``InboxStore``."""
        day = _day(now)
        values = [(day, project, reason, times) for (project, reason), times in counts.items()]
        with self._connections.writing() as connection:
            connection.executemany(_REFUSED, values)

    def refused(self, *, days: int, now: float) -> Sequence[RefusedCount]:
        """See ``InboxStore``."""
        since = _day(now, days - 1)
        with self._connections.reading() as connection:
            found = connection.execute(
                "SELECT * FROM refusals WHERE day >= ? ORDER BY day DESC, project, reason", (since,)
            ).fetchall()
        return [RefusedCount(*row) for row in found]


def _told(kept: KeptEvent, visit_id: str | None) -> dict[str, object]:
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


def _day(now: float, before: int = 0) -> str:
    return (datetime.fromtimestamp(now, UTC) - timedelta(days=before)).date().isoformat()
