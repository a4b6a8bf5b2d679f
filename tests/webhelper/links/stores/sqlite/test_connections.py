"""These tests open one SQLite file from many threads and processes, and break it in many ways."""

import gc
import os
import re
import sqlite3
import stat
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from racing import (
    count_links,
    in_threads,
    open_and_create,
    processes,
    redeem_on_both_sides_of_a_fork,
)
from sites import Clock, link_request, link_service, open_store

from webhelper.errors import StoreError
from webhelper.links.stores.sqlite import inbox, outbox, statements, token_ids
from webhelper.links.stores.sqlite.connections import Connections
from webhelper.links.stores.sqlite.outcomes import Outcomes
from webhelper.links.stores.sqlite.schema import BLOCK_LINKS, steps
from webhelper.links.stores.sqlite.store import SqliteStore

NEWEST = steps()[-1].number
TABLES = {
    "links",
    "link_texts",
    "link_marks",
    "link_ends",
    "sessions",
    "kiosk_numbers",
    "visits",
    "outcomes",
    "submissions",
    "events",
    "event_userids",
    "refusals",
    "messages",
    "token_ids",
    "jobs",
    "idempotency_keys",
    "used_codes",
    "site",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the path at which the database is made."""
    return tmp_path / "links.db"


@pytest.fixture
def connections(file: Path) -> Iterator[Connections]:
    """Return the connections of a new database, and close them afterwards."""
    one = Connections(file)
    yield one
    one.close()


def wait_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no writer wait for another one."""
    for module in ("connections", "opening"):
        monkeypatch.setattr(f"webhelper.links.stores.sqlite.{module}.BUSY_S", 0.0)


def commit_soon(connection: sqlite3.Connection) -> None:
    """End the transaction of a connection after a moment."""
    time.sleep(0.02)
    connection.execute("COMMIT")


def used_codes(connections: Connections) -> int:
    """How many rows the smallest table has."""
    with connections.reading() as connection:
        return int(connection.execute("SELECT count(*) FROM used_codes").fetchone()[0])


def use_once(connection: sqlite3.Connection, code: str) -> None:
    """Write one row into the table of used codes."""
    connection.execute("INSERT INTO used_codes VALUES (?, 1.0)", (code,))


def test_database_of_a_new_file_has_its_tables_and_pragmas(connections: Connections) -> None:
    """A new database has strict tables, WAL, synchronous=FULL, small pages, and can shrink."""
    on_disk = ("journal_mode", "synchronous", "fullfsync")
    pragmas = ("user_version", *on_disk, "foreign_keys", "page_size", "auto_vacuum")
    with connections.reading() as connection:
        values = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]
        tables = {row["name"]: row["strict"] for row in connection.execute("PRAGMA table_list")}
    assert values == [NEWEST, "wal", 2, 1, 1, 1024, 2]
    assert {name for name in tables if not name.startswith("sqlite_")} == TABLES
    assert all(tables[name] for name in TABLES)


