"""Counts of deliveries that were refused, by day, project and reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from webhelper.links.stores.inbox import RefusedCount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from webhelper.links.stores.postgresql.connections import Connection

_ADD: Final = """
INSERT INTO refusals (day, project, reason, times) VALUES (%s, %s, %s, %s)
ON CONFLICT (day, project, reason) DO UPDATE SET times = refusals.times + excluded.times
"""
_LATEST: Final = """
SELECT day, project, reason, times FROM refusals WHERE day > %s ORDER BY day DESC, project, reason
"""


def day_of(now: float, *, days_before: int = 0) -> str:
    """Return the day of a Unix time (``2026-06-24``, UTC), or one so many days before."""
    return (datetime.fromtimestamp(now, UTC) - timedelta(days=days_before)).date().isoformat()


def add(connection: Connection, counts: Mapping[tuple[str, str], int], *, now: float) -> None:
    """Add to the counts of this day, inside a transaction; see ``InboxStore.count_refused``."""
    day = day_of(now)
    for (project, reason), times in sorted(counts.items()):  # in one order, so that no two hosts deadlock
        connection.execute(_ADD, (day, project, reason, times))


def latest(connection: Connection, *, days: int, now: float) -> Sequence[RefusedCount]:
    """Return the counts of the latest days; see ``InboxStore.refused``."""
    found = connection.execute(_LATEST, (day_of(now, days_before=days),)).fetchall()
    return [RefusedCount(*row) for row in found]
