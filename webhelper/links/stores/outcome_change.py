"""What news of a visit change in the store: its history, what is shown of it, and the messages about it.

Worked out from what a store has read, so that each store has only to read and to write.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from webhelper.links.named_submissions import nobody_asks
from webhelper.links.outcomes import Level, shown_of
from webhelper.links.stores import rows
from webhelper.links.stores.history import after_hand_over, messages_about, with_news
from webhelper.links.stores.texts import keepable
from webhelper.links.visit_ids import link_id_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from webhelper.links.outcomes import Outcome
    from webhelper.links.stores.outbox import MessageKind

    History: TypeAlias = Mapping[int, Outcome]


class Place(NamedTuple):
    """Where a visit is kept, and what the store keeps of its outcomes beside them.

    Attributes:
        visit_id: of the visit.
        link: the place of its link in the store.
        project: of the link.
        max_uses: of the link.
        counts: of a link of more uses, the text that ``rows.of_counts`` made.
        shown: of a link of one use, the text that ``rows.of_shown`` made.
        is_settled: whether nobody needs to ask about the visit any further; None before its first outcome.
        browser: of a limited link, the digest of the browser that has the visit.
    """

    visit_id: str
    link: int
    project: str
    max_uses: int | None
    counts: str | None
    shown: str | None
    is_settled: bool | None
    browser: bytes | None


class Change(NamedTuple):
    """What is to be written: what differs from what the store has.

    Attributes:
        dropped: the numbers of outcomes that are no longer kept.
        kept: outcomes that are new or changed, by their numbers.
        counts: of a link of more uses, its counts as text, if they changed.
        shown: of a link of one use, what its visit shows from now on, as text; None for nothing.
        is_shown_new: whether that is another text than before.
        is_settled: whether nobody needs to ask about the visit any further, if that changed.
        messages: kind and data of each message to be put into the outbox.
        submissions: the ids of submissions that the vendor named.
    """

    dropped: Sequence[int]
    kept: History
    counts: str | None
    shown: str | None
    is_shown_new: bool
    is_settled: bool | None
    messages: Sequence[tuple[MessageKind, Mapping[str, Any]]]
    submissions: Sequence[str]


def change_of(
    place: Place, before: History, outcomes: Sequence[Outcome], named: Callable[[], Iterable[str]]
) -> Change:
    """Return what news of a visit change.

    Args:
        place: of the visit.
        before: its outcomes so far, by their numbers.
        outcomes: the news, in any order. Their texts become what every store keeps, so that the same news is
            the same when it comes again.
        named: is called for the submissions that the vendor named as the visit's, where they count.
    """
    outcomes = [_keepable(outcome) for outcome in outcomes]
    after = dict(before)
    for outcome in outcomes:
        after = with_news(after, outcome)
    confirmed = [one.submission_id for one in outcomes if one.level is Level.CONFIRMED]
    submissions = [one for one in confirmed if one is not None]
    return _change(place, before, after, named=named, submissions=submissions)


def change_of_hand_over(place: Place, before: History, named: Callable[[], Iterable[str]]) -> Change | None:
    """Return what it changes that another browser gets a visit; None if a submission keeps it where it is.

    Args:
        place: of the visit.
        before: its outcomes so far, by their numbers.
        named: as of ``change_of``.
    """
    shown = shown_of(before.values())
    if shown is not None and shown.is_done:
        return None
    return _change(place, before, after_hand_over(before), named=named, submissions=())


def _change(
    place: Place,
    before: History,
    after: History,
    *,
    named: Callable[[], Iterable[str]],
    submissions: Sequence[str],
) -> Change:
    old, new = shown_of(before.values()), shown_of(after.values())
    shown = None if new is None or place.max_uses != 1 else rows.of_shown(new)
    settled = nobody_asks(list(after.values()), named)
    return Change(
        dropped=sorted(before.keys() - after.keys()),
        kept={number: one for number, one in after.items() if before.get(number) != one},
        counts=None if place.max_uses == 1 else _new_counts(place.counts, before, after),
        shown=shown,
        is_shown_new=shown != place.shown,
        is_settled=None if settled == bool(place.is_settled) else settled,
        messages=[] if new is None or new == old else [*_messages(place, after, old, new)],
        submissions=submissions,
    )


def _keepable(outcome: Outcome) -> Outcome:
    said, code = (text and keepable(text) for text in (outcome.submission_id, outcome.error_code))
    if (said, code) == (outcome.submission_id, outcome.error_code):
        return outcome
    return replace(outcome, submission_id=said, error_code=code)


def _new_counts(text: str | None, before: History, after: History) -> str | None:
    """Return the counts with what a visit shows, and without what it showed before; None for the same."""
    counts = rows.to_counts(text)
    new = counts.after_news(before.values(), after.values())
    return None if new == counts else rows.of_counts(new)


def _messages(
    place: Place, history: History, old: Outcome | None, new: Outcome
) -> Iterator[tuple[MessageKind, Mapping[str, Any]]]:
    claim = shown_of(one for one in history.values() if one.level is Level.CLAIMED)
    for kind, previous in messages_about(old, new, claim=claim):
        yield kind, _message_data(place, new) | {"previous": previous}


def _message_data(place: Place, outcome: Outcome) -> dict[str, object]:
    return {
        "link_id": link_id_of(place.visit_id),
        "visit_id": place.visit_id,
        "project": place.project,
        "submission_id": outcome.submission_id,
        "status": outcome.result,
        "level": outcome.level,
        "source": outcome.source,
        "at": outcome.at,
    }
