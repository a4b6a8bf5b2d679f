"""Reusable links that were read a moment ago; they are asked for often, and rarely change.

A link is used for as long as the database's count of changes, by all hosts, is the one at which it was read;
the count is read every tenth of a second. So a link that somebody has taken out of use goes on elsewhere for
a tenth of a second at most, and whoever takes it out waits for as long before saying so.
"""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from webhelper.links.models import Link

MAX_LINKS: Final = 1024
LOOK_EVERY_S: Final = 0.1
_UNTIL_ALL_HAVE_LOOKED_S: Final = LOOK_EVERY_S + 0.01  # and some more, for no clock is exact


class LinkCache:
    """Keeps links by the payloads of their tokens.

    Args:
        read_changes: reads the count of changes.
        clock: seconds that never go back.
        pause: waits for so many seconds.
    """

    def __init__(
        self,
        read_changes: Callable[[], int],
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._read_changes = read_changes
        self._clock = clock
        self._pause = pause
        self._start()

    def _start(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._changes, self._looked_at = -1, -LOOK_EVERY_S
        self._links: dict[bytes, tuple[int, Link]] = {}

    def version(self) -> int:
        """Return what changes when a link is taken out of use; to be asked before the link is read.

        Raises:
            StoreError: the database cannot be read.
        """
        if self._process != os.getpid():  # another thread of the parent may have held the lock
            self._start()
        if self._is_old():
            with self._lock:
                if self._is_old():
                    now = self._clock()  # before the look: what is committed after it, this look may miss
                    self._changes = self._read_changes()
                    self._looked_at = now
        return self._changes

    def _is_old(self) -> bool:
        return self._clock() - self._looked_at >= LOOK_EVERY_S

    def get(self, payload: bytes, version: int) -> Link | None:
        """Return a link that was read at this version."""
        read_at, link = self._links.get(payload, (None, None))
        return link if read_at == version else None

    def put(self, payload: bytes, link: Link, version: int) -> None:
        """Keep a reusable link that was read at this version or later."""
        if link.is_limited:
            return
        if len(self._links) >= MAX_LINKS:
            self._links = {}
        self._links[payload] = (version, link)

    def forget(self) -> None:
        """Have this process read all links again, for it has written to some."""
        self._links = {}

    def wait_for_others(self) -> None:
        """Return once every process, on whatever host, has seen the changes that are committed now."""
        self._looked_at = -LOOK_EVERY_S
        self._pause(_UNTIL_ALL_HAVE_LOOKED_S)
