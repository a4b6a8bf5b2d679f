"""These tests keep messages until they are delivered to each sink."""

import re

from racing import in_threads
from sites import NOW
from stores import put_message

from webhelper.links.stores.base import Store
from webhelper.links.stores.outbox import LONGEST_DELAY_S, MessageKind, MessageLease, Sink

BOTH = tuple(Sink)


def put(store: Store, *, now: float = NOW, word: str = "a") -> None:
    """Put one message for every sink into the outbox."""
    put_message(store, MessageKind.EVENT_RECEIVED, {"word": word}, now=now)


def leased(store: Store, *sinks: Sink, now: float = NOW) -> MessageLease:
    """Return a lease of the message that is due longest."""
    lease = store.outbox.lease(sinks or BOTH, now=now, lease_s=30)
    assert lease is not None
    return lease


def test_message_is_one_row_for_each_sink(store: Store) -> None:
    """A message has one id for all sinks, each of which delivers it once."""
    put(store)
    assert store.outbox.waiting() == 2
    leases = [leased(store, sink) for sink in BOTH]
    assert [lease.message.sink for lease in leases] == list(BOTH)
    (message_id,) = {lease.message.id for lease in leases}
    assert re.fullmatch("msg_[A-Z2-7]{26}", message_id)
    assert [store.outbox.delivered(lease, now=NOW) for lease in leases] == [True, True]
    assert store.outbox.waiting() == 0
    assert store.outbox.lease(BOTH, now=NOW + 10**6, lease_s=30) is None


def test_message_comes_back_as_it_was_put(store: Store) -> None:
    """A lease has the kind, time and data of the message, and how often it was tried before."""
    put(store, word="매장")
    lease = leased(store, Sink.URL)
    message = lease.message
    assert (message.kind, message.at, message.data) == (MessageKind.EVENT_RECEIVED, NOW, {"word": "매장"})
    assert (message.attempts, lease.until) == (0, NOW + 30)


def test_messages_come_in_their_order_whatever_the_sinks(store: Store) -> None:
    """The message that is due longest comes first, of the sinks that are asked for alone."""
    for number, now in enumerate((NOW + 1, NOW, NOW + 1)):
        put(store, now=now, word=str(number))
    order = [leased(store, now=NOW + 1).message for _ in range(6)]
    assert [one.data["word"] for one in order] == ["1", "1", "0", "0", "2", "2"]
    assert [one.number for one in order] == [3, 4, 1, 2, 5, 6]
    put(store)
    assert leased(store, Sink.URL).message.sink is Sink.URL
    assert store.outbox.lease([Sink.URL], now=NOW, lease_s=30) is None
    assert store.outbox.lease([], now=NOW, lease_s=30) is None


def test_message_whose_deliverer_died_is_due_again(store: Store) -> None:
    """A message is due again when its lease has run out, and the late deliverer is refused."""
    put(store)
    late = leased(store, Sink.URL)
    assert store.outbox.lease([Sink.URL], now=NOW + 29.999, lease_s=30) is None
    again = leased(store, Sink.URL, now=NOW + 30)
    assert (again.message.attempts, again.message.id) == (1, late.message.id)
    assert not store.outbox.delivered(late, now=NOW + 31)
    assert not store.outbox.postpone(late, "late", at=NOW)
    assert store.outbox.delivered(again, now=NOW + 31)
    assert not store.outbox.delivered(again, now=NOW + 31)


def test_message_postponed_is_due_at_its_time(store: Store) -> None:
    """A postponed message is due at its time, and the lease before it is worth nothing."""
    put(store)
    lease = leased(store, Sink.URL)
    assert store.outbox.postpone(lease, "status 500", at=NOW + 100)
    assert not store.outbox.delivered(lease, now=NOW + 1)
    assert store.outbox.lease([Sink.URL], now=NOW + 99.999, lease_s=30) is None
    assert leased(store, Sink.URL, now=NOW + 100).message.attempts == 1


def test_message_does_not_wait_for_as_long_as_the_clock_was_set_back(store: Store) -> None:
    """A message that is due later than the longest delay is due now, and no other one."""
    put(store)
    lease = leased(store, Sink.URL)
    store.outbox.postpone(lease, "refused", at=NOW + LONGEST_DELAY_S)
    assert store.outbox.lease([Sink.URL], now=NOW - 60, lease_s=30) is None
    assert leased(store, Sink.URL, now=NOW - 61).message.number == lease.message.number
    assert store.outbox.lease([Sink.URL], now=NOW - 61, lease_s=30) is None


def test_message_given_up_is_not_due_any_more(store: Store) -> None:
    """A message that is given up waits no longer."""
    put(store)
    assert store.outbox.postpone(leased(store, Sink.URL), "status 410", at=None)
    assert store.outbox.lease([Sink.URL], now=NOW + 10**6, lease_s=30) is None
    assert store.outbox.waiting() == 1


def test_message_is_leased_by_one_of_many_threads(store: Store) -> None:
    """Of eight threads, one gets the lease of a message."""
    put(store)
    leases = in_threads(8, lambda _: store.outbox.lease([Sink.URL], now=NOW, lease_s=30))
    assert sum(lease is not None for lease in leases) == 1
