"""The history of a visit's outcomes: what is kept of it, and which messages a change makes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from webhelper.links.outcomes import Level, Outcome, Source
from webhelper.links.stores.base import MOST_OUTCOMES, MOST_RETURNS
from webhelper.links.stores.outbox import MessageKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from webhelper.links.outcomes import Result


def with_news(kept: Mapping[int, Outcome], news: Outcome) -> dict[int, Outcome]:
    """Return the outcomes of a visit after another one, each under the number that it keeps.

    Args:
        kept: the outcomes so far.
        news: in whatever order it arrives. A claim that was made before is kept once, with its earliest time.
            What the vendor said before, and nothing else since, gets the later time; so that an older webhook
            that arrives in between does not count as newer than an answer of the API that was given twice.
    """
    if news.level is Level.CLAIMED:
        return _with_claim(kept, news, number=_next(kept))
    same_source = {
        number: one
        for number, one in kept.items()
        if (one.source, one.submission_id) == (news.source, news.submission_id)
    }
    if any(one.is_the_same(news) and one.at >= news.at for one in same_source.values()):
        return dict(kept)
    latest = max(same_source, key=lambda number: same_source[number].at, default=None)
    if latest is not None and kept[latest].is_the_same(news):
        return dict(kept) | {latest: news}
    return _with_confirmed(kept, news)


def after_hand_over(kept: Mapping[int, Outcome]) -> dict[int, Outcome]:
    """Return the outcomes of a visit that another browser has from now on.

    What was claimed until then is an earlier browser's, under the number that it had.
    """
    after = {number: one for number, one in kept.items() if one.source is not Source.RETURN}
    for number, one in kept.items():
        if one.source is Source.RETURN:
            after = _with_claim(after, replace(one, source=Source.EARLIER_BROWSER), number=number)
    return after


def _with_claim(kept: Mapping[int, Outcome], claim: Outcome, *, number: int) -> dict[int, Outcome]:
    """Return the outcomes with a claim, under this number if it is a new one and there is room for it."""
    claims = {place: one for place, one in kept.items() if one.source is claim.source}
    for place, one in claims.items():
        if one.is_the_same(claim):
            return dict(kept) | {place: replace(claim, at=min(one.at, claim.at))}
    has_room = len(claims) < MOST_RETURNS and len(kept) < MOST_OUTCOMES
    return dict(kept) | ({number: claim} if has_room else {})


def _with_confirmed(kept: Mapping[int, Outcome], news: Outcome) -> dict[int, Outcome]:
    """Return the outcomes with what the vendor said; without room, what was superseded first makes some."""
    after = dict(kept) | {_next(kept): news}
    if len(after) > MOST_OUTCOMES:
        superseded = [number for number in after if _is_superseded(number, after)]
        del after[min(superseded, key=lambda number: after[number].at, default=max(after))]
    return after


def _is_superseded(number: int, outcomes: Mapping[int, Outcome]) -> bool:
    one = outcomes[number]
    return one.level is Level.CONFIRMED and any(
        other.level is Level.CONFIRMED and other.submission_id == one.submission_id and other.at > one.at
        for other in outcomes.values()
    )


def _next(kept: Mapping[int, Outcome]) -> int:
    return max(kept, default=-1) + 1


def messages_about(
    before: Outcome | None, after: Outcome | None, *, claim: Outcome | None
) -> Iterator[tuple[MessageKind, Result | None]]:
    """Yield the kinds of messages about a change of what is shown, each with the result before it.

    For ``outcome_confirmed`` that is the result that was confirmed before, None if none was; for
    ``claim_refuted`` the one that was claimed.

    Args:
        before: what was shown.
        after: what is shown now.
        claim: what would be shown of the returns alone.
    """
    if after is None or after.level is Level.CLAIMED:
        return
    known = before if before is not None and before.level is Level.CONFIRMED else None
    if known is not None and (known.result, known.submission_id) == (after.result, after.submission_id):
        return
    known_result = None if known is None else known.result
    yield MessageKind.OUTCOME_CONFIRMED, known_result
    both_decided = claim is not None and claim.is_decided and after.is_decided
    if claim is not None and both_decided and after.result not in {claim.result, known_result}:
        yield MessageKind.CLAIM_REFUTED, claim.result
