"""These tests delete what is old on one host at a time, and wait for nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from sites import NOW
from store_values import link_spec, put_many

from webhelper.links.stores.postgresql import retention

if TYPE_CHECKING:
    from stores import PostgresqlStores

    from webhelper.links.stores.postgresql.store import PostgresqlStore

LATER = NOW + 100 * 86_400


def test_old_links_are_deleted_by_one_host_at_a_time(
    store: PostgresqlStore, stores: PostgresqlStores
) -> None:
    """While another host deletes, this one has nothing to do."""
    put_many(store, [link_spec()])
    with psycopg.connect(stores.place) as other:
        other.execute(retention._LOCK)
        assert store.upkeep.purge(now=LATER) == 0
    assert store.upkeep.purge(now=LATER) == 1


def test_link_that_somebody_holds_is_left_for_the_next_time(
    store: PostgresqlStore, stores: PostgresqlStores
) -> None:
    """Nobody waits: a row that is locked stays, and the others are deleted."""
    first, _ = put_many(store, [link_spec()] * 2)
    with psycopg.connect(stores.place) as other:
        other.execute("SELECT 1 FROM links WHERE id = %s FOR UPDATE", (first,))
        assert store.upkeep.purge(now=LATER) == 1
    assert stores.execute("SELECT id FROM links") == [(first,)]


def test_free_space_is_left_to_the_server(store: PostgresqlStore) -> None:
    """There is nothing to give back: autovacuum does."""
    assert not store.upkeep.shrink()
