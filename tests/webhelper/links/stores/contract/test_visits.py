"""These tests list the visits whose outcome is not final, slice by slice."""

from typing import Any

import pytest
from sites import KEY, NOW, OTHER_KEY, new_visit
from store_values import answered, claimed, confirmed, link_spec, new_event, purge_old
from stores import Stores

from liveform import ExpiredError
from webhelper.errors import UsedUpError
from webhelper.links.outcomes import Outcome, Result
from webhelper.links.stores.base import Store
from webhelper.links.stores.inbox import Finding
from webhelper.links.stores.lists import OpenVisits

DAY_S = 86_400


def opened(store: Store, *, at: float = NOW, **changes: Any) -> str:
    """Return the id of a visit of a new link."""
    link, _ = store.create(link_spec(**changes), now=NOW)
    return store.visit(link, new_visit(link, at=at), browser=None).id


def open_ids(store: Store, *, since: float = NOW, limit: int = 99, after: str | None = None) -> list[str]:
    """Return the ids of a slice of the open visits."""
    return [one.visit.id for one in store.open_visits(OpenVisits(since=since, limit=limit, after=after))]


def name_submission(store: Store, visit_id: str, submission_id: str) -> None:
    """Let the vendor name a submission of a visit, and say nothing of its outcome."""
    event = new_event(trigger="created", submission_id=submission_id, key=submission_id)
    store.inbox.receive(event, now=NOW)
    lease = store.inbox.lease(now=NOW, lease_s=60)
    assert lease is not None
    assert store.inbox.finish(lease, Finding(visit_id, ()), now=NOW)


@pytest.mark.parametrize(
    ("outcome", "is_open"),
    [
        (None, True),
        *((claimed(result), True) for result in (*Result, None)),
        *((answered(result), True) for result in (Result.PENDING, Result.UNKNOWN)),
        *((confirmed(result), False) for result in (Result.APPROVED, Result.REJECTED)),
        *((answered(result), False) for result in (Result.APPROVED, Result.REJECTED)),
    ],
)
def test_visit_is_open_until_the_vendor_decided(outcome: Outcome | None, is_open: bool, store: Store) -> None:
    """A visit is open without an outcome, with a claim, and with an open status of the vendor."""
    visit_id = opened(store)
    if outcome is not None:
        store.record(visit_id, outcome)
        assert outcome.is_final is not is_open
    assert open_ids(store) == ([visit_id] if is_open else [])


def test_open_visit_comes_with_its_link_and_outcomes(store: Store) -> None:
    """An open visit is what ``visited_link`` gives of it."""
    visit_id = opened(store, fields={"userid": "jane"})
    store.record(visit_id, claimed())
    assert store.open_visits(OpenVisits(since=NOW, limit=9)) == [store.visited_link(visit_id)]


def test_visit_is_decided_for_itself_alone(store: Store) -> None:
    """A decision closes its own visit, and neither another of the same link nor one of another link."""
    link, _ = store.create(link_spec(max_uses=None), now=NOW)
    first, second = (store.visit(link, new_visit(link), browser=None).id for _ in range(2))
    other = opened(store)
    store.record(first, answered())
    assert open_ids(store) == [second, other]


def test_visit_is_open_again_when_the_vendor_takes_its_decision_back(store: Store) -> None:
    """A visit whose decision became an open status is open again."""
    visit_id = opened(store)
    store.record(visit_id, answered())
    store.record(visit_id, answered(Result.PENDING, NOW + 1))
    assert open_ids(store) == [visit_id]


def test_visit_is_open_again_when_a_rejected_visitor_tries_again(store: Store) -> None:
    """From the return of another submission until the vendor decides on it, a rejected visit is open."""
    visit_id = opened(store)
    store.record(visit_id, answered(Result.REJECTED))
    store.record(visit_id, claimed(Result.APPROVED, NOW + 1, submission_id="sub-2"))
    assert open_ids(store) == [visit_id]
    store.record(visit_id, answered(Result.PENDING, NOW + 2, submission_id="sub-2"))
    assert open_ids(store) == [visit_id]
    store.record(visit_id, answered(Result.REJECTED, NOW + 3, submission_id="sub-2"))
    assert open_ids(store) == []


def test_visit_is_open_while_one_of_its_submissions_is_reviewed(store: Store) -> None:
    """The late rejection of a try that was never finished does not decide a visit that is under review."""
    visit_id = opened(store)
    reviewed = answered(Result.PENDING, NOW + 1, submission_id="sub-2")
    store.record(visit_id, reviewed)
    known = store.record(visit_id, answered(Result.REJECTED, NOW + 7200))
    assert known is not None
    assert known.visit.outcome == known.link.outcome == reviewed
    assert open_ids(store) == [visit_id]
    known = store.record(visit_id, decision := answered(Result.REJECTED, NOW + 9000, submission_id="sub-2"))
    assert known is not None
    assert known.visit.outcome == decision
    assert open_ids(store) == []


