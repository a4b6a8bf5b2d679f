"""These tests delete what is old in slices, on one host at a time."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import psycopg
from sites import NOW
from store_values import link_spec, put_many

from webhelper.links.stores.postgresql import retention

if TYPE_CHECKING:
    import pytest
    from stores import PostgresqlStores

    from webhelper.links.stores.postgresql.store import PostgresqlStore

LATER = NOW + 100 * 86_400


def count(stores: PostgresqlStores) -> int:
    """Return the number of links that have expired long ago."""
    ((found,),) = stores.execute(f"SELECT count(*) FROM links WHERE expires_at < {int(LATER)}")
    return int(found)


def create(store: PostgresqlStore, now: float) -> None:
    """Create a link that does not expire in the test."""
    store.create(link_spec(expires_at=int(LATER) + 10**6), now=now)


def test_old_links_are_deleted_slice_by_slice(
    store: PostgresqlStore, stores: PostgresqlStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each new link deletes a slice of the old ones until none is left; then an hour passes."""
    monkeypatch.setattr(retention, "SLICE", 4)
    put_many(store, [link_spec()] * 10)
    left = []
    for _ in range(4):
        create(store, LATER)
        left.append(count(stores))
    assert left == [6, 2, 0, 0]
    put_many(store, [link_spec()] * 2)
    create(store, LATER + 3599)
    assert count(stores) == 2
    create(store, LATER + 3600)
    assert count(stores) == 0


def test_old_links_are_deleted_by_one_host_at_a_time(
    store: PostgresqlStore, stores: PostgresqlStores
) -> None:
    """While another host deletes, this one leaves it alone for an hour."""
    put_many(store, [link_spec()])
    with psycopg.connect(stores.place) as other:
        other.execute(retention._LOCK)
        create(store, LATER)
    assert count(stores) == 1
    create(store, LATER + 3600)
    assert count(stores) == 0


def test_link_that_somebody_holds_is_left_for_the_next_hour(
    store: PostgresqlStore, stores: PostgresqlStores
) -> None:
    """Nobody waits: a row that is locked stays, and the others are deleted."""
    first, _ = put_many(store, [link_spec()] * 2)
    with psycopg.connect(stores.place) as other:
        other.execute("SELECT 1 FROM links WHERE id = %s FOR UPDATE", (first,))
        create(store, LATER)
    assert count(stores) == 1


def test_what_cannot_be_deleted_does_not_keep_a_link_from_being_made(
    store: PostgresqlStore, stores: PostgresqlStores, caplog: pytest.LogCaptureFixture
) -> None:
    """A failure is logged without data, and tried again after an hour."""
    stores.execute("DROP TABLE refusals")
    with caplog.at_level(logging.ERROR, "webhelper"):
        for now in (LATER, LATER + 3599, LATER + 3600):
            create(store, now)
    assert [record.getMessage() for record in caplog.records] == [
        "what is old cannot be deleted now: UndefinedTable"
    ] * 2
