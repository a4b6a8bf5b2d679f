"""These tests delete webhooks, messages and counts that have been kept for long enough."""

import pytest
from sites import NOW, new_visit
from store_values import claimed, link_spec, new_event, purge_old, put_many
from stores import Stores, put_message

from webhelper.errors import UnknownLinkError
from webhelper.links.stores.base import Store
from webhelper.links.stores.inbox import EventFilter
from webhelper.links.stores.lists import Filter
from webhelper.links.stores.outbox import MessageKind, Sink

DAY_S = 86_400


def work(store: Store, *, now: float, is_done: bool = True) -> None:
    """Finish the event that is due longest, or let it fail."""
    lease = store.inbox.lease(now=now, lease_s=1)
    assert lease is not None
    if is_done:
        store.inbox.finish(lease, None, now=now)
    else:
        store.inbox.postpone(lease, "vendor_error", at=None)


def numbers(store: Store) -> list[int]:
    """Return the numbers of the events that are kept."""
    return [one.number for one in store.inbox.page(EventFilter(), limit=99)]


@pytest.mark.parametrize(
    ("after", "is_opened", "is_kept"),
    [
        (900 + 3600, False, True),
        (900 + 3601, False, False),
        (900 + 3601, True, True),
        (90 * DAY_S, True, True),
    ],
)
def test_code_that_nobody_opened_is_deleted_an_hour_after_its_end(  # K8
    after: float, is_opened: bool, is_kept: bool, store: Store
) -> None:
    """A kiosk's code that nobody opened is deleted an hour after its end; one that was opened stays."""
    code, _ = store.create(link_spec(), now=NOW, gets_number=True)
    other, _ = store.create(link_spec(), now=NOW)
    if is_opened:
        store.visit(code, new_visit(code), browser=None)
    purge_old(store, now=NOW + after)
    listed = [link.id for link in store.page(Filter(unopened=True), now=NOW, limit=9).links]
    assert (code.id in listed) is is_kept
    assert other.id in listed


@pytest.mark.parametrize("is_done", [True, False])
@pytest.mark.parametrize(("after", "are_kept"), [(30 * DAY_S, True), (30 * DAY_S + 3601, False)])
def test_event_that_was_worked_is_deleted_after_thirty_days(
    after: float, are_kept: bool, is_done: bool, store: Store
) -> None:
    """A done or failed event is kept for thirty days and deleted within the hour after them."""
    store.inbox.receive(new_event(), now=NOW)
    work(store, now=NOW, is_done=is_done)
    purge_old(store, now=NOW + after)
    assert (numbers(store) == [1]) is are_kept


def test_event_that_is_not_worked_yet_is_kept(store: Store) -> None:
    """An event that waits is never deleted, and those behind it are when their time has come."""
    for number in (1, 2, 3):
        store.inbox.receive(new_event(number), now=NOW + number)
    for _ in range(3):
        lease = store.inbox.lease(now=NOW + 9, lease_s=1)
        assert lease is not None
        if lease.kept.number == 1:
            store.inbox.postpone(lease, "vendor_error", at=NOW + 100 * DAY_S)
        else:
            store.inbox.finish(lease, None, now=NOW + 9)
    purge_old(store, now=NOW + 40 * DAY_S)
    assert numbers(store) == [1]


def test_event_that_was_replayed_is_kept_from_then_on(store: Store) -> None:
    """The thirty days run from the latest end of the work."""
    store.inbox.receive(new_event(), now=NOW)
    work(store, now=NOW)
    store.inbox.replay(1, now=NOW + 29 * DAY_S)
    work(store, now=NOW + 29 * DAY_S)
    purge_old(store, now=NOW + 58 * DAY_S)
    assert numbers(store) == [1]
    purge_old(store, now=NOW + 60 * DAY_S)
    assert numbers(store) == []


def test_numbers_of_events_are_not_given_again(store: Store) -> None:
    """A new event gets a new number, also when all before it have been deleted."""
    store.inbox.receive(new_event(), now=NOW)
    work(store, now=NOW)
    purge_old(store, now=NOW + 40 * DAY_S)
    assert store.inbox.receive(new_event(), now=NOW + 40 * DAY_S) == (2, 1)


@pytest.mark.parametrize("kind", ["create", "finish"])
def test_nobody_waits_until_what_is_old_is_deleted(kind: str, store: Store) -> None:  # F4
    """Neither a new link nor the work on a webhook deletes anything."""
    old, _ = store.create(link_spec(), now=NOW)
    store.inbox.receive(new_event(1), now=NOW)
    if kind == "create":
        store.create(link_spec(), now=NOW + 999 * DAY_S)
    else:
        work(store, now=NOW + 999 * DAY_S)
    assert store.get(old.id) == old


def test_slice_is_a_thousand_rows_of_a_table(store: Store) -> None:  # F4
    """Of 2,500 old links, each slice deletes a thousand at most, and the searched texts lose them too."""
    ids = put_many(store, [link_spec(label="old")] * 2500)
    put_many(store, [link_spec(label="new", expires_at=int(NOW) + 999 * DAY_S)] * 700)
    store.page(Filter(text="old"), now=NOW, limit=1)  # packs the texts
    later = NOW + 200 * DAY_S
    assert [store.upkeep.purge(now=later) for _ in range(4)] == [1000, 1000, 500, 0]
    assert store.page(Filter(text="old"), now=later, limit=1).links == ()
    assert len(store.page(Filter(text="new"), now=later, limit=999).links) == 700
    with pytest.raises(UnknownLinkError):
        store.get(ids[0])


def test_visits_of_one_link_are_deleted_in_slices(store: Store) -> None:  # F4
    """A link that was opened 2,500 times goes after its visits, which go a thousand at a time."""
    link, _ = store.create(link_spec(max_uses=None), now=NOW)
    for _ in range(2500):
        store.visit(link, new_visit(link), browser=None)
    store.record(store.visits(link.id, limit=1)[0].id, claimed())
    assert [store.upkeep.purge(now=NOW + 200 * DAY_S) for _ in range(4)] == [1001, 1000, 501, 0]


@pytest.mark.parametrize(("after", "is_kept"), [(7 * DAY_S, True), (7 * DAY_S + 3601, False)])
def test_messages_that_have_ended_are_deleted_after_seven_days(
    after: float, is_kept: bool, store: Store, stores: Stores
) -> None:
    """A message that was delivered or given up is kept for seven days; one that waits, for ever."""
    for number in range(3):
        put_message(store, MessageKind.EVENT_RECEIVED, {"number": number}, now=NOW)
    delivered, given_up = (store.outbox.lease([Sink.URL], now=NOW, lease_s=1) for _ in range(2))
    assert delivered is not None
    assert given_up is not None
    store.outbox.delivered(delivered, now=NOW)
    store.outbox.postpone(given_up, "status 410", at=None)
    purge_old(store, now=NOW + after)
    ((count,),) = stores.execute("SELECT count(*) FROM messages WHERE sink = 'url'")
    assert count == (3 if is_kept else 1)
    assert store.outbox.waiting() == 4


@pytest.mark.parametrize(("after", "is_kept"), [(90 * DAY_S, True), (91 * DAY_S, False)])
def test_counts_of_refused_deliveries_are_kept_for_ninety_days(
    after: float, is_kept: bool, store: Store
) -> None:
    """A count of refused deliveries is kept for ninety days."""
    store.inbox.count_refused({("shop", "malformed"): 1}, now=NOW)
    purge_old(store, now=NOW + after)
    assert bool(store.inbox.refused(days=365, now=NOW + after)) is is_kept
