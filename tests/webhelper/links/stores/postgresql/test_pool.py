"""These tests lend connections to the processes and threads of a site."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

import pytest
from racing import in_threads, processes, redeem_on_both_sides_of_a_fork_in_postgresql
from sites import NOW, Clock, link_request, link_service, open_store
from store_values import link_spec

from webhelper.errors import StoreError, UnknownLinkError

if TYPE_CHECKING:
    from postgresql_server import PostgresqlServer
    from stores import PostgresqlStores


def test_process_that_is_forked_opens_connections_of_its_own(store: Any, stores: PostgresqlStores) -> None:
    """Parent and child redeem a link each, with connections of their own, also after the child's end."""
    service = link_service(stores.place, Clock(), store)
    tokens = tuple(service.token(service.create(link_request(), by="tests")[0]) for _ in range(2))
    with processes(1) as start:
        assert start(redeem_on_both_sides_of_a_fork_in_postgresql, stores.place, tokens) == [(0, "won", 2)]


def test_process_that_was_forked_leaves_the_connections_of_its_parent_alone(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In another process, a pool opens connections of its own, and leaves the inherited ones open."""
    pool = store._connections._pool
    ours = pool.take()
    with monkeypatch.context() as forked:
        forked.setattr(os, "getpid", lambda: -1)
        theirs = pool.take()
        assert theirs.pool is not ours.pool
        assert not ours.connection.closed
        theirs.give_back()
        pool.close()
    ours.give_back()
    ours.pool.close()


def test_create_opens_no_connection_that_a_fork_would_inherit(store: Any) -> None:
    """A server may fork after the store was made; until then the pool is not open."""
    assert store._connections._pool._connections is None
    store.is_ready()
    assert store._connections._pool._connections is not None


def test_pool_that_another_thread_has_opened_meanwhile_is_not_opened_again(store: Any) -> None:
    """A thread that saw no pool, and then waited while another opened it, takes that one."""
    pool = store._connections._pool
    lock, opened = pool._changing, []

    class OpenedMeanwhile:
        def __enter__(self) -> None:
            pool._changing = lock
            first = pool.take()
            opened.append(first.pool)
            first.give_back()
            lock.acquire()

        def __exit__(self, *_: object) -> None:
            lock.release()

    pool._changing = OpenedMeanwhile()
    loan = pool.take()
    loan.give_back()
    assert opened == [loan.pool]


def test_threads_share_as_many_connections_as_they_may(
    postgresql_server: PostgresqlServer, stores: PostgresqlStores
) -> None:
    """A process opens no more connections than pool_size says; who finds none waits for one."""
    stores.open()
    store: Any = open_store(postgresql_server.url(pool_size="2"))
    links = in_threads(16, lambda _: store.create(link_spec(), now=NOW)[0].id)
    assert len(set(links)) == 16
    assert store._connections._pool._connections.get_stats()["pool_size"] <= 2
    store.close()


@pytest.mark.parametrize(("prepare", "count"), [("yes", 1), ("no", 0)])
def test_statements_are_prepared_unless_a_pooler_is_in_between(
    prepare: str, count: int, postgresql_server: PostgresqlServer, stores: PostgresqlStores
) -> None:
    """With prepare=no, nothing of a session is used that a pooler in transaction mode would mix up."""
    stores.open()
    store: Any = open_store(postgresql_server.url(prepare=prepare, pool_size="1"))
    for _ in range(8):
        with pytest.raises(UnknownLinkError):
            store.get("A" * 16)
    prepared = "SELECT least(1, count(*)) FROM pg_prepared_statements"
    assert store._connections.number_of(prepared) == count
    store.close()


def test_pool_is_renewed_once_for_all_who_lost_a_connection(store: Any) -> None:
    """Of several callers whose connections were lost together, the first renews the pool for all."""
    pool = store._connections._pool
    first, second = pool.take(), pool.take()
    pool.renew(first)
    third = pool.take()
    pool.renew(second)
    fourth = pool.take()
    assert third.pool is not first.pool
    assert fourth.pool is third.pool
    for one in (first, second, third, fourth):
        one.give_back()
    assert (first.connection.closed, third.connection.closed) == (True, False)


def test_caller_who_waits_in_a_pool_that_is_renewed_gets_a_connection(store: Any) -> None:
    """Whoever waits for a connection of the old pool is lent one of the new."""
    pool = store._connections._pool
    lost = pool.take()
    opened = pool._opened
    pools = iter([lost.pool, None])

    def opened_before_the_renewal(end: float) -> Any:
        return next(pools) or opened(end)

    pool.renew(lost)
    pool._opened = opened_before_the_renewal
    loan = pool.take()
    assert loan.pool is not lost.pool
    for one in (lost, loan):
        one.give_back()


def test_pool_that_opens_after_the_end_is_closed(store: Any) -> None:
    """A store that is closed while its pool is being opened leaves no connections behind."""
    pool = store._connections._pool
    known, made = pool._connector.open, []

    def open_too_late(*args: Any, **kwargs: Any) -> Any:
        made.append(known(*args, **kwargs))
        pool.close()
        return made[0]

    pool._connector.open = open_too_late
    with pytest.raises(StoreError):
        pool.take()
    assert made[0].closed
    pool._connector.open = known
    assert store.is_ready()


def test_password_is_in_no_log(
    postgresql_server: PostgresqlServer, stores: PostgresqlStores, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a password that is wrong nor one whose server has gone is in a line of any log."""
    wrong = postgresql_server.url().replace(postgresql_server.password, "planted-1")
    with caplog.at_level(logging.DEBUG):
        store: Any = open_store(wrong)
        assert not store.is_ready()
        store.close()
        store = open_store(stores.place)
        assert store.is_ready()
        connector = store._connections._pool._connector
        connector._address = connector._address._replace(conninfo=wrong)
        store.close()
        assert not store.is_ready()
        store.close()
    assert "the database cannot be reached" in caplog.text
    assert "planted-1" not in caplog.text
    assert postgresql_server.password not in caplog.text


def test_closed_store_can_be_used_and_closed_again(store: Any) -> None:
    """A store that was closed opens again when somebody uses it."""
    store.close()
    store.close()
    assert store.is_ready()
