"""When the next call of the vendor's API may be made: so many a second, and a share of a day's."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from liveform import VendorError

if TYPE_CHECKING:
    from collections.abc import Callable

CALLS_PER_SECOND: Final = 2
# The vendor allows 100,000 a day, from 00:00 UTC on (vendor-api row 1.7). The rest is for others who ask.
CALLS_PER_DAY: Final = 80_000
_DAY_S: Final = 86_400


class CallPace:
    """Spaces calls evenly, and ends them for the day when their share is used up. For one thread.

    Args:
        per_second: how many calls a second.
        per_day: how many calls a day.
        clock: returns seconds that never go back.
        sleep: waits so many seconds.

    Attributes:
        calls: how many it has counted.
    """

    def __init__(
        self,
        per_second: int = CALLS_PER_SECOND,
        per_day: int = CALLS_PER_DAY,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._interval_s = 1 / per_second
        self._per_day = per_day
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0
        self._day = 0
        self._taken = 0
        self.calls = 0

    def wait(self, *, now: float) -> None:
        """Return when the next call may be made, and count it.

        Args:
            now: Unix time, which tells the day.

        Raises:
            VendorError: the day's share is used up; the reason is ``limit``, and no call was counted.
        """
        self._count(int(now // _DAY_S))
        begins = max(self._clock(), self._next)
        self._next = begins + self._interval_s
        if (wait_s := begins - self._clock()) > 0:
            self._sleep(wait_s)

    def _count(self, day: int) -> None:
        if day > self._day:
            self._day, self._taken = day, 0
        if self._taken >= self._per_day:
            problem = f"{self._per_day:,} calls were made today, and the rest of the day's is for others"
            raise VendorError(problem, reason="limit")
        self._taken += 1
        self.calls += 1
