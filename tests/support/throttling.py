"""This module takes from a throttle in processes that share one store."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sites import NOW, open_store

from webhelper.links.stores.throttle import Rate

if TYPE_CHECKING:
    from pathlib import Path

RATE = Rate(burst=100, interval_us=600_000)  # a hundred a minute
KEY = bytes(range(16))
OTHER_KEY = bytes(range(16, 32))


def take_often(place: Path | str, times: int) -> int:
    """Open the store, take so often at one instant, and return how often there was one."""
    store = open_store(place)
    try:
        return sum(store.throttle.take(KEY, RATE, now=NOW) == 0 for _ in range(times))
    finally:
        store.close()


def take_on_both_sides_of_a_fork(directory: Path) -> tuple[int, float]:
    """Take in the parent, a child, and again; return the child's exit status and the last wait."""
    rate = Rate(burst=2, interval_us=1_000_000)
    store = open_store(directory)
    store.throttle.take(KEY, rate, now=NOW)  # a connection is open now
    child = os.fork()
    if child == 0:
        os._exit(0 if store.throttle.take(KEY, rate, now=NOW) == 0 else 1)
    _, status = os.waitpid(child, 0)
    wait_s = store.throttle.take(KEY, rate, now=NOW)
    store.close()
    return os.waitstatus_to_exitcode(status), wait_s
