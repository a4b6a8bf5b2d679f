"""Count what clients do by named limits, and refuse what is too much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from webhelper.errors import TooManyRequestsError
from webhelper.links.stores.throttle import Rate
from webhelper.throttling.fallback import FallbackThrottle
from webhelper.throttling.refusal_log import RefusalLog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from webhelper.config.limits import Limit, LimitName
    from webhelper.links.stores.throttle import ThrottleStore

MOST_REFUSED: Final = 10_000
_US: Final = 1_000_000


class Throttle:
    """Counts in the store. Who is refused is remembered here for as long, so that a flood costs no writes.

    Args:
        limits: how much is allowed; what is not in it has no limit.
        store: counts for all processes; while it cannot be written, this process counts for itself.
        digest: a keyed digest of 16 to 32 bytes, so that no database holds an address.
        clock: Unix time.
    """

    def __init__(
        self,
        limits: Mapping[LimitName, Limit],
        store: ThrottleStore,
        digest: Callable[[bytes], bytes],
        clock: Callable[[], float],
    ) -> None:
        self._limits = limits
        self._rates = {name: Rate(limit.times, limit.interval_us) for name, limit in limits.items()}
        self._counts = FallbackThrottle(store)
        self._digest = digest
        self._clock = clock
        self._refused_until: dict[bytes, float] = {}
        self._log = RefusalLog()

    def check(self, name: LimitName, whom: str) -> None:
        """Refuse somebody of whom this process knows that it is too much; nothing is counted.

        Args:
            name: what is done.
            whom: who does it: a client, a holder, a tablet.

        Raises:
            TooManyRequestsError: it is too much now.
        """
        if name in self._rates:
            self._check(name, self._key(name, whom), self._clock())

    def count(self, name: LimitName, whom: str) -> None:
        """Count one; arguments as of ``check``.

        Raises:
            TooManyRequestsError: it is too much now; it is not counted.
        """
        if name not in self._rates:
            return
        key, now = self._key(name, whom), self._clock()
        self._check(name, key, now)
        wait_s = self._counts.take(key, self._rates[name], now=now)
        if wait_s > 0:
            if len(self._refused_until) >= MOST_REFUSED:
                self._refused_until = {}
            self._refused_until[key] = now + wait_s
            self._refuse(name, wait_s, now)

    def give_back(self, name: LimitName, whom: str) -> None:
        """Make one that was counted count no more; arguments as of ``check``."""
        if name in self._rates:
            key = self._key(name, whom)
            self._refused_until.pop(key, None)
            self._counts.give_back(key, self._rates[name], now=self._clock())

    def _key(self, name: LimitName, whom: str) -> bytes:
        return self._digest(f"{name} {whom}".encode())

    def _check(self, name: LimitName, key: bytes, now: float) -> None:
        wait_s = self._refused_until.get(key, now) - now
        if 0 < wait_s <= self._rates[name].interval_us / _US:  # longer: the clock was set back
            self._refuse(name, wait_s, now)

    def _refuse(self, name: LimitName, wait_s: float, now: float) -> NoReturn:
        self._log.refused(name, self._limits[name], now=now)
        raise TooManyRequestsError(wait_s)
