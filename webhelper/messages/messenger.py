"""Takes messages out of the outbox and delivers each to its sink, at least once."""

from __future__ import annotations

import logging
from random import SystemRandom
from typing import TYPE_CHECKING, Final, Protocol

from webhelper.messages.attempt import next_attempt_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from webhelper.links.stores.outbox import Message, OutboxStore, Sink
    from webhelper.messages.attempt import Attempt

log = logging.getLogger("webhelper")

_random: Final = SystemRandom().random  # the state of the usual one is everybody's
LEASE_S: Final = 120.0  # a handler that takes longer is called once more meanwhile


class Receiver(Protocol):
    """What takes the messages of one sink."""

    def deliver(self, message: Message, now: float) -> Attempt:
        """Try to deliver a message at the Unix time ``now``, and return how that ended."""


class Messenger:
    """Delivers the messages of one sink.

    A process that dies in between has a lease on its message. Once that has run out, another process
    delivers the message; it may be the second time.

    Args:
        outbox: keeps the messages.
        sink: which of them are delivered.
        receiver: takes them.
        random: returns a number from 0 to 1.
    """

    def __init__(
        self,
        outbox: OutboxStore,
        sink: Sink,
        receiver: Receiver,
        *,
        random: Callable[[], float] = _random,
    ) -> None:
        self._outbox, self._sink, self._receiver, self._random = outbox, sink, receiver, random

    def deliver_one(self, now: float) -> bool:
        """Try to deliver the message that is due longest, and return whether there was one."""
        lease = self._outbox.lease((self._sink,), now=now, lease_s=LEASE_S)
        if lease is None:
            return False
        message = lease.message
        attempt = self._receiver.deliver(message, now)
        told = (message.id, message.kind.value, message.sink.value)
        if attempt.problem is None:
            self._outbox.delivered(lease, now=now)
            log.debug("message %s (%s) to %s: delivered", *told)
            return True
        again_at = next_attempt_at(attempt, before=message.attempts, now=now, random=self._random)
        self._outbox.postpone(lease, attempt.problem, at=again_at)
        if again_at is None:
            log.error("message %s (%s) to %s: %s, given up", *told, attempt.problem)
        else:
            log.warning("message %s (%s) to %s: %s", *told, attempt.problem)
        return True
