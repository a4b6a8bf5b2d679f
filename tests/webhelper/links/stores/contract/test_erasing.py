"""These tests erase one user among others, and look for what is left."""

import json
from typing import Any

import pytest
from sites import NOW, new_visit
from store_values import claimed, confirmed, link_spec, new_event

from webhelper.errors import UnknownLinkError
from webhelper.links.models import Link, Visit
from webhelper.links.outcomes import Level, Result
from webhelper.links.stores.base import Store
from webhelper.links.stores.inbox import EventFilter, Finding
from webhelper.links.stores.lists import Filter
from webhelper.links.stores.upkeep import Erased

JANE = "Jane-1"


def link_of(store: Store, userid: str) -> Link:
    """Create a link for one use by a user."""
    return store.create(link_spec(fields={"userid": userid, "email": "jane@example.com"}), now=NOW)[0]


def visit_of(store: Store, link: Link, userid: str | None = None) -> Visit:
    """Use a link, in a browser of one's own."""
    visit = new_visit(link, userid=userid)
    return store.visit(link, visit, browser=visit.id.encode())


def work(store: Store, number: int, visit: Visit | None, **members: Any) -> None:
    """Receive and work a webhook, about a visit or none of this site."""
    event = new_event(number)
    store.inbox.receive(event._replace(members={**event.members, **members}), now=NOW)
    lease = store.inbox.lease(now=NOW, lease_s=9)
    assert lease is not None
    said = confirmed(submission_id=f"sub-{number}")
    store.inbox.finish(lease, None if visit is None else Finding(visit.id, (said,)), now=NOW)


def events(store: Store) -> list[int]:
    """Return the numbers of the webhooks that are kept."""
    return sorted(one.number for one in store.inbox.page(EventFilter(), limit=99))


def test_links_of_a_user_go_with_all_that_belongs_to_them(store: Store) -> None:
    """A link with the user id goes with visits, outcomes, webhooks and messages; another user's stays."""
    hers, his = link_of(store, JANE), link_of(store, "Jane-2")
    work(store, 1, visit_of(store, hers))
    work(store, 2, visit_of(store, his))
    assert store.upkeep.submissions_of(JANE) == [("shop", "sub-1")]
    before = store.outbox.waiting()
    assert store.upkeep.erase(JANE) == Erased(links=1, visits=1, outcomes=1, webhooks=1, messages=before // 2)
    with pytest.raises(UnknownLinkError):
        store.get(hers.id)
    assert (len(store.visits(his.id, limit=9)), events(store)) == (1, [2])
    assert store.outbox.waiting() == before - before // 2
    assert store.page(Filter(text=JANE), now=NOW, limit=9).links == ()
    assert store.upkeep.erase(JANE) == Erased(0, 0, 0, 0, 0)


@pytest.mark.parametrize("max_uses", [3, None])
def test_visit_with_a_user_id_of_its_own_goes_and_its_link_stays(max_uses: int | None, store: Store) -> None:
    """Of a link for many, the visit of the user goes, and what it showed is counted no more."""
    link, _ = store.create(link_spec(max_uses=max_uses, unique_userid="u-"), now=NOW)
    hers, his = visit_of(store, link, "u-jane"), visit_of(store, link, "u-john")
    for visit in (hers, his):
        store.record(visit.id, claimed(Result.APPROVED))
    erased = store.upkeep.erase("u-jane")
    assert erased == Erased(links=0, visits=1, outcomes=1, webhooks=0, messages=0)
    assert [visit.id for visit in store.visits(link.id, limit=9)] == [his.id]
    counts = store.get(link.id).counts
    assert counts is not None
    assert (counts.returned, counts.of(Result.APPROVED, Level.CLAIMED)) == (1, 1)


def test_link_of_one_use_no_longer_shows_what_was_erased(store: Store) -> None:
    """What the only visit of a link showed goes with it."""
    link, _ = store.create(link_spec(unique_userid="u-"), now=NOW)
    store.record(visit_of(store, link, "u-jane").id, claimed())
    store.upkeep.erase("u-jane")
    left = store.get(link.id)
    assert (left.outcome, left.uses) == (None, 1)


@pytest.mark.parametrize(
    "members",
    [
        {"userid": JANE},
        {"data": {"user_id": JANE}},
        {"items": [{"auth_userid": JANE}]},
        {"authUserId": JANE},
    ],
)
def test_webhook_that_names_the_user_goes(members: dict[str, Any], store: Store) -> None:
    """A webhook about no visit of this site goes too, if it carries the user id under one of its names."""
    work(store, 1, None, **members)
    work(store, 2, None, userid="Jane-2", note=JANE)
    assert store.upkeep.erase(JANE).webhooks == 1
    assert events(store) == [2]


@pytest.mark.parametrize("userid", ["jane-1", "JANE-1", "Jane", "Jane-11", ""])
def test_user_of_a_similar_id_stays(userid: str, store: Store) -> None:
    """A user id is that of one user in exactly its spelling, though a search for it knows no case."""
    link = link_of(store, JANE)
    many, _ = store.create(link_spec(max_uses=None, unique_userid="u"), now=NOW)
    visit_of(store, many, JANE)
    assert store.upkeep.erase(userid) == Erased(0, 0, 0, 0, 0)
    assert (store.get(link.id), len(store.visits(many.id, limit=9))) == (link, 1)


def test_number_of_a_link_is_in_its_texts_no_more(store: Store) -> None:
    """The packed texts of a block lose the label of the erased link."""
    specs = [link_spec(fields={"userid": JANE}, label="her label") for _ in range(2)]
    for spec in specs:
        store.create(spec, now=NOW)
    assert store.upkeep.erase(JANE).links == 2
    assert store.page(Filter(text="her label"), now=NOW, limit=9).links == ()
    assert json.dumps(store.upkeep.erase(JANE)._asdict())
