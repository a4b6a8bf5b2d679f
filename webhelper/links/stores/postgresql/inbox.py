"""The webhooks that were received, and the work on them; see ``InboxStore``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from psycopg.rows import dict_row

from webhelper.links.stores import event_rows
from webhelper.links.stores.inbox import LONGEST_DELAY_S, EventLease, Receipt
from webhelper.links.stores.leases import furthest
from webhelper.links.stores.outbox import MessageKind
from webhelper.links.stores.postgresql import refusals
from webhelper.links.stores.postgresql.connections import new_mark
from webhelper.links.stores.postgresql.statements import RECEIVE
from webhelper.links.visit_ids import link_id_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.inbox import EventFilter, Finding, KeptEvent, NewEvent, RefusedCount
    from webhelper.links.stores.postgresql.connections import Connection, Connections
    from webhelper.links.stores.postgresql.outcomes import Outcomes
    from webhelper.links.stores.visit_buffer import VisitBuffer

_LEASE: Final = """
UPDATE events SET state = 'working', due_at = %(until)s, fence = fence + 1, attempts = attempts + 1
WHERE number = coalesce(
    (SELECT number FROM events WHERE due_at <= %(now)s
    ORDER BY due_at, number LIMIT 1 FOR UPDATE SKIP LOCKED),
    (SELECT number FROM events WHERE due_at > %(furthest)s
    ORDER BY due_at, number LIMIT 1 FOR UPDATE SKIP LOCKED))
RETURNING *
"""
_LOCK: Final = """
SELECT due_at, times_done FROM events WHERE number = %(number)s AND fence = %(fence)s FOR NO KEY UPDATE
"""
_HELD: Final = "number = %(number)s AND fence = %(fence)s AND due_at IS NOT NULL"
# A webhook that was moved here while it waited has no digests of whom it names.
_NAMED: Final = """
WITH ended AS ({} RETURNING number), named AS (
    INSERT INTO event_userids (event, digest) SELECT number, unnest(%(userids)s::bytea[]) FROM ended
    ON CONFLICT DO NOTHING
)
SELECT number FROM ended
"""
_FINISH: Final = _NAMED.format(f"""
UPDATE events SET state = 'done', due_at = NULL, ended_at = %(now)s, problem = NULL, visit = %(visit)s,
    times_done = times_done + 1
WHERE {_HELD}
""")
_POSTPONE: Final = f"""
UPDATE events SET state = 'waiting', due_at = %(at)s, fence = fence + 1, problem = %(problem)s WHERE {_HELD}
"""
_FAIL: Final = _NAMED.format(f"""
UPDATE events SET state = 'failed', due_at = NULL, ended_at = %(at)s, problem = %(problem)s WHERE {_HELD}
""")
_REPLAY: Final = """
UPDATE events SET state = 'waiting', due_at = %(now)s, fence = fence + 1, attempts = 0, replays = replays + 1,
    ended_at = NULL, problem = NULL
