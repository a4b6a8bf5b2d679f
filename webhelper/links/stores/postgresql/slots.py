"""A number of slots that are given in the order in which they were asked for."""

from __future__ import annotations

import threading
from collections import deque


class Slots:
    """A semaphore that is fair: who gives a slot back and asks again stands behind those who wait.

    Args:
        count: how many there are.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._changing = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()  # each is locked until its slot is there

    def acquire(self, *, timeout_s: float) -> bool:
        """Wait for a slot, and return whether it came in time."""
        with self._changing:
            if self._free > 0:  # then nobody waits
                self._free -= 1
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        return turn.acquire(timeout=timeout_s) or not self._leave(turn)

    def _leave(self, turn: threading.Lock) -> bool:
        """Wait no more; return False if the slot has come in the last moment."""
        with self._changing:
            waits = turn in self._waiting
            if waits:
                self._waiting.remove(turn)
        return waits

    def release(self) -> None:
        """Give a slot to whoever has waited the longest, if somebody does."""
        with self._changing:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
