"""Delete what has been kept for long enough, in slices: links after their expiry, webhooks, messages, codes.

A slice is one short transaction. Rows that somebody holds are left for the next one, so that nobody waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.links.stores import periods
from webhelper.links.stores.base import IDEMPOTENCY_S
from webhelper.links.stores.postgresql.refusals import day_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webhelper.links.stores.postgresql.connections import Connection

SLICE: Final = 1000  # rows of a table

_LOCK: Final = "SELECT pg_try_advisory_xact_lock(hashtext('liveform retention'))"
_OLD_LINKS: Final = "SELECT seq FROM links WHERE {} LIMIT %s FOR UPDATE SKIP LOCKED"
_UNOPENED: Final = "kiosk_number IS NOT NULL AND uses = 0 AND expires_at < %s"
_OF_LINKS: Final = ("outcomes", "submissions", "visits")  # before their links: one may have a million visits
_DELETE_LINKS: Final = "DELETE FROM links WHERE seq = ANY(%s)"
_DELETE: Final = """
DELETE FROM {table} WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM {table} WHERE {condition} LIMIT %s FOR UPDATE SKIP LOCKED))
"""


class Retention:
    """Deletes what has been kept for long enough.

    Args:
        days: how long links and their visits are kept after a link has expired.
        inbox_days: how long webhooks are kept after they were worked.
    """

    def __init__(self, *, days: int, inbox_days: int) -> None:
        self._links_s = days * periods.DAY_S
        self._events_s = inbox_days * periods.DAY_S

    def delete_some(self, connection: Connection, now: float) -> int:
        """Delete a slice inside a transaction, and return how many rows it had.

        It is 0 if nothing is left, and while another host deletes.
        """
        ((is_ours,),) = connection.execute(_LOCK).fetchall()
        return next(filter(None, self._slices(connection, now)), 0) if is_ours else 0

    def _slices(self, connection: Connection, now: float) -> Iterator[int]:
        """Yield how many rows a slice of each kind had; the next kind is looked at when that is asked for."""
        yield _delete_links(connection, "expires_at < %s", now - self._links_s)
        yield _delete_links(connection, _UNOPENED, now - periods.UNOPENED_S)
        yield _delete(connection, "events", "ended_at < %s", now - self._events_s)
        yield _delete(connection, "messages", "ended_at < %s", now - periods.MESSAGES_S)
        yield _delete(connection, "idempotency_keys", "at < %s", now - IDEMPOTENCY_S)
        yield _delete(connection, "used_codes", "at < %s", now - periods.CODES_S)
        yield _delete(connection, "refusals", "day < %s", day_of(now, days_before=periods.REFUSALS_DAYS))


def _delete(connection: Connection, table: str, condition: str, value: object) -> int:
    return connection.execute(_DELETE.format(table=table, condition=condition), (value, SLICE)).rowcount


def _delete_links(connection: Connection, condition: str, before: float) -> int:
    """Delete links, or some of what belongs to them as long as that is much."""
    found = connection.execute(_OLD_LINKS.format(condition), (before, SLICE)).fetchall()
    seqs = [seq for (seq,) in found]
    deleted = 0
    for table in _OF_LINKS if seqs else ():
        some = _delete(connection, table, "link = ANY(%s)", seqs)
        deleted += some
        if some >= SLICE:
            return deleted
    return deleted + connection.execute(_DELETE_LINKS, (seqs,)).rowcount
