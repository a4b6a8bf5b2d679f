"""The webhooks that were received, and the work on them; see ``InboxStore``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.links.stores import event_rows
from webhelper.links.stores.inbox import LONGEST_DELAY_S, EventLease, Receipt
from webhelper.links.stores.leases import furthest
from webhelper.links.stores.outbox import MessageKind
from webhelper.links.stores.sqlite import event_userids, refusals
from webhelper.links.visit_ids import link_id_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from sqlite3 import Connection

    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.inbox import EventFilter, Finding, KeptEvent, NewEvent, RefusedCount
    from webhelper.links.stores.sqlite.connections import Connections
    from webhelper.links.stores.sqlite.outcomes import Outcomes
    from webhelper.links.stores.visit_buffer import VisitBuffer

_RECEIVE: Final = """
INSERT INTO events
    (project, key, trigger, submission_id, occurred_at, sealed, sealed_by, received_at, last_received_at,
    due_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (project, key) DO NOTHING
"""
_RECEIVE_AGAIN: Final = """
UPDATE events SET deliveries = deliveries + 1, last_received_at = ?
WHERE project = ? AND key = ? RETURNING number, deliveries
"""
DUE: Final = "SELECT number FROM events WHERE due_at <= ? ORDER BY due_at LIMIT 1"
TOO_FAR: Final = "SELECT number FROM events WHERE due_at > ? ORDER BY due_at LIMIT 1"
_LEASE: Final = """
UPDATE events SET state = 'working', due_at = ?, fence = fence + 1, attempts = attempts + 1
WHERE number = ? RETURNING *
"""
_HELD: Final = "number = :number AND fence = :fence AND due_at IS NOT NULL"
_TIMES_DONE: Final = f"SELECT times_done FROM events WHERE {_HELD}"
_FINISH: Final = f"""
UPDATE events SET state = 'done', due_at = NULL, ended_at = :now, problem = NULL, visit = :visit,
    times_done = times_done + 1
WHERE {_HELD}
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


class Inbox:
    """Keeps the webhooks of all projects.

    Args:
        connections: lends connections.
        sealer: seals the members of the events.
        outcomes: records what the work finds out, and has the outbox.
        visit_buffer: visits that are not written yet.
    """

    def __init__(
        self, connections: Connections, sealer: Sealer, *, outcomes: Outcomes, visit_buffer: VisitBuffer
    ) -> None:
        self._connections = connections
        self._sealer = sealer
        self._outcomes = outcomes
        self._visit_buffer = visit_buffer

    def receive(self, event: NewEvent, *, now: float) -> Receipt:
        """See ``InboxStore``."""
        values = (*event_rows.of_event(event, self._sealer), now, now, now)
        with self._connections.writing() as connection:
            inserted = connection.execute(_RECEIVE, values)
            if inserted.rowcount == 1:  # RETURNING would take longer
                return Receipt(int(inserted.lastrowid or 0), deliveries=1)
            again = connection.execute(_RECEIVE_AGAIN, (now, event.project, event.key))
            return Receipt(*again.fetchall()[0])

    def lease(self, *, now: float, lease_s: float) -> EventLease | None:
        """See ``InboxStore``."""
        with self._connections.reading() as connection:
            if _due(connection, now) is None:
                return None  # without a turn at writing, which a look at an empty inbox does not need
        with self._connections.writing() as connection:
            leased = connection.execute(_LEASE, (now + lease_s, _due(connection, now))).fetchall()
        for row in leased:
            return EventLease(event_rows.to_kept(row, self._sealer), row["fence"], row["due_at"])
        return None

    def finish(self, lease: EventLease, finding: Finding | None, *, now: float) -> bool:
        """See ``InboxStore``."""
        held = _held(lease)
        userids = event_rows.userid_digests(lease.kept.event.members, self._sealer)
        self._visit_buffer.flush(of_link=None if finding is None else link_id_of(finding.visit_id))
        with self._connections.writing() as connection:
            row = connection.execute(_TIMES_DONE, held).fetchone()
            if row is None:
                return False
            found = self._outcomes.record_finding(connection, lease.kept.event, finding, now=now)
            visit_id = found or lease.kept.visit_id
            connection.execute(_FINISH, held | {"now": now, "visit": visit_id})
            event_userids.keep(connection, lease.kept.number, userids)
            data = event_rows.message_data(lease.kept, visit_id) | {"replay": row["times_done"] > 0}
            self._outcomes.outbox.put(connection, MessageKind.EVENT_RECEIVED, data, now=now)
        return True

    def postpone(self, lease: EventLease, problem: str, *, at: float | None) -> bool:
        """See ``InboxStore``."""
        values = _held(lease) | {"problem": problem, "at": lease.until if at is None else at}
        members = lease.kept.event.members if at is None else {}
        userids = event_rows.userid_digests(members, self._sealer)
        with self._connections.writing() as connection:
            is_held = connection.execute(_FAIL if at is None else _POSTPONE, values).rowcount == 1
            event_userids.keep(connection, lease.kept.number, userids if is_held else ())
        return is_held

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

    def submissions_of(self, visit_id: str) -> Sequence[str]:
        """See ``InboxStore``."""
        with self._connections.reading() as connection:
            return self._outcomes.submissions_of(connection, visit_id)

    def count_refused(self, counts: Mapping[tuple[str, str], int], *, now: float) -> None:
        """See ``InboxStore``."""
        with self._connections.writing() as connection:
            refusals.add(connection, counts, now=now)

    def refused(self, *, days: int, now: float) -> Sequence[RefusedCount]:
        """See ``InboxStore``."""
        with self._connections.reading() as connection:
            return refusals.latest(connection, days=days, now=now)


def _due(connection: Connection, now: float) -> int | None:
    """Return the number of the event that is due longest."""
    for statement, at in ((DUE, now), (TOO_FAR, furthest(now, LONGEST_DELAY_S))):
        row = connection.execute(statement, (at,)).fetchone()
        if row is not None:
            return int(row["number"])
    return None


def _held(lease: EventLease) -> dict[str, object]:
    return {"number": lease.kept.number, "fence": lease.fence}
