"""The messages that wait until they are delivered; see ``OutboxStore``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from webhelper.links.stores import message_rows
from webhelper.links.stores.leases import furthest
from webhelper.links.stores.outbox import LONGEST_DELAY_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from sqlite3 import Connection

    from webhelper.links.stores.outbox import MessageKind, MessageLease, Sink
    from webhelper.links.stores.sqlite.connections import Connections

_PUT: Final = f"INSERT INTO messages ({message_rows.COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
DUE: Final = "SELECT number, due_at FROM messages WHERE sink = ? AND due_at <= ? ORDER BY due_at LIMIT 1"
TOO_FAR: Final = "SELECT number, due_at FROM messages WHERE sink = ? AND due_at > ? ORDER BY due_at LIMIT 1"
_LEASE: Final = """
UPDATE messages SET due_at = ?, fence = fence + 1, attempts = attempts + 1 WHERE number = ? RETURNING *
"""
_HELD: Final = "number = :number AND fence = :fence AND due_at IS NOT NULL"
_END: Final = f"UPDATE messages SET due_at = NULL, ended_at = :now, problem = :problem WHERE {_HELD}"
_POSTPONE: Final = f"UPDATE messages SET due_at = :at, fence = fence + 1, problem = :problem WHERE {_HELD}"
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
        connection.executemany(_PUT, [(sink, *columns) for sink in self._sinks])

    def lease(self, sinks: Sequence[Sink], *, now: float, lease_s: float) -> MessageLease | None:
        """See ``OutboxStore``."""
        with self._connections.reading() as connection:
            if _due(connection, sinks, now) is None:
                return None  # without a turn at writing, which a look at an empty outbox does not need
        with self._connections.writing() as connection:
            number = _due(connection, sinks, now)
            if number is None:
                return None
            (row,) = connection.execute(_LEASE, (now + lease_s, number)).fetchall()
        return message_rows.to_lease(row)

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
        with self._connections.reading() as connection:
            return int(connection.execute(_WAITING).fetchone()[0])

    def _change(self, statement: str, lease: MessageLease, values: Mapping[str, object]) -> bool:
        held = {"number": lease.message.number, "fence": lease.fence}
        with self._connections.writing() as connection:
            return connection.execute(statement, {**held, **values}).rowcount == 1


def _due(connection: Connection, sinks: Sequence[Sink], now: float) -> int | None:
    """Return the number of the message of these sinks that is due longest."""
    for statement, at in ((DUE, now), (TOO_FAR, furthest(now, LONGEST_DELAY_S))):
        due = [row for sink in sinks for row in connection.execute(statement, (sink, at)).fetchall()]
        if due:
            return int(min(due, key=lambda row: (row["due_at"], row["number"]))["number"])
    return None
