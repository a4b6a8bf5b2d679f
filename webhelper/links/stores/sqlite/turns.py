"""The turns of one process's writers. One of them waits for other processes, and few wait behind it.

SQLite itself would let all of them sleep and poll. As long as another process holds the lock they would keep
every thread of the server, and nobody could be told that it lives.
"""

from __future__ import annotations

import threading
import time
from typing import Final

MOST_BEHIND: Final = 3  # with the one in front, half of the threads in webhelper.gunicorn_conf
MOMENT_S: Final = 0.1  # a lock that is held for longer is not one of ordinary traffic


class Turns:
    """Gives the turn to one writer at a time.

    Attributes:
        turn: the lock that a writer has while it is its turn.
        waiting_since: of the monotonic clock: since when the one whose turn it is waits for other processes;
            None while it does not.
    """

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.waiting_since: float | None = None
        self._behind = threading.Semaphore(MOST_BEHIND)

    def wait(self, seconds: float) -> bool:
        """Wait for a turn, so many seconds at most, and return whether it has come.

        A few may wait behind a writer that waits for other processes; the next ones give up at once.
        """
        if self._behind.acquire(blocking=False):
            try:
                return self.turn.acquire(timeout=seconds)
            finally:
                self._behind.release()
        end = time.monotonic() + seconds
        while not self._is_held_elsewhere():
            left_s = end - time.monotonic()
            if self.turn.acquire(timeout=max(0.0, min(MOMENT_S, left_s))):
                return True
            if left_s <= 0:
                return False
        return False

    def _is_held_elsewhere(self) -> bool:
        since = self.waiting_since
        return since is not None and time.monotonic() - since >= MOMENT_S
