"""These tests make the tables of a database, once, whoever comes first."""

from __future__ import annotations

import logging
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
import pytest
from racing import in_threads
from sites import NOW, new_visit, open_store
from store_values import confirmed, link_spec

from webhelper.errors import StoreError
from webhelper.links.outcomes import Level, Result
from webhelper.links.stores.errors import (
    NewerStoreError,
    RefusedError,
    UpgradePendingError,
    WrongStoreError,
)
from webhelper.links.stores.lists import OpenVisits
from webhelper.links.stores.numbered_sql import Step
from webhelper.links.stores.postgresql import connector, schema
from webhelper.links.stores.postgresql.address import read_address
from webhelper.links.stores.postgresql.limits import Limits
from webhelper.links.stores.postgresql.single_connection import upgrade
from webhelper.links.visit_counts import VisitCounts

if TYPE_CHECKING:
    from postgresql_server import PostgresqlServer
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
    newest = schema.steps()[-1].number
    told = f"the store is of version {newest + 1}, and this liveform reads {newest}; install a later one"
    with pytest.raises(NewerStoreError, match=told):
        open_store(stores.place)
    with psycopg.connect(stores.place) as connection, pytest.raises(NewerStoreError, match=told):
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
        Step(made[-1].number + 1, "more", "ALTER TABLE links ADD COLUMN more integer"),
        Step(made[-1].number + 2, "bad", "ALTER TABLE x ADD y int"),
    )
    monkeypatch.setattr(schema, "steps", lambda: (*made, *more))
    with psycopg.connect(stores.place) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        schema.upgrade(connection)
    monkeypatch.undo()
    assert stores.open().is_ready()


def test_upgrade_works_out_what_links_and_visits_show(stores: PostgresqlStores) -> None:
    """What the first version kept of outcomes by its own rules becomes what today's rules make of them."""
    store = stores.open()
    link, _ = store.create(link_spec(max_uses=None), now=NOW)
    visit_id = store.visit(link, new_visit(link), browser=None).id
    store.record(visit_id, confirmed(Result.PENDING))
    store.record(visit_id, confirmed(Result.REJECTED, NOW + 9, submission_id="sub-2"))
    stores.close()
    stores.execute("UPDATE visits SET is_final = true")
    stores.execute("""UPDATE links SET counts = '[0, ["rejected", "confirmed", 1]]'""")
    stores.execute("UPDATE liveform_schema SET version = 1")
    with psycopg.connect(stores.place) as connection:
        schema.upgrade(connection)
    store = stores.open()
    assert store.get(link.id).counts == VisitCounts(shown={(Result.PENDING, Level.CONFIRMED): 1})
    assert [one.visit.id for one in store.open_visits(OpenVisits(since=0, limit=9))] == [visit_id]


def test_database_that_may_not_be_used_is_refused(stores: PostgresqlStores) -> None:
    """A store is not opened where its user may not make tables."""
    stores.execute("ALTER SCHEMA public RENAME TO other")
    try:
        with pytest.raises(StoreError):
            open_store(stores.place)
    finally:
        stores.execute("ALTER SCHEMA other RENAME TO public")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM liveform_schema",
        "INSERT INTO liveform_schema VALUES (1)",
        "ALTER TABLE liveform_schema ALTER version TYPE text",
    ],
)
def test_version_that_is_not_one_number_is_refused(statement: str, stores: PostgresqlStores) -> None:
    """A database that does not say of what version its tables are is left alone."""
    stores.open().close()
    stores.execute(statement)
    with pytest.raises(WrongStoreError):
        open_store(stores.place)
    with psycopg.connect(stores.place) as connection, pytest.raises(WrongStoreError):
        schema.upgrade(connection)


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_database_that_is_not_utf8_is_refused(
    encoding: str, stores: PostgresqlStores, postgresql_server: PostgresqlServer
) -> None:
    """A database in which not every text can be kept is refused at the start, with the way to another."""
    stores.execute("DROP DATABASE IF EXISTS other")
    stores.execute(f"CREATE DATABASE other ENCODING '{encoding}' TEMPLATE template0")
    address = read_address(postgresql_server.url("other"))
    for use in (lambda: open_store(address.conninfo), lambda: upgrade(address)):
        with pytest.raises(RefusedError, match="createdb --encoding=UTF8 --template=template0"):
            use()
    stores.execute("DROP DATABASE other")


@pytest.mark.parametrize("client_encoding", ["latin1", "sql_ascii"])
def test_text_is_kept_whatever_the_url_says(client_encoding: str, stores: PostgresqlStores) -> None:
    """Every text is written and read as UTF-8, also where the URL names another encoding."""
    store = open_store(f"{stores.place}?client_encoding={client_encoding}")
    link, _ = store.create(link_spec(label="김 🙂"), now=NOW)
    assert store.get(link.id) == link
    store.close()


@pytest.mark.parametrize("isolation", ["repeatable read", "serializable"])
def test_hosts_start_at_once_whatever_isolation_is_the_default(
    isolation: str, stores: PostgresqlStores
) -> None:
    """Of hosts that start and upgrades that run at once, each sees what the one before it has made."""
    url = f"{stores.place}?options=-cdefault_transaction_isolation%3D{isolation.replace(' ', '%5C%20')}"

    def start(place: int) -> str:
        if place % 2:
            upgrade(read_address(url))
        with closing(open_store(url)) as store:
            return store.create(link_spec(), now=NOW)[0].id

    assert len(set(in_threads(8, start))) == 8
    with closing(open_store(url)) as store:
        link, _ = store.create(link_spec(max_uses=8), now=NOW)
        in_threads(8, lambda _: store.visit(link, new_visit(link), browser=None))
        assert store.get(link.id).uses == 8


def test_schema_that_somebody_else_makes_is_waited_for_a_moment(
    stores: PostgresqlStores, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A host that starts while another session holds the lock is told so, and leaves no backend."""
    monkeypatch.setattr(connector, "ELSEWHERE", Limits(lock_ms=50, statement_ms=4000))
    count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'planted'"
    with psycopg.connect(stores.place) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(hashtext('liveform schema'))")
        for prepare in ("yes", "no"):
            store = open_store(f"{stores.place}?application_name=planted&prepare={prepare}")
            assert not store.is_ready()
            store.close()
        while stores.execute(count) != [(0,)]:  # the last one is on its way
            pass
    assert "LockNotAvailable: another session holds its tables" in caplog.text


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
