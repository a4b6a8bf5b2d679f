"""What is compared with the vendor, and what came of it, as values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from webhelper.links.outcomes import Outcome
    from webhelper.links.stores.base import VisitedLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which open visits are compared.

    Attributes:
        since, until: the earliest and the latest Unix time of a visit; None has no end.
        project: the name of a project; None takes all.
        limit: how many are asked about at most; None has no limit.
        most_read: how many are read from the store at most.
        most_calls: after how many calls of the vendor's API no further visit is begun; None has no limit.
            A visit may take several, so a run makes a few more.
        after: the id of the visit after which a run goes on; None begins.
        rejected: whether visits are compared too that the vendor has rejected: of a later try of the same
            visitor, nothing may have arrived.
    """

    since: float
    until: float | None = None
    project: str | None = None
    limit: int | None = None
    most_read: int | None = None
    most_calls: int | None = None
    after: str | None = None
    rejected: bool = False

    def has(self, visited_link: VisitedLink) -> bool:
        """Return whether a visit since ``since`` is one of these."""
        is_early = self.until is None or visited_link.visit.at <= self.until
        return is_early and self.project in (None, visited_link.link.spec.project)

    def is_done(self, *, asked: int, read: int, calls: int) -> bool:
        """Return whether a run ends after asking about so many visits, reading so many, and so many calls."""
        is_full = self.most_calls is not None and calls >= self.most_calls
        return is_full or asked == self.limit or read == self.most_read


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


@dataclass(slots=True)
class Report:
    """What a run came to.

    Attributes:
        verdicts: how many visits by verdict.
        left: how many were not asked about, because the vendor refused or failed too often.
        stopped: the code of the failure that ended the questions, by project.
        next: the id of the visit after which the next run goes on; None if all were looked at.
    """

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    left: int = 0
    stopped: dict[str, str] = field(default_factory=dict)
    next: str | None = None

    @property
    def asked(self) -> int:
        """How many visits the vendor was asked about."""
        return self.verdicts.total() - self.verdicts[Verdict.UNKNOWN]

    def counts(self) -> dict[str, int]:
        """Return all numbers by their names."""
        named = {verdict.value: self.verdicts[verdict] for verdict in Verdict}
        return {"asked": self.asked, **named, "left": self.left}
