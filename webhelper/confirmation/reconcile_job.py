"""The background pass over open visits: a slice at a time, and each visit the more seldom the older it is."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from webhelper.confirmation.calls import CALLS_PER_SECOND
from webhelper.confirmation.comparison import Scope, Verdict
from webhelper.links.visit_ids import visited_at

if TYPE_CHECKING:
    from webhelper.confirmation.comparison import CheckedVisit, Report
    from webhelper.confirmation.reconcile import Reconciler
    from webhelper.links.models import Visit

log = logging.getLogger("webhelper")

YOUNGEST_S: Final = 600  # before, the webhook is likely to come
OLDEST_S: Final = 7 * 86_400  # after, the person has left
MOST_READ: Final = 5_000  # in one pass; the next one goes on where it ended


class ReconcileJob:
    """Asks about visits between ten minutes and seven days of age, again when their age has doubled.

    What was asked is remembered in this process only: another process that takes over asks once more.

    Args:
        reconciler: asks.
        every_s: how many seconds are between two passes. A pass makes as many calls as it may in a half of
            them, so that it has ended when the next one begins.
    """

    def __init__(self, reconciler: Reconciler, *, every_s: float) -> None:
        self._reconciler = reconciler
        self._most_calls = max(1, int(every_s * CALLS_PER_SECOND / 2))
        self._after: str | None = None
        self._asked_at: dict[str, float] = {}

    def background_pass(self, now: float) -> None:
        """Ask about the visits that are due, from where the pass before ended.

        Args:
            now: Unix time.

        Raises:
            StoreError: the store cannot be read or written now.
        """
        scope = Scope(
            since=now - OLDEST_S,
            until=now - YOUNGEST_S,
            most_read=MOST_READ,
            most_calls=self._most_calls,
            after=self._after,
        )
        self._forget(before=scope.since)

        def is_due(visit: Visit) -> bool:
            asked_at = self._asked_at.get(visit.id)
            return asked_at is None or now - visit.at >= 2 * (asked_at - visit.at)

        def note(checked: CheckedVisit) -> None:
            if checked.verdict is not Verdict.FAILED:
                self._asked_at[checked.visit_id] = now

        report = self._reconciler.run(scope, is_due=is_due, on_checked=note)
        self._after = report.next
        _log(report)

    def _forget(self, *, before: float) -> None:
        old = [visit_id for visit_id in self._asked_at if visited_at(visit_id) < before]
        for visit_id in old:
            del self._asked_at[visit_id]


def _log(report: Report) -> None:
    """Write what is worth knowing: counts and codes, nothing of a person."""
    found = report.verdicts[Verdict.CONFIRMED] + report.verdicts[Verdict.CHANGED]
    if found:
        log.info("reconcile: outcomes that the API gave and no webhook: %d", found)
    for project, code in report.stopped.items():
        log.warning("reconcile: the API of %s is asked no more in this pass: %s", project, code)
