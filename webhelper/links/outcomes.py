"""What is known of a visit's outcome: who said it, which of several is shown, and how certain it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Result(StrEnum):
    """The outcome of a visit in one word.

    ``ERROR`` is an error page of the vendor. ``UNKNOWN`` is a status that the vendor does not document.
    """

    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"
    ERROR = "error"
    UNKNOWN = "unknown"


class Source(StrEnum):
    """Who said it: the browser that came back, a webhook of the vendor, or the vendor's API when asked.

    ``EARLIER_BROWSER`` is a browser that came back, and that has handed the visit over to another one.
    """

    RETURN = "return"
    EARLIER_BROWSER = "earlier_browser"
    WEBHOOK = "webhook"
    API = "api"


class Level(StrEnum):
    """How certain an outcome is: a return claims it, a webhook or the API confirms it."""

    CLAIMED = "claimed"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one return claimed, which is not proof; or what the vendor confirmed.

    Attributes:
        result: None if a return said neither status nor error.
        submission_id: the vendor's id of the submission.
        error_code: such as ``TK-10001``; returns alone have one.
        at: Unix time of the news: when the return came, the event happened, or the API was asked.
        source: who said it.
    """

    result: Result | None
    submission_id: str | None
    error_code: str | None
    at: float
    source: Source = Source.RETURN

    @property
    def level(self) -> Level:
        """Claimed for a return, of whatever browser; confirmed for everything else."""
        return Level.CONFIRMED if self.source in (Source.WEBHOOK, Source.API) else Level.CLAIMED

    @property
    def is_decided(self) -> bool:
        """Whether the result is approved or rejected."""
        return self.result in _DECIDED

    @property
    def is_done(self) -> bool:
        """Whether a submission has led to it; after an error page, one may go on in another browser."""
        return self.is_decided or self.result is Result.PENDING

    @property
    def is_final(self) -> bool:
        """Whether it is confirmed and decided."""
        return self.level is Level.CONFIRMED and self.is_decided

    def refutes(self, claim: Outcome) -> bool:
        """Return whether this, shown of a visit and final, contradicts a decision that was claimed and shown.

        A claimed approval needs a confirmed one, of whatever submission. A claimed rejection of one
        submission stays true when the visit was approved with another.
        """
        if not self.is_final or claim.source is not Source.RETURN or not claim.is_decided:
            return False
        ids = {self.submission_id, claim.submission_id} - {None}
        return self.result is not claim.result and (claim.result is Result.APPROVED or len(ids) < 2)

    def is_the_same(self, other: Outcome) -> bool:
        """Return whether the other one said the same: a return that is opened again, an event sent twice."""
        return replace(other, at=self.at) == self


def shown_of(outcomes: Iterable[Outcome]) -> Outcome | None:
    """Return which of a visit's outcomes is shown; None for none.

    The order in which they arrived does not matter. What the vendor confirmed is shown before what a return
    claims. Of one submission, the latest news counts, and the API's before a webhook's of the same time. Of
    several submissions, an approved one counts before the others, as the vendor advises (vendor-api row 9.6),
    and an open status before the rest: a try that was never finished is rejected hours later. Of claims, a
    decision counts before an open status, that before an error page, that before nothing; then the latest. Of
    two that differ at the very same time, a rejection counts before an approval, and else the words decide.
    What an earlier browser claims is not shown.
    """
    known = [one for one in outcomes if one.source is not Source.EARLIER_BROWSER]
    confirmed = _latest_of_each_submission(one for one in known if one.level is Level.CONFIRMED)
    return max(confirmed, key=_confirmed_rank, default=None) or max(known, key=_claimed_rank, default=None)


def told_of(outcomes: Iterable[Outcome]) -> Outcome | None:
    """Return what the visitor's own pages say of a visit: what is shown, unless another try is being checked.

    A visitor who was rejected may try again. From the return of another submission until the vendor confirms
    it, the pages show that claim, so that they do not end with the rejection of a try before, or of one that
    never came back. Anybody may forge a return: of it, only a rejection is shown, and else ``UNKNOWN``.
    """
    known = [one for one in outcomes if one.source is not Source.EARLIER_BROWSER]
    if (shown := shown_of(known)) is None or not shown.is_final or shown.result is Result.APPROVED:
        return shown
    claim = max(_unconfirmed_since(shown, known), key=_time_rank, default=None)
    if claim is None or claim.result is Result.REJECTED:
        return claim or shown
    return replace(claim, result=Result.UNKNOWN)


def is_settled(outcomes: Iterable[Outcome]) -> bool:
    """Return whether nobody needs to ask the vendor about a visit any further.

    What is shown is final: an approval, or a rejection without a claim of another try that nobody confirmed.
    """
    known = list(outcomes)
    if (shown := shown_of(known)) is None or not shown.is_final:
        return False
    return shown.result is Result.APPROVED or not any(_unconfirmed(known))


def _unconfirmed_since(shown: Outcome, known: list[Outcome]) -> Iterator[Outcome]:
    """Return claims of submissions that nobody confirmed, later than the shown one if that came back."""
    news = [one for one in known if one.submission_id == shown.submission_id]
    begun_at = min(one.at for one in news) if any(one.level is Level.CLAIMED for one in news) else -inf
    return (one for one in _unconfirmed(known) if one.at > begun_at)


def _unconfirmed(known: list[Outcome]) -> Iterator[Outcome]:
    """Return claims of submissions that nobody confirmed."""
    confirmed_ids = {one.submission_id for one in known if one.level is Level.CONFIRMED}
    for one in known:
        is_other = one.submission_id is not None and one.submission_id not in confirmed_ids
        if is_other and one.result in _OF_A_SUBMISSION:
            yield one


def _latest_of_each_submission(confirmed: Iterable[Outcome]) -> list[Outcome]:
    latest: dict[str | None, Outcome] = {}
    for one in confirmed:
        known = latest.get(one.submission_id)
        if known is None or _news_rank(one) > _news_rank(known):
            latest[one.submission_id] = one
    return list(latest.values())


def _news_rank(outcome: Outcome) -> tuple[object, ...]:
    return outcome.at, outcome.source is Source.API, _tie_rank(outcome)


def _confirmed_rank(outcome: Outcome) -> tuple[object, ...]:
    return outcome.result is Result.APPROVED, not outcome.is_decided, outcome.at, _tie_rank(outcome)


def _claimed_rank(outcome: Outcome) -> tuple[object, ...]:
    return _STRENGTHS[outcome.result], outcome.at, _tie_rank(outcome)


def _time_rank(outcome: Outcome) -> tuple[object, ...]:
    return outcome.at, _tie_rank(outcome)


def _tie_rank(outcome: Outcome) -> tuple[object, ...]:
    """Return what tells any two outcomes apart, so that the order of their arrival does not count."""
    words = (outcome.result, outcome.submission_id, outcome.error_code, outcome.source)  # rejected > approved
    return _STRENGTHS[outcome.result], *(word or "" for word in words)


_DECIDED: Final = (Result.APPROVED, Result.REJECTED)
_OF_A_SUBMISSION: Final = (*_DECIDED, Result.PENDING, Result.UNKNOWN)
_STRENGTHS: Final = {
    None: 0,
    Result.ERROR: 1,
    Result.UNKNOWN: 2,
    Result.PENDING: 2,
    Result.APPROVED: 3,
    Result.REJECTED: 3,
}
