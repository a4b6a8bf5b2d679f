"""The pool of token ids of one project: filled up to a mark, and rid of those that nobody needs any more.

A token id is kept here before the vendor hears of it, so that a crash forgets none. One that was left "new"
may be registered or not, and is registered again. At the vendor, that makes a used one fresh. So it must not
happen once a link may have drawn it: no link draws a new one, and one process at a time fills a pool.
"""

from __future__ import annotations

import logging
import os
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from webhelper.links.stores.leases import furthest
from webhelper.token_pool.token_ids import new_token_id
from webhelper.token_pool.vendor import FULL, PER_REQUEST, Answered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webhelper.links.stores.base import Store
    from webhelper.token_pool.vendor import VendorTokenIds

log = logging.getLogger("webhelper")

LOW: Final = 0.8  # of the wanted number: with fewer, the pool is filled up
LEASE_S: Final = 60.0  # ``fill`` sends four requests at most, of ten seconds each
FIRST_WAIT_S: Final = 10.0  # after a failure
MOST_WAIT_S: Final = 600.0
DEAD_FOR_S: Final = 300.0  # after the end of a link, since the clocks of several hosts differ


class TokenPool:
    """The pool of one project in private mode.

    Args:
        project: its name.
        wanted: how many token ids are kept ready.
        vendor: registers and deletes them.
        store: keeps them, and lends the work on the pool to one process.

    Attributes:
        name: of the work on it.
    """

    def __init__(self, project: str, wanted: int, vendor: VendorTokenIds, store: Store) -> None:
        self.project, self.wanted = project, wanted
        self.name = f"token pool {project}"
        self._vendor = vendor
        self._token_ids, self._leases = store.token_ids, store.leases
        self._random_name = token_hex(8)
        self._is_filling = False
        self._failures = 0
        self._waits_until = 0.0

    def is_low(self) -> bool:
        """Return whether it wants to be filled."""
        return self._token_ids.count(self.project).ready < self.wanted * LOW

    def may_be_filled(self, now: float) -> bool:
        """Return whether enough time has passed since a failure."""
        return not now < self._waits_until <= furthest(now, MOST_WAIT_S)

    def fill(self, now: float) -> bool:
        """Register up to 500 token ids, if the pool is low, or was and is not full yet.

        After a failure nothing happens for ten seconds, and for up to ten minutes after several.

        Args:
            now: Unix time.

        Returns:
            Whether to call it again now, since the pool may want more.
        """
        if not self.may_be_filled(now) or not self._wants_more():
            return False
        if not self._leases.acquire(
            self.name, self._process_name, now=now, lease_s=LEASE_S, longest_s=MOST_WAIT_S
        ):
            return False
        batch = self._next_batch(now)
        answered = self._register(batch, now) if batch else Answered([], None, 0.0)
        self._token_ids.registered(self.project, answered.done, now=now)
        if len(answered.done) < len(batch) / 2:
            self._back_off(answered, now)
            return False
        self._failures = 0
        self._leases.release(self.name, self._process_name)
        return True

    def sweep(self, now: float) -> bool:
        """Delete up to 500 token ids that nobody needs, at the vendor and then here.

        Args:
            now: Unix time.

        Returns:
            Whether to call it again now, since there may be more.
        """
        unused = self._token_ids.unused(self.project, now=now - DEAD_FOR_S, limit=PER_REQUEST)
        if not unused:
            return False
        answered = self._vendor.delete(unused)
        self._token_ids.forget(self.project, answered.done)
        if answered.problem is not None:
            log.warning("token ids of %s cannot be deleted: %s", self.project, answered.problem)
        return len(answered.done) == PER_REQUEST

    @property
    def _process_name(self) -> str:
        return f"{self._random_name}-{os.getpid()}"  # a forked process is another one

    def _wants_more(self) -> bool:
        ready = self._token_ids.count(self.project).ready
        self._is_filling = ready < self.wanted * (1 if self._is_filling else LOW)
        return self._is_filling

    def _next_batch(self, now: float) -> list[str]:
        """Return token ids to register: first those that a failure left new. None once the pool is full."""
        missing = self.wanted - self._token_ids.count(self.project).ready
        if missing <= 0:
            return []
        left = list(self._token_ids.new(self.project, limit=PER_REQUEST))
        made = [new_token_id() for _ in range(min(missing, PER_REQUEST) - len(left))]
        self._token_ids.add(self.project, made, now=now)
        return left + made

    def _register(self, batch: Sequence[str], now: float) -> Answered:
        """Register token ids; if the vendor has too many, those that fit after a sweep."""
        answered = self._vendor.register(batch)
        if answered.problem != FULL:
            return answered
        self.sweep(now)
        fitting = batch[: self._vendor.room()]
        return self._vendor.register(fitting)._replace(problem=FULL) if fitting else answered

    def _back_off(self, answered: Answered, now: float) -> None:
        """Let no process try again for a while."""
        wait_s = max(answered.retry_after_s, FIRST_WAIT_S * 2.0 ** min(self._failures, 10))
        self._waits_until = now + min(wait_s, MOST_WAIT_S)
        self._leases.acquire(self.name, self._process_name, now=now, lease_s=self._waits_until - now)
        if self._failures == 0:  # once, until it has gone well again
            log.warning("token ids of %s cannot be registered: %s", self.project, answered.problem)
        self._failures += 1