def test_write_tries_often_while_another_process_writes(
    connections: Connections, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once another process was met, a write is tried again every tenth of a millisecond.

    After longer pauses, a busy process is back first.
    """
    pauses: list[float] = []
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(commit_soon, other)
        with connections.writing() as connection:
            use_once(connection, "met")
    other.execute("BEGIN IMMEDIATE")

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            other.execute("COMMIT")

    monkeypatch.setattr("webhelper.links.stores.sqlite.connections.time.sleep", pause)
    with connections.writing() as connection:
        use_once(connection, "a")
        (busy_ms,) = connection.execute("PRAGMA busy_timeout").fetchone()
    other.close()
    assert pauses == [0.0001] * 3
    assert busy_ms == 100  # whoever only reads waits as SQLite does
    assert used_codes(connections) == 2


def test_blocks_are_as_long_as_in_the_sql(connections: Connections) -> None:
    """The tables put as many links into a block as the code packs into one."""
    with connections.reading() as connection:
        connection.execute("BEGIN")
        for seq in (BLOCK_LINKS - 1, BLOCK_LINKS):
            connection.execute(
                "INSERT INTO links (seq, id, project, pipeline, sealed, created_by, created_at, expires_at) "
                "VALUES (?, ?, '', '', x'', '', 0, 0)",
                (seq, str(seq)),
            )
        blocks = [row["block"] for row in connection.execute("SELECT block FROM links ORDER BY seq")]
        connection.execute("ROLLBACK")
    assert blocks == [0, 1]


@pytest.mark.parametrize("table", ["visits", "outcomes", "submissions", "idempotency_keys"])
def test_rows_of_a_link_go_with_it(connections: Connections, table: str) -> None:
    """A row that names a link is deleted with the link."""
    with connections.reading() as connection:
        (key,) = connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()
    assert (key["table"], key["on_delete"]) == ("links", "CASCADE")


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("label = 'a'", "links_by_label"),
        ("userid_digest = x'00'", "links_by_userid"),
        ("expires_at < 5", "links_by_expiry"),
        ("kiosk_number IS NOT NULL AND uses = 0 AND expires_at < 5", "links_unopened"),
    ],
)
def test_links_are_listed_and_cleaned_by_an_index(
    connections: Connections, condition: str, index: str
) -> None:
    """Links of a label, of a user, that ended or that nobody opened have an index."""
    with connections.reading() as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN SELECT seq FROM links WHERE {condition}").fetchall()
    assert [index in row[3] for row in plan] == [True]


@pytest.mark.parametrize(
    "statement",
    [
        statements.COUNT,
        statements.EARLIER,
        Outcomes.SETTLE,
        statements.SELECT_VISIT,
        statements.SELECT_VISITS,
    ],
)
def test_visits_are_found_without_looking_at_others(connections: Connections, statement: str) -> None:
    """A visit is found by its link's key, without scanning the other visits."""
    named = dict.fromkeys(re.findall(r":(\w+)", statement), 1)
    with connections.reading() as connection:
        found = connection.execute(f"EXPLAIN QUERY PLAN {statement}", named or [1] * statement.count("?"))
        plan = [row[3] for row in found]
    assert any("visits USING PRIMARY KEY (link=?" in step for step in plan)
    assert not any(step.startswith("SCAN") or "TEMP" in step for step in plan)


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (inbox.DUE, "events_due"),
        (inbox.TOO_FAR, "events_due"),
        (outbox.DUE, "messages_due"),
        (outbox.TOO_FAR, "messages_due"),
        (token_ids.OLDEST, "token_ids_by_state"),
        (statements.SELECT_OPEN_VISITS, "visits USING PRIMARY KEY"),
    ],
)
def test_work_is_found_without_looking_at_what_is_done(
    connections: Connections, statement: str, index: str
) -> None:
    """What is due, ready or open is found by an index and in its order, without a scan or a sort."""
    named = dict.fromkeys(re.findall(r":(\w+)", statement), 1)
    with connections.reading() as connection:
        found = connection.execute(f"EXPLAIN QUERY PLAN {statement}", named or [1] * statement.count("?"))
        plan = [row[3] for row in found]
    assert any(index in step for step in plan)
    assert not any(step.startswith("SCAN") or "TEMP" in step for step in plan)


def test_database_files_are_readable_by_their_owner_alone(file: Path) -> None:
    """The database, its WAL and its index are readable by their owner only, whatever the umask is."""
    umask = os.umask(0)
    try:
        connections = Connections(file)
        with connections.writing() as connection:
            use_once(connection, "a")
            modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in file.parent.iterdir()}
    finally:
        os.umask(umask)
    connections.close()
    assert modes == {"links.db": 0o600, "links.db-wal": 0o600, "links.db-shm": 0o600}


def test_database_of_an_existing_file_keeps_what_it_holds(file: Path) -> None:
    """Opening an existing database keeps its rows."""
    first = Connections(file)
    with first.writing() as connection:
        use_once(connection, "a")
    first.close()
    second = Connections(file)
    assert used_codes(second) == 1
    second.close()


def test_database_of_an_empty_file_is_made(file: Path) -> None:
    """An empty file becomes a database and keeps its permissions."""
    file.touch(mode=0o640)
    connections = Connections(file)
    assert used_codes(connections) == 0
    connections.close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.parametrize("content", [b"not a database, but a text that is long enough " * 100, b"\0" * 4096])
def test_database_of_a_file_that_is_none_is_refused(content: bytes, file: Path) -> None:
    """A file that is not a database is refused and left unchanged."""
    file.write_bytes(content)
    with pytest.raises(StoreError):
        Connections(file)
    assert file.read_bytes() == content


