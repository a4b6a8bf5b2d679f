"""Tests of the signals: what handlers get, and what becomes of a message that one of them fails on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from messages import LABEL, SUBMISSION_ID, USERID, Outbox
from sites import NOW

from liveform.webhooks import SubmitEvent, UnknownEvent
from webhelper.links.models import as_datetime
from webhelper.links.outcomes import Level, Result, Source
from webhelper.links.stores.inbox import Receipt
from webhelper.links.stores.outbox import Sink
from webhelper.messages.attempt import Attempt
from webhelper.messages.handlers import Handlers
from webhelper.messages.messenger import Messenger
from webhelper.messages.signals import (
    EventMessage,
    OutcomeMessage,
    claim_refuted,
    event_received,
    outcome_confirmed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from blinker import NamedSignal


class Heard:
    """A handler that keeps what it was called with, and fails as often as it is told to."""

    def __init__(self, *errors: BaseException) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.errors = list(errors)

    def __call__(self, project: str, message: EventMessage | OutcomeMessage) -> None:
        """Keep a call."""
        self.calls.append((project, message))
        if self.errors:
            raise self.errors.pop(0)

    @property
    def message(self) -> Any:
        """Return the message of the only call."""
        ((_, message),) = self.calls
        return message


@pytest.fixture
def hear() -> Iterator[Callable[..., Heard]]:
    """Return what connects a new handler to a signal; all are disconnected at the end."""
    connected: list[tuple[NamedSignal, Any]] = []

    def connect(signal: NamedSignal, *errors: BaseException, handler: Any = None, **options: Any) -> Any:
        one = Heard(*errors) if handler is None else handler
        connected.append((signal, one))
        signal.connect(one, **options)
        return one

    yield connect
    for signal, one in connected:
        signal.disconnect(one)


def deliver_all(outbox: Outbox, now: float = NOW) -> list[bool]:
    """Deliver what is due to the handlers."""
    messenger = Messenger(outbox.store.outbox, Sink.HANDLERS, Handlers(outbox.store), random=lambda: 0.0)
    return [True for _ in iter(lambda: messenger.deliver_one(now), False)]


def test_handler_gets_the_project_and_all_that_is_known(outbox: Outbox, hear: Callable[..., Heard]) -> None:
    """A confirmed outcome comes with ids, label, user id, status, level, source and time."""
    heard = hear(outcome_confirmed)
    outbox.confirm(Result.APPROVED)
    deliver_all(outbox, NOW + 10)
    message = heard.message
    assert heard.calls[0][0] == "shop"
    assert message == OutcomeMessage(
        id=message.id,
        project="shop",
        link_id=outbox.visit.link_id,
        visit_id=outbox.visit.id,
        label=LABEL,
        userid=USERID,
        submission_id=SUBMISSION_ID,
        status=Result.APPROVED,
        level=Level.CONFIRMED,
        source=Source.API,
        at=as_datetime(NOW + 2),
        previous=None,
    )
    assert message.id.startswith("msg_")
    assert USERID not in repr(message)


def test_changed_outcome_brings_the_one_before(outbox: Outbox, hear: Callable[..., Heard]) -> None:
    """A later outcome says what was confirmed before, and has a message id of its own."""
    heard = hear(outcome_confirmed)
    outbox.confirm(Result.PENDING)
    outbox.confirm(Result.REJECTED, at=NOW + 3)
    deliver_all(outbox, NOW + 10)
    pending, rejected = (message for _, message in heard.calls)
    assert (pending.status, pending.previous) == (Result.PENDING, None)
    assert (rejected.status, rejected.previous) == (Result.REJECTED, Result.PENDING)
    assert pending.id != rejected.id


def test_refuted_claim_brings_the_claim(outbox: Outbox, hear: Callable[..., Heard]) -> None:
    """A return that claimed what the vendor does not confirm is told by a signal of its own."""
    refuted = hear(claim_refuted)
    outbox.claim(Result.APPROVED)
    outbox.confirm(Result.REJECTED)
    deliver_all(outbox, NOW + 10)
    assert (refuted.message.status, refuted.message.previous) == (Result.REJECTED, Result.APPROVED)


def test_event_comes_typed_with_its_number_and_visit(outbox: Outbox, hear: Callable[..., Heard]) -> None:
    """An event is the typed one of liveform.webhooks, with the visit that it belongs to."""
    heard = hear(event_received)
    members = {"webhook_trigger": "submit", "submission_id": SUBMISSION_ID, "userid": USERID}
    number = outbox.receive(members)
    deliver_all(outbox)
    message = heard.message
    assert isinstance(message.event, SubmitEvent)
    assert (message.event.userid, message.event.raw) == (USERID, members)
    assert (message.project, message.number, message.visit_id) == ("shop", number, outbox.visit.id)
    assert (message.is_duplicate, message.is_replay) == (False, False)
    assert USERID not in repr(message)


def test_event_of_another_trigger_comes_as_unknown(outbox: Outbox, hear: Callable[..., Heard]) -> None:
    """A trigger that liveform does not know is passed on all the same."""
    heard = hear(event_received)
    outbox.receive({"webhook_trigger": "brand_new", "submission_id": SUBMISSION_ID})
    deliver_all(outbox)
    assert isinstance(heard.message.event, UnknownEvent)


def test_replayed_event_is_marked(outbox: Outbox, hear: Callable[..., Heard]) -> None:
    """An event that an operator has worked again comes again, marked, with another message id."""
    heard = hear(event_received)
    number = outbox.receive()
    outbox.store.inbox.replay(number, now=NOW)
    outbox.work()
    deliver_all(outbox)
    first, again = (message for _, message in heard.calls)
    assert (first.is_replay, again.is_replay) == (False, True)
    assert first.id != again.id


def test_duplicate_is_passed_on_marked(outbox: Outbox, hear: Callable[..., Heard]) -> None:
    """A further delivery of an event comes at once, marked, with an id that is its own."""
    heard = hear(event_received)
    number = outbox.receive()
    Handlers(outbox.store).pass_on(Receipt(number, 2))
    Handlers(outbox.store).pass_on(Receipt(number, 3))
    assert [message.is_duplicate for _, message in heard.calls] == [True, True]
    assert [message.id for _, message in heard.calls] == [f"dup_{number}_2", f"dup_{number}_3"]


def test_duplicate_of_an_event_that_is_gone_is_passed_on_to_nobody(
    outbox: Outbox, hear: Callable[..., Heard]
) -> None:
    """A duplicate without an event that can be read, or without handlers, calls nobody."""
    Handlers(outbox.store).pass_on(Receipt(outbox.receive(), 2))
    heard = hear(event_received)
    Handlers(outbox.store).pass_on(Receipt(99, 2))
    Handlers(outbox.store).pass_on(Receipt(outbox.receive({}, key="b" * 64), 2))
    assert heard.calls == []


def test_handler_of_one_project_hears_no_other(outbox: Outbox, hear: Callable[..., Heard]) -> None:
    """A handler that is connected to a project gets the messages of that project alone."""
    shop, signup = hear(outcome_confirmed, sender="shop"), hear(outcome_confirmed, sender="signup")
    outbox.confirm(Result.APPROVED)
    deliver_all(outbox, NOW + 10)
    assert (len(shop.calls), len(signup.calls)) == (1, 0)


def test_message_without_handlers_is_delivered(outbox: Outbox) -> None:
    """Where nobody is connected, messages leave the outbox."""
    outbox.confirm(Result.APPROVED)
    outbox.receive()
    assert len(deliver_all(outbox, NOW + 10)) == 2
    assert outbox.store.outbox.waiting() == 2  # those to the URL


def test_handler_that_raises_is_called_again_later(
    outbox: Outbox, hear: Callable[..., Heard], caplog: pytest.LogCaptureFixture
) -> None:
    """A message on which a handler fails comes again after five seconds, with the same id."""
    heard = hear(outcome_confirmed, ValueError("jane@example.com"), KeyError("jane"))
    outbox.confirm(Result.APPROVED)
    for now, calls in ((NOW + 10, 1), (NOW + 14, 1), (NOW + 15, 2), (NOW + 314, 2), (NOW + 315, 3)):
        deliver_all(outbox, now)
        assert len(heard.calls) == calls
    deliver_all(outbox, NOW + 1_000_000)
    assert len(heard.calls) == 3
    assert len({message.id for _, message in heard.calls}) == 1
    first, second, *_ = caplog.records
    assert first.getMessage().startswith("handler Heard of outcome-confirmed: ValueError: __call__:")
    assert second.getMessage().endswith("(outcome_confirmed) to handlers: handler_failed")
    assert {first.name, second.name} == {"webhelper"}
    assert "jane" not in caplog.text


def test_handler_that_fails_keeps_no_other_from_its_call(
    outbox: Outbox, hear: Callable[..., Heard], caplog: pytest.LogCaptureFixture
) -> None:
    """All handlers are called, also after one that raises or wants to leave; and all are called again."""

    def leave(project: str, message: OutcomeMessage) -> None:
        raise SystemExit

    heard = [hear(outcome_confirmed) for _ in range(3)]
    hear(outcome_confirmed, handler=leave)
    outbox.confirm(Result.APPROVED)
    deliver_all(outbox, NOW + 10)
    assert [len(one.calls) for one in heard] == [1, 1, 1]
    deliver_all(outbox, NOW + 15)
    assert [len(one.calls) for one in heard] == [2, 2, 2]
    assert ".leave of outcome-confirmed: SystemExit: leave:" in caplog.text


def test_coroutine_function_is_no_handler(
    outbox: Outbox, hear: Callable[..., Heard], caplog: pytest.LogCaptureFixture
) -> None:
    """A coroutine function counts as a handler that fails, for nothing would await it."""

    async def wait(project: str, message: OutcomeMessage) -> None:
        """Never run."""

    hear(outcome_confirmed, handler=wait)
    outbox.confirm(Result.APPROVED)
    deliver_all(outbox, NOW + 10)
    assert ".wait of outcome-confirmed: TypeError: _call_plain_function:" in caplog.text
    assert outbox.store.outbox.waiting() == 2


@pytest.mark.parametrize("is_deleted", [True, False])
def test_event_that_can_no_longer_be_read_is_given_up(
    outbox: Outbox, hear: Callable[..., Heard], is_deleted: bool
) -> None:
    """A message about an event that was deleted, or whose key was removed, is given up."""
    heard = hear(event_received)
    outbox.receive({"webhook_trigger": "submit"} if is_deleted else {})
    lease = outbox.store.outbox.lease((Sink.HANDLERS,), now=NOW, lease_s=60)
    assert lease is not None
    message = lease.message
    if is_deleted:
        message = message._replace(data={**message.data, "number": 99})
    assert Handlers(outbox.store).deliver(message, NOW) == Attempt("event_gone", is_last=True)
    assert heard.calls == []


def test_handlers_log_nothing_of_a_person(
    outbox: Outbox, hear: Callable[..., Heard], caplog: pytest.LogCaptureFixture
) -> None:
    """No log at any level has the label, the user id, an id of the vendor, or a member of an event."""
    caplog.set_level(logging.DEBUG)
    for signal in (event_received, outcome_confirmed, claim_refuted):
        hear(signal, ValueError(f"{USERID} jane planted"))
    outbox.claim(Result.APPROVED)
    outbox.confirm(Result.REJECTED)
    outbox.receive({"webhook_trigger": "submit", "submission_id": SUBMISSION_ID, "full_name": "Jane Planted"})
    deliver_all(outbox, NOW + 10)
    assert caplog.text.count("ValueError") == 3
    shown = "\n".join(str(record.__dict__) for record in caplog.records)
    for secret in (USERID, LABEL, SUBMISSION_ID, "planted", "Planted", "jane@example.com"):
        assert secret not in shown
