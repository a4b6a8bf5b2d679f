"""The history of a visit for staff: who said what and when, what is shown, and which claim is refuted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from webhelper.links.named_submissions import nobody_asks
from webhelper.links.outcomes import Level, told_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from webhelper.links.models import Visit
    from webhelper.links.outcomes import Outcome


class Entry(NamedTuple):
    """One thing that was said of a visit.

    Attributes:
        outcome: who said what, and when.
        is_shown: whether it is what the console, the API and the kiosk show of the visit.
        is_refuted: whether it is a claim that the vendor contradicts, and not one of another try after a
            rejection, of which the vendor has said nothing yet.
    """

    outcome: Outcome
    is_shown: bool
    is_refuted: bool


class History(NamedTuple):
    """A visit, all that was said of it in the order of arrival, and whether a decision is still to come."""

    visit: Visit
    entries: tuple[Entry, ...]
    is_open: bool

    @property
    def refuted(self) -> Outcome | None:
        """The latest claim that the vendor contradicts; None if there is none."""
        return next((one.outcome for one in reversed(self.entries) if one.is_refuted), None)


def history_of(visit: Visit, named: Callable[[], Iterable[str]]) -> History:
    """Return the history of a visit.

    Args:
        visit: with its outcomes.
        named: is called for the submissions that the vendor named as the visit's, where they count.
    """
    shown, told = visit.outcome, told_of(visit.outcomes)
    # What is told is a claim while another try than the rejected one is being checked.
    checked_id = None if told is None or told.level is Level.CONFIRMED else told.submission_id
    entries = [
        Entry(
            one,
            is_shown=one is shown or one == shown,
            is_refuted=shown is not None
            and shown.refutes(one)
            and (checked_id is None or one.submission_id != checked_id),
        )
        for one in visit.outcomes
    ]
    return History(visit, tuple(entries), is_open=not nobody_asks(visit.outcomes, named))
