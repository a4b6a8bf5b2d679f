"""A throttle in the memory of one process; see ``ThrottleStore``.

It is for sites without a store, and for the time in which a store cannot be written.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from webhelper.links.stores.throttle import Rate

MOST_KEYS: Final = 10_000


class MemoryThrottle:
    """Counts in memory. Of 10,000 keys, one that has earned all back is forgotten first, then the oldest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moments: dict[bytes, int] = {}

    def take(self, key: bytes, rate: Rate, *, now: float) -> float:
        """See ``ThrottleStore``."""
        now_us = int(now * 1_000_000)
        with self._lock:
            moment = max(self._moments.get(key, 0), now_us) + rate.interval_us
            too_much_us = moment - now_us - rate.span_us
            if 0 < too_much_us <= rate.interval_us:
                return too_much_us / 1_000_000
            if key not in self._moments and len(self._moments) >= MOST_KEYS:
                self._make_room(now_us)
            self._moments[key] = min(moment, now_us + rate.span_us)
        return 0.0

    def give_back(self, key: bytes, rate: Rate) -> None:
        """See ``ThrottleStore``."""
        with self._lock:
            if key in self._moments:
                self._moments[key] -= rate.interval_us

    def _make_room(self, now_us: int) -> None:
        self._moments = {key: moment for key, moment in self._moments.items() if moment > now_us}
        if len(self._moments) >= MOST_KEYS:
            del self._moments[next(iter(self._moments))]
