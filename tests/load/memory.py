"""How much memory processes take, looked at every few seconds (Linux)."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FLAT: Final = 1.05  # the last third may be so much of the first
_KILO: Final = 1024
_AMOUNT: Final = re.compile(r"^(Rss|Pss): *(\d+) kB", re.MULTILINE)


class Sample(NamedTuple):
    """Bytes of a process: all that it has in memory, and the same with its part of what others share."""

    rss: int
    pss: int


class Growth(NamedTuple):
    """The median PSS of a process in the first third of a run and in the last, and its most RSS; bytes."""

    first: float
    last: float
    most_rss: int

    @property
    def is_flat(self) -> bool:
        """Whether the last third is within a few percent of the first."""
        return self.last <= self.first * FLAT


def growth(samples: Sequence[Sample]) -> Growth:
    """Return how the memory of a process grew, from three samples on, evenly spread."""
    third = len(samples) // 3
    first = median(one.pss for one in samples[:third])
    last = median(one.pss for one in samples[-third:])
    return Growth(first, last, max(one.rss for one in samples))


@contextmanager
def sampled(processes: Mapping[str, int], every_s: float) -> Iterator[dict[str, list[Sample]]]:
    """Look at processes, by their names, until the end of the block."""
    found: dict[str, list[Sample]] = defaultdict(list)
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(every_s):
            for name, process in processes.items():
                found[name].append(_sample(process))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        is_over.set()
        thread.join()


def _sample(process: int) -> Sample:
    text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    amounts = {name: int(kilo) * _KILO for name, kilo in _AMOUNT.findall(text)}
    return Sample(amounts["Rss"], amounts["Pss"])
