"""Threads of a process that do what nobody waits for: work the inbox, deliver messages, run periodic jobs.

Each has a thread of its own, so that a slow one holds up no other. Processes share the work by leases in the
store: what a process that died had begun, another one does.
"""

from __future__ import annotations

import atexit
import logging
import os
import time
from collections import deque
from functools import partial
from random import SystemRandom
from secrets import token_hex
from threading import Event, Lock, Thread, current_thread
from typing import TYPE_CHECKING, Final

from liveform import LiveformError
from webhelper.jobs import IDLE_S, Job, JobLoop, Loop, Work, WorkLoop, log_failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from webhelper.links.stores.leases import LeaseStore

__all__ = ["Background", "Job", "Work"]

log = logging.getLogger("webhelper")

MOST_SOON: Final = 100
_random: Final = SystemRandom().random  # the state of the usual one is everybody's
_SOON: Final = "soon"
STOP_S: Final = 1.5  # how long the end of a process waits for what is being done


class Background:
    """What a process does in the background.

    Nothing runs until ``start``, ``wake`` or ``soon``. A process that was forked from one that runs begins
    anew, with threads of its own.

    Args:
        works: what is done whenever there is some.
        jobs: what is done at intervals.
        leases: lends exclusive jobs.
        clock: returns Unix time.
        is_on: the setting ``BACKGROUND_JOBS``; False starts no thread, whatever is called.
        random: returns a number from 0 to 1.
    """

    def __init__(
        self,
        works: Iterable[Work],
        jobs: Iterable[Job],
        *,
        leases: LeaseStore,
        clock: Callable[[], float],
        is_on: bool = True,
        random: Callable[[], float] = _random,
    ) -> None:
        self._clock, self._is_on, self._random = clock, is_on, random
        self._works = [WorkLoop(one, self.wake, random) for one in (Work(_SOON, self._do_soon), *works)]
        self._jobs = [JobLoop(one, leases, self._process_name, random) for one in jobs]
        self._processes: dict[int, _Process] = {}

    def start(self) -> None:
        """Start the threads of this process, unless they run or were stopped."""
        process = self._process()
        if not self._is_on or process.is_started:
            return
        with process.lock:
            if process.is_started:
                return
            try:
                for loop in (*self._works, *self._jobs):
                    process.begin(loop, self._run)
            except RuntimeError:  # no more threads are to be had; the next call tries again
                log.error("background: a thread cannot be started")  # noqa: TRY400 - a traceback shows values
                return
            process.is_started = True
            atexit.register(self.stop)

    def wake(self, *names: str) -> None:
        """Have work looked at now, because there may be some: that of these names, or all.

        It starts the threads if they do not run.
        """
        self.start()
        wakes = self._process().wakes
        for name in names or [loop.name for loop in self._works]:
            if name in wakes:
                wakes[name].set()

    def soon(self, run: Callable[[], None]) -> bool:
        """Have something done within a moment, unless this process ends before.

        Returns:
            Whether it will be tried: False if too much of this kind waits already.
        """
        waiting = self._process().soon
        if len(waiting) >= MOST_SOON:
            return False
        waiting.append(run)
        self.wake(_SOON)
        return True

    def is_working(self) -> bool:
        """Return whether every thread of this process runs, if they should; it starts them."""
        self.start()
        process = self._process()
        return not self._is_on or (process.is_started and all(map(Thread.is_alive, process.threads.values())))

    def run_pending(self, now: float) -> None:
        """Do in this thread the jobs that are due at ``now``, and all work that there is: for tests."""
        for job in self._jobs:
            if job.due <= now:
                job.step(now)
        while sum(loop.step(now) == 0 for loop in self._works):
            pass  # one may have made work for another

    def stop(self) -> None:
        """End the threads of this process. What they are doing is finished, if it takes only a moment.

        What is not finished is done again by another process, once its lease has run out.
        """
        process = self._process()
        with process.lock:
            process.is_started = process.is_stopping = True
        for wake in process.wakes.values():
            wake.set()
        end = time.monotonic() + STOP_S
        for thread in process.threads.values():
            if thread is not current_thread():
                thread.join(max(0.0, end - time.monotonic()))
        atexit.unregister(self.stop)
        self._release_jobs(process)

    def _process(self) -> _Process:
        pid = os.getpid()
        return self._processes.get(pid) or self._processes.setdefault(pid, _Process())

    def _process_name(self) -> str:
        return self._process().name

    def _run(self, loop: Loop, process: _Process) -> None:
        wake = process.wakes[loop.name]
        wait_s = self._random() * IDLE_S if isinstance(loop, JobLoop) else 0.0
        while True:
            wake.wait(wait_s)
            wake.clear()
            if process.is_stopping:
                return
            wait_s = loop.step(self._clock())

    def _do_soon(self, _: float) -> bool:
        waiting = self._process().soon
        if not waiting:
            return False
        try:
            waiting.popleft()()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the next call is not to blame
            log_failure(_SOON, error)
        return True

    def _release_jobs(self, process: _Process) -> None:
        for job in self._jobs:
            thread = process.threads.get(job.name)
            if thread is None or thread.is_alive():
                continue
            try:
                job.release()
            except LiveformError as error:
                log.error("background: %s cannot be released: %s", job.name, type(error).__name__)  # noqa: TRY400 - no data


class _Process:
    """What a process has of its own, which a fork must not share."""

    def __init__(self) -> None:
        self.name = token_hex(8)
        self.lock = Lock()
        self.is_started = self.is_stopping = False
        self.wakes: dict[str, Event] = {}
        self.threads: dict[str, Thread] = {}
        self.soon: deque[Callable[[], None]] = deque()

    def begin(self, loop: Loop, run: Callable[[Loop, _Process], None]) -> None:
        """Start the thread of a loop, unless there is one."""
        if loop.name not in self.threads:
            self.wakes[loop.name] = Event()
            thread = Thread(target=partial(run, loop, self), name=f"liveform {loop.name}", daemon=True)
            thread.start()
            self.threads[loop.name] = thread
