"""Lists of links, and of visits that the vendor is asked about: which are wanted, and one page of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from webhelper.links.outcomes import Result
from webhelper.links.short_repr import short_repr

if TYPE_CHECKING:
    from webhelper.links.models import Link, LinkState, Visit

MIN_ID_CHARS: Final = 4  # of a text that is looked for in ids too: fewer are in many, which are random


class Filter(NamedTuple):
    """Which links a list shows; None shows all.

    Attributes:
        state: of the link, now.
        label: exactly this one.
        text: without case, a part of the label, from four characters on also of the id, or the whole user
            id of the link or of one of its visits.
        unopened: whether the codes of kiosks that nobody has opened are shown too.
        projects: of these projects alone.
    """

    state: LinkState | None = None
    label: str | None = None
    text: str | None = None
    unopened: bool = False
    projects: frozenset[str] | None = None

    def __repr__(self) -> str:
        """Return the name of the class alone: a search may have a user id."""
        return short_repr(self)


class OpenVisits(NamedTuple):
    """Which visits are wanted whose outcome is not settled.

    Attributes:
        since: the earliest Unix time of a visit.
        limit: how many at most.
        after: the id of the last visit of the call before; None begins.
        rejected: whether those that the vendor has rejected are wanted too, settled or not.
    """

    since: float
    limit: int
    after: str | None = None
    rejected: bool = False

    def has(self, visit: Visit) -> bool:
        """Return whether a visit is wanted, of those that are not settled or may be rejected."""
        shown = visit.outcome
        return not self.rejected or shown is None or not shown.is_final or shown.result is Result.REJECTED


class Page(NamedTuple):
    """Links, the newest first, and the cursor of the next page; None on the last."""

    links: tuple[Link, ...]
    next_cursor: int | None
