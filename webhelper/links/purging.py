"""Work on a whole store, slice by slice, while others read and write."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from webhelper.links.stores.upkeep import Erased

if TYPE_CHECKING:
    from collections.abc import Callable

    from webhelper.links.stores.upkeep import UpkeepStore

# Writers of other processes look every 100 ms at most whether it is their turn.
_PAUSE_S: Final = 0.1


def give_way() -> None:
    """Let others write, between two of many commits."""
    time.sleep(_PAUSE_S)


def purge(upkeep: UpkeepStore, *, now: float, pause: Callable[[], None] = give_way) -> int:
    """Delete what has been kept for long enough, give free space back, and return how many rows were deleted.

    Args:
        upkeep: of the store.
        now: Unix time.
        pause: is called between two commits, so that others get their turn.
    """
    deleted = 0
    while some := upkeep.purge(now=now):
        deleted += some
        pause()
    while upkeep.shrink():
        pause()
    return deleted


def reseal(upkeep: UpkeepStore, *, pause: Callable[[], None] = give_way) -> int:
    """Seal everything anew by the newest key, and return how many rows that were; see ``purge``."""
    resealed = 0
    for some in upkeep.reseal():
        resealed += some
        if some:
            pause()
    return resealed


def erase(upkeep: UpkeepStore, userid: str, *, pause: Callable[[], None] = give_way) -> Erased:
    """Erase what is kept of a user, and return how much that was; see ``purge``."""
    erased = Erased(0, 0, 0, 0, 0)
    for some in upkeep.erase(userid):
        erased = Erased(*map(sum, zip(erased, some, strict=True)))
        if any(some):
            pause()
    return erased
