"""What came of asking the vendor about one visit, as values."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from webhelper.links.outcomes import Outcome


class Way(StrEnum):
    """How the submissions of a visit are found: by their ids, by the user id, or not at all."""

    ID = "id"
    USER = "user"
    NONE = "none"


class Verdict(StrEnum):
    """What asking about a visit came to.

    ``CONFIRMED``: the vendor has decided, and nothing else was known. ``CHANGED``: it has decided otherwise
    than a return had claimed, or than it had said before. ``STILL_OPEN``: it has not decided.
    ``NOT_FOUND``: it has no submission of this visit. ``UNKNOWN``: nobody can ask, without an API key,
    submission id or user id. ``FAILED``: a call failed.
    """

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    STILL_OPEN = "still_open"
    NOT_FOUND = "not_found"
    UNKNOWN = "unknown"
    FAILED = "failed"


class CheckedVisit(NamedTuple):
    """A visit that was looked at.

    Attributes:
        visit_id, project: which one.
        way: how it was asked about.
        verdict: what that came to.
        outcome: what is shown of the visit from now on.
        problem: the code of the call that failed.
    """

    visit_id: str
    project: str
    way: Way
    verdict: Verdict
    outcome: Outcome | None
    problem: str | None = None
