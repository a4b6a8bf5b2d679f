"""These tests take the server away: it is killed, frozen, stopped or busy, and comes back."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from postgresql_server import PostgresqlServer
from psycopg_pool import PoolTimeout
from racing import PATIENCE_S, in_threads
from sites import NOW, new_visit, open_store
from store_values import answered, link_spec, use_code

from liveform import LiveformError
from webhelper.errors import StoreError, UsedUpError
from webhelper.links.stores.postgresql import pool
from webhelper.links.stores.postgresql.attempt import Attempt
from webhelper.links.stores.postgresql.errors import BusyError, DownError, NoAnswerError, TimeIsUpError
from webhelper.links.stores.postgresql.limits import Limits
from webhelper.links.stores.time_budget import TimeBudget, budget_of_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
def running(server: PostgresqlServer) -> Iterator[PostgresqlServer]:
    """Return the server, started."""
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


def cause_of(call: Callable[[], object]) -> BaseException | None:
    """Return why a call is a StoreError."""
    with pytest.raises(StoreError) as caught:
        call()
    return caught.value.__cause__


def short_limits(monkeypatch: pytest.MonkeyPatch, limits: Limits) -> None:
    """Give what is done beside requests, as tests do everything, these limits."""
    monkeypatch.setattr("webhelper.links.stores.postgresql.limits.ELSEWHERE", limits)


def until_ready(store: Store) -> None:
    """Return once the store is ready again."""
    while not store.is_ready():
        pass


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


def test_server_that_is_down_is_tried_by_one_thread_alone(running: PostgresqlServer, store: Any) -> None:
    """While one try is under way, callers wait for it for a moment, and none starts another."""
    link = add(store)
    running.stop()
    with pytest.raises(StoreError):
        store.get(link.id)
    goes_on = threading.Event()

    def wait(_: object) -> None:
        goes_on.wait(PATIENCE_S)
        raise DownError

    lent = store._connections._pool
    under_way = lent._attempt = Attempt(wait)
    under_way.start()
    lent._hangs = True  # as it is after the first who has waited in vain
    for _ in range(2):
        assert isinstance(cause_of(lambda: store.get(link.id)), DownError)
        assert lent._attempt is under_way
    running.start()
    goes_on.set()
    until_ready(store)
    assert store.get(link.id) == link


def test_store_opens_while_the_server_is_down(
    running: PostgresqlServer, caplog: pytest.LogCaptureFixture
) -> None:
    """A host that starts before its database says so, without a secret, and makes the tables later."""
    running.stop()
    with caplog.at_level(logging.ERROR, "webhelper"):
        store = open_store(running.url())
    assert [record.getMessage() for record in caplog.records] == [
        "the database cannot be reached: OperationalError: no server answers there and lets this user in; "
        "compare host, port and parameters of the URL, and see whether the server runs"
    ]
    with pytest.raises(StoreError):
        add(store)
    running.start()
    assert store.get(add(store).id).uses == 0
    store.close()


def change_default(server: PostgresqlServer, change: str) -> None:
    """Let new sessions of a server be read-only, or not any more."""
    url = server.url(options="-cdefault_transaction_read_only%3Doff")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE postgres {change}")


@pytest.mark.parametrize("prepare", ["yes", "no"])
def test_database_that_was_read_only_is_used_when_it_can_be_written(
    prepare: str, running: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sessions that were made while the database was read-only are replaced, without a restart."""
    monkeypatch.setattr(pool, "_NEW_S", 0.0)
    store: Any = open_store(running.url(prepare=prepare))
    link = add(store)
    change_default(running, "SET default_transaction_read_only = on")
    store.close()
    try:
        assert not store.is_ready()
        assert store.get(link.id) == link
        assert isinstance(cause_of(lambda: add(store)), psycopg.errors.ReadOnlySqlTransaction)
    finally:
        change_default(running, "RESET default_transaction_read_only")
    assert store.is_ready()
    store.visit(link, new_visit(link), browser=None)
    assert store.get(link.id).uses == 1
    store.close()