@pytest.mark.parametrize("name", [".", "missing/links.db", "a\0b", "x" * 5000, "\ud800", "file/links.db"])
def test_database_of_a_path_that_cannot_be_one_is_refused(name: str, tmp_path: Path) -> None:
    """A path that cannot be a file is refused with one text that does not contain it."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError) as caught:
        Connections(tmp_path / name)
    assert str(caught.value) == "the store cannot be read or written now; try again later"


@pytest.mark.parametrize("version", [NEWEST + 1, 99, -1])
def test_database_of_another_schema_version_is_refused(version: int, file: Path) -> None:
    """A database of another schema version is refused."""
    Connections(file).close()
    other = sqlite3.connect(file)
    other.execute(f"PRAGMA user_version = {version}")
    other.close()
    with pytest.raises(StoreError):
        Connections(file)


def test_database_of_another_program_is_refused(file: Path) -> None:
    """A database of another program is refused, even if it has a table of our name."""
    other = sqlite3.connect(file)
    other.executescript("CREATE TABLE links (a); INSERT INTO links VALUES (1);")
    other.close()
    with pytest.raises(StoreError):
        Connections(file)


def test_writing_is_all_or_nothing(connections: Connections) -> None:
    """A transaction that an error ends writes nothing and passes the error on."""

    def write() -> None:
        with connections.writing() as connection:
            use_once(connection, "a")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert used_codes(connections) == 0
    with connections.reading() as connection:
        assert not connection.in_transaction


def test_writing_that_sqlite_refuses_is_undone(connections: Connections) -> None:
    """A refused statement undoes the transaction, hides SQLite's message and closes the connection."""
    lent = []

    def write() -> None:
        with connections.writing() as connection:
            lent.append(connection)
            use_once(connection, "a")
            use_once(connection, "a")

    with pytest.raises(StoreError) as caught:
        write()
    assert "used_codes" not in str(caught.value) + repr(caught.value)
    assert used_codes(connections) == 0
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        lent[0].execute("SELECT 1")


def test_writing_that_has_ended_already_lets_the_error_out(connections: Connections) -> None:
    """A transaction that SQLite has rolled back itself passes the error on."""

    def write() -> None:
        with connections.writing() as connection:
            connection.execute("ROLLBACK")
            raise LookupError

    with pytest.raises(LookupError):
        write()
    assert used_codes(connections) == 0


class Refusing:
    """A connection that fails at one statement and does nothing else."""

    in_transaction = False

    def __init__(self, statement: str, error: BaseException) -> None:
        self._statement, self._error = statement, error

    def execute(self, statement: str) -> None:
        """Raise the error at its statement, and do nothing at any other."""
        if statement == self._statement:
            raise self._error

    def close(self) -> None:
        """Do nothing, because there is nothing to close."""


@pytest.mark.parametrize("statement", ["BEGIN IMMEDIATE", "COMMIT"])
@pytest.mark.parametrize(
    ("error", "raised"),
    [(KeyboardInterrupt(), KeyboardInterrupt), (sqlite3.OperationalError("disk I/O error"), StoreError)],
)
def test_writing_that_fails_lets_the_next_one_have_its_turn(
    connections: Connections,
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
    error: BaseException,
    raised: type[BaseException],
) -> None:
    """A transaction that fails at its start or commit does not block the next one."""
    with monkeypatch.context() as patch:
        patch.setattr(connections, "take", lambda: Refusing(statement, error))
        with pytest.raises(raised), connections.writing():
            pass
    connections._idle.clear()
    with connections.writing() as connection:
        use_once(connection, "a")
    assert used_codes(connections) == 1


def test_reading_sees_nothing_of_a_write_that_has_not_ended(connections: Connections) -> None:
    """A reader does not wait for a transaction, and does not see it before its commit."""
    with connections.writing() as connection:
        use_once(connection, "a")
        assert used_codes(connections) == 0
    assert used_codes(connections) == 1


def test_connections_are_lent_again(connections: Connections) -> None:
    """A connection serves one caller at a time, and is used again when it is free."""
    with connections.reading() as first:
        with connections.reading() as second:
            assert second is not first
        with connections.reading() as third:
            assert third is second
    assert len(connections._idle) == 2


def test_connections_that_nobody_has_any_more_are_closed(tmp_path: Path) -> None:
    """Connections that nobody closed are closed when their owner is gone."""
    owner = Connections(tmp_path / "links.db")
    with owner.reading() as connection:
        connection.execute("SELECT 1")
    del owner
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError):
        connection.execute("SELECT 1")


def test_connection_that_was_kept_is_closed_with_the_others(connections: Connections) -> None:
    """A connection that one caller keeps is nobody else's, and is closed with those that are lent."""
    kept = connections.keep()
    with connections.reading() as other:
        assert other is not kept
    kept.execute("SELECT 1")
    connections.close()
    with pytest.raises(sqlite3.ProgrammingError):
        kept.execute("SELECT 1")


def test_store_that_nobody_has_any_more_leaves_no_connection_open(tmp_path: Path) -> None:
    """A store that nobody closed closes all its connections when it is gone, those of its cache too."""
    others = [one for one in gc.get_objects() if isinstance(one, sqlite3.Connection)]
    store = open_store(tmp_path)
    store.find(link_service(tmp_path, Clock(), store).create(link_request(), by="here")[0].payload)
    opened = [one for one in gc.get_objects() if isinstance(one, sqlite3.Connection) and one not in others]
    del store
    gc.collect()
    assert len(opened) >= 2
    for one in opened:
        with pytest.raises(sqlite3.ProgrammingError):
            one.execute("SELECT 1")


