"""Confirm what a visit claims when a caller asks: the vendor's API is asked, and its answer is kept."""

from __future__ import annotations

import logging
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from liveform import LiveformError
from webhelper.confirmation.findings import not_older
from webhelper.links.named_submissions import open_tries
from webhelper.links.outcomes import Level, Source, told_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from webhelper.confirmation.asking import VendorApi
    from webhelper.links.models import Visit
    from webhelper.links.outcomes import Outcome
    from webhelper.links.stores.base import Store, VisitedLink

log = logging.getLogger("webhelper")


class ApiCheck(StrEnum):
    """What came of asking the vendor's API about a visit.

    ``CONFIRMED``: it gave the status. ``INCOMPLETE``: the person has not finished the form.
    ``OTHER_VISIT``: the submission that the return claims is another visit's, or not known to the vendor.
    ``NO_SUBMISSION``: no submission is known to ask for, as after an error page. ``UNAVAILABLE``: the API
    could not be asked; ask again later. ``OFF``: the project has no API key.
    """

    CONFIRMED = "confirmed"
    INCOMPLETE = "incomplete"
    OTHER_VISIT = "other_visit"
    NO_SUBMISSION = "no_submission"
    UNAVAILABLE = "unavailable"
    OFF = "off"


class Checked(NamedTuple):
    """A visit with its link, after the API was asked, and what came of that."""

    visited_link: VisitedLink
    api_check: ApiCheck


class Confirmer:
    """Asks the vendor's API about visits.

    Args:
        store: keeps the answers.
        api: asks.
        clock: Unix time.
        on_recorded: is called when an answer was kept: there may be messages about it in the outbox.
    """

    def __init__(
        self,
        store: Store,
        api: VendorApi,
        clock: Callable[[], float],
        *,
        on_recorded: Callable[[], object] = lambda: None,
    ) -> None:
        self._store = store
        self._api = api
        self._clock = clock
        self._on_recorded = on_recorded

    def confirm(self, visited_link: VisitedLink) -> Checked:
        """Ask the API about a visit, keep what it says, and return the visit from now on.

        Whatever goes wrong, the visit comes back as it was known before.
        """
        return self._unless_it_fails(self._confirm, visited_link)

    def confirm_once(self, visited_link: VisitedLink) -> Checked:
        """Do the same, unless the API has given a decision before, and the vendor has named no try since."""
        return self._unless_it_fails(self._confirm_once, visited_link)

    def _unless_it_fails(
        self, confirm: Callable[[VisitedLink], Checked], visited_link: VisitedLink
    ) -> Checked:
        try:
            return confirm(visited_link)
        except LiveformError as error:
            log.warning("a visit cannot be confirmed now: %s", error.code)
            return Checked(visited_link, ApiCheck.UNAVAILABLE)

    def _confirm_once(self, visited_link: VisitedLink) -> Checked:
        visit = visited_link.visit
        told = told_of(visit.outcomes)
        is_decided = told is not None and told.source is Source.API and told.is_decided
        if is_decided and not self._open_tries(visit):
            return Checked(visited_link, ApiCheck.CONFIRMED)
        return self._confirm(visited_link)

    def _confirm(self, visited_link: VisitedLink) -> Checked:
        if not self._api.can_ask(visited_link.link.spec.project):
            return Checked(visited_link, ApiCheck.OFF)
        submission_id = self._submission_id(visited_link.visit)
        if submission_id is None:
            return Checked(visited_link, ApiCheck.NO_SUBMISSION)
        return self._asked(visited_link, submission_id)

    def _asked(self, visited_link: VisitedLink, submission_id: str) -> Checked:
        """Ask for a submission, which a return may have made up: its own state must be that of the visit."""
        visit, project = visited_link.visit, visited_link.link.spec.project
        answer = self._api.ask(project, submission_id, now=self._clock())
        if answer.visit_id != visit.id:
            return Checked(visited_link, ApiCheck.OTHER_VISIT)
        if answer.outcome is None:
            return Checked(visited_link, ApiCheck.INCOMPLETE)
        known = self._store.record(visit.id, not_older(answer.outcome, visit.outcomes))
        if known is None:  # the visit was deleted meanwhile
            return Checked(visited_link, ApiCheck.UNAVAILABLE)
        self._on_recorded()
        return Checked(known, ApiCheck.CONFIRMED)

    def _submission_id(self, visit: Visit) -> str | None:
        """Return the submission to ask for: another try after a rejection, the shown one, or any known.

        What earlier browsers claim comes last.
        """
        told, tries = told_of(visit.outcomes), self._open_tries(visit)
        confirmed = [one for one in visit.outcomes if one.level is Level.CONFIRMED]
        ids = _ids((told, visit.outcome, *confirmed))
        is_final = told is not None and told.is_final
        known = [*tries, *ids] if is_final else [*ids, *tries]
        return next(iter([*known, *_ids(reversed(visit.earlier_returns))]), None)

    def _open_tries(self, visit: Visit) -> list[str]:
        return open_tries(visit.outcomes, self._store.inbox.submissions_of(visit.id))


def _ids(outcomes: Iterable[Outcome | None]) -> list[str]:
    """Return the submissions that outcomes name."""
    return [one.submission_id for one in outcomes if one is not None and one.submission_id is not None]
