"""Counts of deliveries that were refused, by day, project and reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.links.stores.inbox import RefusedCount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from sqlite3 import Connection

_ADD: Final = """
INSERT INTO refusals VALUES (date(?, 'unixepoch'), ?, ?, ?)
ON CONFLICT DO UPDATE SET times = times + excluded.times
"""
_LATEST: Final = """
SELECT * FROM refusals WHERE day > date(?, 'unixepoch', ?) ORDER BY day DESC, project, reason
"""


def add(connection: Connection, counts: Mapping[tuple[str, str], int], *, now: float) -> None:
    """Add to the counts of this day, inside a transaction; see ``InboxStore.count_refused``."""
    values = [(now, project, reason, times) for (project, reason), times in counts.items()]
    connection.executemany(_ADD, values)


def latest(connection: Connection, *, days: int, now: float) -> Sequence[RefusedCount]:
    """Return the counts of the latest days; see ``InboxStore.refused``."""
    return [RefusedCount(*row) for row in connection.execute(_LATEST, (now, f"-{days} days"))]
