"""These tests make the tables of a database, once, whoever comes first."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import psycopg
import pytest
from racing import in_threads
from sites import NOW, open_store
from store_values import link_spec

from webhelper.errors import StoreError
from webhelper.links.stores.errors import UpgradePendingError, WrongStoreError
from webhelper.links.stores.numbered_sql import Step
from webhelper.links.stores.postgresql import schema

if TYPE_CHECKING:
    from stores import PostgresqlStores


def test_tables_are_made_once_by_hosts_that_start_at_the_same_moment(stores: PostgresqlStores) -> None:
    """Of eight that find an empty database, one makes the tables, and all can use them."""

    def start(_: int) -> str:
        store = open_store(stores.place)
        try:
            return store.create(link_spec(), now=NOW)[0].id
        finally:
            store.close()

    assert len(set(in_threads(8, start))) == 8
    assert stores.execute("SELECT count(*) FROM links") == [(8,)]


def test_tables_of_a_later_version_are_refused(stores: PostgresqlStores) -> None:
    """A database of a later version is left alone."""
    stores.open().close()
    stores.execute("UPDATE liveform_schema SET version = version + 1")
    with pytest.raises(WrongStoreError):
        open_store(stores.place)
    with psycopg.connect(stores.place) as connection, pytest.raises(WrongStoreError):
        schema.upgrade(connection)


def test_tables_of_an_earlier_version_are_upgraded_when_told_to(
    stores: PostgresqlStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store is not opened while a step is pending; an upgrade takes it once, and keeps what is there."""
    link, _ = stores.open().create(link_spec(), now=NOW)
    stores.close()
    made = schema.steps()
    step = Step(made[-1].number + 1, "more", "ALTER TABLE links ADD COLUMN more integer")
    monkeypatch.setattr(schema, "steps", lambda: (*made, step))
    with pytest.raises(UpgradePendingError):
        open_store(stores.place)
    with psycopg.connect(stores.place) as connection:
        assert schema.upgrade(connection) == (made[-1].number, step.number)
        assert schema.upgrade(connection) == (step.number, step.number)
    assert stores.open().get(link.id) == link
    assert stores.execute("SELECT more FROM links") == [(None,)]


def test_step_that_fails_leaves_the_tables_as_they_were(
    stores: PostgresqlStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upgrade is one transaction: with one step undone, the others are too."""
    stores.open().close()
    made = schema.steps()
    more = (
        Step(2, "more", "ALTER TABLE links ADD COLUMN more integer"),
        Step(3, "bad", "ALTER TABLE x ADD y int"),
    )
    monkeypatch.setattr(schema, "steps", lambda: (*made, *more))
    with psycopg.connect(stores.place) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        schema.upgrade(connection)
    monkeypatch.undo()
    assert stores.open().is_ready()


def test_database_that_may_not_be_used_is_refused(stores: PostgresqlStores) -> None:
    """A store is not opened where its user may not make tables."""
    stores.execute("ALTER SCHEMA public RENAME TO other")
    try:
        with pytest.raises(StoreError):
            open_store(stores.place)
    finally:
        stores.execute("ALTER SCHEMA other RENAME TO public")


def test_server_that_does_not_wait_for_its_disk_is_told_of(
    stores: PostgresqlStores, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says so if the server confirms what a power cut would lose, as that of the tests does."""
    with caplog.at_level(logging.WARNING, "webhelper"):
        stores.open()
    assert [record.getMessage() for record in caplog.records] == [
        "the database confirms what is not on its disk yet: fsync or synchronous_commit is off"
    ]


def test_server_that_waits_for_its_disk_is_not_told_of(
    stores: PostgresqlStores, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server as it is installed gives no reason for a warning."""
    monkeypatch.setattr(schema, "_IS_SAFE", "SELECT TRUE")
    with caplog.at_level(logging.WARNING, "webhelper"):
        stores.open()
    assert caplog.records == []
