"""Confirm what a visit claims when a caller asks: the vendor's API is asked, and its answer is kept."""

from __future__ import annotations

import logging
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from liveform import LiveformError
from webhelper.confirmation.findings import not_older
from webhelper.links.outcomes import Level, Source, told_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from webhelper.confirmation.asking import VendorApi
    from webhelper.links.models import Visit
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
        submission_id = _submission_id(visited_link.visit)
        if not self._api.can_ask(visited_link.link.spec.project):
            return Checked(visited_link, ApiCheck.OFF)
        if submission_id is None:
            return Checked(visited_link, ApiCheck.NO_SUBMISSION)
        try:
            return self._asked(visited_link, submission_id)
        except LiveformError as error:
            log.warning("a visit cannot be confirmed now: %s", error.code)
            return Checked(visited_link, ApiCheck.UNAVAILABLE)

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

    def confirm_once(self, visited_link: VisitedLink) -> Checked:
        """Do the same, unless the API has given a decision before."""
        told = told_of(visited_link.visit.outcomes)
        if told is not None and told.source is Source.API and told.is_decided:
            return Checked(visited_link, ApiCheck.CONFIRMED)
        return self.confirm(visited_link)


def _submission_id(visit: Visit) -> str | None:
    """Return the submission to ask for: another try after a rejection, the shown one, any confirmed.

    If there is none, it is one that an earlier browser claims.
    """
    confirmed = [one for one in visit.outcomes if one.level is Level.CONFIRMED]
    known = (told_of(visit.outcomes), visit.outcome, *confirmed, *reversed(visit.earlier_returns))
    ids = [one.submission_id for one in known if one is not None and one.submission_id is not None]
    return ids[0] if ids else None
