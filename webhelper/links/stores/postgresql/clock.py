"""The clock of the database, which all hosts share, so that a wrong clock of one of them does no harm."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

MEASURE_EVERY_S: Final = 60.0
_AGAIN_S: Final = 5.0  # until the next try, when the database could not be asked
_SLOW_S: Final = 0.005  # such an answer has waited, for a new connection perhaps, and says less


class DatabaseClock:
    """Unix time of the database: this host's steady seconds, and how far they are from its clock.

    Until the database has been asked, it is this host's own time; when it cannot be asked any more, time goes
    on from the last answer. A clock of this host that is set back or forth changes nothing.

    Args:
        read: reads the time of the database.
        clock: Unix time of this host.
        steady: seconds that never go back.
    """

    def __init__(
        self,
        read: Callable[[], float],
        *,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._steady = steady
        self._lock = threading.Lock()
        self._offset = clock() - steady()
        self._due_at = steady()

    def __call__(self) -> float:
        """Return the Unix time."""
        if self._steady() >= self._due_at and self._lock.acquire(blocking=False):
            try:
                self._measure()
            finally:
                self._lock.release()
        return self._steady() + self._offset

    def _measure(self) -> None:
        """Ask the database, and once more if the answer was slow."""
        try:
            took_s = self._ask()
            if took_s > _SLOW_S:
                self._ask()
        except StoreError:
            self._due_at = self._steady() + _AGAIN_S

    def _ask(self) -> float:
        """Ask: the answer is of the middle between question and answer. Return the seconds between."""
        asked = self._steady()
        now = self._read()
        answered = self._steady()
        self._offset = now - (asked + answered) / 2
        self._due_at = answered + MEASURE_EVERY_S
        return answered - asked
