"""Ask the vendor's API about one visit: by the submissions that are known, or by its user id."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from liveform import FieldError
from liveform.vendor_times import read_time
from webhelper.confirmation.comparison import CheckedVisit, Verdict, Way
from webhelper.confirmation.findings import not_older
from webhelper.links.named_submissions import nobody_asks
from webhelper.links.outcomes import Level, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from liveform.rest import Submission
    from webhelper.confirmation.asking import Answer, VendorApi
    from webhelper.confirmation.calls import CallPace
    from webhelper.links.models import Visit
    from webhelper.links.outcomes import Outcome
    from webhelper.links.stores.base import Store, VisitedLink

MOST_SUBMISSIONS: Final = 10  # of one visit; whoever claims more different ones makes them up
MOST_LISTED: Final = 100  # of one user id, in one call; one with more is not one person's
AHEAD_S: Final = 300  # how far our clock may be ahead of the vendor's
_NEVER: Final = float("inf")


@dataclass(slots=True)
class _Found:
    """What was found out so far.

    Attributes:
        visit: as it is kept now.
        is_known: whether the vendor has a submission of it.
        has_status: whether one of them has a status.
    """

    visit: Visit
    is_known: bool = False
    has_status: bool = False


class VisitChecker:
    """Asks about visits. It reads each submission and each list once, so use one for each run.

    An answer counts only for the visit whose signed state the submission carries, whoever claimed its id.

    Args:
        store: keeps what the API says.
        api: asks.
        pace: says when.
        clock: Unix time.
    """

    def __init__(self, store: Store, api: VendorApi, pace: CallPace, clock: Callable[[], float]) -> None:
        self._store = store
        self._api = api
        self._pace = pace
        self._clock = clock
        self._answers: dict[tuple[str, str], Answer] = {}
        self._lists: dict[tuple[str, str], Sequence[Submission]] = {}

    def way(self, visited_link: VisitedLink) -> Way:
        """Return how a visit would be asked about; no call is made."""
        if not self._api.can_ask(visited_link.link.spec.project):
            return Way.NONE
        if self._known_ids(visited_link):
            return Way.ID
        return Way.NONE if visited_link.userid is None else Way.USER

    def still_open(self, visited_link: VisitedLink) -> VisitedLink | None:
        """Return a visit as it is now; None if its webhook came, or it was deleted, since it was listed."""
        now = self._store.visited_link(visited_link.visit.id)
        if now is None or now.visit.outcome == visited_link.visit.outcome:
            return now
        return None if self._is_settled(now.visit) else now

    def check(self, visited_link: VisitedLink) -> CheckedVisit:
        """Ask about a visit, record what the API says, and return what it came to.

        Raises:
            VendorError: a call failed. What was said before it is recorded.
            StoreError: the store cannot be read or written now.
        """
        way, project = self.way(visited_link), visited_link.link.spec.project
        found = _Found(visited_link.visit)
        if way is not Way.NONE:
            known = self._known_ids(visited_link)
            self._ask(project, known, found)
            is_over = found.has_status and not (
                _is_rejected(visited_link.visit) and _is_rejected(found.visit)
            )
            if not is_over and visited_link.userid is not None:
                listed = self._listed_ids(visited_link, visited_link.userid)
                self._ask(project, [one for one in listed if one not in known], found)
        verdict = Verdict.UNKNOWN if way is Way.NONE else self._verdict(visited_link.visit.outcome, found)
        return CheckedVisit(found.visit.id, project, way, verdict, found.visit.outcome)

    def _ask(self, project: str, submission_ids: Iterable[str], found: _Found) -> None:
        for submission_id in submission_ids:
            answer = self._answer(project, submission_id)
            if answer.visit_id != found.visit.id:
                continue
            found.is_known = True
            if answer.outcome is not None:
                found.has_status = True
                kept = self._store.record(found.visit.id, not_older(answer.outcome, found.visit.outcomes))
                found.visit = found.visit if kept is None else kept.visit

    def _answer(self, project: str, submission_id: str) -> Answer:
        key = (project, submission_id)
        if key not in self._answers:
            now = self._clock()
            self._pace.wait(now=now)
            self._answers[key] = self._api.ask(project, submission_id, now=now)
        return self._answers[key]

    def _is_settled(self, visit: Visit) -> bool:
        return nobody_asks(visit.outcomes, lambda: self._store.inbox.submissions_of(visit.id))

    def _verdict(self, before: Outcome | None, found: _Found) -> Verdict:
        after = found.visit.outcome
        if not found.is_known:
            return Verdict.NOT_FOUND
        if after is None or not self._is_settled(found.visit):
            return Verdict.STILL_OPEN
        was_other = before is not None and before.is_decided and before.result is not after.result
        return Verdict.CHANGED if was_other else Verdict.CONFIRMED

    def _known_ids(self, visited_link: VisitedLink) -> list[str]:
        """Return the submissions that may be this visit's: what the vendor said, then what was claimed.

        Claims of earlier browsers come last, so that they keep nobody from asking about the others.
        """
        visit, inbox = visited_link.visit, self._store.inbox
        said = [one for one in visit.outcomes if one.level is Level.CONFIRMED]
        claimed = (*reversed(visit.returns), *reversed(visit.earlier_returns))
        outcomes = [one.submission_id for one in (*said, *claimed) if one.submission_id is not None]
        ids = dict.fromkeys([*inbox.submissions_of(visit.id), *outcomes])
        return self._not_of_others(visited_link, ids)

    def _listed_ids(self, visited_link: VisitedLink, userid: str) -> list[str]:
        """Return the submissions of a user id that may be this visit's, the oldest first."""
        project, visited_at = visited_link.link.spec.project, visited_link.visit.at
        later = [
            (begun_at, one.submission_id)
            for one in self._list(project, userid)
            if one.submission_id is not None and (begun_at := _begun_at(one)) >= visited_at - AHEAD_S
        ]
        return self._not_of_others(visited_link, [submission_id for _, submission_id in sorted(later)])

    def _list(self, project: str, userid: str) -> Sequence[Submission]:
        key = (project, userid)
        if key not in self._lists:
            self._pace.wait(now=self._clock())
            submissions = self._api.client(project).submissions
            try:
                listed = submissions.list(userid=userid, page_size=MOST_LISTED)
                self._lists[key] = list(islice(listed, MOST_LISTED))
            except FieldError:  # a user id that the API cannot be asked for
                self._lists[key] = ()
        return self._lists[key]

    def _not_of_others(self, visited_link: VisitedLink, submission_ids: Iterable[str]) -> list[str]:
        """Return those that are not known to be another visit's, up to ``MOST_SUBMISSIONS``."""
        project, visit_id = visited_link.link.spec.project, visited_link.visit.id
        of = self._store.inbox.visit_of_submission
        own = (one for one in submission_ids if of(project, one) in (None, visit_id))
        return list(islice(own, MOST_SUBMISSIONS))


def _begun_at(submission: Submission) -> float:
    """Return the Unix time when a submission was begun; the far future if it is not readable."""
    begun_at = read_time(submission.created_at)
    return _NEVER if begun_at is None else begun_at.timestamp()


def _is_rejected(visit: Visit) -> bool:
    """Return whether the vendor has rejected a visit, whose visitor may have tried again since."""
    return visit.outcome is not None and visit.outcome.is_final and visit.outcome.result is Result.REJECTED