def test_visit_is_open_again_when_the_vendor_names_another_try(store: Store) -> None:
    """From the ``created`` of another submission until the vendor decides on it, a rejected visit is open."""
    visit_id = opened(store)
    store.record(visit_id, confirmed(Result.REJECTED))
    name_submission(store, visit_id, "sub-1")
    assert open_ids(store) == []
    name_submission(store, visit_id, "sub-2")
    store.record(visit_id, answered(Result.REJECTED, NOW + 1))
    assert open_ids(store) == [visit_id]
    store.record(visit_id, confirmed(Result.REJECTED, NOW + 2, submission_id="sub-2"))
    assert open_ids(store) == []


def test_approved_visit_stays_settled_when_the_vendor_names_another_try(store: Store) -> None:
    """An approval is the end: nobody asks about what the vendor names after it."""
    visit_id = opened(store)
    store.record(visit_id, confirmed())
    name_submission(store, visit_id, "sub-2")
    assert open_ids(store) == []


def test_rejected_visits_are_listed_if_they_are_asked_for(store: Store) -> None:
    """Beside open visits, those that the vendor has rejected are listed on demand; approved ones never."""
    link, _ = store.create(link_spec(max_uses=None), now=NOW)
    rejected, approved, claims, nothing = (
        store.visit(link, new_visit(link, at=NOW + number), browser=None).id for number in range(4)
    )
    store.record(rejected, answered(Result.REJECTED))
    store.record(approved, answered())
    store.record(claims, claimed())
    wanted = OpenVisits(since=NOW, limit=1, rejected=True)
    found: list[str] = []
    while part := store.open_visits(wanted):
        found += [one.visit.id for one in part]
        wanted = wanted._replace(after=found[-1])
    assert found == [rejected, claims, nothing]


def test_open_visits_begin_at_a_time(store: Store) -> None:
    """Visits before the time that is asked for are left out."""
    opened(store, at=NOW - 0.001)
    visit_id = opened(store, at=NOW)
    assert open_ids(store, since=NOW) == [visit_id]


def test_open_visits_come_in_slices(store: Store) -> None:
    """Slices have each open visit once, whatever their size, also of a link with many visits."""
    link, _ = store.create(link_spec(max_uses=None), now=NOW)
    of_one = [store.visit(link, new_visit(link, at=NOW + number), browser=None).id for number in range(4)]
    made = [*of_one, *(opened(store) for _ in range(3))]
    for limit in (1, 2, 3, 7, 8):
        found: list[str] = []
        while part := open_ids(store, limit=limit, after=found[-1] if found else None):
            found += part
        assert found == made


def test_open_visits_end_at_one_that_was_deleted(store: Store) -> None:
    """Nothing comes after a visit whose link has been deleted meanwhile."""
    first, second = opened(store), opened(store, expires_at=int(NOW) + 10 * DAY_S)
    opened(store, at=NOW, expires_at=int(NOW) + 200 * DAY_S)
    purge_old(store, now=NOW + 91 * DAY_S)
    assert open_ids(store, after=first) == []
    assert len(open_ids(store, after=second)) == 1


def test_open_visit_whose_link_no_key_opens_is_left_out(store: Store, stores: Stores) -> None:
    """A visit of a link whose key has left the settings is not listed, and not found."""
    old = opened(store)
    other = stores.open(keys=[OTHER_KEY])
    new = opened(other)
    assert open_ids(other) == [new]
    assert other.visited_link(old) is None
    assert other.record(old, claimed()) is None
    other.close()
    both = stores.open(keys=[OTHER_KEY, KEY])
    assert open_ids(both) == [old, new]
    both.close()


def test_slice_that_no_key_opens_does_not_end_the_list(store: Store, stores: Stores) -> None:
    """Visits that no key opens are passed over, however many there are: an empty slice is the end."""
    for _ in range(5):
        opened(store)
    other = stores.open(keys=[OTHER_KEY])
    new = opened(other)
    assert open_ids(other, limit=2) == [new]
    assert open_ids(other, limit=2, after=new) == []
    other.close()


def test_clock_that_is_set_back_gives_no_further_use(store: Store) -> None:
    """A used link stays used, and another one lives longer by as much as the clock was set back."""
    back = NOW - DAY_S
    used, left = (store.create(link_spec(expires_at=int(NOW) + 900), now=NOW)[0] for _ in range(2))
    store.visit(used, new_visit(used), browser=None)
    with pytest.raises(UsedUpError):
        store.visit(used, new_visit(used, at=back), browser=None)
    assert len(store.visits(used.id, limit=9)) == 1
    with pytest.raises(ExpiredError):
        store.visit(left, new_visit(left, at=back + DAY_S + 900), browser=None)
    assert store.visit(left, new_visit(left, at=back + DAY_S + 899), browser=None).at == NOW + 899