def test_closed_database_opens_again(connections: Connections) -> None:
    """Closing the database removes its WAL, and the next caller opens it again."""
    assert used_codes(connections) == 0
    connections.close()
    assert [one.name for one in connections._path.parent.iterdir()] == ["links.db"]
    assert used_codes(connections) == 0


def test_writers_of_many_threads_wait_for_each_other(connections: Connections) -> None:
    """Eight threads with five transactions each write all 40 rows."""

    def write(number: int) -> None:
        for turn in range(5):
            with connections.writing() as connection:
                use_once(connection, f"{number}.{turn}")

    in_threads(8, write)
    assert used_codes(connections) == 40


def test_writer_that_waits_too_long_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that waits too long for another process gets a StoreError."""
    wait_for_nobody(monkeypatch)
    connections = Connections(file)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError), connections.writing():
        pytest.fail("two at once")
    assert used_codes(connections) == 0
    other.close()
    with connections.writing() as connection:
        use_once(connection, "a")
    connections.close()


def test_writer_of_this_process_that_waits_too_long_is_refused(connections: Connections) -> None:
    """A writer that waits too long for another thread gets a StoreError."""
    connections.patience_s = 0.0
    with connections.writing() as connection:
        use_once(connection, "a")
        with pytest.raises(StoreError), connections.writing():
            pytest.fail("two at once")
    assert used_codes(connections) == 1


# Several processes


def test_new_file_is_opened_by_many_processes_at_once(tmp_path: Path) -> None:
    """Six processes can open the same new database at the same moment."""
    with processes(6) as start:
        for number in range(20):
            (tmp_path / str(number)).mkdir()
            assert len(set(start(open_and_create, tmp_path / str(number)))) == 6
            assert count_links(tmp_path / str(number)) == 6


def test_new_file_that_another_one_reads_is_waited_for(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a new database waits for another process that reads the file."""
    wait_for_nobody(monkeypatch)
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN")
    other.execute("SELECT * FROM sqlite_master").fetchall()
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            other.execute("COMMIT")

    with monkeypatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: sum(waits))
        patch.setattr(time, "sleep", sleep)
        connections = Connections(file)
    assert len(waits) == 3
    assert used_codes(connections) == 0
    connections.close()
    other.close()


def test_new_file_that_another_one_never_lets_go_is_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening a new database gives up within a minute if another process never releases it."""
    wait_for_nobody(monkeypatch)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM sqlite_master").fetchall()
    waits: list[float] = []
    with monkeypatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: sum(waits))
        patch.setattr(time, "sleep", waits.append)
        with pytest.raises(StoreError):
            Connections(file)
    other.close()
    assert 1 < sum(waits) < 60


def test_links_are_not_lost_when_another_process_opens_and_closes_the_file(tmp_path: Path) -> None:
    """No link is lost when another process opens and closes the database in between."""
    store = open_store(tmp_path)
    assert isinstance(store, SqliteStore)
    service = link_service(tmp_path, Clock(), store)
    service.create(link_request(), by="here")
    with store._connections.reading(), store._connections.reading():
        pass  # two threads at once, so there is a second connection
    with processes(1) as start:
        assert start(count_links, tmp_path) == [1]
        service.create(link_request(), by="here")
        assert start(count_links, tmp_path) == [2]
    store.close()


def test_connections_are_not_used_across_a_fork(tmp_path: Path) -> None:
    """After a fork, parent and child use connections of their own and lose no link."""
    store = open_store(tmp_path)
    service = link_service(tmp_path, Clock(), store)
    tokens = tuple(service.token(service.create(link_request(), by="here")[0]) for _ in range(2))
    store.close()
    with processes(1) as start:
        assert start(redeem_on_both_sides_of_a_fork, tmp_path, tokens) == [(0, "won", 2)]


def test_connections_of_the_parent_are_left_alone_after_a_fork(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a fork, the child does not close the parent's connections, which would drop their locks."""
    with connections.reading() as parents:
        pass
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with connections.reading() as childs:
        assert childs is not parents
    assert parents in connections._inherited
    assert parents.execute("SELECT 1").fetchone()[0] == 1
    with connections.reading() as again:
        assert again is childs
    parents.close()


def test_database_that_was_just_opened_holds_no_connection(connections: Connections) -> None:
    """A database that was just opened has no idle connection that a fork could carry over."""
    assert connections._idle == []


def test_text_that_is_no_unicode_is_an_error_of_the_store(store: SqliteStore) -> None:
    """A lone surrogate, which no request can carry, ends a statement as what the file refuses does."""
    with pytest.raises(StoreError):
        store.get("\ud800")
    assert store.is_ready()
