"""These tests erase one user among others, and look for what is left."""

import json
from typing import Any

import pytest
from sites import KEY, NOW, OTHER_KEY, new_visit, open_store
from store_values import answered, claimed, confirmed, link_spec, new_event
from stores import Stores, quicken

from webhelper.errors import UnknownLinkError
from webhelper.links import purging
from webhelper.links.models import Link, Visit
from webhelper.links.outcomes import Level, Result, Source
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores import patience
from webhelper.links.stores.base import Store
from webhelper.links.stores.erasure import SLICE
from webhelper.links.stores.inbox import EventFilter, EventLease, Finding
from webhelper.links.stores.lists import Filter
from webhelper.links.stores.outbox import Sink
from webhelper.links.stores.upkeep import Erased, KnownSubmission

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


def erase(store: Store, userid: str) -> Erased:
    """Erase a user, and return what that was."""
    return purging.erase(store.upkeep, userid, pause=lambda: None)


def events(store: Store) -> list[int]:
    """Return the numbers of the webhooks that are kept."""
    return sorted(one.number for one in store.inbox.page(EventFilter(), limit=99))


def test_links_of_a_user_go_with_all_that_belongs_to_them(store: Store) -> None:
    """A link with the user id goes with visits, outcomes, webhooks and messages; another user's stays."""
    hers, his = link_of(store, JANE), link_of(store, "Jane-2")
    work(store, 1, visit_of(store, hers))
    work(store, 2, visit_of(store, his))
    assert [(one.project, one.id) for one in store.upkeep.submissions_of(JANE)] == [("shop", "sub-1")]
    before = store.outbox.waiting()
    assert erase(store, JANE) == Erased(links=1, visits=1, outcomes=1, webhooks=1, messages=before // 2)
    with pytest.raises(UnknownLinkError):
        store.get(hers.id)
    assert (len(store.visits(his.id, limit=9)), events(store)) == (1, [2])
    assert store.outbox.waiting() == before - before // 2
    assert store.page(Filter(text=JANE), now=NOW, limit=9).links == ()
    assert erase(store, JANE) == Erased(0, 0, 0, 0, 0)


@pytest.mark.parametrize("max_uses", [3, None])
def test_visit_with_a_user_id_of_its_own_goes_and_its_link_stays(max_uses: int | None, store: Store) -> None:
    """Of a link for many, the visit of the user goes, and what it showed is counted no more."""
    link, _ = store.create(link_spec(max_uses=max_uses, unique_userid="u-"), now=NOW)
    hers, his = visit_of(store, link, "u-jane"), visit_of(store, link, "u-john")
    for visit in (hers, his):
        store.record(visit.id, claimed(Result.APPROVED))
    erased = erase(store, "u-jane")
    assert erased == Erased(links=0, visits=1, outcomes=1, webhooks=0, messages=0)
    assert [visit.id for visit in store.visits(link.id, limit=9)] == [his.id]
    counts = store.get(link.id).counts
    assert counts is not None
    assert (counts.returned, counts.of(Result.APPROVED, Level.CLAIMED)) == (1, 1)


def test_link_of_one_use_no_longer_shows_what_was_erased(store: Store) -> None:
    """What the only visit of a link showed goes with it."""
    link, _ = store.create(link_spec(unique_userid="u-"), now=NOW)
    store.record(visit_of(store, link, "u-jane").id, claimed())
    erase(store, "u-jane")
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
    assert erase(store, JANE).webhooks == 1
    assert events(store) == [2]


def lease(store: Store) -> EventLease:
    """Return a lease of the webhook that is due longest."""
    leased = store.inbox.lease(now=NOW, lease_s=9)
    assert leased is not None
    return leased


def bring(store: Store, leased: EventLease, state: str) -> bool:
    """Bring a webhook that is being worked into a state, and return whether it was ours to bring."""
    if state in {"done", "replayed"}:
        is_held = store.inbox.finish(leased, None, now=NOW)
        return is_held and (state == "done" or store.inbox.replay(leased.kept.number, now=NOW))
    ends = {"failed": None, "put off": NOW + 9}
    return state == "working" or store.inbox.postpone(leased, "timeout", at=ends[state])


@pytest.mark.parametrize("state", ["waiting", "working", "put off", "failed", "done", "replayed"])
def test_webhook_of_the_user_goes_in_every_state(state: str, stores: Stores) -> None:
    """One that names the user goes, and one about a submission of the user; another user's stays."""
    store = stores.open()
    store.record(visit_of(store, link_of(store, JANE)).id, answered(submission_id="sub-2"))
    for number, userid in enumerate([JANE, "Jane-2", "Jane-2"], start=1):
        store.inbox.receive(new_event(number, members={"userid": userid}), now=NOW)
    if state != "waiting":
        leased = [lease(store) for _ in range(3)]
        assert all(bring(store, one, state) for one in leased)
    assert stores.execute("SELECT count(*) FROM events WHERE (due_at IS NULL) = (ended_at IS NULL)") == [(0,)]
    before = store.inbox.get(3)
    assert erase(store, JANE).webhooks == 2
    assert (events(store), store.inbox.get(3)) == ([3], before)


@pytest.mark.parametrize("state", ["done", "failed", "replayed"])
@pytest.mark.parametrize("slices", range(5))
def test_webhook_whose_work_ends_during_an_erasure_goes(slices: int, state: str, stores: Stores) -> None:
    """It goes whether its work ends before, between or after the slices of those that are pending."""
    store = stores.open()
    quicken(store)
    for number in range(SLICE):
        store.inbox.receive(new_event(number, members={}), now=NOW + 1)
    store.inbox.receive(new_event(SLICE, members={"userid": JANE}), now=NOW)
    leased = lease(store)
    is_brought = [
        bring(store, leased, state) for done, _ in enumerate(store.upkeep.erase(JANE)) if done == slices
    ]
    assert is_brought == [slices < 3]  # after one of links, one of visits, and one of what is pending
    assert store.inbox.get(leased.kept.number) is None
    assert stores.execute("SELECT count(*) FROM events") == [(SLICE,)]
    assert stores.execute("SELECT count(*) FROM event_userids") == [(0,)]


def test_webhook_keeps_whom_it_names_by_older_keys(stores: Stores) -> None:  # O6
    """One whose work ends anew, under a newer key, is found by each of both keys, once."""
    old = stores.open(keys=[KEY])
    work(old, 1, None, userid=JANE)
    both = stores.open(keys=[OTHER_KEY, KEY])
    for _ in range(2):
        both.inbox.replay(1, now=NOW)
        both.inbox.finish(lease(both), None, now=NOW)
    assert stores.execute("SELECT count(*) FROM event_userids") == [(2,)]
    assert erase(both, JANE).webhooks == 1


@pytest.mark.parametrize("userid", ["jane-1", "JANE-1", "Jane", "Jane-11", ""])
def test_user_of_a_similar_id_stays(userid: str, store: Store) -> None:
    """A user id is that of one user in exactly its spelling, though a search for it knows no case."""
    link = link_of(store, JANE)
    many, _ = store.create(link_spec(max_uses=None, unique_userid="u"), now=NOW)
    visit_of(store, many, JANE)
    assert erase(store, userid) == Erased(0, 0, 0, 0, 0)
    assert (store.get(link.id), len(store.visits(many.id, limit=9))) == (link, 1)


def test_number_of_a_link_is_in_its_texts_no_more(store: Store) -> None:
    """The packed texts of a block lose the label of the erased link."""
    specs = [link_spec(fields={"userid": JANE}, label="her label") for _ in range(2)]
    for spec in specs:
        store.create(spec, now=NOW)
    assert erase(store, JANE).links == 2
    assert store.page(Filter(text="her label"), now=NOW, limit=9).links == ()
    assert json.dumps(erase(store, JANE)._asdict())


def test_submission_that_only_a_return_claimed_is_nobodys(store: Store) -> None:
    """Whoever returns with somebody else's submission id, and is erased, takes nothing of theirs along."""
    his, victims = visit_of(store, link_of(store, JANE)), visit_of(store, link_of(store, "victim"))
    work(store, 2, victims)
    store.inbox.receive(new_event(1), now=NOW)  # about the victim too, and not worked yet
    for number, source in ((1, Source.RETURN), (2, Source.RETURN), (3, Source.EARLIER_BROWSER)):
        store.record(his.id, claimed(submission_id=f"sub-{number}", at=NOW + number, source=source))
    assert store.upkeep.submissions_of(JANE) == [
        KnownSubmission("shop", "sub-1", his.id, is_claimed=True),
        KnownSubmission("shop", "sub-3", his.id, is_claimed=True),
    ]
    assert erase(store, JANE).webhooks == 0
    assert events(store) == [1, 2]
    assert [one.id for one in store.upkeep.submissions_of("victim")] == ["sub-2"]


def test_submission_that_the_vendor_tied_to_the_visit_is_known(store: Store) -> None:
    """What was claimed and then confirmed, by the API or a webhook, is the user's own."""
    hers = visit_of(store, link_of(store, JANE))
    work(store, 1, hers)
    store.record(hers.id, claimed(submission_id="sub-1"))
    store.record(hers.id, claimed(submission_id="sub-2"))
    store.record(hers.id, answered(submission_id="sub-2"))
    assert store.upkeep.submissions_of(JANE) == [
        KnownSubmission("shop", "sub-1", hers.id, is_claimed=False),
        KnownSubmission("shop", "sub-2", hers.id, is_claimed=False),
    ]


def test_submission_that_was_found_to_be_anothers_is_anothers(store: Store) -> None:
    """The latest finding of the vendor counts: whose a submission was before, has it no more."""
    first, latest = visit_of(store, link_of(store, JANE)), visit_of(store, link_of(store, "Jane-2"))
    for visit in (first, latest):
        store.record(visit.id, answered(submission_id="sub-1"))
    assert store.upkeep.submissions_of(JANE) == []
    assert [one.visit_id for one in store.upkeep.submissions_of("Jane-2")] == [latest.id]


@pytest.mark.parametrize("odd", ["a\0b", "\0", "a\ud800b", "\udc00", "a\uffffb"])
def test_user_whose_return_has_odd_characters_is_erased(odd: str, store: Store) -> None:  # A1
    """What a visitor can put into a return, and the vendor into a webhook, hinders no erasure."""
    hers = visit_of(store, link_of(store, JANE))
    store.record(hers.id, claimed(submission_id=odd, error_code=odd))
    store.record(hers.id, answered(submission_id=odd))
    work(store, 1, hers)
    assert erase(store, JANE).messages > 0
    assert store.upkeep.submissions_of(JANE) == []


def test_rows_that_no_key_opens_are_told_of(stores: Stores) -> None:  # O6
    """Without the key that sealed them, rows of a user are not found; their number and key are known."""
    old = open_store(stores.place, keys=[KEY])
    visit_of(old, link_of(old, JANE))
    many, _ = old.create(link_spec(max_uses=None, unique_userid="u"), now=NOW)
    visit_of(old, many, "u-1")
    visit_of(old, many)
    work(old, 1, None, userid=JANE)
    old.token_ids.add("shop", ["tok-1"], now=NOW)
    assert old.upkeep.unreadable() == {}
    old.close()
    new = open_store(stores.place, keys=[OTHER_KEY])
    assert sum(erase(new, JANE)) == 0
    assert new.upkeep.unreadable() == {Sealer([KEY]).key_ids[0]: 4}
    stores.execute("UPDATE events SET sealed_by = NULL")
    assert new.upkeep.unreadable() == {Sealer([KEY]).key_ids[0]: 3, None: 1}
    new.close()


def test_old_key_finds_the_user_until_everything_is_sealed_anew(stores: Stores) -> None:  # O6
    """A user is found by the digests of every key in the settings, also half way through a new sealing."""
    old = open_store(stores.place, keys=[KEY])
    link_of(old, JANE)
    work(old, 1, None, userid=JANE)
    old.close()
    both = open_store(stores.place, keys=[OTHER_KEY, KEY])
    link_of(both, JANE)
    work(both, 2, None, userid=JANE)
    next(both.upkeep.reseal())
    work(both, 3, None, userid="Jane-2")
    assert both.upkeep.unreadable() == {}
    erased = erase(both, JANE)
    assert (erased.links, erased.webhooks) == (2, 2)
    assert events(both) == [3]
    both.close()


def test_user_of_much_is_erased_in_slices(stores: Stores) -> None:
    """No commit erases more than a slice of links, visits or webhooks, however much a user has."""
    store = stores.open(sinks=tuple(Sink))
    for _ in range(SLICE + 10):
        link_of(store, JANE)
    many, _ = store.create(link_spec(max_uses=1000, unique_userid="u"), now=NOW)
    own, _ = store.create(link_spec(max_uses=1000, fields={"userid": JANE}), now=NOW)
    for _ in range(SLICE + 20):
        visit_of(store, many, JANE)
        visit_of(store, own)
    for number in range(SLICE + 30):
        store.inbox.receive(new_event(number, members={"userid": JANE}), now=NOW)
    his = visit_of(store, many, "u-john")
    slices = list(store.upkeep.erase(JANE))
    assert max(max(one) for one in slices) == SLICE
    assert Erased(*map(sum, zip(*slices, strict=True)))[:4] == (SLICE + 11, 2 * SLICE + 40, 0, SLICE + 30)
    assert [visit.id for visit in store.visits(many.id, limit=9)] == [his.id]
    for table in ("event_userids", "events"):
        assert stores.execute(f"SELECT count(*) FROM {table}") == [(0,)]


def test_erasure_that_was_cut_off_goes_on(store: Store) -> None:
    """What one call has not got to, the next one erases."""
    work(store, 1, visit_of(store, link_of(store, JANE)))
    work(store, 2, None, userid=JANE)
    for erased in store.upkeep.erase(JANE):
        assert erased.links == 1
        break
    assert erase(store, JANE)[:4] == (0, 0, 0, 1)
    assert events(store) == []


def test_user_of_another_spelling_between_others_stays(store: Store) -> None:
    """Rows that the digest finds and that are not the user's are passed over, in every slice."""
    for number in range(SLICE + 5):
        visit = visit_of(store, link_of(store, "JANE-1" if number % 3 else JANE))
        work(store, number, visit, userid="jane-1")
    found = (SLICE + 5 + 2) // 3
    assert erase(store, JANE)[:4] == (found, found, found, found)
    assert erase(store, "jane-1").webhooks == SLICE + 5 - found
    assert erase(store, "JANE-1").links == SLICE + 5 - found


def test_link_that_somebody_changes_is_waited_for(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that others hold for more than two seconds ends neither an erasure nor a new sealing."""
    stores.open(keys=[KEY]).create(link_spec(fields={"userid": JANE}), now=NOW)
    store = stores.open(keys=[OTHER_KEY, KEY])
    link = store.page(Filter(text=JANE, unopened=True), now=NOW, limit=1).links[0]
    monkeypatch.setattr(patience, "_pause", stores.hold(link.id))
    assert sum(store.upkeep.reseal()) == 1
    monkeypatch.setattr(patience, "_pause", stores.hold(link.id))
    assert erase(store, JANE).links == 1


def test_submissions_of_visits_with_a_user_id_of_their_own_are_known(store: Store) -> None:
    """A submission is known once, whether the link has the user id, the visit, or both."""
    many, _ = store.create(link_spec(max_uses=None, unique_userid="u-"), now=NOW)
    hers, his = visit_of(store, many, JANE), visit_of(store, many, "u-john")
    link = link_of(store, JANE)
    both = store.visit(link, new_visit(link, userid=JANE), browser=b"b")
    for number, visit in enumerate((hers, his, both)):
        store.record(visit.id, answered(submission_id=f"sub-{number}"))
    known = store.upkeep.submissions_of(JANE)
    assert [(one.id, one.visit_id) for one in known] == [("sub-0", hers.id), ("sub-2", both.id)]
    assert erase(store, JANE)[:3] == (1, 2, 2)
