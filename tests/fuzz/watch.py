"""Runs inputs through a target, counts them, and keeps those that take long for their length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.fuzz.corpus import save
from tests.fuzz.target import Target, check

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LEAST_S: Final = 0.002
_MARGIN: Final = 1.2  # by how much an input is slower than all before it


class Watch:
    """A target that is watched.

    Args:
        target: what is fuzzed.
        slow: the folder for inputs that take long.
        clock: the CPU time of this thread, in seconds.

    Attributes:
        count: how many inputs were run.
    """

    def __init__(self, target: Target, slow: Path, clock: Callable[[], float]) -> None:
        self.count = 0
        self._target = target
        self._slow = slow
        self._clock = clock
        self._slowest = 0.0

    def __call__(self, data: bytes) -> None:
        """Run an input; whatever ``check`` raises is a finding."""
        self.count += 1
        began = self._clock()
        check(self._target, data)
        seconds = self._clock() - began
        each = seconds / (len(data) + 64)  # a short input is not slow for what it always takes
        if seconds > _LEAST_S and each > self._slowest * _MARGIN:
            self._slowest = each
            save(self._slow, data)
