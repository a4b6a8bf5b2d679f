"""Delete what has been kept for long enough, in slices: links after their expiry, webhooks, messages, codes.

A slice is one short transaction, so that a redemption waits for no more than that.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from webhelper.links.stores import periods
from webhelper.links.stores.base import IDEMPOTENCY_S
from webhelper.links.stores.sqlite import packing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection

SLICE: Final = 1000  # rows of a table

# Rows of links go before their links: one link may have a million visits.
_OF_LINKS: Final = {
    "outcomes": "link, visit, number",
    "submissions": "project, submission_id",
    "visits": "link, id",
}
_THESE: Final = "(SELECT value FROM json_each(?))"
_UNOPENED: Final = "kiosk_number IS NOT NULL AND uses = 0 AND expires_at < ?"
_DELETE_LINKS: Final = f"DELETE FROM links WHERE seq IN {_THESE}"


class Retention:
    """Deletes what has been kept for long enough.

    Args:
        days: how long links and their visits are kept after a link has expired.
        inbox_days: how long webhooks are kept after they were worked.
    """

    def __init__(self, days: int, inbox_days: int) -> None:
        self._links_s = days * periods.DAY_S
        self._events_s = inbox_days * periods.DAY_S

    def delete_some(self, connection: Connection, now: float) -> int:
        """Delete a slice inside a transaction, and return how many rows it had; 0 if nothing is left."""
        return next(filter(None, self._slices(connection, now)), 0)

    def _slices(self, connection: Connection, now: float) -> Iterator[int]:
        """Yield how many rows a slice of each kind had; the next kind is looked at when that is asked for."""
        yield _delete_links(connection, "expires_at < ?", now - self._links_s)
        yield _delete_links(connection, _UNOPENED, now - periods.UNOPENED_S)
        yield _delete_ended(connection, "events", "received_at", now - self._events_s)
        yield _delete_ended(connection, "messages", "at", now - periods.MESSAGES_S)
        yield _delete(connection, "idempotency_keys", "scope, key", "at < ?", now - IDEMPOTENCY_S)
        yield _delete(connection, "used_codes", "code_id", "at < ?", now - periods.CODES_S)
        since = now - periods.REFUSALS_DAYS * periods.DAY_S
        yield _delete(connection, "refusals", "day, project, reason", "day < date(?, 'unixepoch')", since)


def _delete(connection: Connection, table: str, key: str, condition: str, *values: object) -> int:
    rows = f"SELECT {key} FROM {table} WHERE {condition} LIMIT {SLICE}"
    return connection.execute(f"DELETE FROM {table} WHERE ({key}) IN ({rows})", values).rowcount


def _delete_links(connection: Connection, condition: str, before: float) -> int:
    """Delete links, or some of what belongs to them as long as that is much."""
    found = connection.execute(
        f"SELECT seq, block FROM links WHERE {condition} LIMIT {SLICE}", (before,)
    ).fetchall()
    if not found:
        return 0
    seqs = json.dumps([seq for seq, _ in found])
    deleted = 0
    for table, key in _OF_LINKS.items():
        some = _delete(connection, table, key, f"link IN {_THESE}", seqs)
        deleted += some
        if some == SLICE:
            return deleted
    deleted += connection.execute(_DELETE_LINKS, (seqs,)).rowcount
    packing.pack_again(connection, {block for _, block in found})
    return deleted


def _delete_ended(connection: Connection, table: str, begun: str, before: float) -> int:
    """Delete what has ended for long enough.

    Rows are numbered in the order in which they began, so that it looks at no row after the first young one.
    """
    first_young = f"SELECT number FROM {table} WHERE {begun} >= ? ORDER BY number LIMIT 1"
    condition = f"number < coalesce(({first_young}), 1 << 62) AND ended_at < ?"
    return _delete(connection, table, "number", condition, before, before)
