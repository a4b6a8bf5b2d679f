"""What is done in the background, one step at a time: each step says how long to wait until the next one."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from webhelper.error_reports import place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from webhelper.links.stores.leases import LeaseStore

log = logging.getLogger("webhelper")

IDLE_S: Final = 5.0  # between two looks for work that nobody announced, such as a dead process's
FIRST_BACKOFF_S: Final = 1.0
MOST_BACKOFF_S: Final = 60.0
_SHORTEST_LEASE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Work:
    """Something of which there is more or less to do.

    Attributes:
        name: for the log, and to wake it.
        do_one: takes the Unix time, does one piece, and returns whether there was one.
        makes: names of other work, of which there may be some after each piece.
    """

    name: str
    do_one: Callable[[float], bool]
    makes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do at intervals.

    Attributes:
        name: for the log, and for the lease of an exclusive job.
        every_s: seconds between two runs.
        run: takes the Unix time.
        exclusive: whether one process alone does it. That one keeps the job until it ends; if it dies,
            another one gets the job after twice ``every_s``.
    """

    name: str
    every_s: float
    run: Callable[[float], None]
    exclusive: bool = True


def log_failure(name: str, error: BaseException) -> None:
    """Log that something failed in the background, by the class and place of its error alone."""
    kinds = [type(one).__name__ for one in (error, error.__cause__) if one is not None]
    log.error("background: %s: %s: %s", name, " from ".join(kinds), place_of(error))


class Loop(ABC):
    """Does something again and again.

    Attributes:
        name: for the log.
        due: Unix time of the next step.
    """

    _most_backoff_s = MOST_BACKOFF_S

    def __init__(self, name: str) -> None:
        self.name = name
        self.due = 0.0
        self._failures = 0

    def step(self, now: float) -> float:
        """Do one step, and return the seconds until the next; 0 if there is more to do now.

        An error is logged, by its class and place alone, and makes the wait longer from time to time.
        """
        try:
            wait_s = self._do(now)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, the work must go on
            wait_s = min(self._most_backoff_s, FIRST_BACKOFF_S * 2.0 ** min(self._failures, 16))
            self._failures += 1
            log_failure(self.name, error)
        else:
            self._failures = 0
        self.due = now + wait_s
        return wait_s

    @abstractmethod
    def _do(self, now: float) -> float:
        """Do one step, and return the seconds until the next."""


class WorkLoop(Loop):
    """Does pieces of work as long as there are some, and then looks every few seconds.

    Args:
        work: what is done.
        wake: is called with the names of the work that this one made.
        random: returns a number from 0 to 1, so that processes do not all look at the same moment.
    """

    def __init__(self, work: Work, wake: Callable[..., None], random: Callable[[], float]) -> None:
        super().__init__(work.name)
        self._work, self._wake, self._random = work, wake, random

    def _do(self, now: float) -> float:
        if not self._work.do_one(now):
            return IDLE_S * (0.8 + 0.4 * self._random())
        if self._work.makes:
            self._wake(*self._work.makes)
        return 0.0


class JobLoop(Loop):
    """Does a job at its intervals, if this process is the one to do it.

    Args:
        job: what is done.
        leases: lends exclusive jobs.
        process_name: returns the name of this process.
        random: returns a number from 0 to 1, which makes the interval up to a tenth longer.
    """

    def __init__(
        self, job: Job, leases: LeaseStore, process_name: Callable[[], str], random: Callable[[], float]
    ) -> None:
        super().__init__(job.name)
        self._job, self._leases, self._process_name, self._random = job, leases, process_name, random
        self._most_backoff_s = max(MOST_BACKOFF_S, job.every_s)
        self._is_ours = False

    def _do(self, now: float) -> float:
        if self._may_do(now):
            self._job.run(now)
        return self._job.every_s * (1.0 + 0.1 * self._random())

    def _may_do(self, now: float) -> bool:
        if not self._job.exclusive:
            return True
        lease_s = max(_SHORTEST_LEASE_S, 2.0 * self._job.every_s)
        self._is_ours = self._leases.acquire(self.name, self._process_name(), now=now, lease_s=lease_s)
        return self._is_ours

    def release(self) -> None:
        """Let another process do the job from now on, if this one did it."""
        if self._is_ours:
            self._leases.release(self.name, self._process_name())
