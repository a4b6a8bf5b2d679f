"""How far a check is, for pages that wait for it: a signed token names a link of one use, or one visit.

Whoever has the token can ask for a week, without an API token, and gets a few words: nothing of a person, and
no id of the vendor. The answer sets the pace, so that a page asks often only while somebody is at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from liveform import BadSignatureError, ExpiredError
from webhelper.errors import NotKeptError, UnknownLinkError
from webhelper.links.models import LinkState
from webhelper.links.outcomes import Level, Result, told_of
from webhelper.links.signing.purposes import Purpose

if TYPE_CHECKING:
    from collections.abc import Callable

    from webhelper.links.models import Link, Visit
    from webhelper.links.outcomes import Outcome
    from webhelper.links.signing.signed_values import SignedValues
    from webhelper.links.stores.base import Store

SLOWEST_S: Final = 60
# (how old the latest change is at most, how long to wait before the next question), in seconds
_PACES: Final = ((120, 5), (600, 15), (3600, 30))


class Stage(StrEnum):
    """How far a check is. ``EXPIRED`` and ``REVOKED`` are the ends of a link that nobody opened."""

    WAITING = "waiting"
    OPENED = "opened"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    REVOKED = "revoked"


_ENDS: Final = {LinkState.EXPIRED: Stage.EXPIRED, LinkState.REVOKED: Stage.REVOKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What a page that waits may know.

    Attributes:
        stage: how far it is.
        outcome: what the visitor's pages say (``told_of``); None before it came back.
        final: whether nothing more is waited for.
        next_in_s: how many seconds to wait before the next question: 5 to 60.
    """

    stage: Stage
    outcome: Outcome | None
    final: bool
    next_in_s: int

    @property
    def status(self) -> Result | None:
        """The outcome in one word; None before the visit came back."""
        return None if self.outcome is None else self.outcome.result or Result.UNKNOWN

    @property
    def level(self) -> Level | None:
        """Whether the outcome is claimed or confirmed; None before the visit came back."""
        return None if self.outcome is None else self.outcome.level


class Waits:
    """Makes the tokens of pages that wait, and says how far their checks are.

    Args:
        values: signs the tokens.
        store: knows the links and visits.
        clock: Unix time.
    """

    def __init__(self, values: SignedValues, store: Store, clock: Callable[[], float]) -> None:
        self._values = values
        self._store = store
        self._clock = clock

    def token_of_link(self, link: Link) -> str | None:
        """Return the token of a link of one use; None for others, since several people may open them."""
        return self._values.sign(Purpose.WAIT, {"link": link.id}) if link.spec.max_uses == 1 else None

    def token_of_visit(self, visit: Visit) -> str:
        """Return the token of one visit, of whatever link."""
        return self._values.sign(Purpose.WAIT, {"visit": visit.id})

    def look(self, token: str) -> Wait:
        """Return how far the check of a token is.

        Raises:
            UnknownLinkError: the token is not ours or its time is over, or the store does not hold what it
                names; one error, which does not tell which.
        """
        try:
            named = self._values.verify(Purpose.WAIT, token)
            return self._of_visit(named["visit"]) if "visit" in named else self._of_link(named["link"])
        except (BadSignatureError, ExpiredError, NotKeptError):
            raise UnknownLinkError from None

    def _of_visit(self, visit_id: str) -> Wait:
        visited_link = self._store.visited_link(visit_id)
        if visited_link is None:
            raise UnknownLinkError
        visit = visited_link.visit
        return _wait(Stage.OPENED, told_of(visit.outcomes), since=visit.at, now=self._clock())

    def _of_link(self, link_id: str) -> Wait:
        link, now = self._store.get(link_id), self._clock()
        if link.uses:
            since = link.last_used_at or link.created_at
            return _wait(Stage.OPENED, self.told_of_link(link), since=since, now=now)
        stage = _ENDS.get(link.state(now), Stage.WAITING)
        return _wait(stage, None, since=link.created_at, now=now)

    def told_of_link(self, link: Link) -> Outcome | None:
        """Return what the visitor's pages say of a link of one use; only a rejection needs the history."""
        if link.outcome is None or link.outcome.result is not Result.REJECTED:
            return link.outcome
        return told_of(one for visit in self._store.visits(link.id, limit=1) for one in visit.outcomes)


def _wait(stage: Stage, outcome: Outcome | None, *, since: float, now: float) -> Wait:
    """Return what is known: ``stage`` since then, unless there is an outcome."""
    if outcome is not None:
        stage = Stage.CONFIRMED if outcome.level is Level.CONFIRMED else Stage.RETURNED
    final = stage in _ENDS.values() or (outcome is not None and outcome.is_final)
    is_reviewed = stage is Stage.CONFIRMED and outcome is not None and outcome.result is Result.PENDING
    changed_at = since if outcome is None else max(since, outcome.at)
    pace = SLOWEST_S if final or is_reviewed else _pace(now - changed_at)
    return Wait(stage=stage, outcome=outcome, final=final, next_in_s=pace)


def _pace(age_s: float) -> int:
    """Return how long to wait before the next question, when the latest change is so old."""
    return next((pace for limit, pace in _PACES if age_s < limit), SLOWEST_S)
