"""These tests lose the answer to what was done: it is asked again with the same ids, and done once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sites import HOLDER, NOW, new_visit
from store_values import answered, delivered_messages, link_spec, new_event, use_code

from webhelper.errors import StoreError, UsedUpError
from webhelper.links.stores.base import IdempotencyKey
from webhelper.links.stores.inbox import EventState
from webhelper.links.stores.lists import Filter
from webhelper.links.stores.outbox import MessageKind, Sink
from webhelper.links.stores.sessions import Session, SessionKind
from webhelper.links.stores.token_ids import PoolCount

if TYPE_CHECKING:
    from lossy_proxy import LossyProxy

    from webhelper.links.models import Link
    from webhelper.links.stores.postgresql.pool import Loan
    from webhelper.links.stores.postgresql.store import PostgresqlStore

BROWSER, OTHER_BROWSER = b"b" * 32, b"o" * 32


def add(store: PostgresqlStore, **changes: Any) -> Link:
    """Return a new link."""
    return store.create(link_spec(**changes), now=NOW)[0]


def ids(store: PostgresqlStore) -> list[str]:
    """Return the ids of all links."""
    return [link.id for link in store.page(Filter(), now=NOW, limit=99).links]


def test_link_is_made_once(lossy_store: PostgresqlStore, proxy: LossyProxy) -> None:
    """A link whose commit nobody heard of is returned as new, and is there once."""
    ids(lossy_store)  # so that a connection is there
    proxy.lose_answer_to(b"INSERT INTO links")
    link, is_new = lossy_store.create(link_spec(), now=NOW)
    assert (proxy.lost, is_new, ids(lossy_store)) == (1, True, [link.id])


def test_link_with_all_that_belongs_to_it_is_made_once(
    lossy_store: PostgresqlStore, proxy: LossyProxy
) -> None:
    """A link has its key, token id and number after a lost answer to COMMIT, and no second one was drawn."""
    lossy_store.token_ids.add("shop", ["tok-1", "tok-2"], now=NOW)
    lossy_store.token_ids.registered("shop", ["tok-1", "tok-2"], now=NOW)

    def create() -> tuple[Link, bool]:
        key = IdempotencyKey(HOLDER, "key", b"body")
        return lossy_store.create(
            link_spec(), now=NOW, idempotency_key=key, draws_token_id=True, gets_number=True
        )

    proxy.lose_answer_to(b"COMMIT")
    link, is_new = create()
    assert (proxy.lost, is_new) == (1, True)
    assert (link.spec.token_id, link.spec.kiosk_number) == ("tok-1", 1)
    assert create() == (link, False)
    assert lossy_store.token_ids.count("shop") == PoolCount(new=0, ready=1, drawn=1, expired=0)


def test_commit_that_never_arrived_is_made_up_for(lossy_store: PostgresqlStore, proxy: LossyProxy) -> None:
    """A transaction whose connection is lost before its COMMIT is done anew."""
    ids(lossy_store)
    proxy.lose_answer_to(b"INSERT INTO idempotency_keys")
    key = IdempotencyKey(HOLDER, "key", b"body")
    link, is_new = lossy_store.create(link_spec(), now=NOW, idempotency_key=key)
    assert (proxy.lost, is_new, ids(lossy_store)) == (1, True, [link.id])


@pytest.mark.parametrize("browser", [BROWSER, None])
def test_use_is_counted_once(browser: bytes | None, lossy_store: PostgresqlStore, proxy: LossyProxy) -> None:
    """A use whose answer is lost is counted once, and the visit is the one that was asked for."""
    link = add(lossy_store)
    visit = new_visit(link)
    proxy.lose_answer_to(b"redeem(")
    assert lossy_store.visit(link, visit, browser=browser) is visit
    assert (proxy.lost, lossy_store.get(link.id).uses) == (1, 1)
    with pytest.raises(UsedUpError):
        lossy_store.visit(link, new_visit(link), browser=OTHER_BROWSER)


def test_openings_are_counted_once(lossy_store: PostgresqlStore, proxy: LossyProxy) -> None:
    """Buffered visits whose COMMIT nobody heard of are counted once."""
    link = add(lossy_store, max_uses=None)
    for _ in range(3):
        lossy_store.visit(link, new_visit(link), browser=None)
    proxy.lose_answer_to(b"COMMIT")
    assert lossy_store.get(link.id).uses == 3
    assert (proxy.lost, len(lossy_store.visits(link.id, limit=9))) == (1, 3)


def test_code_is_exchanged_once_by_who_asked_first(lossy_store: PostgresqlStore, proxy: LossyProxy) -> None:
    """The call that exchanged a code is told so after a lost answer; the next call is not."""
    link = add(lossy_store)
    visit = lossy_store.visit(link, new_visit(link), browser=None)
    proxy.lose_answer_to(b"exchanged_at")
    assert [lossy_store.exchange(visit.id, now=NOW) for _ in range(2)] == [True, False]
    proxy.lose_answer_to(b"INSERT INTO used_codes")
    assert [use_code(lossy_store, "a", now=NOW) for _ in range(2)] == [True, False]
    assert proxy.lost == 2


def test_session_begins_once_by_a_code_whose_answer_was_lost(
    lossy_store: PostgresqlStore, proxy: LossyProxy
) -> None:
    """The call that began a session is told so after its COMMIT was lost; the next call is not."""
    session = Session(b"k" * 16, SessionKind.KIOSK, "a", "store_17", NOW, NOW, NOW + 60)
    proxy.lose_answer_to(b"COMMIT")
    assert [lossy_store.sessions.begin_once(session, "a") for _ in range(2)] == [True, False]
    assert lossy_store.sessions.of_holder("a", now=NOW) == [session]
    assert proxy.lost == 1


def test_visit_is_handed_over_once(lossy_store: PostgresqlStore, proxy: LossyProxy) -> None:
    """The browser that took a visit is told so after a lost answer; a third one does not get it."""
    link = add(lossy_store)
    visit = lossy_store.visit(link, new_visit(link), browser=BROWSER)

    def take(browser: bytes) -> bool:
        return lossy_store.hand_over(link, visit.id, holder=BROWSER[:8], browser=browser, now=NOW)

    proxy.lose_answer_to(b"SET browser")
    assert [take(OTHER_BROWSER), take(b"t" * 32)] == [True, False]
    assert proxy.lost == 1


def test_visit_whose_new_browser_heard_nothing_is_handed_over_once(
    lossy_store: PostgresqlStore, proxy: LossyProxy
) -> None:
    """The browser whose COMMIT nobody heard of has the visit; a third one does not get it."""
    link = add(lossy_store)
    visit = lossy_store.visit(link, new_visit(link), browser=BROWSER)
    proxy.lose_answer_to(b"COMMIT")
    found = [
        lossy_store.hand_over(link, visit.id, holder=BROWSER[:8], browser=browser, now=NOW)
        for browser in (OTHER_BROWSER, b"t" * 32)
    ]
    assert (found, proxy.lost) == ([True, False], 1)


def test_outcome_is_told_once(lossy_store: PostgresqlStore, proxy: LossyProxy) -> None:
    """An outcome whose COMMIT nobody heard of is returned, and is told to others once."""
    link = add(lossy_store)
    visit = lossy_store.visit(link, new_visit(link), browser=None)
    proxy.lose_answer_to(b"COMMIT")
    visited_link = lossy_store.record(visit.id, answered())
    assert visited_link is not None
    assert (proxy.lost, visited_link.visit.outcomes) == (1, (answered(),))
    assert len(delivered_messages(lossy_store)) == 1


def test_delivery_is_counted_once(lossy_store: PostgresqlStore, proxy: LossyProxy) -> None:
    """A delivery whose answer is lost is the first all the same, and the next one the second."""
    ids(lossy_store)
    proxy.lose_answer_to(b"INSERT INTO events")
    receipts = [lossy_store.inbox.receive(new_event(), now=NOW) for _ in range(2)]
    assert (proxy.lost, [one.deliveries for one in receipts]) == (1, [1, 2])


def test_event_is_finished_once(lossy_store: PostgresqlStore, proxy: LossyProxy) -> None:
    """A worker whose COMMIT nobody heard of is told that its event is done, and its message is there once."""
    lossy_store.inbox.receive(new_event(), now=NOW)
    lease = lossy_store.inbox.lease(now=NOW, lease_s=60)
    assert lease is not None
    proxy.lose_answer_to(b"COMMIT")
    assert lossy_store.inbox.finish(lease, None, now=NOW)
    assert proxy.lost == 1
    assert [one.kind for one in delivered_messages(lossy_store)] == [MessageKind.EVENT_RECEIVED]
    assert not lossy_store.inbox.finish(lease, None, now=NOW)


def test_lease_that_nobody_heard_of_runs_out(lossy_store: PostgresqlStore, proxy: LossyProxy) -> None:
    """A lease of an event or a message whose answer is lost is nobody's, and is given again when it ends."""
    lossy_store.inbox.receive(new_event(), now=NOW)
    proxy.lose_answer_to(b"UPDATE events")
    with pytest.raises(StoreError):
        lossy_store.inbox.lease(now=NOW, lease_s=60)
    assert lossy_store.inbox.lease(now=NOW + 59, lease_s=60) is None
    lease = lossy_store.inbox.lease(now=NOW + 60, lease_s=60)
    assert lease is not None
    assert lossy_store.inbox.finish(lease, None, now=NOW)
    proxy.lose_answer_to(b"UPDATE messages")
    with pytest.raises(StoreError):
        lossy_store.outbox.lease([Sink.URL], now=NOW, lease_s=60)
    assert lossy_store.outbox.lease([Sink.URL], now=NOW + 60, lease_s=60) is not None
    event = lossy_store.inbox.get(1)
    assert event is not None
    assert event.state is EventState.DONE


