"""Visits of reusable links, written together a moment later.

Nobody counts them down, so nobody has to wait for the disk. A process that is killed or a power cut takes the
last moment's openings with it; one that ends notes them first.
"""

from __future__ import annotations

import logging
import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from webhelper.links.models import Visit

log = logging.getLogger("webhelper")

LATER_S: Final = 0.1
_AGAIN_S: Final = 1.0  # until the next try, when the store could not be written
_MOST: Final = 10_000  # buffered visits; at more, who opens a link writes them first, or is refused


class VisitBuffer:
    """Keeps visits until they are written.

    Args:
        write: writes visits, by the ids of their links; those of deleted links are let go. It raises
            ``StoreError`` if it wrote none of them.
    """

    def __init__(self, write: Callable[[Mapping[str, Sequence[Visit]]], None]) -> None:
        self._write = write
        self._start()

    def _start(self) -> None:
        self._process = os.getpid()
        self._waiting: list[Visit] = []
        self._has_timer = False  # one at a time, however often a write fails
        self._is_stuck = False  # they could not be written; the timer tries again
        self._changing, self._writing = threading.Lock(), threading.Lock()

    def add(self, visit: Visit) -> None:
        """Keep a visit, and have it written within a tenth of a second.

        Raises:
            StoreError: too many wait, and cannot be written; this one is not kept.
        """
        if self._process != os.getpid():  # the parent writes what was buffered there
            self._start()
        if self._is_full():
            self._make_room()
        with self._changing:
            self._waiting.append(visit)
            has_timer, self._has_timer = self._has_timer, True
        if not has_timer:
            self._later(LATER_S)

    def _is_full(self) -> bool:
        return len(self._waiting) >= _MOST

    def _make_room(self) -> None:
        """Write, unless another thread does so; as long as that fails, nobody waits for it."""
        if not self._is_stuck:
            with self._writing:
                if self._is_full() and not self._is_stuck:
                    self._write_all()
        if self._is_full():
            raise StoreError

    def flush(self, *, of_link: str | None = None) -> None:
        """Write all buffered visits; from then on they can be read.

        Args:
            of_link: the id of a link; nothing is written if no buffered visit is of this link.

        Raises:
            StoreError: it cannot be written now; it goes on waiting.
        """
        if of_link is not None:
            with self._changing:
                if all(visit.link_id != of_link for visit in self._waiting):
                    return
        with self._writing:
            self._write_all()

    def _write_all(self) -> None:
        visits = self._waiting.copy()  # they count as waiting until they are written
        try:
            if visits:
                self._write(_by_link(visits))
        except BaseException:
            self._is_stuck = True
            raise
        with self._changing:
            del self._waiting[: len(visits)]
        self._is_stuck = False

    def flush_to_read(self, *, of_link: str | None = None) -> None:
        """Write them as ``flush`` does; where that fails, reading goes on without them."""
        if not self._is_stuck:
            with suppress(StoreError):
                self.flush(of_link=of_link)

    def _later(self, seconds: float) -> None:
        # A process does not end before its timers, so that nothing is lost when a server stops.
        try:
            threading.Timer(seconds, self._try_to_flush).start()
        except RuntimeError:  # from Python 3.12 on, a process that ends starts no thread any more
            self._flush_at_last()

    def _flush_at_last(self) -> None:
        with self._changing:
            self._has_timer = False  # from now on each visit is written at once
        try:
            self.flush()
        except StoreError as error:
            self._tell(error)

    def _tell(self, error: StoreError) -> None:
        if threading.main_thread().is_alive():
            log.error("visits cannot be written yet: %s", type(error.__cause__).__name__)
        else:  # the process ends
            log.error("%d visits are lost: they could not be written", len(self._waiting))

    def _try_to_flush(self) -> None:
        try:
            self.flush()
        except StoreError as error:
            self._tell(error)
            if threading.main_thread().is_alive():  # else the process waits for this thread alone
                self._later(_AGAIN_S)
            return
        with self._changing:
            self._has_timer = bool(self._waiting)
        if self._has_timer:
            self._later(LATER_S)


def _by_link(visits: Sequence[Visit]) -> dict[str, list[Visit]]:
    by_link: dict[str, list[Visit]] = {}
    for visit in visits:
        by_link.setdefault(visit.link_id, []).append(visit)
    return by_link
