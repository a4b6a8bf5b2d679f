"""These tests give up a statement that is not answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from webhelper.links.stores.postgresql import timed_connection
from webhelper.links.stores.postgresql.timed_connection import NoAnswerError, TimedConnection, until

if TYPE_CHECKING:
    from collections.abc import Generator

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


def test_connection_without_an_answer_is_closed(
    postgresql_server: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement that takes too long ends with an error, and its connection with it."""
    with TimedConnection.connect(postgresql_server.url(), autocommit=True) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        monkeypatch.setattr(timed_connection, "ANSWER_S", 0.0)
        with pytest.raises(NoAnswerError) as caught:
            connection.execute("SELECT pg_sleep(60)")
        assert isinstance(caught.value, psycopg.OperationalError)
        assert connection.closed
