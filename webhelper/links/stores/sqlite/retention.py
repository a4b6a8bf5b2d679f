"""Delete what has been kept for long enough: links after their expiry, webhooks, messages, keys and codes.

The texts of the links are packed in the same hour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.links.stores.base import IDEMPOTENCY_S
from webhelper.links.stores.sqlite import texts

if TYPE_CHECKING:
    from sqlite3 import Connection

_DAY_S: Final = 86_400
_CODES_S: Final = _DAY_S  # used codes are deleted long after they have expired
_UNOPENED_S: Final = 3600  # a kiosk's code that nobody opened: until nobody can have it on the phone any more
_MESSAGES_S: Final = 7 * _DAY_S  # after they were delivered or given up
_REFUSALS_S: Final = 90 * _DAY_S
_CLEAN_EVERY_S: Final = 3600


class Retention:
    """Deletes once an hour what has been kept for long enough.

    Args:
        days: how long links and their visits are kept after a link has expired.
        inbox_days: how long webhooks are kept after they were worked.
    """

    def __init__(self, days: int, inbox_days: int) -> None:
        self._links_s = days * _DAY_S
        self._events_s = inbox_days * _DAY_S
        self._cleaned_at = 0.0

    def clean(self, connection: Connection, now: float) -> None:
        """Delete, unless it was done within the last hour."""
        if now - self._cleaned_at < _CLEAN_EVERY_S:
            return
        _delete_links(connection, "expires_at < ?", now - self._links_s)
        _delete_links(
            connection, "kiosk_number IS NOT NULL AND uses = 0 AND expires_at < ?", now - _UNOPENED_S
        )
        connection.execute("DELETE FROM idempotency_keys WHERE at < ?", (now - IDEMPOTENCY_S,))
        connection.execute("DELETE FROM used_codes WHERE at < ?", (now - _CODES_S,))
        connection.execute(_ended("events", "received_at"), {"before": now - self._events_s})
        connection.execute(_ended("messages", "at"), {"before": now - _MESSAGES_S})
        connection.execute("DELETE FROM refusals WHERE day < date(?, 'unixepoch')", (now - _REFUSALS_S,))
        texts.pack_what_is_full(connection)
        self._cleaned_at = now


def _delete_links(connection: Connection, condition: str, before: float) -> None:
    deleted = connection.execute(f"DELETE FROM links WHERE {condition} RETURNING block", (before,))
    if blocks := {block for (block,) in deleted}:
        texts.pack_again(connection, blocks)


def _ended(table: str, begun: str) -> str:
    """Return the statement that deletes what has ended for long enough.

    Rows are numbered in the order in which they began, so that it looks at no row after the first young one.
    """
    first_young = f"SELECT number FROM {table} WHERE {begun} >= :before ORDER BY number LIMIT 1"
    return f"DELETE FROM {table} WHERE number < coalesce(({first_young}), 1 << 62) AND ended_at < :before"
