"""Whether this process should get requests: for a load balancer, which asks ``/readyz``."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from webhelper.background import Background
    from webhelper.links.stores.base import Store


class State(StrEnum):
    """What ``/readyz`` answers."""

    READY = "ok"
    DRAINING = "draining"
    NO_STORE = "store unavailable"
    NO_BACKGROUND = "background stopped"


class Readiness:
    """Says whether this process should get requests.

    Args:
        store: of the site.
        background: what this process does beside requests.
        drain_s: how many seconds the process still takes requests after it was told to stop.
    """

    def __init__(self, store: Store, background: Background, *, drain_s: int) -> None:
        self._store = store
        self._background = background
        self._is_draining = False
        self.drain_s = drain_s

    def drain(self) -> bool:
        """Be not ready from now on, because this process stops soon; False if that is so already."""
        was_draining, self._is_draining = self._is_draining, True
        return not was_draining

    def state(self) -> State:
        """Return the state now; the store is written to."""
        if self._is_draining:
            return State.DRAINING
        if not self._store.is_ready():
            return State.NO_STORE
        return State.READY if self._background.is_working() else State.NO_BACKGROUND
