"""How many visits of a link of many uses came back, and what they show; its page cannot list a million."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from webhelper.links.outcomes import Level, Outcome, Result, Source, shown_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import TypeAlias

    Kind: TypeAlias = tuple[Result, Level]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCounts:
    """Numbers of visits.

    Attributes:
        returned: from how many a browser came back.
        shown: how many show each result at each level. A visit that the vendor confirmed without a return is
            among them; one that nobody said anything of is not.
    """

    returned: int = 0
    shown: Mapping[Kind, int] = field(default_factory=dict)

    def of(self, result: Result, level: Level) -> int:
        """Return how many visits show this."""
        return self.shown.get((result, level), 0)

    def kinds(self) -> list[tuple[Result, Level, int]]:
        """Return each result and level that some visit shows, with their number; decisions first."""
        found = [(result, level, self.of(result, level)) for result in Result for level in reversed(Level)]
        return [one for one in found if one[2]]

    def after_news(self, before: Collection[Outcome], after: Collection[Outcome]) -> VisitCounts:
        """Return the counts after news of one visit; none is less than 0.

        Args:
            before: all that was said of the visit until then.
            after: all that is said of it now.
        """
        shown = Counter(self.shown)
        shown.subtract(_kinds_of(before))
        shown.update(_kinds_of(after))
        returned = self.returned + _has_returned(after) - _has_returned(before)
        return VisitCounts(returned=returned, shown=dict(+shown))


def _kinds_of(outcomes: Collection[Outcome]) -> list[Kind]:
    """Return what a visit is counted as, if anything: a return that said nothing is one of unknown result."""
    shown = shown_of(outcomes)
    return [] if shown is None else [(shown.result or Result.UNKNOWN, shown.level)]


def _has_returned(outcomes: Collection[Outcome]) -> bool:
    return any(one.source is Source.RETURN for one in outcomes)
