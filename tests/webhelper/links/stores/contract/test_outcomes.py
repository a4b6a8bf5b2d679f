"""These tests keep outcomes of visits, show one of them, and tell others when it changes."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from racing import in_threads
from sites import NOW, new_visit
from store_values import answered, claimed, confirmed, delivered_messages, link_spec
from stores import Stores, quicken

from webhelper.errors import StoreError
from webhelper.links.models import Link
from webhelper.links.outcomes import Level, Outcome, Result, Source, shown_of
from webhelper.links.stores.base import MOST_OUTCOMES, MOST_RETURNS, Store
from webhelper.links.stores.lists import Filter, OpenVisits
from webhelper.links.stores.outbox import MessageKind, Sink
from webhelper.links.visit_counts import VisitCounts

# Each example begins by emptying the place that all examples share.
ONE_PLACE = hypothesis_settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
CONFIRMED, REFUTED = MessageKind.OUTCOME_CONFIRMED, MessageKind.CLAIM_REFUTED


def opened(store: Store, **changes: Any) -> tuple[Link, str]:
    """Return a new link, and the id of a visit of it."""
    link, _ = store.create(link_spec(**changes), now=NOW)
    return link, visit_of(store, link)


def visit_of(store: Store, link: Link) -> str:
    """Open a link, and return the id of the visit."""
    return store.visit(link, new_visit(link), browser=None).id


def test_recorded_visit_names_the_browser_that_has_it(store: Store) -> None:
    """A visit carries the digest of its browser: of the one that redeemed, then of whom it was handed to."""
    first, second = b"f" * 32, b"s" * 32
    link, _ = store.create(link_spec(max_uses=1), now=NOW)
    visit_id = store.visit(link, new_visit(link), browser=first).id
    found = [store.visits(link.id, limit=1)[0], store.visit_of(link, first, now=NOW)]
    found += [store.visit(link, new_visit(link), browser=first)]
    assert [one and one.browser for one in found] == [first] * 3
    assert store.hand_over(link, visit_id, holder=first[:8], browser=second, now=NOW)
    recorded = store.record(visit_id, claimed())
    assert recorded is not None
    assert recorded.visit.browser == second
    reusable, of_nobody = opened(store, max_uses=None)
    assert store.visits(reusable.id, limit=1)[0].browser is None
    assert of_nobody


def shown(store: Store, visit_id: str) -> Outcome | None:
    """Return the outcome that a visit shows."""
    visited_link = store.visited_link(visit_id)
    assert visited_link is not None
    return visited_link.visit.outcome


# The history and what is shown of it


def test_outcomes_come_back_with_their_sources(store: Store) -> None:
    """A visit has all its outcomes in the order of arrival, and shows what the vendor said last."""
    link, visit_id = opened(store)
    said = (claimed(), confirmed(Result.PENDING, NOW + 1), answered(Result.REJECTED, NOW + 2))
    for outcome in said:
        visited_link = store.record(visit_id, outcome)
    assert visited_link is not None
    assert visited_link.visit.outcomes == said
    assert visited_link.visit.returns == said[:1]
    assert visited_link.visit.outcome == visited_link.link.outcome == said[2]
    assert store.visited_link(visit_id) == visited_link
    assert [one.outcomes for one in store.visits(link.id, limit=5)] == [said]
    assert store.get(link.id).outcome == said[2]


def test_claim_after_a_confirmed_outcome_is_kept_and_not_shown(store: Store) -> None:
    """A claim that comes after the vendor's word is kept, and the vendor's word stays."""
    _, visit_id = opened(store)
    store.record(visit_id, answered(Result.REJECTED))
    store.record(visit_id, claimed(at=NOW + 60))
    assert shown(store, visit_id) == answered(Result.REJECTED)


def test_answer_that_is_given_again_gets_its_time_in_place(store: Store) -> None:
    """An answer that is given again counts as newer than a webhook that arrived in between."""
    _, visit_id = opened(store)
    for outcome in (answered(), answered(at=NOW + 9), confirmed(Result.REJECTED, NOW + 5)):
        visited_link = store.record(visit_id, outcome)
    assert visited_link is not None
    assert visited_link.visit.outcome == answered(at=NOW + 9)
    assert visited_link.visit.outcomes == (answered(at=NOW + 9), confirmed(Result.REJECTED, NOW + 5))


def test_history_has_its_limits(store: Store) -> None:
    """A visit keeps 50 claims and 200 outcomes, and the latest news of the vendor are always shown."""
    _, visit_id = opened(store)
    for number in range(MOST_RETURNS + 1):
        store.record(visit_id, claimed(at=NOW, submission_id=f"sub-{number}"))
    for number in range(MOST_OUTCOMES - MOST_RETURNS + 3):
        said = confirmed((Result.PENDING, Result.REJECTED)[number % 2], NOW + number)
        visited_link = store.record(visit_id, said)
    assert visited_link is not None
    assert (len(visited_link.visit.returns), len(visited_link.visit.outcomes)) == (50, 200)
    assert visited_link.visit.outcomes[-1] == visited_link.visit.outcome == said


def test_browser_that_comes_back_gets_its_visit_with_what_was_said_of_it(store: Store) -> None:
    """A browser that comes back to a visit gets it with its outcomes and with what is shown of them."""
    link, _ = store.create(link_spec(), now=NOW)
    came = store.visit(link, new_visit(link), browser=b"b")
    store.record(came.id, claimed(Result.PENDING))
    store.record(came.id, claimed())
    for again in (
        store.visit_of(link, b"b", now=NOW + 1),
        store.visit(link, new_visit(link, at=NOW + 1), browser=b"b"),
    ):
        assert again is not None
        assert (again.id, again.outcome) == (came.id, claimed())
        assert again.outcomes == (claimed(Result.PENDING), claimed())


# What a link shows


def test_link_follows_the_visit_that_it_shows(store: Store) -> None:
    """A link whose visit shows another outcome shows it too, even one with an earlier time."""
    link, visit_id = opened(store)
    store.record(visit_id, claimed(at=NOW + 60))
    store.record(visit_id, confirmed(Result.REJECTED, NOW + 50))
    assert store.get(link.id).outcome == confirmed(Result.REJECTED, NOW + 50)


def counts_of(store: Store, link: Link) -> tuple[int, set[tuple[Result, Level, int]]]:
    """Return from how many visits a browser came back, and how many show what."""
    counts = store.get(link.id).counts
    assert counts is not None
    return counts.returned, set(counts.kinds())


@pytest.mark.parametrize("max_uses", [3, None])
def test_link_of_many_uses_counts_what_its_visits_show(store: Store, max_uses: int | None) -> None:  # E3
    """Three returns of a link of many uses are counted by outcome, and none of them is the link's own."""
    link, first = opened(store, max_uses=max_uses)
    second, third = visit_of(store, link), visit_of(store, link)
    assert counts_of(store, link) == (0, set())
    store.record(first, claimed())
    store.record(second, claimed(result=Result.REJECTED))
    store.record(third, claimed(result=None))
    assert counts_of(store, link) == (
        3,
        {
            (Result.APPROVED, Level.CLAIMED, 1),
            (Result.REJECTED, Level.CLAIMED, 1),
            (Result.UNKNOWN, Level.CLAIMED, 1),
        },
    )
    assert store.get(link.id).outcome is None
    (page,) = store.page(Filter(), now=NOW, limit=5).links
    assert page.counts == store.get(link.id).counts


