"""These tests work on one store in four processes at once, some of which are killed."""

from racing import processes
from sites import NOW
from store_racing import LEASE_S, deliver_and_work, draw_token_ids, dying_workers, quick_store, work_the_rest
from store_values import delivered_messages
from stores import Stores

from webhelper.links.stores.inbox import EventFilter, EventState
from webhelper.links.stores.outbox import MessageKind
from webhelper.links.stores.token_ids import PoolCount

EVENTS, TIMES = 300, 64
TOKEN_IDS, LINKS = 3000, 3200


def test_events_are_worked_once_though_workers_are_killed(stores: Stores) -> None:
    """Of 64 deliveries of each of 300 events, each event is worked once, and none is lost with its worker."""
    with processes(4) as start, quick_store(stores.place) as store:
        assert sum(map(len, start(deliver_and_work, stores.place, EVENTS, TIMES // 16, 0))) == 0
        late = store.inbox.lease(now=NOW, lease_s=LEASE_S)
        assert late is not None
        with dying_workers(stores.place, count=3, leases=10) as held:
            finished = start(deliver_and_work, stores.place, EVENTS, TIMES // 4 - TIMES // 16, EVENTS // 6)
        assert len(held) == 30
        assert not set(held) & {number for part in finished for number in part}
        finished += start(work_the_rest, stores.place, NOW + LEASE_S)
        assert not store.inbox.finish(late, None, now=NOW + LEASE_S)
        kept = store.inbox.page(EventFilter(state=EventState.DONE), limit=2 * EVENTS)
        assert sorted(one.event.key for one in kept) == sorted(f"key-{number}" for number in range(EVENTS))
        assert {one.deliveries for one in kept} == {TIMES}
        assert {one.number for one in kept if one.attempts > 1} == {*held, late.kept.number}
        worked = sorted(number for part in finished for number in part)
        told = delivered_messages(store)
        assert worked == sorted(one.number for one in kept) == sorted(one.data["number"] for one in told)
        assert {one.kind for one in told} == {MessageKind.EVENT_RECEIVED}


def test_token_ids_are_drawn_once_and_the_rest_are_told(stores: Stores) -> None:
    """Of 3,200 links for 3,000 token ids, each of 3,000 has its own, and 200 are refused."""
    token_ids = [f"tok-{number}" for number in range(TOKEN_IDS)]
    with processes(4) as start, quick_store(stores.place) as store:
        store.token_ids.add("shop", token_ids, now=NOW)
        store.token_ids.registered("shop", token_ids, now=NOW)
        drawn = [one for part in start(draw_token_ids, stores.place, LINKS // 4) for one in part]
        assert drawn.count(None) == LINKS - TOKEN_IDS
        assert sorted(one for one in drawn if one is not None) == sorted(token_ids)
        assert store.token_ids.count("shop") == PoolCount(new=0, ready=0, drawn=TOKEN_IDS, expired=0)
