"""These tests let writers of one process wait for their turns, and another process hold the lock."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from racing import PATIENCE_S

from webhelper import gunicorn_conf
from webhelper.links.stores.sqlite import turns
from webhelper.links.stores.sqlite.opening import BUSY_S
from webhelper.links.stores.sqlite.turns import MOST_BEHIND, Turns

if TYPE_CHECKING:
    from concurrent.futures import Future


def test_half_of_the_threads_are_left_for_what_writes_nothing() -> None:  # F3
    """The writer in front and those behind it take half of a server's threads at most."""
    waiting = 1 + MOST_BEHIND
    assert waiting <= gunicorn_conf.threads / 2


@pytest.mark.parametrize("held_s", [turns.MOMENT_S, 3600.0])
def test_few_wait_behind_a_lock_that_another_process_holds(held_s: float) -> None:  # F3
    """Behind a writer that waits for another process three wait for their turns; the others give up."""
    queue = Turns()

    def wait(_: int) -> bool:
        if not queue.wait(PATIENCE_S):
            return False
        queue.turn.release()
        return True

    with ThreadPoolExecutor(8) as pool:
        queue.turn.acquire()
        queue.waiting_since = time.monotonic() - held_s
        waiting: set[Future[bool]] = {pool.submit(wait, number) for number in range(8)}
        while sum(one.done() for one in waiting) < 8 - MOST_BEHIND:
            pass
        assert [one.result() for one in waiting if one.done()] == [False] * (8 - MOST_BEHIND)
        queue.waiting_since = None
        queue.turn.release()
        assert sum(one.result() for one in waiting) == MOST_BEHIND


def test_many_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many writers there are, they wait for each other's turns."""
    monkeypatch.setattr(turns, "MOST_BEHIND", 0)
    monkeypatch.setattr(turns, "MOMENT_S", 0.001)
    queue = Turns()
    with ThreadPoolExecutor(1) as pool:
        queue.turn.acquire()
        waiting = pool.submit(queue.wait, PATIENCE_S)
        assert queue.wait(0.01) is False
        queue.turn.release()
        assert waiting.result() is True


def test_lock_that_is_held_for_a_moment_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer gives up only once the one in front has waited for half a second."""
    monkeypatch.setattr(turns, "MOST_BEHIND", 0)
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    queue = Turns()
    for since, comes in ((None, True), (100.0, True), (99.501, True), (99.4, False), (1.0, False)):
        queue.waiting_since = since
        assert queue.wait(1.0) is comes
        if comes:
            queue.turn.release()


def statements_of(queue: Turns, wait_s: float = BUSY_S) -> list[str]:
    """Return what a writer in its turn tells SQLite until it may write."""
    with sqlite3.connect(":memory:", isolation_level=None) as connection:
        statements: list[str] = []
        connection.set_trace_callback(statements.append)
        queue.begin(connection, wait_s)
        connection.set_trace_callback(None)
    connection.close()
    return statements


def test_writer_that_met_nobody_leaves_the_wait_to_sqlite() -> None:
    """A writer begins by one statement as long as it did not have to wait; SQLite would wait for it."""
    queue = Turns()
    assert [statements_of(queue) for _ in range(3)] == [["BEGIN IMMEDIATE"]] * 3
    assert queue.waiting_since is None


def test_writer_that_met_another_process_polls_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that had to wait once waits by itself for the next minute, and then leaves it to SQLite."""
    queue, moments = Turns(), iter([100.0, 100.01, 160.0, 160.0, 160.0, 160.1, 160.1])
    monkeypatch.setattr(time, "monotonic", lambda: next(moments))
    polling = ["PRAGMA busy_timeout = 0", "BEGIN IMMEDIATE", "PRAGMA busy_timeout = 100"]
    assert statements_of(queue) == ["BEGIN IMMEDIATE"]
    assert statements_of(queue) == polling
    assert statements_of(queue) == ["BEGIN IMMEDIATE"]


def test_writer_that_meets_another_process_tries_often() -> None:
    """After SQLite waited in vain, a writer goes on by itself; else those who try often are always first."""
    statements: list[str] = []

    class Busy:
        """A connection to a file whose lock is seldom free when SQLite looks."""

        def execute(self, statement: str) -> None:
            """Refuse to begin at first."""
            statements.append(statement)
            if statements == ["BEGIN IMMEDIATE"]:
                error = sqlite3.OperationalError()
                error.sqlite_errorcode = sqlite3.SQLITE_BUSY
                raise error

    Turns().begin(Busy(), BUSY_S)  # type: ignore[arg-type]  # it is asked for nothing else
    polling = ["PRAGMA busy_timeout = 0", "BEGIN IMMEDIATE", "PRAGMA busy_timeout = 100"]
    assert statements == ["BEGIN IMMEDIATE", *polling]


def test_lock_that_is_held_for_long_is_asked_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a tenth of a second in vain the pauses between two tries are twenty times as long."""
    pauses: list[float] = []

    class Held:
        """A connection to a file whose lock another process holds for a while."""

        def execute(self, statement: str) -> None:
            """Refuse to begin until there were enough pauses."""
            if statement == "BEGIN IMMEDIATE" and len(pauses) < 1002:
                error = sqlite3.OperationalError()
                error.sqlite_errorcode = sqlite3.SQLITE_BUSY
                raise error

    monkeypatch.setattr(time, "monotonic", lambda: 100.0 + sum(pauses))
    monkeypatch.setattr(time, "sleep", pauses.append)
    Turns().begin(Held(), 1.0)  # type: ignore[arg-type]  # it is asked for nothing else
    assert set(pauses[:999]) == {0.0001}
    assert pauses[-1] == 0.002


@pytest.mark.parametrize("wait_s", [0.0, 0.05])
def test_writer_with_little_patience_waits_by_itself(wait_s: float) -> None:
    """A writer that has waited for its turn already does not wait in SQLite."""
    assert statements_of(Turns(), wait_s)[0] == "PRAGMA busy_timeout = 0"
