"""These tests move a SQLite file to a database, at once and with interruptions."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from killed_moves import kill_moves
from older_stores import make_older
from racing import processes
from sites import KEY, NOW, new_visit, open_store
from store_values import claimed, confirmed, delivered_messages, link_spec, new_event, use_code

from webhelper.errors import KeyReusedError, StoreError, UsedUpError
from webhelper.links import purging
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.base import IdempotencyKey
from webhelper.links.stores.errors import (
    MovedStoreError,
    MovePendingError,
    StoreInUseError,
    StoreNotEmptyError,
    UpgradePendingError,
)
from webhelper.links.stores.lists import Filter
from webhelper.links.stores.outbox import Sink
from webhelper.links.stores.postgresql import moved_table
from webhelper.links.stores.postgresql.address import read_address
from webhelper.links.stores.postgresql.moving import move
from webhelper.links.stores.sessions import Session, SessionKind

if TYPE_CHECKING:
    from pathlib import Path

    from stores import PostgresqlStores

NAMING = {"userid": "Jane-1", "email": "jane@example.com"}
DOUBLE = '"'
KEPT = IdempotencyKey("tests", "k", b"d" * 32)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with something in every table, which nobody has open."""
    store = open_store(tmp_path, sinks=tuple(Sink))
    one, _ = store.create(
        link_spec(label="GANGNAM", fields={"userid": "Jane-1"}), now=NOW, idempotency_key=KEPT
    )
    many, _ = store.create(link_spec(max_uses=None, unique_userid="u-"), now=NOW)
    store.create(link_spec(), now=NOW, gets_number=True)
    visit = store.visit(one, new_visit(one), browser=b"b")
    store.visit(many, new_visit(many, userid="u-1"), browser=b"c")
    store.record(visit.id, claimed())
    store.record(visit.id, confirmed())
    store.exchange(visit.id, now=NOW)
    store.inbox.receive(new_event(members=NAMING), now=NOW)
    store.inbox.receive(new_event(3, members=NAMING), now=NOW - 1)
    lease = store.inbox.lease(now=NOW, lease_s=9)
    assert lease is not None
    store.inbox.finish(lease, None, now=NOW)
    store.inbox.count_refused({("shop", "malformed"): 3}, now=NOW)
    store.token_ids.add("shop", ["tok-1"], now=NOW)
    store.revoke(many.id, now=NOW)
    session = Session(b"k" * 16, SessionKind.CONSOLE, "tests", None, NOW, NOW, NOW + 3600)
    assert store.sessions.begin_once(session, "code")
    store.close()
    return tmp_path / "links.db"


def moved(file: Path, stores: PostgresqlStores) -> dict[str, int]:
    """Move a file, and return how many rows of each table were moved now."""
    return {one.table: one.new for one in move(file, read_address(stores.place))}


def test_moved_store_goes_on_where_the_file_ended(file: Path, stores: PostgresqlStores) -> None:
    """Links, visits, outcomes, webhooks, messages, token ids, codes and keys are all there, and found."""
    before = open_store(file.parent)
    listed = before.page(Filter(unopened=True), now=NOW, limit=9).links
    visits = {link.id: list(before.visits(link.id, limit=9)) for link in listed}
    before.close()
    counts = moved(file, stores)
    assert min(counts.values()) > 0
    store = stores.open(sinks=tuple(Sink))
    assert store.page(Filter(unopened=True), now=NOW, limit=9).links == listed
    assert {link.id: list(store.visits(link.id, limit=9)) for link in listed} == visits
    (one,) = store.page(Filter(text="jane-1"), now=NOW, limit=9).links
    assert store.page(Filter(text="gangnam"), now=NOW, limit=9).links == (one,)
    with pytest.raises(UsedUpError):
        store.visit(one, new_visit(one, at=NOW + 700), browser=b"z")
    assert store.create(link_spec(), now=NOW, idempotency_key=KEPT) == (one, False)
    with pytest.raises(KeyReusedError):
        store.create(link_spec(), now=NOW, idempotency_key=KEPT._replace(digest=b"e" * 32))
    assert stores.execute("SELECT count(*) FROM links WHERE uses = 0 AND last_used_at IS NULL") == [(1,)]
    assert not use_code(store, "code", now=NOW)
    assert store.token_ids.new("shop", limit=9) == ["tok-1"]
    assert len(store.sessions.of_holder("tests", now=NOW)) == 1
    kept = store.inbox.get(1)
    assert kept is not None
    assert kept.event.members == NAMING
    assert len(delivered_messages(store)) == 2
    erased = purging.erase(store.upkeep, "Jane-1", pause=lambda: None)
    assert (erased.links, erased.webhooks) == (1, 2)


