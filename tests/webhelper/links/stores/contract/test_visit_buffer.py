"""These tests buffer the visits of reusable links, and write them together a moment later."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from racing import in_threads
from sites import NOW, Clock, link_request, link_service, new_visit
from store_values import claimed

from webhelper.errors import StoreError
from webhelper.links.stores import visit_buffer
from webhelper.links.stores.lists import Filter

if TYPE_CHECKING:
    from stores import Stores

    from webhelper.links.models import Link
    from webhelper.links.service import LinkService
    from webhelper.links.stores.base import Store
    from webhelper.links.stores.visit_buffer import VisitBuffer


class Timers:
    """A replacement for ``threading.Timer`` whose work runs only when a test says so."""

    def __init__(self) -> None:
        self.set: list[tuple[float, Any]] = []

    def __call__(self, seconds: float, run: Any) -> Timers:
        """Set a timer for this work, and return itself."""
        self.set.append((seconds, run))
        return self

    def start(self) -> None:
        """Do nothing, because a test runs the timer itself."""

    def ring(self) -> float:
        """Run the first timer, and return how long it would have waited."""
        seconds, run = self.set.pop(0)
        run()
        return seconds


@pytest.fixture
def timers(monkeypatch: pytest.MonkeyPatch) -> Timers:
    """Return timers that run only when a test rings them."""
    timers = Timers()
    monkeypatch.setattr(threading, "Timer", timers)
    return timers


@pytest.fixture
def store(stores: Stores, timers: Timers) -> Store:
    """Return a store whose timers do not run by themselves."""
    return stores.open()


def reusable(store: Store) -> Link:
    """Return a link that has any number of uses."""
    return service_of(store).create(link_request(max_uses=None), by="tests")[0]


def buffer_of(store: Any) -> VisitBuffer:
    """Return the buffer of a store."""
    buffer: VisitBuffer = store._visit_buffer
    return buffer


def service_of(store: Store) -> LinkService:
    """Return a link service over a store."""
    return link_service("", Clock(), store)


def test_openings_are_written_together_and_later(store: Store, timers: Timers) -> None:
    """Three visits of a reusable link are written together by one timer, 0.1 seconds later."""
    link = reusable(store)
    for second in range(3):
        store.visit(link, new_visit(link, at=NOW + second), browser=None)
    assert store.find(link.payload).uses == 0
    assert [seconds for seconds, _ in timers.set] == [visit_buffer.LATER_S]
    timers.ring()
    found = store.find(link.payload)
    assert (found.uses, found.last_used_at) == (3, NOW + 2)
    store.visit(link, new_visit(link), browser=None)
    assert len(timers.set) == 1


def test_opening_that_has_a_user_id_of_its_own_is_written_at_once(store: Store, timers: Timers) -> None:
    """A visit with its own user id is written at once and does not wait for a timer."""
    poster = link_request(max_uses=None, unique_userid="shop_", fields={})
    link = service_of(store).create(poster, by="tests")[0]
    store.visit(link, new_visit(link, userid="shop_1"), browser=None)
    assert timers.set == []
    assert store.find(link.payload).uses == 1


def test_openings_are_seen_by_everyone_who_asks_for_them(store: Store) -> None:
    """Lists, links, visits and returns of the same process see buffered visits."""
    link = reusable(store)

    def opened(second: int) -> str:
        return store.visit(link, new_visit(link, at=NOW + second), browser=None).id

    opened(1)
    assert store.get(link.id).uses == 1
    opened(2)
    assert store.page(Filter(), now=NOW, limit=9).links[0].uses == 2
    latest = opened(3)
    assert store.visits(link.id, limit=9)[0].id == latest
    assert store.visited_link(opened(4)) is not None


def test_openings_are_not_written_for_whoever_asks_for_another_link(store: Store, stores: Stores) -> None:
    """What is asked or recorded of one link leaves the buffered visits of others in peace."""
    poster, other = reusable(store), reusable(store)
    one_use = service_of(store).create(link_request(), by="tests")[0]
    visit = store.visit(one_use, new_visit(one_use), browser=b"b")
    waiting = store.visit(poster, new_visit(poster), browser=None)
    outcome = claimed()
    assert store.get(other.id).uses == 0
    assert store.visits(other.id, limit=9) == []
    assert store.visited_link(visit.id) is not None
    assert store.record(visit.id, outcome) is not None
    assert store.exchange(visit.id, now=NOW)
    assert stores.execute("SELECT count(*) FROM visits") == [(1,)]
    assert store.record(waiting.id, outcome) is not None
    assert stores.execute("SELECT count(*) FROM visits") == [(2,)]


def test_more_openings_than_one_statement_takes_are_all_written(store: Store, timers: Timers) -> None:
    """More buffered visits than one statement takes, 124 of three links, are all written."""
    links = [reusable(store) for _ in range(3)]
    visits = [new_visit(links[number % 3], userid=f"user_{number}") for number in range(124)]
    for visit in visits:
        store.visit(links[0], visit, browser=None)
    timers.ring()
    kept = [visit for link in links for visit in store.visits(link.id, limit=200)]
    assert {visit.id: visit.userid for visit in kept} == {visit.id: visit.userid for visit in visits}
    assert [store.get(link.id).uses for link in links] == [42, 41, 41]


def test_openings_by_many_threads_are_counted_each(store: Store) -> None:
    """Eight threads with 20 visits each count 160 uses, while others write."""
    link = reusable(store)

    def open_it(number: int) -> None:
        for turn in range(20):
            store.visit(link, new_visit(link), browser=None)
            if turn % 5 == number % 5:
                store.get(link.id)

    in_threads(8, open_it)
    assert store.get(link.id).uses == 160
    assert len(store.visits(link.id, limit=200)) == 160


def test_opening_of_a_link_that_was_deleted_meanwhile_is_let_go(
    store: Store, stores: Stores, timers: Timers
) -> None:
    """A buffered visit of a deleted link is dropped, and visits of other links are written."""
    gone, link = reusable(store), reusable(store)
    for one in (gone, link, gone):
        store.visit(one, new_visit(one), browser=None)
    stores.execute("DELETE FROM links WHERE id = ?", gone.id)
    timers.ring()
    assert store.get(link.id).uses == 1
    assert store.visits(gone.id, limit=9) == []


def test_openings_of_deleted_links_alone_are_let_go(store: Store, stores: Stores, timers: Timers) -> None:
    """When every link of the buffered visits has been deleted, nothing is left to be written."""
    gone = reusable(store)
    store.visit(gone, new_visit(gone), browser=None)
    stores.execute("DELETE FROM links WHERE id = ?", gone.id)
    timers.ring()
    assert timers.set == []
    assert store.visits(gone.id, limit=9) == []


def test_openings_that_cannot_be_written_wait(
    store: Store,
    timers: Timers,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Visits that cannot be written stay buffered for a second, and the log names no data."""
    link = reusable(store)
    store.visit(link, new_visit(link, userid="user_planted"), browser=None)

    def fail(_: object) -> None:
        raise StoreError from OSError("planted")

    with monkeypatch.context() as broken, caplog.at_level(logging.ERROR):
        broken.setattr(buffer_of(store), "_write", fail)
        assert timers.ring() == visit_buffer.LATER_S
        store.visit(link, new_visit(link), browser=None)
        assert store.get(link.id).uses == 0
    assert [(record.name, record.getMessage()) for record in caplog.records] == [
        ("webhelper", "visits cannot be written yet: OSError")
    ]
    assert [seconds for seconds, _ in timers.set] == [1.0]
    timers.ring()
    assert store.get(link.id).uses == 2


