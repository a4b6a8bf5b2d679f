"""Delete links long after they have expired, and idempotency keys and used codes after a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.links.stores.base import IDEMPOTENCY_S

if TYPE_CHECKING:
    from sqlite3 import Connection

_DAY_S: Final = 86_400
_CODES_S: Final = _DAY_S  # used codes are deleted long after they have expired
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
        connection.execute("DELETE FROM links WHERE expires_at < ?", (now - self._links_s,))
        connection.execute("DELETE FROM idempotency_keys WHERE at < ?", (now - IDEMPOTENCY_S,))
        connection.execute("DELETE FROM used_codes WHERE at < ?", (now - _CODES_S,))
        self._cleaned_at = now
