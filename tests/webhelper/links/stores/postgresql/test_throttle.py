"""These tests look after the table of the throttle; ../contract/test_throttle.py has what it promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from racing import processes
from sites import NOW
from throttling import KEY, OTHER_KEY, RATE, take_often

from webhelper.links.stores.postgresql.throttle import Throttle

if TYPE_CHECKING:
    from stores import PostgresqlStores

    from webhelper.links.stores.postgresql.store import PostgresqlStore


def test_hosts_share_what_is_allowed(store: PostgresqlStore, stores: PostgresqlStores) -> None:  # A9
    """Of four processes that try 320 times each at one instant, all together succeed a hundred times."""
    with processes(4) as start:
        assert sum(start(take_often, stores.place, 320)) == 100


def test_what_is_earned_back_is_deleted(store: PostgresqlStore, stores: PostgresqlStores) -> None:
    """Rows that say nothing any more are deleted once a minute, whichever way the clock goes."""

    def rows() -> int:
        ((count,),) = stores.execute("SELECT count(*) FROM throttle")
        return int(count)

    for number in range(20):
        store.throttle.take(number.to_bytes(16), RATE, now=NOW)
    store.throttle.take(KEY, RATE, now=NOW + 59)
    assert rows() == 21
    store.throttle.take(KEY, RATE, now=NOW + 60)
    assert rows() == 1
    store.throttle.take(OTHER_KEY, RATE, now=NOW)
    store.throttle.take(KEY, RATE, now=NOW - 3600)
    assert rows() == 2


def test_row_that_was_deleted_meanwhile_is_waited_for_an_interval() -> None:
    """If the row of a refusal is gone when its wait is looked up, the wait is one interval."""

    class Forgetful:
        rowcount = 0

        def call(self, work: Any) -> Any:
            return work(self)

        def execute(self, *_: object) -> Forgetful:
            return self

        def fetchone(self) -> None:
            return None

    connections: Any = Forgetful()
    assert Throttle(connections).take(KEY, RATE, now=NOW) == 0.6