@pytest.mark.parametrize("fails", [True, False])
def test_webhook_that_waited_during_the_move_is_found_by_its_user(
    fails: bool, file: Path, stores: PostgresqlStores
) -> None:
    """The file has not kept whom a webhook names until its work ends; the database keeps it then."""
    moved(file, stores)
    store = stores.open()
    lease = store.inbox.lease(now=NOW, lease_s=9)
    assert lease is not None
    assert stores.execute("SELECT event FROM event_userids ORDER BY event") == [(2,)]
    if fails:
        assert store.inbox.postpone(lease, "timeout", at=None)
    else:
        assert store.inbox.finish(lease, None, now=NOW)
    assert stores.execute("SELECT event FROM event_userids ORDER BY event") == [(1,), (2,)]
    assert purging.erase(store.upkeep, "Jane-1", pause=lambda: None).webhooks == 2


def test_numbers_that_the_file_gave_are_not_given_again(file: Path, stores: PostgresqlStores) -> None:
    """New links, webhooks and codes of a kiosk go on counting, also after a row that was deleted."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE sqlite_sequence SET seq = 70 WHERE name = 'events'")
        connection.commit()
    moved(file, stores)
    store = stores.open()
    assert store.inbox.receive(new_event(2), now=NOW).number == 71
    link, _ = store.create(link_spec(), now=NOW, gets_number=True)
    assert link.spec.kiosk_number == 2
    assert stores.execute("SELECT max(seq) FROM links") == [(4,)]


def test_move_that_was_interrupted_goes_on(
    file: Path, stores: PostgresqlStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has arrived is not moved again, and in the end every count agrees."""
    monkeypatch.setattr(moved_table, "SLICE", 1)
    tables = move(file, read_address(stores.place))
    assert next(tables) == ("links", 3, 3)
    tables.close()
    stores.execute("DELETE FROM links WHERE seq = 3")
    assert moved(file, stores)["links"] == 1
    assert set(moved(file, stores).values()) == {0}


def test_move_that_is_killed_at_any_step_can_be_ended(file: Path, stores: PostgresqlStores) -> None:
    """Killed before any of its changes, a move leaves an empty database, or one that no host uses."""
    with processes(1) as start:
        (seen,) = start(kill_moves, file, stores.place)
    refused = [is_refused for is_refused, _ in seen]
    assert refused.count(True) > 20
    assert refused == sorted(refused)  # empty until the first commit, and from then on not whole
    assert {moved_again for _, moved_again in seen} == {True}
    store = stores.open()
    assert store.is_ready()
    assert store.create(link_spec(), now=NOW)[1]
    assert stores.execute("SELECT max(seq) FROM links") == [(4,)]


def test_host_does_not_use_half_a_move(file: Path, stores: PostgresqlStores) -> None:
    """A host does not start while a move has not ended, and one that has started before is not ready."""
    early = stores.open()
    assert early.is_ready()
    tables = move(file, read_address(stores.place))
    next(tables)
    assert not early.is_ready()
    with pytest.raises(MovePendingError, match="run `liveform store move` again"):
        open_store(stores.place)
    tables.close()
    with pytest.raises(MovePendingError):
        open_store(stores.place)
    moved(file, stores)
    assert early.is_ready()


def test_numbers_are_those_of_the_file_from_the_first_commit(file: Path, stores: PostgresqlStores) -> None:
    """Whatever came to write in the midst of a move, its rows would not take the numbers of the file's."""
    tables = move(file, read_address(stores.place))
    next(tables)
    tables.close()
    assert stores.execute("SELECT nextval(pg_get_serial_sequence('token_ids', 'number')) > 1") == [(True,)]
    assert stores.execute("SELECT nextval(pg_get_serial_sequence('links', 'seq'))") == [(4,)]


