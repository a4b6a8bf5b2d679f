"""Log that a limit was reached: once in its time, and without a word about whom it refused."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from webhelper.config.limits import Limit, LimitName

log = logging.getLogger("webhelper")

_SHORTEST_S: Final = 60


class RefusalLog:
    """Logs the first refusal by each limit, and after the limit's time how many there were since then."""

    def __init__(self) -> None:
        self._told_at: dict[LimitName, float] = {}
        self._refused: dict[LimitName, int] = {}

    def refused(self, name: LimitName, limit: Limit, *, now: float) -> None:
        """Count a refusal, and log unless that was done a moment ago."""
        self._refused[name] = self._refused.get(name, 0) + 1
        if abs(now - self._told_at.get(name, -float("inf"))) >= max(limit.per_s, _SHORTEST_S):
            self._told_at[name] = now
            count = self._refused.pop(name)
            log.warning("limits: %s (%s) is reached; %d refused since the last line", name, limit, count)
