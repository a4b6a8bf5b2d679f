"""Patience of long work: a slice that finds a row or the file held by somebody is tried again for a while."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, TypeVar

from webhelper.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

PATIENCE_S: Final = 30.0
_PAUSE_S: Final = 0.1


def _pause() -> None:
    time.sleep(_PAUSE_S)


def until_free(
    work: Callable[[], T],
    is_held: Callable[[StoreError], bool],
    *,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[], None] | None = None,
) -> T:
    """Return what ``work`` returns; while others hold what it needs, try it again for half a minute.

    Args:
        work: one transaction, of which nothing is left if it fails.
        is_held: whether an error says that somebody else held what was needed.
        clock: seconds that never go back.
        pause: is called before each further try; None waits for a tenth of a second.

    Raises:
        StoreError: it failed otherwise, or is held for longer.
    """
    give_up = clock() + PATIENCE_S
    while True:
        try:
            return work()
        except StoreError as error:
            if not is_held(error) or clock() >= give_up:
                raise
        (_pause if pause is None else pause)()