def test_two_files_are_not_mixed(file: Path, stores: PostgresqlStores, tmp_path: Path) -> None:
    """While a move of one file has not ended, another file is refused."""
    (tmp_path / "other").mkdir()
    open_store(tmp_path / "other").close()
    tables = move(file, read_address(stores.place))
    next(tables)
    tables.close()
    with pytest.raises(StoreNotEmptyError):
        moved(tmp_path / "other" / "links.db", stores)
    assert moved(file, stores)["links"] == 0


def change(file: Path, statement: str) -> None:
    """Do something with a file behind the back of everybody."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(statement)


@pytest.mark.parametrize("reached", ["links", "sessions"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE links SET revoked_at = 1 WHERE seq = 1",
        "UPDATE links SET label = 'other' WHERE seq = 1",
        "UPDATE visits SET exchanged_at = exchanged_at + 1",
        "UPDATE visits SET browser = x'00'",
        "UPDATE outcomes SET result = 'rejected'",
        "UPDATE kiosk_numbers SET number = number + 1",
        "UPDATE events SET state = 'done', due_at = NULL",
        "UPDATE events SET fence = fence + 1",
        "UPDATE messages SET due_at = NULL",
        "UPDATE token_ids SET state = 'used'",
        "UPDATE sessions SET seen_at = seen_at + 1",
        "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'events'",
        "DELETE FROM used_codes",
        "INSERT INTO used_codes VALUES ('x', 0)",
    ],
)
def test_file_that_is_used_during_its_move_is_told(
    statement: str, reached: str, file: Path, stores: PostgresqlStores
) -> None:
    """Whatever has changed in the file since its move began, nothing more of it is moved."""
    tables = move(file, read_address(stores.place))
    while next(tables).table != reached:
        pass
    tables.close()
    change(file, statement)
    with pytest.raises(MovedStoreError):
        next(move(file, read_address(stores.place)))
    with pytest.raises(MovePendingError):
        open_store(stores.place)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE links SET revoked_at = 1 WHERE seq = 1",
        "DELETE FROM used_codes",
        "DELETE FROM links WHERE seq = 1",
        "DELETE FROM links",
    ],
)
def test_database_that_is_used_already_is_not_moved_to_again(
    statement: str, file: Path, stores: PostgresqlStores
) -> None:
    """After a whole move, nobody is told to empty the database: it may have been used since."""
    moved(file, stores)
    stores.execute(statement)
    with pytest.raises(StoreNotEmptyError):
        moved(file, stores)
    assert stores.open().is_ready()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO used_codes VALUES ('x', 0, '')",
        "INSERT INTO sessions VALUES ('k', 'console', 'tests', NULL, 0, 0, 0)",
    ],
)
def test_database_with_anything_of_its_own_is_left_alone(
    statement: str, file: Path, stores: PostgresqlStores
) -> None:
    """What a database has of its own, links or not, is not mixed with what a file has."""
    stores.open().close()
    stores.execute(statement)
    with pytest.raises(StoreNotEmptyError):
        moved(file, stores)
    assert stores.execute("SELECT count(*) FROM links") == [(0,)]


@pytest.mark.parametrize("is_interrupted", [True, False])
def test_two_files_without_links_are_told_apart(
    is_interrupted: bool, stores: PostgresqlStores, tmp_path: Path
) -> None:
    """A file is known by all that it keeps, also without a link and with as many rows as another."""
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        store = open_store(tmp_path / name)
        assert use_code(store, name, now=NOW)
        store.close()
    tables = move(tmp_path / "one" / "links.db", read_address(stores.place))
    for arrived in tables:
        if is_interrupted and arrived.table == "used_codes":
            break
    tables.close()
    with pytest.raises(MovedStoreError if is_interrupted else StoreNotEmptyError):
        moved(tmp_path / "other" / "links.db", stores)
    assert moved(tmp_path / "one" / "links.db", stores)["used_codes"] == 0


def test_file_that_is_used_after_its_move_is_told(file: Path, stores: PostgresqlStores) -> None:
    """After a whole move, a file that went on being used is not taken for the one that was moved."""
    moved(file, stores)
    change(file, "UPDATE visits SET browser = x'00'")
    with pytest.raises(StoreNotEmptyError):
        moved(file, stores)


def test_file_is_moved_to_tables_of_a_later_schema(file: Path, stores: PostgresqlStores) -> None:
    """Tables, and the mark beside them, are those that the search path finds, in whichever schema."""
    stores.open().close()
    stores.execute("CREATE SCHEMA liveform")  # the user's own comes first
    try:
        tables = move(file, read_address(stores.place))
        next(tables)
        tables.close()
        assert stores.execute("SELECT to_regclass('public.liveform_move') IS NOT NULL") == [(True,)]
        assert moved(file, stores)["sessions"] == 1
        assert stores.execute("SELECT count(*) FROM public.links") == [(3,)]
    finally:
        stores.execute("DROP SCHEMA liveform CASCADE")


@pytest.mark.parametrize("schema", ["a%c", "a%s", "a%%", "a{x}", 'a"b', "A b"])
def test_file_is_moved_to_a_schema_of_any_name(schema: str, file: Path, stores: PostgresqlStores) -> None:
    """What a name of a schema has means nothing else in the statements of a move."""
    quoted = f'"{schema.replace(DOUBLE, DOUBLE * 2)}"'
    written = quoted.replace("%", "%%")
    stores.execute(f"CREATE SCHEMA {written}")
    try:
        options = quote(f"-csearch_path={quoted}".replace(" ", "\\ "))
        address = read_address(f"{stores.place}{'&' if '?' in stores.place else '?'}options={options}")
        assert {one.table: one.new for one in move(file, address)}["links"] == 3
        assert stores.execute(f"SELECT count(*) FROM {written}.links") == [(3,)]
    finally:
        stores.execute(f"DROP SCHEMA {written} CASCADE")


def test_file_of_an_earlier_version_is_upgraded_first(tmp_path: Path, stores: PostgresqlStores) -> None:
    """A file of an earlier version is not moved."""
    make_older(tmp_path / "links.db", "5", Sealer([KEY]))
    with pytest.raises(UpgradePendingError):
        moved(tmp_path / "links.db", stores)


def test_file_in_use_is_not_moved(file: Path, stores: PostgresqlStores) -> None:
    """While a web helper has the file open, nothing is moved."""
    store = open_store(file.parent)
    store.create(link_spec(), now=NOW)
    with pytest.raises(StoreInUseError):
        moved(file, stores)
    store.close()


def test_file_with_odd_characters_is_moved(file: Path, stores: PostgresqlStores) -> None:  # A1
    """U+0000 in any text of a file, also one that an earlier version kept, becomes U+FFFD on its way."""
    odd = {
        "links": ("label", "created_by", "outcome"),
        "outcomes": ("submission_id", "error_code"),
        "submissions": ("submission_id",),
        "kiosk_numbers": ("kiosk",),
        "events": ("key", "trigger", "submission_id", "problem", "visit"),
        "refusals": ("reason",),
        "messages": ("data", "problem", "visit"),
        "idempotency_keys": ("scope", "key"),
        "used_codes": ("code_id",),
        "sessions": ("holder", "about"),
    }
    with closing(sqlite3.connect(file)) as connection:
        for table, columns in odd.items():
            for column in columns:
                connection.execute(f"UPDATE {table} SET {column} = coalesce({column}, '') || char(0) || 'x'")
        connection.commit()
    assert moved(file, stores)["outcomes"] == 2
    assert set(moved(file, stores).values()) == {0}
    assert stores.execute("SELECT DISTINCT problem FROM messages") == [("\ufffdx",)]
    assert stores.execute("SELECT DISTINCT right(error_code, 2) FROM outcomes") == [("\ufffdx",)]


def test_empty_file_is_moved(tmp_path: Path, stores: PostgresqlStores) -> None:
    """A file without a link gives a database without one, which counts from 1."""
    open_store(tmp_path).close()
    assert set(moved(tmp_path / "links.db", stores).values()) == {0}
    assert stores.open().inbox.receive(new_event(), now=NOW).number in (1, 2)


def test_database_that_cannot_be_reached_is_an_error(file: Path) -> None:
    """Without a server, there is one error, and the file stays as it is."""
    with pytest.raises(StoreError):
        next(move(file, read_address("postgresql://nobody@127.0.0.1:1/none?connect_timeout=1")))
