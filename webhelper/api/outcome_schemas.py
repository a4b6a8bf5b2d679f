"""What answers say of outcomes: that of one visit, and how many visits show which."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from webhelper.links.models import Link, as_datetime
from webhelper.links.outcomes import Level, Outcome, Result, Source

Moment = Annotated[datetime, Meta(tz=True)]


class OutcomeAnswer(Struct, frozen=True, kw_only=True):
    """What was said of a visit: claimed by a return, or confirmed by a webhook or the API of the vendor.

    ``at``: when the return came, when the vendor says that it happened, or when the API was asked.
    """

    result: Result | None
    level: Level
    source: Source
    submission_id: str | None
    error_code: str | None
    at: Moment


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


def outcome_of(outcome: Outcome) -> OutcomeAnswer:
    """Return the answer for one outcome."""
    return OutcomeAnswer(
        result=outcome.result,
        level=outcome.level,
        source=outcome.source,
        submission_id=outcome.submission_id,
        error_code=outcome.error_code,
        at=as_datetime(outcome.at),
    )


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
