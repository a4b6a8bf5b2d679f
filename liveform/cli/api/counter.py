"""How many of many are done: a bar of tqdm on a terminal, else a line on stderr now and then."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Self

EVERY_S: Final = 10.0


@contextmanager
def counter(
    total: int | None, *, wanted: bool, clock: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[int], None]]:
    """Give a function to call with how many are done.

    Args:
        total: how many there are; None if that is not known.
        wanted: False shows nothing.
        clock: the time in seconds.
    """
    if not wanted or sys.stderr is None:
        yield lambda _: None
        return
    bar = _bar(total) if sys.stderr.isatty() else None
    if bar is None:
        yield _lines(total, clock)
        return
    with bar:
        yield lambda done: bar.update(done - bar.n)


class _Bar(Protocol):
    """What is used of a bar of tqdm, which has no types."""

    n: float

    def update(self, more: float) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


def _bar(total: int | None) -> _Bar | None:
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    tqdm.monitor_interval = 0  # no thread
    bar: _Bar = tqdm(total=total, unit=" ids", file=sys.stderr, dynamic_ncols=True)
    return bar


def _lines(total: int | None, clock: Callable[[], float]) -> Callable[[int], None]:
    last = clock()
    of = "" if total is None else f" of {total:,}"

    def report(done: int) -> None:
        nonlocal last
        if clock() - last >= EVERY_S:
            last = clock()
            print(f"liveform: {done:,}{of}", file=sys.stderr, flush=True)

    return report