def test_counts_follow_each_visit_to_what_it_shows_at_last(store: Store) -> None:  # E3
    """A visit is counted once, as what it shows; a confirmation without a return is not a coming back."""
    link, first = opened(store, max_uses=None)
    second = visit_of(store, link)
    for said in (claimed(), claimed(at=NOW + 1), confirmed(Result.PENDING), answered(at=NOW + 9)):
        store.record(first, said)
    store.record(second, confirmed(Result.REJECTED))
    assert counts_of(store, link) == (
        1,
        {(Result.APPROVED, Level.CONFIRMED, 1), (Result.REJECTED, Level.CONFIRMED, 1)},
    )
    store.record(second, claimed())
    assert counts_of(store, link)[0] == 2


def test_link_of_one_use_counts_nothing(store: Store) -> None:
    """A link of one use shows its visit's outcome, and has no counts."""
    link, visit_id = opened(store)
    store.record(visit_id, claimed())
    assert (store.get(link.id).counts, store.get(link.id).outcome) == (None, claimed())


# Messages


def test_outcome_that_is_confirmed_is_told_to_every_sink(store: Store) -> None:
    """One message about a confirmed outcome goes to each sink, with the same id and nothing personal."""
    link, visit_id = opened(store, fields={"userid": "jane"})
    store.record(visit_id, answered(at=NOW + 5))
    (ours,), (theirs,) = delivered_messages(store), delivered_messages(store, sink=Sink.URL)
    assert (ours.sink, theirs.sink) == (Sink.HANDLERS, Sink.URL)
    assert ours._replace(number=0, sink=Sink.URL) == theirs._replace(number=0)
    assert (ours.kind, ours.at, ours.attempts) == (CONFIRMED, NOW + 5, 0)
    assert ours.data == {
        "link_id": link.id,
        "visit_id": visit_id,
        "project": "shop",
        "submission_id": "sub-1",
        "status": "approved",
        "level": "confirmed",
        "source": "api",
        "at": NOW + 5,
        "previous": None,
    }


