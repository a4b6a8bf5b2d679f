"""These tests hand visits over inside the stores: what was claimed before, and what is claimed since."""

import pytest
from racing import in_threads
from sites import NOW, new_visit
from store_values import answered, claimed, confirmed, delivered_messages, link_spec

from webhelper.links.models import Link, Visit
from webhelper.links.outcomes import Level, Outcome, Result, Source
from webhelper.links.stores.base import MOST_RETURNS, Store
from webhelper.links.stores.lists import OpenVisits

FIRST, SECOND, THIRD = b"1" * 32, b"2" * 32, b"3" * 32
ERROR = claimed(Result.ERROR, submission_id=None, error_code="DE-20000")


def begun(store: Store, max_uses: int = 1) -> tuple[Link, str]:
    """Return a link that the first browser has opened, and the id of the visit."""
    link, _ = store.create(link_spec(max_uses=max_uses), now=NOW)
    return link, store.visit(link, new_visit(link), browser=FIRST).id


def hand_over(store: Store, link: Link, visit_id: str, holder: bytes, browser: bytes) -> bool:
    """Hand a visit from one browser to another, and return whether that has it."""
    return store.hand_over(link, visit_id, holder=holder[:8], browser=browser, now=NOW)


def visit_of(store: Store, visit_id: str) -> Visit:
    """Return a visit as it is kept."""
    visited_link = store.visited_link(visit_id)
    assert visited_link is not None
    return visited_link.visit


def words(outcomes: tuple[Outcome, ...]) -> list[tuple[str | None, str]]:
    """Return the results of outcomes and who said them."""
    return [(one.result, one.source) for one in outcomes]


def test_claim_before_a_hand_over_is_of_an_earlier_browser(store: Store) -> None:
    """After a hand-over neither visit nor link show the error page of the browser before; it stays kept."""
    link, visit_id = begun(store)
    store.record(visit_id, ERROR, browser=FIRST)
    assert store.get(link.id).outcome == ERROR
    assert hand_over(store, link, visit_id, FIRST, SECOND)
    visit = visit_of(store, visit_id)
    assert words(visit.outcomes) == [("error", "earlier_browser")]
    assert (visit.outcome, visit.returns, store.get(link.id).outcome) == (None, (), None)


def test_claim_after_a_hand_over_counts_for_the_browser_that_brings_it(store: Store) -> None:
    """What the first browser claims shows nothing and tells nobody; what the second claims is the visit's."""
    link, visit_id = begun(store)
    hand_over(store, link, visit_id, FIRST, SECOND)
    store.record(visit_id, claimed(), browser=FIRST)
    assert (visit_of(store, visit_id).outcome, store.get(link.id).outcome) == (None, None)
    late = claimed(Result.PENDING, NOW + 9, submission_id="sub-2")
    visited_link = store.record(visit_id, late, browser=SECOND)
    assert visited_link is not None
    assert visited_link.visit.outcome == visited_link.link.outcome == late
    assert visited_link.visit.returns == (late,)
    assert words(visited_link.visit.outcomes) == [("approved", "earlier_browser"), ("pending", "return")]
    store.record(visit_id, confirmed(Result.REJECTED, NOW + 10, submission_id="sub-2"))
    assert [one.data["previous"] for one in delivered_messages(store)] == [None]


def test_visit_that_is_handed_back_takes_claims_of_its_browser_again(store: Store) -> None:
    """A browser that gets its visit back claims as before, and what the other one claimed is put aside."""
    link, visit_id = begun(store)
    store.record(visit_id, ERROR, browser=FIRST)
    hand_over(store, link, visit_id, FIRST, SECOND)
    store.record(visit_id, ERROR, browser=SECOND)
    assert hand_over(store, link, visit_id, SECOND, FIRST)
    assert words(visit_of(store, visit_id).outcomes) == [("error", "earlier_browser")]
    store.record(visit_id, ERROR, browser=FIRST)
    assert visit_of(store, visit_id).returns == (ERROR,)


def test_counts_of_a_link_follow_a_hand_over(store: Store) -> None:
    """A link of more uses counts no return and no error page that the browser before brought."""
    link, visit_id = begun(store, max_uses=3)
    store.record(visit_id, ERROR, browser=FIRST)
    hand_over(store, link, visit_id, FIRST, SECOND)
    store.record(visit_id, claimed(), browser=FIRST)
    counts = store.get(link.id).counts
    assert counts is not None
    assert (counts.returned, counts.kinds()) == (0, [])
    store.record(visit_id, claimed(), browser=SECOND)
    counts = store.get(link.id).counts
    assert counts is not None
    assert (counts.returned, counts.kinds()) == (1, [(Result.APPROVED, Level.CLAIMED, 1)])


