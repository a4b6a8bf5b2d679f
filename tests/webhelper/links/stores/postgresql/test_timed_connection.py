"""These tests give up a statement that is not answered."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import capabilities

from webhelper.links.stores.postgresql.errors import NoAnswerError
from webhelper.links.stores.postgresql.limits import ELSEWHERE, IN_REQUEST, Limits
from webhelper.links.stores.postgresql.timed_connection import TimedConnection, until

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from postgresql_server import PostgresqlServer


def question(*waits: str) -> Generator[str, Any, list[object]]:
    """Wait for one thing after the other, and return what was ready."""
    ready = {}
    for one in waits:
        ready[one] = yield one
    return list(ready.values())


def test_answer_is_passed_on() -> None:
    """What is waited for is yielded, what is ready is sent on, and what is returned is returned."""
    asking = until(question("read", "write"), 5.0, lambda: 0.0)
    assert next(asking) == "read"
    assert asking.send(1) == "write"
    with pytest.raises(StopIteration) as end:
        asking.send(2)
    assert end.value.value == [1, 2]


@pytest.mark.parametrize(("now", "goes_on"), [(4.999, True), (5.0, False), (5.001, False)])
def test_answer_is_waited_for_until_its_time(now: float, goes_on: bool) -> None:
    """As long as nothing is ready, the same is waited for, until the time is over."""
    asking = until(question("read"), 5.0, lambda: now)
    assert next(asking) == "read"
    if goes_on:
        assert asking.send(0) == "read"
    else:
        with pytest.raises(NoAnswerError):
            asking.send(0)


@pytest.fixture
def connection(postgresql_server: PostgresqlServer) -> Iterator[TimedConnection]:
    """Return a connection with short limits, which the server does not know of."""
    with TimedConnection.connect(postgresql_server.url(), autocommit=True) as one:
        one.limit(Limits(lock_ms=50, statement_ms=50), end=math.inf, keeps_session=False)
        yield one


def backends(server: PostgresqlServer, process: int) -> list[tuple[object, ...]]:
    """Return what a process of the server does, if it is there."""
    return server.execute(f"SELECT state FROM pg_stat_activity WHERE pid = {process}")


def test_connection_without_an_answer_is_closed(connection: TimedConnection) -> None:
    """A statement that overruns the server's limits ends with an error, and its connection with it."""
    assert connection.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(NoAnswerError) as caught:
        connection.execute("SELECT pg_sleep(2)")
    assert isinstance(caught.value, psycopg.OperationalError)
    assert caught.value.hangs
    assert connection.closed


def test_statement_that_is_given_up_is_cancelled(
    connection: TimedConnection, postgresql_server: PostgresqlServer
) -> None:
    """When the time of the request is over, the server is told to end the statement, and does."""
    process = connection.info.backend_pid
    connection.limit(Limits(lock_ms=60_000, statement_ms=60_000), end=0.0, keeps_session=False)
    with pytest.raises(NoAnswerError) as caught:
        connection.execute("SELECT pg_sleep(60)")
    assert not caught.value.hangs
    assert connection.closed
    while backends(postgresql_server, process):  # the cancel is on its way
        pass


def test_old_libpq_leaves_it_to_the_server(
    connection: TimedConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A libpq whose cancelling may block is not asked to; the server's own limit ends the statement."""
    monkeypatch.setattr(capabilities, "has_cancel_safe", lambda: False)
    monkeypatch.setattr(TimedConnection, "cancel_safe", None)
    connection.limit(ELSEWHERE, end=0.0, keeps_session=False)
    with pytest.raises(NoAnswerError):
        connection.execute("SELECT pg_sleep(2)")
    assert connection.closed


def test_limits_are_the_servers_too(connection: TimedConnection) -> None:
    """The server has each session's limits, which are set when they change."""
    asked = "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
    for limits, told in ((IN_REQUEST, ("1s", "1500ms")), (ELSEWHERE, ("2s", "4s"))):
        for _ in range(2):
            connection.limit(limits, end=math.inf, keeps_session=True)
            assert connection.execute(asked).fetchone() == told


@pytest.mark.parametrize("keeps_session", [True, False])
def test_transactions_see_what_is_committed_meanwhile(
    keeps_session: bool, connection: TimedConnection
) -> None:
    """Whatever isolation is the default of the database or the URL, every transaction is READ COMMITTED."""
    connection.execute("SET default_transaction_isolation = 'serializable'")
    connection.limit(ELSEWHERE, end=math.inf, keeps_session=keeps_session)
    asked = "SELECT current_setting('transaction_isolation')"
    if keeps_session:  # single statements too
        assert connection.execute(asked).fetchone() == ("read committed",)
    connection.execute(connection.begin, prepare=False)
    assert connection.execute(asked).fetchone() == ("read committed",)
    connection.execute("COMMIT")


def test_limits_end_with_a_transaction_behind_a_pooler(connection: TimedConnection) -> None:
    """Where the session may be another one next time, the limits are those of a transaction."""
    asked = "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
    before = connection.execute(asked).fetchone()
    connection.limit(IN_REQUEST, end=math.inf, keeps_session=False)
    connection.execute(connection.begin, prepare=False)
    assert connection.execute(asked).fetchone() == ("1s", "1500ms")
    connection.execute("COMMIT")
    assert connection.execute(asked).fetchone() == before
