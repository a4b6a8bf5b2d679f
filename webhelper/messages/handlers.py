"""Calls the handlers that are connected to the signals, and says whether all of them succeeded."""

from __future__ import annotations

import logging
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Final

from webhelper.error_reports import place_of
from webhelper.links.stores.outbox import MessageKind
from webhelper.messages.attempt import DELIVERED, Attempt
from webhelper.messages.contents import event_message, outcome_message
from webhelper.messages.signals import claim_refuted, event_received, outcome_confirmed

if TYPE_CHECKING:
    from collections.abc import Callable

    from blinker import NamedSignal

    from webhelper.links.stores.base import Store
    from webhelper.links.stores.inbox import Receipt
    from webhelper.links.stores.outbox import Message
    from webhelper.messages.signals import EventMessage, OutcomeMessage

log = logging.getLogger("webhelper")

_SIGNALS: Final = {
    MessageKind.EVENT_RECEIVED: event_received,
    MessageKind.OUTCOME_CONFIRMED: outcome_confirmed,
    MessageKind.CLAIM_REFUTED: claim_refuted,
}
_FAILED: Final = Attempt("handler_failed")
_GONE: Final = Attempt("event_gone", is_last=True)


class Handlers:
    """Delivers messages to the handlers of this process.

    All handlers of a message are called, also after one that raises. If one raises, the message counts as
    not delivered, and all of them are called again later.

    Args:
        store: has the events, labels and user ids.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def deliver(self, message: Message, now: float) -> Attempt:  # noqa: ARG002 - a receiver of messages
        """See ``Receiver``."""
        signal = _SIGNALS[message.kind]
        if not signal.has_receivers_for(message.data["project"]):
            return DELIVERED
        value = self._value(message)
        if value is None:
            return _GONE
        return DELIVERED if _send(signal, value) else _FAILED

    def pass_on(self, receipt: Receipt) -> None:
        """Call the handlers of ``event_received`` once, because the vendor sent an event again."""
        kept = self._store.inbox.get(receipt.number)
        if kept is not None and event_received.has_receivers_for(kept.event.project):
            message_id = f"dup_{receipt.number}_{receipt.deliveries}"
            value = event_message(kept, message_id, is_duplicate=True)
            if value is not None:
                _send(event_received, value)

    def _value(self, message: Message) -> EventMessage | OutcomeMessage | None:
        if message.kind is not MessageKind.EVENT_RECEIVED:
            return outcome_message(message, self._store)
        kept = self._store.inbox.get(message.data["number"])
        if kept is None:  # deleted after INBOX_DAYS
            return None
        return event_message(kept, message.id, is_replay=message.data["replay"])


def _send(signal: NamedSignal, value: EventMessage | OutcomeMessage) -> bool:
    """Call every handler, and return whether none of them raised."""
    has_failed = False
    for handler in list(signal.receivers_for(value.project)):
        try:
            _call_plain_function(handler, value)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - another handler is not to blame
            has_failed = True
            name, kind = getattr(handler, "__qualname__", type(handler).__name__), type(error).__name__
            log.error("handler %s of %s: %s: %s", name, signal.name, kind, place_of(error))  # noqa: TRY400 - values
    return not has_failed


def _call_plain_function(handler: Callable[..., object], value: EventMessage | OutcomeMessage) -> None:
    result = handler(value.project, message=value)
    if isinstance(result, Coroutine):
        result.close()
        raise TypeError("a handler must be a plain function, for nothing awaits a coroutine")
