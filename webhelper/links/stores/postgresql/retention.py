"""Delete what has been kept for long enough: links after their expiry, webhooks, messages, keys and codes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError
from webhelper.links.stores.base import IDEMPOTENCY_S
from webhelper.links.stores.postgresql.refusals import day_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webhelper.links.stores.postgresql.connections import Connection, Connections

log = logging.getLogger("webhelper")

_DAY_S: Final = 86_400
_CODES_S: Final = _DAY_S  # used codes are deleted long after they have expired
_UNOPENED_S: Final = 3600  # a kiosk's code that nobody opened: until nobody can have it on the phone any more
_MESSAGES_DAYS: Final = 7  # after they were delivered or given up
_REFUSALS_DAYS: Final = 90
_CLEAN_EVERY_S: Final = 3600
SLICE: Final = 1000  # rows of one table in one transaction
_LOCK: Final = "SELECT pg_try_advisory_xact_lock(hashtext('liveform retention'))"
# Rows that somebody holds are left for the next slice, so that nobody waits for anybody.
_DELETE: Final = """
DELETE FROM {table} WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM {table} WHERE {condition} LIMIT %(slice)s FOR UPDATE SKIP LOCKED))
"""


class Retention:
    """Deletes once an hour what has been kept for long enough, on one host at a time.

    Args:
        connections: lends connections.
        days: how long links and their visits are kept after a link has expired.
        inbox_days: how long webhooks are kept after they were worked.
    """

    def __init__(self, connections: Connections, *, days: int, inbox_days: int) -> None:
        self._connections = connections
        self._links_s = days * _DAY_S
        self._events_s = inbox_days * _DAY_S
        self._cleaned_at = 0.0

    def clean(self, now: float) -> None:
        """Delete a slice of each table, unless it was done within the last hour.

        As long as a slice is full, the next call deletes the next one: so no call takes long. What cannot be
        deleted now waits for an hour, and the call that would have done it goes on.
        """
        if now - self._cleaned_at < _CLEAN_EVERY_S:
            return

        def work(connection: Connection) -> bool:
            return self._delete_slice(connection, now)

        try:
            is_full = self._connections.write(work, again=work)
        except StoreError as error:
            log.error("what is old cannot be deleted now: %s", type(error.__cause__).__name__)  # noqa: TRY400 - no data
            is_full = False
        if not is_full:
            self._cleaned_at = now

    def _delete_slice(self, connection: Connection, now: float) -> bool:
        """Return whether there may be more to delete."""
        ((is_ours,),) = connection.execute(_LOCK).fetchall()
        if not is_ours:
            return False
        counts = [
            connection.execute(
                _DELETE.format(table=table, condition=condition), {"before": before, "slice": SLICE}
            ).rowcount
            for table, condition, before in self._old(now)
        ]
        return max(counts) >= SLICE

    def _old(self, now: float) -> Iterator[tuple[str, str, object]]:
        """Yield tables, the condition of rows to be deleted, and the time before which it holds."""
        ended = "ended_at < %(before)s"
        yield "links", "expires_at < %(before)s", now - self._links_s
        unopened = "kiosk_number IS NOT NULL AND uses = 0 AND expires_at < %(before)s"
        yield "links", unopened, now - _UNOPENED_S
        yield "idempotency_keys", "at < %(before)s", now - IDEMPOTENCY_S
        yield "used_codes", "at < %(before)s", now - _CODES_S
        yield "events", ended, now - self._events_s
        yield "messages", ended, now - _MESSAGES_DAYS * _DAY_S
        yield "refusals", "day < %(before)s", day_of(now, days_before=_REFUSALS_DAYS)
