"""A throttle that goes on counting, in this process alone, while the store cannot be written."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError
from webhelper.links.stores.memory_throttle import MemoryThrottle

if TYPE_CHECKING:
    from webhelper.links.stores.throttle import Rate, ThrottleStore

log = logging.getLogger("webhelper")

_LEFT_ALONE_S: Final = 5.0  # a store that failed, so that no request waits for it
_TELL_EVERY_S: Final = 60.0


class FallbackThrottle:
    """Counts in the store; or in memory, for some seconds after the store has failed.

    Args:
        store: counts for all processes.
    """

    def __init__(self, store: ThrottleStore) -> None:
        self._store = store
        self._memory = MemoryThrottle()
        self._failed_at = self._told_at = -float("inf")

    def take(self, key: bytes, rate: Rate, *, now: float) -> float:
        """See ``ThrottleStore``; a store that cannot be written is no error."""
        if abs(now - self._failed_at) >= _LEFT_ALONE_S:
            try:
                return self._store.take(key, rate, now=now)
            except StoreError as error:
                self._failed(error, now)
        return self._memory.take(key, rate, now=now)

    def give_back(self, key: bytes, rate: Rate, *, now: float) -> None:
        """See ``ThrottleStore``; wherever it was taken."""
        self._memory.give_back(key, rate)
        if abs(now - self._failed_at) >= _LEFT_ALONE_S:
            try:
                self._store.give_back(key, rate)
            except StoreError as error:
                self._failed(error, now)

    def _failed(self, error: StoreError, now: float) -> None:
        self._failed_at = now
        if abs(now - self._told_at) >= _TELL_EVERY_S:
            self._told_at = now
            cause = type(error.__cause__).__name__
            log.error("limits: the store cannot be written (%s); each process counts for itself", cause)
