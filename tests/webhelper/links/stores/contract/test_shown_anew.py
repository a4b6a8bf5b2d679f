"""These tests work out anew what links and visits keep of outcomes, after other rules had made it."""

from sites import NOW, new_visit
from store_values import answered, claimed, confirmed, link_spec, new_event
from stores import Stores, work_out_shown

from webhelper.links.models import Link
from webhelper.links.outcomes import Level, Outcome, Result
from webhelper.links.stores.base import Store
from webhelper.links.stores.inbox import Finding
from webhelper.links.stores.lists import OpenVisits
from webhelper.links.visit_counts import VisitCounts

UNDER_REVIEW = (confirmed(Result.PENDING), confirmed(Result.REJECTED, NOW + 50, submission_id="sub-2"))
OLD_COUNTS = '[0, ["rejected", "confirmed", 1]]'  # when the latest of both counted
OLD_SHOWN = '["rejected", "sub-2", null, 1.0, "webhook"]'


def new_link(store: Store, max_uses: int | None = 1) -> Link:
    """Return a link that the store has just created."""
    return store.create(link_spec(max_uses=max_uses), now=NOW)[0]


def visited(store: Store, link: Link, *outcomes: Outcome) -> str:
    """Return the id of a new visit of which this was said."""
    visit_id = store.visit(link, new_visit(link), browser=None).id
    for outcome in outcomes:
        store.record(visit_id, outcome)
    return visit_id


def keep_as_before(stores: Stores) -> None:
    """Let the store keep what earlier rules made of what is said of every visit."""
    stores.execute("UPDATE visits SET is_final = (1 = 1)")
    stores.execute("UPDATE links SET counts = ? WHERE max_uses IS NULL", OLD_COUNTS)
    stores.execute("UPDATE links SET outcome = ? WHERE max_uses = 1", OLD_SHOWN)


def open_ids(store: Store) -> set[str]:
    """Return the ids of the visits that are asked about."""
    return {one.visit.id for one in store.open_visits(OpenVisits(since=0, limit=9))}


def test_what_earlier_rules_made_is_worked_out_anew(stores: Stores) -> None:
    """Links show and count what today's rules say of their visits, and open visits are asked about again."""
    store = stores.open()
    one, many = new_link(store), new_link(store, None)
    visits = [visited(store, link, *UNDER_REVIEW) for link in (one, many)]
    decided = visited(store, many, claimed(), answered(Result.REJECTED))
    another_try = visited(store, many, answered(Result.REJECTED, submission_id="sub-3"))
    store.inbox.receive(new_event(submission_id="sub-4"), now=NOW)
    lease = store.inbox.lease(now=NOW, lease_s=9)
    assert lease is not None
    store.inbox.finish(lease, Finding(another_try, ()), now=NOW)
    keep_as_before(stores)
    work_out_shown(store)
    assert store.get(one.id).outcome == UNDER_REVIEW[0]
    shown = {(Result.PENDING, Level.CONFIRMED): 1, (Result.REJECTED, Level.CONFIRMED): 2}
    assert store.get(many.id).counts == VisitCounts(returned=1, shown=shown)
    assert open_ids(store) == {*visits, another_try}
    assert decided not in open_ids(store)


def test_links_without_outcomes_are_left_as_they_are(stores: Stores) -> None:
    """A link that nobody opened, and one from which nobody came back, show and count nothing."""
    store = stores.open()
    one, many = new_link(store), new_link(store, None)
    visit_id = visited(store, many)
    work_out_shown(store)
    assert (store.get(one.id).outcome, store.get(many.id).counts) == (None, VisitCounts())
    assert open_ids(store) == {visit_id}


def test_news_put_right_what_a_visit_kept(stores: Stores) -> None:
    """Whatever was kept, the next news decide whether a visit is asked about, and what its link shows."""
    store = stores.open()
    one = new_link(store)
    visit_id = visited(store, one, *UNDER_REVIEW)
    keep_as_before(stores)
    again = confirmed(Result.PENDING, NOW + 100)
    store.record(visit_id, again)
    assert store.get(one.id).outcome == again
    assert open_ids(store) == {visit_id}


def test_no_count_is_less_than_none(stores: Stores) -> None:
    """News of a visit that its link had not counted as what it showed take nothing away."""
    store = stores.open()
    many = new_link(store, None)
    visit_id = visited(store, many, *UNDER_REVIEW)
    keep_as_before(stores)
    store.record(visit_id, confirmed(at=NOW + 200))
    counts = store.get(many.id).counts
    assert counts is not None
    assert counts.of(Result.PENDING, Level.CONFIRMED) == 0
    assert counts.of(Result.APPROVED, Level.CONFIRMED) == 1
