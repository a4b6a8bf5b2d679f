"""This module measures works side by side in one run, so that their ratio holds on other machines."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Effort:
    """The length of a measurement: how many rounds, and how long each work runs in a round."""

    rounds: int
    seconds: float


FULL = Effort(rounds=25, seconds=0.05)
QUICK = Effort(rounds=3, seconds=0.002)  # shows that a benchmark runs; its figures mean nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of the table: what a work costs us, what the reference costs, and the goal.

    Attributes:
        work, reference: what was measured, and against what, in a few words.
        ours, theirs: seconds (``unit="s"``), events a second (``"/s"``) or bytes (``"B"``).
        goal: the ratio ours / theirs that is wanted: at most (s, B), or at least (/s).
    """

    work: str
    reference: str
    ours: float
    theirs: float
    goal: float
    unit: Literal["s", "/s", "B"] = "s"

    @property
    def ratio(self) -> float:
        """Return our value divided by the reference's."""
        return self.ours / self.theirs

    @property
    def met(self) -> bool:
        """Return whether the ratio reaches the goal."""
        return self.ratio >= self.goal if self.unit == "/s" else self.ratio <= self.goal


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """The growth of a cost: one line or several over the same axis.

    Attributes:
        name: the file in docs/benchmarks/, without ending.
        title, x_label, y_label: the texts of the plot and its axes.
        lines: name -> points (x, y).
        log_x: whether x grows by factors.
    """

    name: str
    title: str
    x_label: str
    y_label: str
    lines: Mapping[str, list[tuple[float, float]]]
    log_x: bool = False


@dataclass(frozen=True, slots=True)
class Walk:
    """The files of ours that a work enters, beside the most that it may enter.

    Attributes:
        work: what was counted, in a few words.
        entered, again: files that were entered, and how often one of them was entered again.
        most: the limit of the two together.
    """

    work: str
    entered: int
    again: int
    most: int

    @property
    def met(self) -> bool:
        """Whether both counts are within their limits."""
        return self.entered + self.again <= self.most


def side_by_side(works: Mapping[str, Callable[[], object]], effort: Effort) -> dict[str, float]:
    """Return the median seconds of one call of each work; every round runs all, each first in turn."""
    gc.freeze()  # what is there already is no garbage, and a look at it can take longer than the work
    counts = {name: _calls_within(work, effort.seconds) for name, work in works.items()}
    times: dict[str, list[float]] = {name: [] for name in works}
    names = list(works)
    for turn in range(effort.rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            times[name].append(seconds_of(works[name], counts[name]))
    return {name: median(measured) for name, measured in times.items()}


def seconds_of(work: Callable[[], object], calls: int = 1) -> float:
    """Return the seconds of one call, as the mean of so many, without the garbage collector."""
    gc.collect()
    gc.disable()
    try:
        start = perf_counter()
        for _ in range(calls):
            work()
        return (perf_counter() - start) / calls
    finally:
        gc.enable()


def _calls_within(work: Callable[[], object], seconds: float) -> int:
    work()  # what is made once, at the first call, is not measured
    calls = 1
    while (once := seconds_of(work, calls)) * calls < seconds / 4:
        calls *= 2
    return max(1, round(seconds / once))
