"""These tests take the server away: it is killed, frozen, stopped or busy, and comes back."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from postgresql_server import PostgresqlServer
from racing import PATIENCE_S
from sites import NOW, new_visit, open_store
from store_values import answered, link_spec

from liveform import LiveformError
from webhelper.errors import StoreError, UsedUpError
from webhelper.links.stores.postgresql import connections, pool, timed_connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webhelper.links.models import Link
    from webhelper.links.stores.base import Store

WORKERS = 8
ENOUGH = 100  # acknowledged, before the server is killed and after it is back


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    """Return a server of these tests alone, which they may kill."""
    one = PostgresqlServer()
    try:
        yield one
    finally:
        one.remove()


@pytest.fixture
def running(server: PostgresqlServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresqlServer]:
    """Return the server, started; callers wait for a connection for a moment alone."""
    monkeypatch.setattr(pool, "_LEND_S", 0.3)
    server.start()
    server.empty()
    yield server
    server.stop()


@pytest.fixture
def store(running: PostgresqlServer) -> Iterator[Store]:
    """Return a store on the server."""
    one = open_store(running.url())
    yield one
    one.close()


def add(store: Store, **changes: Any) -> Link:
    """Return a new link."""
    return store.create(link_spec(**changes), now=NOW)[0]


class Till:
    """Workers who create and redeem links for as long as they are told to, and note what was acknowledged."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ends = threading.Event()
        self._lock = threading.Lock()
        self._enough = threading.Semaphore(0)
        self.created: set[str] = set()
        self.redeemed: set[str] = set()
        self.failed = 0

    def work(self, _: int) -> None:
        """Create links and redeem them."""
        while not self._ends.is_set():
            try:
                link = add(self._store)
                self._note(self.created, link.id)
                self._store.visit(link, new_visit(link), browser=None)
                self._note(self.redeemed, link.id)
            except StoreError:
                with self._lock:
                    self.failed += 1

    def _note(self, kept: set[str], link_id: str) -> None:
        with self._lock:
            kept.add(link_id)
        self._enough.release()

    def wait_for(self, count: int) -> None:
        """Return once so many more have been acknowledged."""
        for _ in range(count):
            assert self._enough.acquire(timeout=PATIENCE_S)

    def close(self) -> None:
        """Send the workers home."""
        self._ends.set()


def test_nothing_acknowledged_is_lost_with_a_server_that_is_killed(
    running: PostgresqlServer, store: Store
) -> None:
    """After kill -9 of the server, every link and use that was acknowledged is there, and works once."""
    till = Till(store)
    with ThreadPoolExecutor(WORKERS) as workers:
        done = workers.map(till.work, range(WORKERS))
        try:
            for _ in range(2):
                till.wait_for(ENOUGH)
                running.kill()
                running.start()
            till.wait_for(ENOUGH)
        finally:
            till.close()
        list(done)
    assert till.redeemed <= till.created
    for link_id in till.created:
        link = store.get(link_id)
        assert link.uses == len(store.visits(link_id, limit=9))
        assert link.uses >= (link_id in till.redeemed)
        if link.uses:
            with pytest.raises(UsedUpError):
                store.visit(link, new_visit(link), browser=None)


def test_server_that_restarts_is_not_noticed_by_the_next_caller(
    running: PostgresqlServer, store: Store
) -> None:
    """Connections that a restart has dropped are replaced, and the call goes on."""
    link = add(store)
    running.stop()
    running.start()
    assert store.get(link.id) == link
    running.stop()
    running.start()
    assert store.record(store.visit(link, new_visit(link), browser=None).id, answered()) is not None


def test_server_that_is_down_is_told_and_recovers(running: PostgresqlServer, store: Store) -> None:
    """Without a server, every call is a StoreError; with it, they work again by themselves."""
    link = add(store)
    running.stop()
    for _ in range(3):
        with pytest.raises(StoreError):
            store.get(link.id)
        assert not store.is_ready()
    running.start()
    assert store.get(link.id) == link
    assert store.is_ready()


