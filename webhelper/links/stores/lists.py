"""Lists of links: which of them are wanted, and one page of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from webhelper.links.short_repr import short_repr

if TYPE_CHECKING:
    from webhelper.links.models import Link, LinkState


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


class Page(NamedTuple):
    """Links, the newest first, and the cursor of the next page; None on the last."""

    links: tuple[Link, ...]
    next_cursor: int | None
