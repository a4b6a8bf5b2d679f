"""Tests of the delivery of messages: each at least once, whatever happens to its receiver or its process."""

from __future__ import annotations

import logging
import multiprocessing
import time
from typing import TYPE_CHECKING

import pytest
from faulty_server import faulty_server, http, silence
from messages import LABEL, SUBMISSION_ID, USERID, Outbox, open_messages, open_outbox
from racing import PATIENCE_S, deliver_until_killed, in_threads
from sites import NOW

from webhelper.links.outcomes import Result
from webhelper.links.stores.outbox import Message, Sink
from webhelper.messages.attempt import DELAYS_S, DELIVERED, Attempt
from webhelper.messages.messenger import LEASE_S, Messenger
from webhelper.messages.outgoing import Outgoing

if TYPE_CHECKING:
    from pathlib import Path

SOON = NOW + 10


class Receiver:
    """A receiver that answers what it is told to, and keeps what it got."""

    def __init__(self, *attempts: Attempt) -> None:
        self.attempts = list(attempts)
        self.got: list[Message] = []

    def deliver(self, message: Message, now: float) -> Attempt:
        """See ``webhelper.messages.messenger.Receiver``."""
        self.got.append(message)
        return self.attempts.pop(0) if self.attempts else DELIVERED


def messenger(outbox: Outbox, receiver: Receiver | Outgoing, sink: Sink = Sink.URL) -> Messenger:
    """Return a messenger without jitter."""
    return Messenger(outbox.store.outbox, sink, receiver, random=lambda: 0.0)


def outgoing(outbox: Outbox, url: str, *, timeout_s: float = 15.0) -> Outgoing:
    """Return what posts to ``url``."""
    return Outgoing(url, [b"a secret of 24 bytes or more"], outbox.store, timeout_s=timeout_s)


def test_message_is_delivered_once_and_leaves_the_outbox(outbox: Outbox) -> None:
    """A message that was delivered is not due any more."""
    outbox.confirm(Result.APPROVED)
    receiver = Receiver()
    one = messenger(outbox, receiver)
    assert [one.deliver_one(SOON) for _ in range(2)] == [True, False]
    assert one.deliver_one(SOON + 1_000_000) is False
    assert len(receiver.got) == 1


def test_empty_outbox_has_nothing_to_deliver(outbox: Outbox) -> None:
    """Without a message, nobody is called."""
    receiver = Receiver()
    assert messenger(outbox, receiver).deliver_one(SOON) is False
    assert receiver.got == []


def test_sinks_are_delivered_independently(outbox: Outbox) -> None:
    """A message goes to each sink with the same id, and a URL that fails holds up no handler."""
    outbox.confirm(Result.APPROVED)
    url, handlers = Receiver(Attempt("http_500")), Receiver()
    messenger(outbox, url).deliver_one(SOON)
    messenger(outbox, handlers, Sink.HANDLERS).deliver_one(SOON)
    assert [one.id for one in url.got] == [one.id for one in handlers.got]
    assert outbox.store.outbox.waiting() == 1


