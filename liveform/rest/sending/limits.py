"""The vendor's limits, kept on our side: calls a second, and calls a day.

The pages name three numbers for a day (100,000, 200,000 and 500,000) and one for a second (vendor-api row
1.7). The defaults are those of the FAQ, the newest page. Both limits are settings.
"""

from __future__ import annotations

import threading
from collections.abc import Callable  # noqa: TC003 - for hints at run time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol, cast

from pyrate_limiter import InMemoryBucket, Rate, RateItem

from liveform.errors import FieldError, VendorError

CALLS_PER_SECOND: Final = 5_000  # FAQ, GB
CALLS_PER_DAY: Final = 100_000  # FAQ; the day starts at 00:00 UTC
_SECOND_MS: Final = 1_000


class DayCount(Protocol):
    """Counts the calls of a day. Keep your own, in Redis for example, if several processes share a project.

    It is called before each try, also before a repeated one. Threads may call it at once. ``AsyncClient``
    calls it in a worker thread, so it may wait for a database.
    """

    def take(self, day: date) -> int:
        """Count one call on this day (UTC), and return how many there are with it."""


class MemoryDayCount:
    """Counts the calls of a day in this process. Clients may share one, also between threads.

    >>> from datetime import date
    >>> count = MemoryDayCount()
    >>> count.take(date(2026, 7, 1)), count.take(date(2026, 7, 1)), count.take(date(2026, 7, 2))
    (1, 2, 1)
    """

    __slots__ = ("_day", "_lock", "_taken")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._day: date | None = None
        self._taken = 0

    def take(self, day: date) -> int:
        """Count one call on this day, and return how many there are with it.

        A day before the latest one counts as that: the calls of two threads at midnight may come here in
        another order, and a clock may be set back.

        Raises:
            FieldError: not a day.
        """
        if not isinstance(day, date) or isinstance(day, datetime):
            raise FieldError("day", "must be a datetime.date")
        with self._lock:
            if self._day is None or day > self._day:
                self._day, self._taken = day, 0
            self._taken += 1
            return self._taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many calls a client makes at most; one that is repeated counts each time.

    Attributes:
        per_second: the calls within any second; the client waits for its turn. None means no limit.
        per_day: the calls of a day from 00:00 UTC; after them, nothing is sent and a ``VendorError`` with the
            reason ``limit`` is raised. None means no limit.
        day_count: what counts the calls of a day; None makes a ``MemoryDayCount`` for each client.
    """

    per_second: int | None = CALLS_PER_SECOND
    per_day: int | None = CALLS_PER_DAY
    day_count: DayCount | None = None


USUAL_LIMITS: Final = Limits()


class Pace:
    """Spreads calls so that no second has more than so many. Threads may share one.

    Args:
        per_second: how many.
        clock: returns seconds that never go back.
    """

    __slots__ = ("_bucket", "_clock", "_leak_at_ms", "_lock")

    def __init__(self, per_second: int, clock: Callable[[], float]) -> None:
        # The bucket alone: a Limiter would start a thread that empties it, and sleeps by itself.
        self._bucket = InMemoryBucket([Rate(per_second, _SECOND_MS)])
        self._leak_at_ms = 0
        self._clock = clock
        self._lock = threading.Lock()

    def take(self) -> float:
        """Return 0 and count a call, or return the seconds to wait before the next attempt to take one."""
        with self._lock:
            now_ms = int(self._clock() * 1_000)
            if now_ms >= self._leak_at_ms:  # old calls go once a second, all at once
                self._bucket.leak(now_ms)
                self._leak_at_ms = now_ms + _SECOND_MS
            call = RateItem("call", now_ms)
            if self._bucket.put(call):
                return 0
            wait_ms = self._bucket.waiting(call)
            return max(1, cast("int", wait_ms)) / 1_000  # of a bucket in memory, it is a number


def check_day(taken: int, limits: Limits, now: datetime, *, may_have_happened: bool = False) -> None:
    """Refuse a call if the day's calls are used up.

    Args:
        taken: what ``DayCount.take`` returned.
        limits: the client's.
        now: the time in UTC.
        may_have_happened: whether an earlier try of the same call may have done what was asked.

    Raises:
        VendorError: the reason is ``limit``; ``retry_after_s`` is the time until 00:00 UTC.
    """
    if limits.per_day is None or taken <= limits.per_day:
        return
    reset = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), tzinfo=UTC)
    raise VendorError(
        f"the day's {limits.per_day:,} calls are used up (limits.per_day), so nothing more was sent; "
        f"the count starts again at {reset:%Y-%m-%dT%H:%MZ}",
        reason="limit",
        retry_after_s=(reset - now).total_seconds(),
        may_have_happened=may_have_happened,
    )