def test_one_caller_waits_for_a_server_that_is_down(
    running: PostgresqlServer, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While somebody waits for the server, the others are told at once, and nobody queues up."""
    link = add(store)
    running.stop()
    with pytest.raises(StoreError):
        store.get(link.id)
    lent = store._connections._pool
    with lent._probing, pytest.raises(StoreError) as caught:
        store.get(link.id)
    assert "a moment ago" in str(caught.value.__cause__)
    running.start()
    assert store.get(link.id) == link
    assert not lent._probing.locked()


def test_store_opens_while_the_server_is_down(
    running: PostgresqlServer, caplog: pytest.LogCaptureFixture
) -> None:
    """A host that starts before its database says so, without a secret, and makes the tables later."""
    running.stop()
    with caplog.at_level(logging.ERROR, "webhelper"):
        store = open_store(running.url())
    assert [record.getMessage() for record in caplog.records] == [
        "the database cannot be reached: OperationalError"
    ]
    with pytest.raises(StoreError):
        add(store)
    running.start()
    assert store.get(add(store).id).uses == 0
    store.close()


def test_server_that_hangs_is_given_up(
    running: PostgresqlServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that holds its connections and answers nothing is an error in time, and works again later."""
    link = add(store)
    with monkeypatch.context() as impatient:
        impatient.setattr(timed_connection, "ANSWER_S", 0.2)
        running.freeze()
        try:
            with pytest.raises(StoreError):
                store.get(link.id)
            with pytest.raises(StoreError):
                add(store)
        finally:
            running.thaw()
    assert store.get(link.id) == link


def test_row_that_somebody_holds_is_waited_for_a_moment(
    running: PostgresqlServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits for a locked row for too long gets a StoreError, and nothing is counted."""
    link, other = add(store, max_uses=2), add(store)
    visit = store.visit(link, new_visit(link), browser=None)
    monkeypatch.setattr(connections, "BEGIN", connections.BEGIN.replace("'2s'", "'100ms'"))
    with psycopg.connect(running.url()) as holder:
        holder.execute("SELECT 1 FROM links WHERE id = %s FOR UPDATE", (link.id,))
        for call in (
            lambda: store.visit(link, new_visit(link), browser=None),
            lambda: store.record(visit.id, answered()),
        ):
            with pytest.raises(StoreError) as caught:
                call()
            assert isinstance(caught.value.__cause__, psycopg.errors.LockNotAvailable)
        store.visit(other, new_visit(other), browser=None)
    assert store.get(link.id).uses == 1
    store.visit(link, new_visit(link), browser=None)
    assert store.get(link.id).uses == 2


def test_statement_that_takes_too_long_is_given_up_by_the_server(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction ends in a StoreError when a statement of it takes longer than the server's limit."""
    monkeypatch.setattr(connections, "BEGIN", connections.BEGIN.replace("'4s'", "'50ms'"))
    with pytest.raises(StoreError) as caught:
        store._connections.write(lambda connection: connection.execute("SELECT pg_sleep(60)"), again=None)
    assert isinstance(caught.value.__cause__, psycopg.errors.QueryCanceled)


def test_error_of_ours_undoes_what_was_done(store: Any) -> None:
    """An error inside a transaction leaves the store as it was, and the connection is used again."""

    def work(connection: Any) -> None:
        connection.execute("UPDATE link_changes SET number = 7")
        raise LiveformError("planted")

    with pytest.raises(LiveformError, match="planted"):
        store._connections.write(work, again=work)
    assert store._connections.number_of("SELECT number FROM link_changes") == 0


def test_openings_wait_for_a_server_that_is_down(
    running: PostgresqlServer, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Openings that cannot be written wait in the process, and are there once the server is back."""
    link = add(store, max_uses=None)
    monkeypatch.setattr(threading, "Timer", lambda *_: threading.Thread())  # only the test writes them
    running.stop()
    store.visit(link, new_visit(link), browser=None)
    with pytest.raises(StoreError):
        store.get(link.id)
    running.start()
    store._visit_buffer.flush()  # as the next timer does
    assert store.get(link.id).uses == 1