def test_claims_are_told_to_nobody(store: Store) -> None:
    """A claim puts no message into the outbox."""
    _, visit_id = opened(store)
    for result in Result:
        store.record(visit_id, claimed(result))
    assert store.outbox.waiting() == 0


def test_confirmation_that_changes_nothing_is_not_told_again(store: Store) -> None:
    """The same result of the same submission is told once, whoever confirms it again."""
    _, visit_id = opened(store)
    for outcome in (confirmed(), answered(at=NOW + 9), answered(at=NOW + 10), confirmed(at=NOW + 11)):
        store.record(visit_id, outcome)
    assert [(one.kind, one.data["source"]) for one in delivered_messages(store)] == [(CONFIRMED, "webhook")]


def test_claim_that_was_not_true_is_told_beside_the_outcome(store: Store) -> None:
    """A decision that was claimed and is confirmed otherwise is told as refuted, with what was claimed."""
    _, visit_id = opened(store)
    store.record(visit_id, claimed())
    store.record(visit_id, confirmed(Result.REJECTED, NOW + 9))
    store.record(visit_id, answered(Result.PENDING, NOW + 10))
    told = [(one.kind, one.data["status"], one.data["previous"]) for one in delivered_messages(store)]
    assert told == [
        (CONFIRMED, "rejected", None),
        (REFUTED, "rejected", "approved"),
        (CONFIRMED, "pending", "rejected"),
    ]


def test_outcome_without_its_message_is_not_kept(store: Store, stores: Stores) -> None:
    """An outcome and the message about it are one commit: without the one, the other is not there."""
    _, visit_id = opened(store)
    stores.execute("ALTER TABLE messages RENAME TO others")
    with pytest.raises(StoreError):
        store.record(visit_id, answered())
    assert shown(store, visit_id) is None


def test_outcome_of_many_threads_is_told_once(store: Store) -> None:
    """Eight threads that confirm the same thing at once put one message into the outbox."""
    _, visit_id = opened(store)
    in_threads(8, lambda number: store.record(visit_id, answered(at=NOW + number)))
    assert len(delivered_messages(store)) == 1


