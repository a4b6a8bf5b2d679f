"""Submissions that the vendor named as a visit's: a try that it named, and said nothing more of, is open.

The webhook ``created`` names one. Its return and later webhooks may be lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from webhelper.links.outcomes import Level, Result, is_settled, shown_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from webhelper.links.outcomes import Outcome


def open_tries(outcomes: Iterable[Outcome], named: Iterable[str]) -> list[str]:
    """Return the submissions of which the vendor has said no outcome; none for a visit that it approved.

    Args:
        outcomes: all that was said of the visit.
        named: the ids of its submissions, as the vendor named them.
    """
    known = list(outcomes)
    shown = shown_of(known)
    if shown is not None and shown.is_final and shown.result is Result.APPROVED:
        return []
    confirmed_ids = {one.submission_id for one in known if one.level is Level.CONFIRMED}
    return [one for one in named if one not in confirmed_ids]


def nobody_asks(outcomes: Collection[Outcome], named: Callable[[], Iterable[str]]) -> bool:
    """Return whether a visit is settled, and none of its submissions is an open try.

    Args:
        outcomes: all that was said of the visit.
        named: is called for the ids of its submissions, where the outcomes alone would settle it.
    """
    return is_settled(outcomes) and not open_tries(outcomes, named())
