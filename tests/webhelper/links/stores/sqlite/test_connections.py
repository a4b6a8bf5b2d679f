"""webhelper.links.stores.sqlite.connections: one file, its connections, and what goes wrong with them."""

import os
import re
import sqlite3
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from racing import (
    count_links,
    in_threads,
    open_and_create,
    processes,
    redeem_on_both_sides_of_a_fork,
)
from sites import Clock, desk, open_store, wish

from webhelper.errors import StoreError
from webhelper.links.stores.sqlite import statements
from webhelper.links.stores.sqlite.connections import Database
from webhelper.links.stores.sqlite.schema import SCHEMA_VERSION
from webhelper.links.stores.sqlite.store import SqliteStore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database lies."""
    return tmp_path / "links.db"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    """A new database."""
    one = Database(file)
    yield one
    one.close()


def spent_codes(database: Database) -> int:
    """How many rows the smallest table has."""
    with database.reading() as connection:
        return int(connection.execute("SELECT count(*) FROM spent").fetchone()[0])


def spend(connection: sqlite3.Connection, code: str) -> None:
    """Write a row."""
    connection.execute("INSERT INTO spent VALUES (?, 1.0)", (code,))


def test_database_of_a_new_file_has_its_tables_and_pragmas(database: Database) -> None:
    """WAL, so that readers never wait; FULL, so that a counted use stays counted; foreign keys."""
    pragmas = ("user_version", "journal_mode", "synchronous", "foreign_keys")
    with database.reading() as connection:
        values = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert values == [SCHEMA_VERSION, "wal", 2, 1]
    assert tables == {"links", "visits", "repeats", "spent"}


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("revoked_at IS NOT NULL", "links_revoked"),
        ("label = 'a'", "links_by_label"),
        ("expires_at < 5", "links_by_expiry"),
    ],
)
def test_links_are_listed_and_cleaned_by_an_index(database: Database, condition: str, index: str) -> None:
    """A million links that are none of these cost nothing."""
    with database.reading() as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN SELECT seq FROM links WHERE {condition}").fetchall()
    assert [index in row[3] for row in plan] == [True]


@pytest.mark.parametrize(
    "statement",
    [
        statements.COUNT,
        statements.EARLIER,
        statements.RECORD,
        statements.SELECT_VISIT,
        statements.SELECT_VISITS,
    ],
)
def test_visits_are_found_without_looking_at_others(database: Database, statement: str) -> None:
    """A poster may have been opened a million times."""
    values = dict.fromkeys(re.findall(r":(\w+)", statement), 1)
    with database.reading() as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert any("visits USING PRIMARY KEY (link=?" in step for step in plan)
    assert not any(step.startswith("SCAN") or "TEMP" in step for step in plan)


def test_database_files_are_readable_by_their_owner_alone(file: Path) -> None:
    """Also the WAL and the index beside it, and whatever the umask is."""
    umask = os.umask(0)
    try:
        database = Database(file)
        with database.writing() as connection:
            spend(connection, "a")
            modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in file.parent.iterdir()}
    finally:
        os.umask(umask)
    database.close()
    assert modes == {"links.db": 0o600, "links.db-wal": 0o600, "links.db-shm": 0o600}


def test_database_of_an_existing_file_keeps_what_it_holds(file: Path) -> None:
    """Tables are made once."""
    first = Database(file)
    with first.writing() as connection:
        spend(connection, "a")
    first.close()
    second = Database(file)
    assert spent_codes(second) == 1
    second.close()


def test_database_of_an_empty_file_is_made(file: Path) -> None:
    """Somebody may have touched it, to set its owner."""
    file.touch(mode=0o640)
    database = Database(file)
    assert spent_codes(database) == 0
    database.close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.parametrize("content", [b"not a database, but a text that is long enough " * 100, b"\0" * 4096])
def test_database_of_a_file_that_is_none_is_refused(content: bytes, file: Path) -> None:
    """It is left as it was."""
    file.write_bytes(content)
    with pytest.raises(StoreError):
        Database(file)
    assert file.read_bytes() == content


@pytest.mark.parametrize("name", [".", "missing/links.db", "a\0b", "x" * 5000, "\ud800", "file/links.db"])
def test_database_of_a_path_that_cannot_be_one_is_refused(name: str, tmp_path: Path) -> None:
    """A directory, a directory that is not there, and what is no path at all."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError) as caught:
        Database(tmp_path / name)
    assert str(caught.value) == "the store cannot be reached; try again"


@pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, 99, -1])
def test_database_of_another_schema_version_is_refused(version: int, file: Path) -> None:
    """A newer release wrote it; this one would not know what it breaks."""
    Database(file).close()
    other = sqlite3.connect(file)
    other.execute(f"PRAGMA user_version = {version}")
    other.close()
    with pytest.raises(StoreError):
        Database(file)


def test_database_of_another_program_is_refused(file: Path) -> None:
    """It has a table of that name, and it is not ours."""
    other = sqlite3.connect(file)
    other.executescript("CREATE TABLE links (a); INSERT INTO links VALUES (1);")
    other.close()
    with pytest.raises(StoreError):
        Database(file)


def test_writing_is_all_or_nothing(database: Database) -> None:
    """Whatever ends it: the error comes out as it is, and nothing of it is kept."""

    def write() -> None:
        with database.writing() as connection:
            spend(connection, "a")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert spent_codes(database) == 0
    with database.reading() as connection:
        assert not connection.in_transaction


def test_writing_that_sqlite_refuses_is_undone(database: Database) -> None:
    """Its own words stay inside, for they may quote data; the connection is not used again."""
    lent = []

    def write() -> None:
        with database.writing() as connection:
            lent.append(connection)
            spend(connection, "a")
            spend(connection, "a")

    with pytest.raises(StoreError) as caught:
        write()
    assert "spent" not in str(caught.value) + repr(caught.value)
    assert spent_codes(database) == 0
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        lent[0].execute("SELECT 1")


def test_writing_that_has_ended_already_lets_the_error_out(database: Database) -> None:
    """SQLite rolls back by itself on some errors, such as a full disk."""

    def write() -> None:
        with database.writing() as connection:
            connection.execute("ROLLBACK")
            raise LookupError

    with pytest.raises(LookupError):
        write()
    assert spent_codes(database) == 0


class Refusing:
    """A connection that fails at one statement."""

    in_transaction = False

    def __init__(self, statement: str, error: BaseException) -> None:
        self._statement, self._error = statement, error

    def execute(self, statement: str) -> None:
        """Fail, or do nothing."""
        if statement == self._statement:
            raise self._error

    def close(self) -> None:
        """Close nothing."""


@pytest.mark.parametrize("statement", ["BEGIN IMMEDIATE", "COMMIT"])
@pytest.mark.parametrize(
    ("error", "raised"),
    [(KeyboardInterrupt(), KeyboardInterrupt), (sqlite3.OperationalError("disk I/O error"), StoreError)],
)
def test_writing_that_fails_lets_the_next_one_have_its_turn(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
    error: BaseException,
    raised: type[BaseException],
) -> None:
    """Whatever fails, and wherever."""
    with monkeypatch.context() as patch:
        patch.setattr(database, "take", lambda: Refusing(statement, error))
        with pytest.raises(raised), database.writing():
            pass
    database._idle.clear()
    with database.writing() as connection:
        spend(connection, "a")
    assert spent_codes(database) == 1


def test_reading_sees_nothing_of_a_write_that_has_not_ended(database: Database) -> None:
    """And does not wait for it."""
    with database.writing() as connection:
        spend(connection, "a")
        assert spent_codes(database) == 0
    assert spent_codes(database) == 1


def test_connections_are_lent_again(database: Database) -> None:
    """One caller at a time, and no more connections than callers at once."""
    with database.reading() as first:
        with database.reading() as second:
            assert second is not first
        with database.reading() as third:
            assert third is second
    assert len(database._idle) == 2


def test_closed_database_opens_again(database: Database) -> None:
    """Closing lets go of idle connections and of the WAL; the next caller gets a new one."""
    assert spent_codes(database) == 0
    database.close()
    assert [one.name for one in database._path.parent.iterdir()] == ["links.db"]
    assert spent_codes(database) == 0


def test_writers_of_many_threads_wait_for_each_other(database: Database) -> None:
    """Nobody is turned away, and nothing is lost."""

    def write(number: int) -> None:
        for turn in range(5):
            with database.writing() as connection:
                spend(connection, f"{number}.{turn}")

    in_threads(8, write)
    assert spent_codes(database) == 40