def test_claim_of_another_try_keeps_a_visit_open_that_is_rejected_at_that_moment(store: Store) -> None:
    """Of a rejection and another try that come at once, whichever is first, the vendor is asked further."""
    visit_ids = [opened(store)[1] for _ in range(8)]
    news = (answered(Result.REJECTED), claimed(at=NOW + 1, submission_id="sub-2"))
    in_threads(16, lambda number: store.record(visit_ids[number // 2], news[number % 2]))
    found = store.open_visits(OpenVisits(since=0, limit=9))
    assert {one.visit.id for one in found} == set(visit_ids)


def test_outcome_of_a_site_without_sinks_is_told_to_nobody(stores: Stores) -> None:
    """Without a sink, nothing is put into the outbox."""
    store = stores.open()
    _, visit_id = opened(store)
    store.record(visit_id, answered())
    assert store.outbox.waiting() == 0
    assert delivered_messages(store) == []


# Whose a submission is


def test_submission_that_the_vendor_named_is_remembered(store: Store) -> None:
    """A submission of an answer is known as its visit's from then on; one of a claim is not."""
    _, visit_id = opened(store)
    store.record(visit_id, claimed(submission_id="sub-claimed"))
    store.record(visit_id, answered(submission_id="sub-api"))
    store.record(visit_id, confirmed(submission_id=None))
    of_submission = store.inbox.visit_of_submission
    assert of_submission("shop", "sub-api") == visit_id
    assert of_submission("shop", "sub-claimed") is None
    assert of_submission("signup", "sub-api") is None


def test_submission_is_the_visit_of_the_latest_finding(store: Store) -> None:
    """A submission that is found to belong to another visit belongs to it from then on."""
    (_, first), (_, second) = opened(store), opened(store)
    for visit_id in (first, second):
        store.record(visit_id, answered())
    assert store.inbox.visit_of_submission("shop", "sub-1") == second


# Whatever the order

OUTCOMES = st.builds(
    Outcome,
    result=st.sampled_from([Result.APPROVED, Result.REJECTED, Result.PENDING]),
    submission_id=st.sampled_from(["sub-1", "sub-2"]),
    error_code=st.none(),
    at=st.sampled_from([NOW, NOW + 1, NOW + 2]),
    source=st.sampled_from(Source),
)


@given(st.lists(OUTCOMES, min_size=2, max_size=4))
@ONE_PLACE
def test_order_of_arrival_does_not_change_what_is_shown(stores: Stores, outcomes: list[Outcome]) -> None:
    """Visits and links show the same outcome in every order in which the news arrive."""
    stores.empty()
    store = stores.open()
    quicken(store)
    found = set()
    for order in permutations(outcomes):
        link, visit_id = opened(store)
        for outcome in order:
            store.record(visit_id, outcome)
        found.add((shown(store, visit_id), store.get(link.id).outcome))
    assert len(found) == 1
    in_visit, in_link = found.pop()
    assert in_visit == in_link
    if all(one.source is not Source.RETURN for one in outcomes):
        assert in_visit == shown_of(outcomes)


@given(st.lists(st.tuples(st.integers(0, 2), OUTCOMES), max_size=9))
@ONE_PLACE
def test_counts_are_those_of_all_visits_together(
    stores: Stores, news: list[tuple[int, Outcome]]
) -> None:  # E3
    """The counts that a link keeps are the same as those that are made from each of its visits."""
    stores.empty()
    store = stores.open()
    link, first = opened(store, max_uses=None)
    visit_ids = [first, visit_of(store, link), visit_of(store, link)]
    for number, outcome in news:
        store.record(visit_ids[number], outcome)
    counted = VisitCounts()
    for visit in store.visits(link.id, limit=9):
        counted = counted.after_news((), visit.outcomes)
    assert store.get(link.id).counts == counted


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\0b", "a\ufffdb"),
        ("\ud800", "\ufffd"),
        ("김\udc00\0", "김\ufffd\ufffd"),
        ("a\uffffb", "a\uffffb"),
        ("💩\u202e", "💩\u202e"),
    ],
)
def test_odd_characters_of_a_return_are_kept_alike_everywhere(
    text: str, kept: str, store: Store
) -> None:  # A1
    """U+0000 and lone surrogates, which some engine refuses, become U+FFFD; the same again is the same."""
    _, visit_id = opened(store)
    for at in (NOW, NOW, NOW + 5):
        store.record(visit_id, claimed(None, at, submission_id=text, error_code=text))
    visited_link = store.visited_link(visit_id)
    assert visited_link is not None
    assert {(one.submission_id, one.error_code) for one in visited_link.visit.outcomes} == {(kept, kept)}
    assert len(visited_link.visit.outcomes) == 1
