"""The history of a visit for staff: who said what and when, what is shown, and which claim is refuted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from webhelper.links.models import Visit
    from webhelper.links.outcomes import Outcome


class Entry(NamedTuple):
    """One thing that was said of a visit.

    Attributes:
        outcome: who said what, and when.
        is_shown: whether it is what the console, the API and the kiosk show of the visit.
        is_refuted: whether it is a claim that the vendor contradicts.
    """

    outcome: Outcome
    is_shown: bool
    is_refuted: bool


class History(NamedTuple):
    """A visit, and all that was said of it, the oldest first."""

    visit: Visit
    entries: tuple[Entry, ...]

    @property
    def refuted(self) -> Outcome | None:
        """The latest claim that the vendor contradicts; None if there is none."""
        return next((one.outcome for one in reversed(self.entries) if one.is_refuted), None)

    @property
    def is_open(self) -> bool:
        """Whether the vendor's decision is still to come."""
        return self.visit.outcome is None or not self.visit.outcome.is_final


def history_of(visit: Visit) -> History:
    """Return the history of a visit."""
    shown = visit.outcome
    entries = [
        Entry(one, is_shown=one is shown or one == shown, is_refuted=shown is not None and shown.refutes(one))
        for one in visit.outcomes
    ]
    return History(visit, tuple(entries))