def test_writer_that_waits_too_long_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process holds the file: an error, and no endless wait."""
    monkeypatch.setattr("webhelper.links.stores.sqlite.connections._BUSY_S", 0.0)
    database = Database(file)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError), database.writing():
        pytest.fail("two at once")
    assert spent_codes(database) == 0
    other.close()
    with database.writing() as connection:
        spend(connection, "a")
    database.close()


def test_writer_of_this_process_that_waits_too_long_is_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one of another process is."""
    monkeypatch.setattr("webhelper.links.stores.sqlite.connections._BUSY_S", 0.0)
    with database.writing() as connection:
        spend(connection, "a")
        with pytest.raises(StoreError), database.writing():
            pytest.fail("two at once")
    assert spent_codes(database) == 1


# Several processes


def test_new_file_is_opened_by_many_processes_at_once(tmp_path: Path) -> None:
    """gunicorn's workers all start on the file that none of them has made yet."""
    with processes(6) as start:
        for number in range(20):
            (tmp_path / str(number)).mkdir()
            assert len(set(start(open_and_create, tmp_path / str(number)))) == 6
            assert count_links(tmp_path / str(number)) == 6


def test_new_file_that_another_one_reads_is_waited_for(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite itself does not wait for others where it switches to WAL."""
    monkeypatch.setattr("webhelper.links.stores.sqlite.connections._BUSY_S", 0.0)
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.executescript("CREATE TABLE other (a); BEGIN; SELECT * FROM other;")
    other.execute("SELECT * FROM other").fetchall()
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            other.execute("COMMIT")

    with monkeypatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: sum(waits))
        patch.setattr(time, "sleep", sleep)
        database = Database(file)
    assert len(waits) == 3
    assert spent_codes(database) == 0
    database.close()
    other.close()


def test_new_file_that_another_one_never_lets_go_is_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait has an end."""
    monkeypatch.setattr("webhelper.links.stores.sqlite.connections._BUSY_S", 0.0)
    other = sqlite3.connect(file, isolation_level=None)
    other.executescript("CREATE TABLE other (a); BEGIN;")
    other.execute("SELECT * FROM other").fetchall()
    waits: list[float] = []
    with monkeypatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: sum(waits))
        patch.setattr(time, "sleep", waits.append)
        with pytest.raises(StoreError):
            Database(file)
    other.close()
    assert 1 < sum(waits) < 60


def test_links_are_not_lost_when_another_process_opens_and_closes_the_file(tmp_path: Path) -> None:
    """Opening one more connection must not drop the locks of this process's other ones.

    Else the other process takes itself for the last one, and deletes the WAL under our feet.
    """
    store = open_store(tmp_path)
    assert isinstance(store, SqliteStore)
    at_desk = desk(tmp_path, Clock(), store)
    at_desk.create(wish(), by="here")
    with store._database.reading(), store._database.reading():
        pass  # two threads at once, so there is a second connection
    with processes(1) as start:
        assert start(count_links, tmp_path) == [1]
        at_desk.create(wish(), by="here")
        assert start(count_links, tmp_path) == [2]
    store.close()


def test_connections_are_not_used_across_a_fork(tmp_path: Path) -> None:
    """Child and parent both go on, each with connections of its own."""
    store = open_store(tmp_path)
    at_desk = desk(tmp_path, Clock(), store)
    tokens = tuple(at_desk.token(at_desk.create(wish(), by="here")[0]) for _ in range(2))
    store.close()
    with processes(1) as start:
        assert start(redeem_on_both_sides_of_a_fork, tmp_path, tokens) == [(0, "won", 2)]


def test_connections_of_the_parent_are_left_alone_after_a_fork(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even closed: SQLite would drop the parent's locks with them."""
    with database.reading() as parents:
        pass
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with database.reading() as childs:
        assert childs is not parents
    assert parents in database._inherited
    assert parents.execute("SELECT 1").fetchone()[0] == 1
    with database.reading() as again:
        assert again is childs
    parents.close()


def test_database_that_was_just_opened_holds_no_connection(database: Database) -> None:
    """A server that loads the app and forks then (gunicorn --preload) carries none over."""
    assert database._idle == []