@pytest.mark.parametrize("is_before", [True, False], ids=["before", "after"])
def test_claims_of_earlier_browsers_leave_room_for_the_others(store: Store, is_before: bool) -> None:
    """However many returns earlier browsers open, before or after, the visit keeps 50 of its own browser."""
    link, visit_id = begun(store)

    def flood(browser: bytes) -> None:
        for number in range(MOST_RETURNS + 1):
            made_up = claimed(Result.ERROR, NOW + number, submission_id=f"{browser[:1]!r}{number}")
            store.record(visit_id, made_up, browser=browser)

    if is_before:
        flood(FIRST)
    hand_over(store, link, visit_id, FIRST, SECOND)
    flood(FIRST)
    flood(SECOND)
    visit = visit_of(store, visit_id)
    assert (len(visit.returns), len(visit.earlier_returns)) == (50, 50)
    hand_over(store, link, visit_id, SECOND, THIRD)
    visit = visit_of(store, visit_id)
    assert (len(visit.returns), len(visit.earlier_returns)) == (0, 50)
    flood(THIRD)
    store.record(visit_id, answered())
    assert visit_of(store, visit_id).outcome == answered()


@pytest.mark.parametrize(
    "said", [claimed(), claimed(Result.PENDING), claimed(Result.REJECTED), confirmed(), answered()]
)
def test_visit_that_a_submission_led_to_stays_where_it_is(store: Store, said: Outcome) -> None:
    """A return that came after the other browser looked keeps the visit, its claim and its result code."""
    link, visit_id = begun(store)
    store.record(visit_id, said, browser=FIRST if said.source is Source.RETURN else None)
    assert not hand_over(store, link, visit_id, FIRST, SECOND)
    visit = visit_of(store, visit_id)
    assert (visit.browser, visit.outcomes) == (FIRST, (said,))
    assert store.exchange(visit_id, now=NOW, browser=FIRST)


def test_hand_over_that_is_refused_changes_no_claim(store: Store) -> None:
    """Whoever names a browser that has not the visit, or comes too late, leaves everything as it is."""
    link, visit_id = begun(store)
    store.record(visit_id, ERROR, browser=FIRST)
    store.exchange(visit_id, now=NOW)
    assert not hand_over(store, link, visit_id, THIRD, SECOND)
    late = NOW + link.spec.grace_s
    assert not store.hand_over(link, visit_id, holder=FIRST[:8], browser=SECOND, now=late)
    visit = visit_of(store, visit_id)
    assert (visit.browser, visit.outcome, visit.exchanged) == (FIRST, ERROR, True)


def test_code_that_was_used_before_a_hand_over_uses_up_none_after_it(store: Store) -> None:
    """A visit's code is used once by each browser that has the visit, and by no earlier one."""
    link, visit_id = begun(store)
    assert [store.exchange(visit_id, now=NOW, browser=FIRST) for _ in range(2)] == [True, False]
    hand_over(store, link, visit_id, FIRST, SECOND)
    assert not visit_of(store, visit_id).exchanged
    assert [store.exchange(visit_id, now=NOW, browser=one) for one in (FIRST, SECOND, SECOND)] == [
        False,
        True,
        False,
    ]


def test_visit_is_asked_about_until_the_vendor_knows_what_an_earlier_browser_claims(store: Store) -> None:
    """A rejected visit is open while an earlier browser claims another submission, and shown as rejected."""
    link, visit_id = begun(store)
    hand_over(store, link, visit_id, FIRST, SECOND)
    store.record(visit_id, answered(Result.REJECTED, submission_id="sub-2"))

    def is_open() -> bool:
        return [one.visit.id for one in store.open_visits(OpenVisits(since=0, limit=9))] == [visit_id]

    assert not is_open()
    store.record(visit_id, claimed(), browser=FIRST)
    assert is_open()
    assert visit_of(store, visit_id).outcome == answered(Result.REJECTED, submission_id="sub-2")
    store.record(visit_id, answered())
    assert not is_open()
    assert visit_of(store, visit_id).outcome == answered()


def test_return_that_races_with_a_hand_over_is_before_or_after_it(store: Store) -> None:
    """Of a return with a decision and a hand-over at one moment, one comes first, and the other knows."""
    places = [begun(store) for _ in range(8)]

    def race(number: int) -> bool:
        link, visit_id = places[number // 2]
        if number % 2:
            return hand_over(store, link, visit_id, FIRST, SECOND)
        return store.record(visit_id, claimed(), browser=FIRST) is not None

    was_handed_over = in_threads(16, race)[1::2]
    for (link, visit_id), went in zip(places, was_handed_over, strict=True):
        visit = visit_of(store, visit_id)
        assert visit.browser == (SECOND if went else FIRST)
        assert words(visit.outcomes) == [("approved", "earlier_browser" if went else "return")]
        assert store.get(link.id).outcome == visit.outcome