def test_failed_message_comes_again_by_the_schedule_and_is_given_up(
    outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    """A message is tried ten times within about three days, each time when it is due."""
    outbox.confirm(Result.APPROVED)
    receiver = Receiver(*[Attempt("http_500")] * 20)
    one = messenger(outbox, receiver)
    now = SOON
    assert one.deliver_one(now) is True
    for wait_s in DELAYS_S:
        assert one.deliver_one(now + wait_s - 0.001) is False
        now += wait_s
        assert one.deliver_one(now) is True
    assert one.deliver_one(now + 1_000_000) is False
    assert [message.attempts for message in receiver.got] == list(range(10))
    assert [record.levelname for record in caplog.records] == [*["WARNING"] * 9, "ERROR"]
    about = f"message {receiver.got[0].id} (outcome_confirmed) to url: http_500"
    assert [record.getMessage() for record in caplog.records[-2:]] == [about, f"{about}, given up"]


def test_message_of_a_worker_that_raised_comes_again_after_its_lease(outbox: Outbox) -> None:
    """A receiver that raises leaves its message to whoever comes after the end of the lease."""

    class Broken(Receiver):
        def deliver(self, message: Message, now: float) -> Attempt:
            raise ZeroDivisionError

    outbox.confirm(Result.APPROVED)
    with pytest.raises(ZeroDivisionError):
        messenger(outbox, Broken()).deliver_one(SOON)
    receiver = Receiver()
    assert messenger(outbox, receiver).deliver_one(SOON + LEASE_S - 0.001) is False
    assert messenger(outbox, receiver).deliver_one(SOON + LEASE_S) is True


def test_two_messengers_never_have_the_same_message(outbox: Outbox) -> None:
    """Of several threads, one gets a message; all messages are delivered."""
    for number in range(20):
        outbox.confirm((Result.APPROVED, Result.REJECTED)[number % 2], at=NOW + number / 100)
    receiver = Receiver()

    def deliver(_: int) -> int:
        one = messenger(outbox, receiver)
        return sum(1 for _ in iter(lambda: one.deliver_one(SOON), False))

    assert sum(in_threads(4, deliver)) == 20
    assert len({message.id for message in receiver.got}) == 20


def test_message_of_a_killed_process_is_delivered_by_another(tmp_path: Path) -> None:
    """A process that is killed in the middle of a delivery loses no message."""
    outbox = open_outbox(tmp_path)
    outbox.confirm(Result.APPROVED, at=NOW)
    begun = tmp_path / "begun"
    process = multiprocessing.get_context("spawn").Process(
        target=deliver_until_killed, args=[tmp_path, begun]
    )
    process.start()
    end = time.monotonic() + PATIENCE_S
    while not begun.exists():
        assert time.monotonic() < end
        assert process.is_alive()
        time.sleep(0.02)
    process.kill()
    process.join()
    store = open_messages(tmp_path)
    receiver = Receiver()
    other = Messenger(store.outbox, Sink.HANDLERS, receiver)
    assert other.deliver_one(NOW + LEASE_S - 0.001) is False
    assert other.deliver_one(NOW + LEASE_S) is True
    assert [message.id for message in receiver.got] == [begun.read_text(encoding="utf-8")]
    for one in (store, outbox.store):
        one.close()


def test_receiver_that_fails_and_recovers_gets_the_message(outbox: Outbox) -> None:
    """A URL that answers 500, then hangs, and then 200, gets the message the third time, with the same id."""
    outbox.confirm(Result.APPROVED)
    with faulty_server(http(500, b"no"), silence, http(200, b"")) as server:
        one = messenger(outbox, outgoing(outbox, server.base_url, timeout_s=0.1))
        for now in (SOON, SOON + 5, SOON + 305):
            assert one.deliver_one(now) is True
        assert one.deliver_one(SOON + 1_000_000) is False
    ids = {line for request in server.requests for line in request.split(b"\r\n") if b"webhook-id" in line}
    assert (len(server.requests), len(ids)) == (3, 1)


def test_receiver_that_is_gone_gets_the_message_no_more(outbox: Outbox) -> None:
    """After a 410 the message is given up, and the next one is tried all the same."""
    outbox.confirm(Result.APPROVED)
    with faulty_server(http(410, b""), http(200, b"")) as server:
        one = messenger(outbox, outgoing(outbox, server.base_url))
        assert one.deliver_one(SOON) is True
        assert one.deliver_one(SOON + 1_000_000) is False
        outbox.confirm(Result.REJECTED, at=NOW + 3)
        assert one.deliver_one(SOON + 1_000_000) is True
        assert len(server.requests) == 2


def test_receiver_that_asks_to_wait_is_left_alone(outbox: Outbox) -> None:
    """A Retry-After of a minute holds, although the next attempt would come after five seconds."""
    outbox.confirm(Result.APPROVED)
    with faulty_server(http(429, b"", retry_after="60"), http(200, b"")) as server:
        one = messenger(outbox, outgoing(outbox, server.base_url))
        assert one.deliver_one(SOON) is True
        assert one.deliver_one(SOON + 59) is False
        assert one.deliver_one(SOON + 60) is True


def test_logs_of_a_delivery_have_id_kind_and_status(outbox: Outbox, caplog: pytest.LogCaptureFixture) -> None:
    """Of a message, logs show its id, kind, sink and what became of it, and nothing else."""
    caplog.set_level(logging.DEBUG)
    outbox.confirm(Result.APPROVED)
    with faulty_server(http(503, b"planted"), http(200, b"planted")) as server:
        one = messenger(outbox, outgoing(outbox, f"{server.base_url}/planted"))
        one.deliver_one(SOON)
        one.deliver_one(SOON + 5)
    ours = [record.getMessage() for record in caplog.records if record.name == "webhelper"]
    message_id = ours[0].split()[1]
    assert ours == [
        f"message {message_id} (outcome_confirmed) to url: http_503",
        f"message {message_id} (outcome_confirmed) to url: delivered",
    ]
    shown = "\n".join(str(record.__dict__) for record in caplog.records)
    for secret in (USERID, LABEL, SUBMISSION_ID, "planted", server.base_url):
        assert secret not in shown
