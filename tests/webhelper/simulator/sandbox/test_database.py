"""These tests check the file of the sandbox: who may read it, and how threads and processes share it."""

import gc
import multiprocessing
import os
import sqlite3
import stat
import threading
import time
from pathlib import Path

import pytest

from webhelper.simulator.sandbox import database as module
from webhelper.simulator.sandbox.database import Database
from webhelper.simulator.sandbox.errors import SandboxError

TABLE = "CREATE TABLE things (name TEXT) STRICT;\nCREATE INDEX by_name ON things (name);\n"


def names(database: Database) -> list[str]:
    """Return the rows of the table."""
    with database.reading() as sql:
        return [row["name"] for row in sql.execute("SELECT name FROM things ORDER BY name")]


def add(database: Database, name: str) -> None:
    """Insert a row."""
    with database.writing() as sql:
        sql.execute("INSERT INTO things VALUES (?)", (name,))


def add_many(path: Path, start: int) -> None:
    """Insert rows in a process of its own."""
    database = Database(path, [TABLE])
    for number in range(start, start + 20):
        add(database, f"{number:04}")
    database.close()


def test_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    """The file is made with mode 0600."""
    Database(tmp_path / "box.db", [TABLE]).close()
    assert stat.S_IMODE((tmp_path / "box.db").stat().st_mode) == 0o600


def test_rows_stay_after_the_file_was_closed(tmp_path: Path) -> None:
    """What was written is there when the file is opened again."""
    first = Database(tmp_path / "box.db", [TABLE])
    add(first, "a")
    first.close()
    second = Database(tmp_path / "box.db", [TABLE])
    assert names(second) == ["a"]
    second.close()


def test_closed_database_is_not_used_any_more() -> None:
    """Who reads or writes after the end gets an error that says so; to close it again does nothing."""
    database = Database(":memory:", [TABLE])
    for _ in range(2):
        database.close()
    with pytest.raises(SandboxError, match="stopped"):
        names(database)
    with pytest.raises(SandboxError, match="stopped"):
        add(database, "a")


@pytest.mark.parametrize("content", [b"this is no database, but it is long enough to look like one" * 20])
def test_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file of something else is refused, and left alone."""
    path = tmp_path / "box.db"
    path.write_bytes(content)
    with pytest.raises(SandboxError):
        Database(path, [TABLE])
    assert path.read_bytes() == content


def test_database_of_another_program_is_refused(tmp_path: Path) -> None:
    """A database with tables of another program is refused."""
    other = sqlite3.connect(tmp_path / "box.db")
    other.execute("CREATE TABLE links (id TEXT)")
    other.close()
    with pytest.raises(SandboxError):
        Database(tmp_path / "box.db", [TABLE])


def test_sandbox_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox that a later version made is refused."""
    Database(tmp_path / "box.db", [TABLE]).close()
    monkeypatch.setattr(module, "VERSION", module.VERSION + 1)
    with pytest.raises(SandboxError, match="version"):
        Database(tmp_path / "box.db", [TABLE])


def test_directory_that_is_missing_is_refused(tmp_path: Path) -> None:
    """A path that cannot be opened is refused without a traceback of SQLite's."""
    with pytest.raises(SandboxError):
        Database(tmp_path / "missing" / "box.db", [TABLE])


def test_error_undoes_the_whole_transaction() -> None:
    """A block that fails leaves no trace, and neither does a block inside it."""
    database = Database(":memory:", [TABLE])

    def fail() -> None:
        with database.writing():
            add(database, "inner")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - raised above
        fail()
    assert names(database) == []
    add(database, "later")
    assert names(database) == ["later"]
    database.close()


def test_error_of_an_inner_block_undoes_the_outer_one() -> None:
    """An error that leaves both blocks undoes both."""
    database = Database(":memory:", [TABLE])

    def fail() -> None:
        with database.writing():
            add(database, "outer")
            with database.writing():
                raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - raised above
        fail()
    assert names(database) == []
    database.close()


def test_threads_take_turns() -> None:
    """Threads that write at once lose nothing."""
    database = Database(":memory:", [TABLE])

    def add_fifty(number: int) -> None:
        for place in range(50):
            add(database, f"{number}-{place}")

    threads = [threading.Thread(target=add_fifty, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(database)) == 200
    database.close()


def test_processes_share_a_new_file(tmp_path: Path) -> None:
    """Processes that open a new file at once make its tables once, and lose nothing."""
    context = multiprocessing.get_context("spawn")
    path = tmp_path / "box.db"
    processes = [context.Process(target=add_many, args=(path, 100 * number)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    database = Database(path, [TABLE])
    assert len(names(database)) == 60
    database.close()


def test_forked_process_opens_a_connection_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was forked leaves its parent's connection alone, and reads the same file."""
    database = Database(tmp_path / "box.db", [TABLE])
    add(database, "parent")
    parents = database._connection
    monkeypatch.setattr(os, "getpid", lambda: -1)
    add(database, "child")
    assert database._connection is not parents
    assert names(database) == ["child", "parent"]
    database._leave_to_parent()  # another thread that came too late
    assert database._inherited == [parents]
    parents.close()
    database.close()


class Busy:
    """A connection whose switch to WAL fails some times."""

    def __init__(self, times: int, code: int = sqlite3.SQLITE_BUSY) -> None:
        self.times = times
        self.code = code

    def execute(self, _: str) -> None:
        """Fail, or do nothing."""
        if self.times:
            self.times -= 1
            error = sqlite3.OperationalError()
            error.sqlite_errorcode = self.code
            raise error


def test_switch_to_wal_waits_for_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The switch of a new file is tried again while another process switches it."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    module._use_wal(Busy(2))  # type: ignore[arg-type]  # has what is used of a connection
    assert len(pauses) == 2


def test_switch_to_wal_gives_up_at_other_errors() -> None:
    """Another error than a busy file is raised at once."""
    with pytest.raises(sqlite3.OperationalError):
        module._use_wal(Busy(1, sqlite3.SQLITE_READONLY))  # type: ignore[arg-type]  # as above


def test_switch_to_wal_gives_up_after_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that stays busy is given up."""
    times = iter([0.0, 11.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(times))
    with pytest.raises(sqlite3.OperationalError):
        module._use_wal(Busy(9))  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize("is_of_parent", [False, True], ids=["own", "of the parent process"])
def test_database_that_nobody_has_any_more_closes_its_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_of_parent: bool
) -> None:
    """A database that nobody closed closes its own connection in the end, and none of a parent process."""
    database = Database(tmp_path / "box.db", [TABLE])
    connection = database._connection
    if is_of_parent:
        monkeypatch.setattr(os, "getpid", lambda: 0)
    del database
    gc.collect()
    if is_of_parent:
        assert connection.execute("SELECT count(*) FROM things").fetchone()[0] == 0
        connection.close()
    else:
        with pytest.raises(sqlite3.ProgrammingError):
            connection.execute("SELECT 1")
