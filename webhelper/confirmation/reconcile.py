"""Compare open visits with the vendor's API, for webhooks that never came (vendor-api row 9.5)."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from liveform import VendorError
from webhelper.confirmation.comparison import CheckedVisit, Report, Scope, Verdict
from webhelper.confirmation.visit_check import VisitChecker
from webhelper.links.stores.lists import OpenVisits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from webhelper.confirmation.asking import VendorApi
    from webhelper.confirmation.calls import CallPace
    from webhelper.confirmation.comparison import Way
    from webhelper.links.models import Visit
    from webhelper.links.stores.base import Store, VisitedLink

FAILURES_IN_A_ROW: Final = 3  # after them, a project is asked no more
_PAGE: Final = 200
_REFUSALS: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)


def _nothing(_: CheckedVisit) -> None:
    """Do nothing."""


def _always(_: Visit) -> bool:
    return True


class Reconciler:
    """Asks the vendor's API about open visits, and records what it says. It only reads, which costs nothing.

    It may be ended at any moment: what was answered is recorded, and the rest is open still.

    Args:
        store: has the visits.
        api: asks.
        pace: says when.
        clock: Unix time.
    """

    def __init__(self, store: Store, api: VendorApi, pace: CallPace, clock: Callable[[], float]) -> None:
        self._store = store
        self._api = api
        self._pace = pace
        self._clock = clock

    def run(
        self,
        scope: Scope,
        *,
        is_due: Callable[[Visit], bool] = _always,
        on_checked: Callable[[CheckedVisit], None] = _nothing,
    ) -> Report:
        """Ask about each open visit of a scope, in the order of their ids, and return what that came to.

        A project whose API refuses (401, 403, 429), whose day is used up, or that fails three times in a row
        is asked no more in this run.

        Args:
            scope: which visits.
            is_due: whether a visit is asked about now.
            on_checked: is called with each visit that was looked at.

        Raises:
            StoreError: the store cannot be read or written now.
        """
        run = _Run(self._checker(), is_due, on_checked)
        calls_before = self._pace.calls
        for number, visited_link in enumerate(self._open_visits(scope), 1):
            run.report.next = visited_link.visit.id
            if scope.has(visited_link):
                run.look_at(visited_link)
            calls = self._pace.calls - calls_before
            if scope.is_done(asked=run.report.asked, read=number, calls=calls):
                return run.report
        run.report.next = None
        return run.report

    def plan(self, scope: Scope) -> Iterator[tuple[VisitedLink, Way]]:
        """Yield each open visit of a scope, and how it would be asked about; no call is made."""
        checker = self._checker()
        for visited_link in self._open_visits(scope):
            if scope.has(visited_link):
                yield visited_link, checker.way(visited_link)

    def _checker(self) -> VisitChecker:
        return VisitChecker(self._store, self._api, self._pace, self._clock)

    def _open_visits(self, scope: Scope) -> Iterator[VisitedLink]:
        wanted = OpenVisits(scope.since, _PAGE, scope.after, scope.rejected)
        while page := self._store.open_visits(wanted):
            yield from page
            wanted = wanted._replace(after=page[-1].visit.id)


class _Run:
    """One run: its report, and how often in a row each project failed."""

    def __init__(
        self,
        checker: VisitChecker,
        is_due: Callable[[Visit], bool],
        on_checked: Callable[[CheckedVisit], None],
    ) -> None:
        self.report = Report()
        self._checker = checker
        self._is_due = is_due
        self._on_checked = on_checked
        self._failures: Counter[str] = Counter()

    def look_at(self, visited_link: VisitedLink) -> None:
        """Ask about a visit, if it is due and its project may be asked."""
        if not self._is_due(visited_link.visit):
            return
        if visited_link.link.spec.project in self.report.stopped:
            self.report.left += 1
            return
        still_open = self._checker.still_open(visited_link)
        if still_open is not None:
            checked = self._check(still_open)
            self.report.verdicts[checked.verdict] += 1
            self._on_checked(checked)

    def _check(self, visited_link: VisitedLink) -> CheckedVisit:
        visit, project = visited_link.visit, visited_link.link.spec.project
        try:
            checked = self._checker.check(visited_link)
        except VendorError as error:
            self._failures[project] += 1
            if _ends_questions(error) or self._failures[project] == FAILURES_IN_A_ROW:
                self.report.stopped[project] = error.code
            way = self._checker.way(visited_link)
            return CheckedVisit(visit.id, project, way, Verdict.FAILED, visit.outcome, error.code)
        if checked.verdict is not Verdict.UNKNOWN:
            self._failures[project] = 0
        return checked


def _ends_questions(error: VendorError) -> bool:
    """Whether the next call would fail too: refused for good, or until later."""
    return error.reason == "limit" or error.status in _REFUSALS
