"""Rows of the outbox <-> messages."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any, Final

from webhelper.links.signing.base32 import to_base32
from webhelper.links.stores.outbox import Message, MessageKind, MessageLease, Sink, about

if TYPE_CHECKING:
    from collections.abc import Mapping
    from sqlite3 import Row as SqliteRow
    from typing import TypeAlias

    Row: TypeAlias = SqliteRow | Mapping[str, Any]  # columns by name

COLUMNS: Final = "sink, id, kind, at, data, visit, event, due_at"
_ID_BYTES: Final = 16  # 26 characters of base32


def of_message(kind: MessageKind, data: Mapping[str, Any], *, now: float) -> tuple[object, ...]:
    """Return the columns of a new message behind its sink, with an id of its own; it is due at once."""
    message_id = f"msg_{to_base32(secrets.token_bytes(_ID_BYTES))}"
    return (message_id, kind.value, now, json.dumps(data), *about(data), now)


def to_lease(row: Row) -> MessageLease:
    """Return the lease of a message from the whole row that a lease has changed."""
    message = Message(
        number=row["number"],
        id=row["id"],
        kind=MessageKind(row["kind"]),
        sink=Sink(row["sink"]),
        at=row["at"],
        data=json.loads(row["data"]),
        attempts=row["attempts"] - 1,  # without the one that begins
    )
    return MessageLease(message, row["fence"], row["due_at"])
