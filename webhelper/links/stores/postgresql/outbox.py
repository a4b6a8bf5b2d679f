"""The messages that wait until they are delivered; see ``OutboxStore``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from psycopg.rows import dict_row

from webhelper.links.stores import message_rows
from webhelper.links.stores.leases import furthest
from webhelper.links.stores.outbox import LONGEST_DELAY_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from webhelper.links.stores.outbox import MessageKind, MessageLease, Sink
    from webhelper.links.stores.postgresql.connections import Connection, Connections

_PUT: Final = f"INSERT INTO messages ({message_rows.COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
_LEASE: Final = """
UPDATE messages SET due_at = %(until)s, fence = fence + 1, attempts = attempts + 1
WHERE number = coalesce(
    (SELECT number FROM messages WHERE sink = ANY(%(sinks)s) AND due_at <= %(now)s
    ORDER BY due_at, number LIMIT 1 FOR UPDATE SKIP LOCKED),
    (SELECT number FROM messages WHERE sink = ANY(%(sinks)s) AND due_at > %(furthest)s
    ORDER BY due_at, number LIMIT 1 FOR UPDATE SKIP LOCKED))
RETURNING *
"""
_HELD: Final = "number = %(number)s AND fence = %(fence)s AND due_at IS NOT NULL"
_END: Final = f"UPDATE messages SET due_at = NULL, ended_at = %(now)s, problem = %(problem)s WHERE {_HELD}"
_POSTPONE: Final = f"""
UPDATE messages SET due_at = %(at)s, fence = fence + 1, problem = %(problem)s WHERE {_HELD}
"""
_WAITING: Final = "SELECT count(*) FROM messages WHERE due_at IS NOT NULL"


class Outbox:
    """Keeps messages, one row for each sink.

    Args:
        connections: lends connections.
        sinks: where each message goes.
    """

    def __init__(self, connections: Connections, sinks: Sequence[Sink]) -> None:
        self._connections = connections
        self._sinks = tuple(sinks)

    def put(self, connection: Connection, kind: MessageKind, data: Mapping[str, Any], *, now: float) -> None:
        """Put a message to every sink into the outbox, inside the transaction of what it tells."""
        columns = message_rows.of_message(kind, data, now=now)
        for sink in self._sinks:
            connection.execute(_PUT, (sink.value, *columns))

    def lease(self, sinks: Sequence[Sink], *, now: float, lease_s: float) -> MessageLease | None:
        """See ``OutboxStore``. A lease whose answer is lost runs out by itself."""
        wanted = {"sinks": [sink.value for sink in sinks], "now": now, "until": now + lease_s}
        wanted |= {"furthest": furthest(now, LONGEST_DELAY_S)}

        def work(connection: Connection) -> dict[str, Any] | None:
            return connection.cursor(row_factory=dict_row).execute(_LEASE, wanted).fetchone()

        row = self._connections.call_once(work)
        return None if row is None else message_rows.to_lease(row)

    def delivered(self, lease: MessageLease, *, now: float) -> bool:
        """See ``OutboxStore``."""
        return self._change(_END, lease, {"now": now, "problem": None})

    def postpone(self, lease: MessageLease, problem: str, *, at: float | None) -> bool:
        """See ``OutboxStore``."""
        if at is None:
            return self._change(_END, lease, {"now": lease.until, "problem": problem})
        return self._change(_POSTPONE, lease, {"at": at, "problem": problem})

    def waiting(self) -> int:
        """See ``OutboxStore``."""
        return int(self._connections.number_of(_WAITING))

    def _change(self, statement: str, lease: MessageLease, values: Mapping[str, object]) -> bool:
        held = {"number": lease.message.number, "fence": lease.fence, **values}
        return self._connections.changes_one(statement, held)
