"""How much of its credits and of its request limits a project has used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.simulator.sandbox.clock import iso
from webhelper.simulator.sandbox.errors import NoCreditsError

if TYPE_CHECKING:
    from datetime import datetime

    from webhelper.simulator.sandbox.dashboard import Dashboard
    from webhelper.simulator.sandbox.database import Database

TABLE: Final = """
CREATE TABLE usage (
    pid    TEXT NOT NULL,
    kind   TEXT NOT NULL,                    -- credits, day, second
    period TEXT NOT NULL,                    -- the day, the second; empty for credits
    used   INTEGER NOT NULL,
    PRIMARY KEY (pid, kind)                  -- a new period begins anew
) STRICT, WITHOUT ROWID;
"""
_COUNT: Final = """
INSERT INTO usage VALUES (:pid, :kind, :period, 1) ON CONFLICT (pid, kind) DO UPDATE
SET used = iif(period = excluded.period, used + 1, 1), period = excluded.period RETURNING used
"""
_USED: Final = "SELECT used FROM usage WHERE pid = ? AND kind = ?"
_USED_IN: Final = "SELECT used FROM usage WHERE pid = ? AND kind = ? AND period = ?"


class Usage:
    """The counters of all projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def credits_left(self, dashboard: Dashboard) -> int:
        """Return how many submissions may still be made."""
        with self._database.reading() as sql:
            row = sql.execute(_USED, (dashboard.pid, "credits")).fetchone()
        return dashboard.credits - (0 if row is None else row["used"])

    def take_credit(self, dashboard: Dashboard) -> None:
        """Take one credit, which the vendor does when a submission is created.

        Raises:
            NoCreditsError: none is left.
        """
        with self._database.writing():
            if self.credits_left(dashboard) <= 0:
                raise NoCreditsError("the project has no credit left")
            self._count(dashboard.pid, "credits", "")

    def admits(self, dashboard: Dashboard, now: datetime) -> bool:
        """Count one request, and return whether it is within the limits of this second and this day."""
        time = iso(now)
        with self._database.writing():
            second = self._count(dashboard.pid, "second", time[:19])
            day = self._count(dashboard.pid, "day", time[:10])
        return second <= dashboard.limits.per_second and day <= dashboard.limits.per_day

    def requests_today(self, dashboard: Dashboard, now: datetime) -> int:
        """Return how many requests have counted against the limit of this day."""
        with self._database.reading() as sql:
            row = sql.execute(_USED_IN, (dashboard.pid, "day", iso(now)[:10])).fetchone()
        return 0 if row is None else int(row["used"])

    def _count(self, pid: str, kind: str, period: str) -> int:
        with self._database.writing() as sql:
            values = {"pid": pid, "kind": kind, "period": period}
            return int(sql.execute(_COUNT, values).fetchone()["used"])
