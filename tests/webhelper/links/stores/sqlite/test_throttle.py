"""These tests look after the file of the throttle; ../test_throttle.py has what it promises."""

from __future__ import annotations

import gc
import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from racing import processes
from sites import NOW
from throttling import KEY, OTHER_KEY, RATE, take_often, take_on_both_sides_of_a_fork

from webhelper.errors import StoreError
from webhelper.links.stores.sqlite.throttle import SUFFIX, Throttle
from webhelper.links.stores.throttle import Rate

if TYPE_CHECKING:
    from pathlib import Path

    from webhelper.links.stores.sqlite.store import SqliteStore

ONE = Rate(burst=1, interval_us=60_000_000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file."""
    return tmp_path / f"links.db{SUFFIX}"


def rows_in(path: Path) -> int:
    """Return the number of rows in the file."""
    with closing(sqlite3.connect(path)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM throttle").fetchone()
    return int(count)


def test_connection_that_nobody_has_any_more_is_closed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that nobody closed is closed when its owner is gone, but by no process that was forked."""
    first, second = Throttle(path), Throttle(path)
    connections: list[Any] = []
    for owner in (first, second):
        owner.take(KEY, RATE, now=NOW)
        connections.append(owner._connection)
    del owner, first
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError):
        connections[0].execute("SELECT 1")
    with monkeypatch.context() as forked:
        forked.setattr(os, "getpid", lambda: -1)
        del second
        gc.collect()
    connections[1].execute("SELECT 1")
    connections[1].close()


def test_processes_share_what_is_allowed(tmp_path: Path) -> None:  # A9
    """Of four processes that try 320 times each at one instant, all together succeed a hundred times."""
    with processes(4) as start:
        assert sum(start(take_often, tmp_path, 320)) == 100


def test_child_counts_on_by_a_connection_of_its_own(tmp_path: Path) -> None:
    """A process that is forked after the first use shares the count, and no connection."""
    assert take_on_both_sides_of_a_fork(tmp_path) == (0, 1.0)


def test_connection_of_another_process_is_left_alone(path: Path) -> None:
    """After a fork the parent's connection is neither used nor closed, and the count goes on."""
    throttle = Throttle(path)
    throttle.take(KEY, ONE, now=NOW)
    inherited = throttle._connection
    throttle._process = -1
    assert throttle.take(KEY, ONE, now=NOW) == 60
    assert inherited is not None
    assert throttle._connection is not inherited
    assert inherited.execute("SELECT count(*) FROM throttle").fetchone() == (1,)
    inherited.close()
    throttle.close()


def test_file_is_made_when_it_is_needed_and_for_its_owner_alone(store: SqliteStore, path: Path) -> None:
    """The file is made by the first count, beside that of the links, and nobody else can read it."""
    assert not path.exists()
    store.throttle.take(KEY, RATE, now=NOW)
    assert path.stat().st_mode & 0o777 == 0o600


def test_links_are_not_written_to_count(store: SqliteStore) -> None:
    """To count is no commit of the links' file, after which every reusable link would be read again."""
    before = store._connections.commits
    store.throttle.take(KEY, RATE, now=NOW)
    assert store._connections.commits == before


def test_what_is_earned_back_is_deleted(path: Path) -> None:
    """Rows that say nothing any more are deleted once a minute, whichever way the clock goes."""
    throttle = Throttle(path)
    for number in range(20):
        throttle.take(number.to_bytes(16), RATE, now=NOW)
    throttle.take(KEY, RATE, now=NOW + 59)
    assert rows_in(path) == 21
    throttle.take(KEY, RATE, now=NOW + 60)
    assert rows_in(path) == 1
    throttle.take(OTHER_KEY, RATE, now=NOW)
    throttle.take(KEY, RATE, now=NOW - 3600)
    assert rows_in(path) == 2
    throttle.close()


def test_row_that_was_deleted_meanwhile_is_waited_for_an_interval(path: Path) -> None:
    """If the row of a refusal is gone when its wait is looked up, the wait is one interval."""
    throttle = Throttle(path)
    for _ in range(100):
        throttle.take(KEY, RATE, now=NOW)
    throttle._connection = _Forgetful(throttle._connection)  # type: ignore[assignment]
    assert throttle.take(KEY, RATE, now=NOW) == 0.6
    throttle.close()


class _Forgetful:
    """A connection whose file is cleaned by somebody else before each SELECT."""

    def __init__(self, connection: sqlite3.Connection | None) -> None:
        assert connection is not None
        self._connection = connection
        self.close = connection.close

    def execute(self, statement: str, values: object) -> sqlite3.Cursor:
        if statement.startswith("SELECT"):
            self._connection.execute("DELETE FROM throttle")
        return self._connection.execute(statement, values)  # type: ignore[arg-type]


@pytest.mark.parametrize("content", [b"something else, and long enough for a header of SQLite" * 20, None])
def test_file_that_cannot_be_used_is_an_error_until_it_can(path: Path, content: bytes | None) -> None:
    """A file that is damaged, or a directory, raises StoreError; once it is away, counting goes on."""
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    throttle = Throttle(path)
    for _ in range(2):
        with pytest.raises(StoreError):
            throttle.take(KEY, RATE, now=NOW)
        with pytest.raises(StoreError):
            throttle.give_back(KEY, RATE)
    if content is None:
        path.rmdir()
    else:
        path.unlink()
    assert throttle.take(KEY, RATE, now=NOW) == 0
    throttle.close()


def test_lock_of_another_program_is_waited_for_half_a_second(  # F3
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another program holds the write lock, counting fails instead of holding the request up."""
    monkeypatch.setattr("webhelper.links.stores.sqlite.throttle._BUSY_S", 0)
    throttle = Throttle(path)
    throttle.take(KEY, RATE, now=NOW)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        throttle.close()
        with pytest.raises(StoreError):
            throttle.take(KEY, RATE, now=NOW)
        other.execute("ROLLBACK")
    assert throttle.take(KEY, RATE, now=NOW) == 0
    throttle.close()
