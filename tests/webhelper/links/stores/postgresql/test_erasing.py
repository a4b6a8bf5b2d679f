"""These tests erase a user beside others at work on the same rows; ../contract has what is erased."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from sites import NOW, new_visit
from store_values import claimed, link_spec, new_event

from webhelper.links import purging
from webhelper.links.stores.upkeep import Erased

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from stores import PostgresqlStores

    from webhelper.links.models import Visit
    from webhelper.links.stores.base import Store

JANE = "Jane-1"


def visit_of(store: Store) -> Visit:
    """Open a link of the user."""
    link, _ = store.create(link_spec(fields={"userid": JANE}), now=NOW)
    return store.visit(link, new_visit(link), browser=b"b")


@contextmanager
def blocked(place: str, work: Callable[[], object]) -> Iterator[tuple[psycopg.Connection, Future[object]]]:
    """Lend a connection that holds every link, and the work that waits for it; it ends after the block."""
    with psycopg.connect(place) as connection, ThreadPoolExecutor(1) as thread:
        connection.execute("SELECT FROM links FOR UPDATE")
        future = thread.submit(work)
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while connection.execute(waiting).fetchall() == [(0,)] and not future.done():
            pass
        yield connection, future
        connection.commit()


def test_return_to_a_visit_that_is_being_erased_leaves_nothing(stores: PostgresqlStores) -> None:
    """A return that waits for its link finds that the visit is gone, and keeps no outcome without one."""
    store = stores.open()
    visit = visit_of(store)
    with blocked(stores.place, lambda: store.record(visit.id, claimed())) as (connection, recorded):
        connection.execute("DELETE FROM visits")
    assert recorded.result() is None
    assert stores.execute("SELECT count(*) FROM outcomes") == [(0,)]


def test_webhook_that_is_worked_while_its_user_is_erased_goes_too(stores: PostgresqlStores) -> None:
    """What is found to be about a visit until the erasure has its link is erased with it."""
    store = stores.open()
    visit = visit_of(store)
    store.inbox.receive(new_event(), now=NOW)
    with blocked(stores.place, lambda: purging.erase(store.upkeep, JANE)) as (connection, erased):
        connection.execute("UPDATE events SET visit = %s", (visit.id,))
    assert erased.result() == Erased(links=1, visits=1, outcomes=0, webhooks=1, messages=0)
    assert stores.execute("SELECT count(*) FROM events") == [(0,)]