def test_counts_are_not_added_twice(lossy_store: PostgresqlStore, proxy: LossyProxy) -> None:
    """Counts of refused deliveries whose answer is lost are not added again by the store."""
    ids(lossy_store)
    proxy.lose_answer_to(b"COMMIT")
    with pytest.raises(StoreError):
        lossy_store.inbox.count_refused({("shop", "malformed"): 2}, now=NOW)
    assert [one.times for one in lossy_store.inbox.refused(days=1, now=NOW)] == [2]


def test_answer_that_is_lost_twice_is_an_error(
    lossy_store: PostgresqlStore, proxy: LossyProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call is done twice at most; after that, whoever asked may ask again."""
    link = add(lossy_store)
    pool = lossy_store._connections._pool
    renew = pool.renew

    def renew_and_lose(lost: Loan) -> None:
        renew(lost)
        if proxy.lost == 1:
            proxy.lose_answer_to(b"redeem(")

    monkeypatch.setattr(pool, "renew", renew_and_lose)
    visit = new_visit(link)
    proxy.lose_answer_to(b"redeem(")
    with pytest.raises(StoreError):
        lossy_store.visit(link, visit, browser=None)
    assert proxy.lost == 2
    assert lossy_store.visit(link, visit, browser=None) is visit
    assert lossy_store.get(link.id).uses == 1
