"""These tests work on one store in four processes at once, some of which are killed."""

import pytest
from racing import processes
from sites import NOW
from store_racing import (
    LEASE_S,
    deliver_and_work,
    draw_token_ids,
    dying_workers,
    quick_store,
    race,
    work_the_rest,
)
from store_values import delivered_messages, link_spec
from stores import Stores

from webhelper.links.stores.base import Store
from webhelper.links.stores.inbox import EventFilter, EventState
from webhelper.links.stores.outbox import MessageKind
from webhelper.links.stores.token_ids import PoolCount

EVENTS, TIMES = 300, 64
TOKEN_IDS, LINKS = 3000, 3200
PROCESSES, THREADS = 4, 16


@pytest.mark.parametrize(
    ("count", "max_uses", "browser", "uses"),
    [(100, 1, None, 1), (40, 3, None, 3), (40, 3, b"b" * 32, 1)],
    ids=["one use", "three uses", "three uses and one browser"],
)
def test_links_are_used_as_often_as_they_may_by_sixty_four_racers(
    count: int, max_uses: int, browser: bytes | None, uses: int, store: Store, stores: Stores
) -> None:
    """Of 64 racers in four processes, as many open each link as it has uses; one browser counts once."""
    links = [store.create(link_spec(max_uses=max_uses), now=NOW)[0] for _ in range(count)]
    with processes(PROCESSES) as start:
        given = start(race, stores.place, [link.payload for link in links], THREADS, browser)
    for link, *of_processes in zip(links, *given, strict=True):
        visits = [visit_id for of_process in of_processes for visit_id in of_process]
        assert len(visits) == (uses if browser is None else PROCESSES * THREADS)
        assert len(set(visits)) == uses == store.get(link.id).uses
        assert {visit.id for visit in store.visits(link.id, limit=99)} == set(visits)


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
