"""Does the time of a reader grow faster than its input? Inputs are made longer by repeating parts of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import log
from random import Random
from typing import Final, NamedTuple

Read = Callable[[bytes], object]

LIMIT: Final = 1.6  # 1 is linear, 2 is quadratic; between them are caches, and the noise of a machine
LEAST_S: Final = 0.02  # what is quicker than that at its longest harms nobody
_STEP: Final = 8  # how much longer the long input is than the short one
_SLICES: Final = 4
_TRIES: Final = 3


class Growth(NamedTuple):
    """How the time of a reader grows with one input.

    Attributes:
        exponent: 1 if the time is proportional to the length, 2 if to its square.
        seconds: for the long input.
        data: the long input.
    """

    exponent: float
    seconds: float
    data: bytes

    @property
    def is_finding(self) -> bool:
        """Whether the time grows faster than the input, and matters."""
        return self.exponent > LIMIT and self.seconds >= LEAST_S


def steepest(
    read: Read, inputs: Iterable[bytes], *, max_bytes: int, clock: Callable[[], float], seed: int = 0
) -> Growth | None:
    """Return the growth that is a finding, the steepest first; None if there is none.

    Args:
        read: reads an input; it may raise nothing.
        inputs: to be made longer.
        max_bytes: how long.
        clock: the CPU time of this thread, in seconds.
        seed: of the places at which inputs are cut.
    """
    dice = Random(seed)
    measured = [
        measure(read, part, max_bytes=max_bytes, clock=clock)
        for data in inputs
        for part in parts_of(data, dice)
    ]
    return max((one for one in measured if one.is_finding), default=None, key=lambda one: one.exponent)


class Part(NamedTuple):
    """An input of which one part can be repeated."""

    before: bytes
    repeated: bytes
    after: bytes

    def grown(self, size: int) -> bytes:
        """Return the input with the part repeated, in about ``size`` bytes."""
        times = max(1, (size - len(self.before) - len(self.after)) // len(self.repeated))
        return self.before + self.repeated * times + self.after


def parts_of(data: bytes, dice: Random) -> Iterator[Part]:
    """Yield ways to make an input longer: all of it again, its last byte, and slices of it."""
    if not data:
        return
    yield Part(data[:1], data[1:] or data, b"")
    yield Part(data[:-1], data[-1:], b"")
    for _ in range(_SLICES):
        start, end = sorted(dice.sample(range(len(data) + 1), 2))
        yield Part(data[:start], data[start:end], data[end:])


def measure(read: Read, part: Part, *, max_bytes: int, clock: Callable[[], float]) -> Growth:
    """Return how the time grows from an eighth of ``max_bytes`` to all of it."""
    short, long = part.grown(max_bytes // _STEP), part.grown(max_bytes)
    seconds = _seconds(read, long, clock)
    if seconds < LEAST_S or len(long) <= len(short):
        return Growth(0.0, seconds, long)
    for_short = max(_seconds(read, short, clock), 1e-9)
    return Growth(log(seconds / for_short) / log(len(long) / len(short)), seconds, long)


def _seconds(read: Read, data: bytes, clock: Callable[[], float]) -> float:
    """The time of the quickest of a few tries; of the first one if that is quick enough."""
    best = float("inf")
    for _ in range(_TRIES):
        began = clock()
        read(data)
        best = min(best, clock() - began)
        if best < LEAST_S / _STEP**2:
            break
    return best