def test_opening_noted_while_a_write_fails_is_written_by_the_next(
    store: Store, timers: Timers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failed write loses neither its own visits nor those that came in the meantime."""
    link = reusable(store)
    store.visit(link, new_visit(link, at=NOW), browser=None)

    def fail(_: object) -> None:
        store.visit(link, new_visit(link, at=NOW + 1), browser=None)
        raise StoreError from OSError("planted")

    with monkeypatch.context() as broken:
        broken.setattr(buffer_of(store), "_write", fail)
        timers.ring()
    timers.ring()
    found = store.get(link.id)
    assert (found.uses, found.last_used_at) == (2, NOW + 1)
    assert [visit.at for visit in store.visits(link.id, limit=9)] == [NOW + 1, NOW]


def test_too_many_openings_that_wait_are_written_by_who_opens(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A visit that fills the buffer writes the buffer itself."""
    monkeypatch.setattr(visit_buffer, "_MOST", 3)
    link = reusable(store)
    for _ in range(4):
        store.visit(link, new_visit(link), browser=None)
    assert store.find(link.payload).uses == 3


def test_openings_are_written_before_a_process_ends(store: Store, stores: Stores) -> None:
    """A process that ends without closing its store writes its buffered visits first."""
    code = (
        "import sys; from pathlib import Path; from sites import *; place = sys.argv[1]; "
        "service = link_service(place if ':' in place else Path(place), Clock()); "
        "link, _ = service.create(link_request(max_uses=None), by='tests'); "
        "service.redeem(link); print(link.id)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(stores.place)],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert "Traceback" not in done.stderr
    assert store.get(done.stdout.strip()).uses == 1