def test_database_that_stays_read_only_is_not_connected_to_for_each_call(
    running: PostgresqlServer, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Connections that have just been made are not made again because the database is read-only."""
    monkeypatch.setattr(pool, "_NEW_S", float("inf"))
    change_default(running, "SET default_transaction_read_only = on")
    try:
        assert not store.is_ready()
        before = store._connections._pool._connections
        assert not store.is_ready()
        assert store._connections._pool._connections is before
    finally:
        change_default(running, "RESET default_transaction_read_only")


def test_server_that_hangs_is_given_up(
    running: PostgresqlServer, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that hangs is waited for once; then callers are told at once, until it goes on."""
    link = add(store)
    short_limits(monkeypatch, Limits(lock_ms=50, statement_ms=50))
    running.freeze()
    try:
        assert isinstance(cause_of(lambda: store.get(link.id)), NoAnswerError)
        assert isinstance(cause_of(lambda: store.get(link.id)), DownError)
        assert isinstance(cause_of(lambda: add(store)), DownError)
    finally:
        running.thaw()
    until_ready(store)
    assert store.get(link.id) == link


def test_server_that_hangs_is_noticed_without_an_idle_connection(
    running: PostgresqlServer, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that cannot be made in time counts as a server that is down."""
    link = add(store)
    monkeypatch.setattr(pool, "_LEND_S", 0.3)
    lent = store._connections._pool.take()
    running.freeze()
    try:
        assert isinstance(cause_of(lambda: store.get(link.id)), PoolTimeout)
        assert isinstance(cause_of(lambda: store.get(link.id)), DownError)
    finally:
        running.thaw()
        lent.give_back()
    until_ready(store)
    assert store.get(link.id) == link


def test_what_a_server_was_asked_before_it_hung_is_undone(
    running: PostgresqlServer, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asked a server that hung asks again when it goes on, and is told what he would have been told."""
    link = add(store)
    visit = store.visit(link, new_visit(link), browser=b"b" * 32)

    def exchange() -> bool:
        return bool(store.exchange(visit.id, now=NOW, browser=b"b" * 32))

    def use_a_code() -> bool:
        return bool(use_code(store, "code", now=NOW))

    def hand_over() -> bool:
        return bool(store.hand_over(link, visit.id, holder=b"b" * 8, browser=b"c" * 32, now=NOW))

    calls = (exchange, use_a_code, hand_over)
    with monkeypatch.context() as impatient:
        short_limits(impatient, Limits(lock_ms=50, statement_ms=50))
        for call in calls:
            running.freeze()
            try:
                with pytest.raises(StoreError):
                    call()
            finally:
                running.thaw()
            until_ready(store)
    assert [call() for call in calls] == [True, True, True]
    assert [call() for call in calls] == [False, False, False]


def test_row_that_somebody_holds_is_waited_for_a_moment(
    running: PostgresqlServer, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits for a locked row for too long gets a StoreError, and nothing is done, now or later."""
    link, other = add(store, max_uses=2), add(store)
    visit = store.visit(link, new_visit(link), browser=b"b" * 32)
    beside_the_rows: list[Callable[[], object]] = [
        lambda: store.visit(link, new_visit(link), browser=None),
        lambda: store.record(visit.id, answered()),
        lambda: store.exchange(visit.id, now=NOW),
        lambda: store.hand_over(link, visit.id, holder=b"b" * 8, browser=b"c" * 32, now=NOW),
        lambda: store.revoke(link.id, now=NOW),
    ]
    beside_the_table: list[Callable[[], object]] = [lambda: add(store), lambda: store.get(link.id)]
    short_limits(monkeypatch, Limits(lock_ms=100, statement_ms=4000))
    with psycopg.connect(running.url()) as holder:
        holder.execute("SELECT 1 FROM links WHERE id = %s FOR UPDATE", (link.id,))
        holder.execute("SELECT 1 FROM visits FOR UPDATE")
        causes = [cause_of(call) for call in beside_the_rows]
        store.visit(other, new_visit(other), browser=None)
        holder.execute("LOCK TABLE links IN ACCESS EXCLUSIVE MODE")
        causes += [cause_of(call) for call in beside_the_table]
        assert not store.is_ready()
    assert {type(one) for one in causes} == {psycopg.errors.LockNotAvailable}
    found = store.get(link.id)
    assert (found.uses, found.revoked_at) == (1, None)
    assert store.exchange(visit.id, now=NOW)
    store.visit(link, new_visit(link), browser=None)
    assert store.get(link.id).uses == 2


def test_callers_who_give_up_leave_no_more_backends_than_the_pool_has(
    running: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many callers give up beside a lock, the server works for as many as pool_size says."""
    store: Any = open_store(running.url(pool_size="2", application_name="planted"))
    link = add(store)
    visit = store.visit(link, new_visit(link), browser=b"b" * 32)
    short_limits(monkeypatch, Limits(lock_ms=50, statement_ms=4000))
    with psycopg.connect(running.url()) as holder:
        holder.execute("SELECT 1 FROM visits FOR UPDATE")
        causes = in_threads(8, lambda _: cause_of(lambda: store.exchange(visit.id, now=NOW)))
        assert {type(one) for one in causes} == {psycopg.errors.LockNotAvailable}
        count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'planted'"
        ((backends,),) = running.execute(count)
        assert int(str(backends)) <= 2
    store.close()


@pytest.mark.parametrize("prepare", ["yes", "no"])
def test_statement_that_takes_too_long_is_given_up_by_the_server(
    prepare: str, running: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement ends with a StoreError when it takes longer than the server's limit, pooler or not."""
    short_limits(monkeypatch, Limits(lock_ms=50, statement_ms=200))
    store: Any = open_store(running.url(prepare=prepare))
    ask = store._connections

    def sleep(connection: Any) -> None:
        connection.execute("SELECT pg_sleep(60)")

    calls: list[Callable[[], object]] = [
        lambda: ask.call(sleep),
        lambda: ask.call_once(sleep),
        lambda: ask.write(sleep, again=None),
        lambda: ask.number_of("SELECT 1 FROM pg_sleep(60)"),
        lambda: ask.changes_one("SELECT pg_sleep(60)", {}),
        lambda: ask.commits_one("SELECT pg_sleep(60)", {}),
    ]
    assert {type(cause_of(call)) for call in calls} == {psycopg.errors.QueryCanceled}
    assert store.is_ready()
    store.close()


def test_caller_who_finds_every_connection_in_use_does_not_take_the_database_for_down(
    running: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits for a connection in vain is told so, and nobody else is told that the database is down."""
    monkeypatch.setattr(pool, "_LEND_S", 0.1)
    store: Any = open_store(running.url(pool_size="1"))
    lent = store._connections._pool.take()
    assert isinstance(cause_of(lambda: store.get("A" * 16)), BusyError)
    lent.give_back()
    assert store.is_ready()
    store.close()


def test_request_whose_time_is_over_is_no_reason_to_take_the_database_for_down(store: Any) -> None:
    """A request that is given up in its last statement leaves the connections of all others alone."""
    before = store._connections._pool.take()
    before.give_back()
    outside = budget_of_request.set(TimeBudget(1.0))
    try:
        cause = cause_of(lambda: store._connections.write(_three_waits, again=None))
        assert isinstance(cause, NoAnswerError)
        assert isinstance(cause_of(lambda: store.get("A" * 16)), TimeIsUpError)
    finally:
        budget_of_request.reset(outside)
    after = store._connections._pool.take()
    assert after.pool is before.pool
    after.give_back()


def _three_waits(connection: Any) -> None:
    for _ in range(3):
        connection.execute("SELECT pg_sleep(0.4)")


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