WHERE number = %(number)s
"""
_GET: Final = "SELECT * FROM events WHERE number = %(number)s"
_SUBMISSION: Final = "SELECT visit FROM submissions WHERE project = %s AND submission_id = %s"


class Inbox:
    """Keeps the webhooks of all projects.

    Args:
        connections: lends connections.
        sealer: seals the members of the events.
        outcomes: records what the work finds out, and has the outbox.
        visit_buffer: visits that are not written yet.
    """

    def __init__(
        self,
        connections: Connections,
        sealer: Sealer,
        *,
        outcomes: Outcomes,
        visit_buffer: VisitBuffer,
    ) -> None:
        self._connections = connections
        self._sealer = sealer
        self._outcomes = outcomes
        self._visit_buffer = visit_buffer

    def receive(self, event: NewEvent, *, now: float) -> Receipt:
        """See ``InboxStore``."""
        *_, sealed, key_id = event_rows.of_event(event, self._sealer)
        values = event._asdict() | {"members": None, "sealed": sealed, "sealed_by": key_id, "now": now}
        values["mark"] = new_mark()
        values["userids"] = event_rows.userid_digests(event.members, self._sealer)
        ((number, deliveries),) = self._connections.call(
            lambda connection: connection.execute(RECEIVE, values).fetchall()
        )
        return Receipt(number, deliveries)

    def lease(self, *, now: float, lease_s: float) -> EventLease | None:
        """See ``InboxStore``. A lease whose answer is lost runs out by itself."""
        values = {"now": now, "until": now + lease_s, "furthest": furthest(now, LONGEST_DELAY_S)}
        for row in self._by_name(_LEASE, values, is_repeatable=False):
            return EventLease(event_rows.to_kept(row, self._sealer), row["fence"], row["due_at"])
        return None

    def finish(self, lease: EventLease, finding: Finding | None, *, now: float) -> bool:
        """See ``InboxStore``."""
        held = _held(lease)
        userids = event_rows.userid_digests(lease.kept.event.members, self._sealer)
        self._visit_buffer.flush(of_link=None if finding is None else link_id_of(finding.visit_id))

        def work(connection: Connection, *, is_again: bool = False) -> bool:
            row = connection.execute(_LOCK, held).fetchone()
            if row is None or row[0] is None:  # not ours; or it has ended, which this call may have done
                return is_again and row is not None
            found = self._outcomes.record_finding(connection, lease.kept.event, finding, now=now)
            visit_id = found or lease.kept.visit_id
            connection.execute(_FINISH, held | {"now": now, "visit": visit_id, "userids": userids})
            data = event_rows.message_data(lease.kept, visit_id) | {"replay": row[1] > 0}
            self._outcomes.outbox.put(connection, MessageKind.EVENT_RECEIVED, data, now=now)
            return True

        return self._connections.write(work, again=lambda connection: work(connection, is_again=True))

    def postpone(self, lease: EventLease, problem: str, *, at: float | None) -> bool:
        """See ``InboxStore``."""
        values = {**_held(lease), "problem": problem, "at": lease.until if at is None else at}
        values["userids"] = event_rows.userid_digests(lease.kept.event.members, self._sealer)
        return self._connections.changes_one(_FAIL if at is None else _POSTPONE, values)

    def replay(self, number: int, *, now: float) -> bool:
        """See ``InboxStore``."""
        return self._connections.changes_one(_REPLAY, {"number": number, "now": now})

    def get(self, number: int) -> KeptEvent | None:
        """See ``InboxStore``."""
        for row in self._by_name(_GET, {"number": number}):
            return event_rows.to_kept(row, self._sealer)
        return None

    def page(self, wanted: EventFilter, *, limit: int, before: int | None = None) -> Sequence[KeptEvent]:
        """See ``InboxStore``."""
        values = {name: value for name, value in wanted._asdict().items() if value is not None}
        conditions = [f"{name} = %({name})s" for name in values]
        if before is not None:
            conditions.append("number < %(before)s")
        query = f"SELECT {event_rows.LISTED} FROM events WHERE {' AND '.join(conditions) or 'TRUE'}"
        values = {name: str(value) for name, value in values.items()} | {"before": before, "limit": limit}
        found = self._by_name(f"{query} ORDER BY number DESC LIMIT %(limit)s", values)
        return [event_rows.to_kept(row) for row in found]

    def visit_of_submission(self, project: str, submission_id: str) -> str | None:
        """See ``InboxStore``."""
        row = self._connections.call(
            lambda connection: connection.execute(_SUBMISSION, (project, submission_id)).fetchone()
        )
        return None if row is None else str(row[0])

    def submissions_of(self, visit_id: str) -> Sequence[str]:
        """See ``InboxStore``."""
        return self._connections.call(lambda connection: self._outcomes.submissions_of(connection, visit_id))

    def count_refused(self, counts: Mapping[tuple[str, str], int], *, now: float) -> None:
        """See ``InboxStore``. Counts whose answer is lost are not added again."""
        self._connections.write(lambda connection: refusals.add(connection, counts, now=now), again=None)

    def refused(self, *, days: int, now: float) -> Sequence[RefusedCount]:
        """See ``InboxStore``."""
        return self._connections.call(lambda connection: refusals.latest(connection, days=days, now=now))

    def _by_name(
        self, query: str, values: Mapping[str, object], *, is_repeatable: bool = True
    ) -> list[dict[str, Any]]:
        """Return rows whose columns are found by their names."""

        def work(connection: Connection) -> list[dict[str, Any]]:
            return connection.cursor(row_factory=dict_row).execute(query, values).fetchall()

        return self._connections.call(work) if is_repeatable else self._connections.call_once(work)


def _held(lease: EventLease) -> dict[str, object]:
    return {"number": lease.kept.number, "fence": lease.fence}
