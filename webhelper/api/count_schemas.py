"""The part of a link's answer that counts its visits, and how it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from webhelper.links.outcomes import Level, Result

if TYPE_CHECKING:
    from webhelper.links.models import Link


class LevelCounts(Struct, frozen=True, kw_only=True):
    """How many visits show a result at each level."""

    claimed: int
    confirmed: int


class ResultCounts(Struct, frozen=True, kw_only=True):
    """How many visits show each result; ``error`` is an error page of the vendor."""

    approved: LevelCounts
    pending: LevelCounts
    rejected: LevelCounts
    error: LevelCounts
    unknown: LevelCounts


class CountsAnswer(Struct, frozen=True, kw_only=True):
    """How often a link was opened, from how many visits a browser came back, and what the visits show.

    A visit that the vendor confirms without a return is in ``outcomes``, and not in ``returned``.
    """

    opened: int
    returned: int
    outcomes: ResultCounts


def counts_of(link: Link) -> CountsAnswer | None:
    """Return the counts of a link of many uses; None for a link of one."""
    counts = link.counts
    if counts is None:
        return None
    by_result = {
        result.value: LevelCounts(**{level.value: counts.of(result, level) for level in Level})
        for result in Result
    }
    return CountsAnswer(opened=link.uses, returned=counts.returned, outcomes=ResultCounts(**by_result))
