"""Pools of token ids: filled up to a mark, and rid of those that nobody needs any more.

A token id is kept here before the vendor hears of it, so that a crash forgets none. One that was left "new" may
be registered or not, and is registered again. That makes a token id as good as new at the vendor, so it must
not happen once a link may have drawn it: nobody draws one that is new, and one process at a time has it.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Final

from liveform import VendorError
from webhelper.token_pool.token_ids import new_token_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from liveform import Project
    from liveform.rest import Client, TokenDeletion, TokenRegistration
    from webhelper.links.stores.token_ids import TokenIdStore

log = logging.getLogger("webhelper")

LOW: Final = 0.8  # of the wanted number: with fewer, the pool is filled up
PER_REQUEST: Final = 500  # vendor page TOKP
MOST: Final = 100_000  # of one project (vendor page TOKP)
TIMEOUT_S: Final = 10.0  # of one request
LEND_S: Final = 20.0  # how long one process has new token ids to itself; a request takes less
FIRST_WAIT_S: Final = LEND_S  # after a failure: then the failed ones can be tried again
MOST_WAIT_S: Final = 600.0
DEAD_FOR_S: Final = 300.0  # after the end of a link, since the clocks of several hosts differ
_FULL: Final = "token_limit_exceeded"
_LOOK_AFTER: Final = 0.05  # of the wanted number: so many draws later, the next look whether the pool is low


class TokenPools:
    """The pools of the projects in private mode.

    Args:
        wanted: how many token ids are kept ready, by the name of a project.
        all_projects: by name; those of ``wanted`` have an ``api_key``.
        store: keeps the token ids.
        wake: called with the name of a project whose pool is low, so that it is filled soon.
        clock: Unix time.

    Attributes:
        projects: the names of the projects that have a pool.
    """

    def __init__(
        self,
        wanted: Mapping[str, int],
        all_projects: Mapping[str, Project],
        store: TokenIdStore,
        *,
        wake: Callable[[str], None],
        clock: Callable[[], float],
    ) -> None:
        self.projects = frozenset(wanted)
        self._wanted = wanted
        self._clients = {
            name: partial(all_projects[name].client, timeout=TIMEOUT_S, max_retries=0) for name in wanted
        }
        self._store = store
        self._wake = wake
        self._clock = clock
        self._draws = dict.fromkeys(wanted, 0)
        self._failures = dict.fromkeys(wanted, 0)
        self._waits_until = dict.fromkeys(wanted, 0.0)

    def drawn(self, project: str) -> None:
        """Note that a link drew a token id; every so many draws, look whether the pool is low."""
        self._draws[project] += 1
        if self._draws[project] >= self._wanted[project] * _LOOK_AFTER:
            self._draws[project] = 0
            if self._is_low(project):
                self._wake(project)

    def found_empty(self, project: str) -> None:
        """Note that a link found no token id."""
        self._wake(project)

    def fill(self, project: str) -> int:
        """Register token ids if the pool is low, until as many are ready as wanted.

        After a failure it does nothing for 20 seconds, and for up to ten minutes after several.

        Args:
            project: the name of a project that has a pool.

        Returns:
            How many became ready.
        """
        made = 0
        if self._clock() < self._waits_until[project] or not self._is_low(project):
            return made
        with self._clients[project]() as client:
            while batch := self._next_batch(project):
                done, ready = self._registered(client, project, batch)
                self._store.registered(project, ready, now=self._clock())
                made += len(ready)
                if len(ready) < len(batch):
                    self._back_off(project, done)
                    return made
        self._failures[project] = 0
        return made

    def sweep(self, project: str) -> int:
        """Delete the token ids that nobody needs, at the vendor and then here.

        Args:
            project: the name of a project that has a pool.

        Returns:
            How many were deleted.
        """
        if not self._unused(project, limit=1):
            return 0
        with self._clients[project]() as client:
            return self._sweep(client, project)

    def _is_low(self, project: str) -> bool:
        return self._store.count(project).ready < self._wanted[project] * LOW

    def _next_batch(self, project: str) -> list[str]:
        """Return token ids to register: first those that a failure left new. None once the pool is full."""
        count = self._store.count(project)
        missing = self._wanted[project] - count.ready
        if missing <= 0:
            return []
        now = self._clock()
        left = list(self._store.borrow_new(project, now=now, lend_s=LEND_S, limit=PER_REQUEST))
        more = min(missing - count.new, PER_REQUEST - len(left))  # of the new ones, others may have some
        made = [new_token_id() for _ in range(more)]
        self._store.add(project, made, now=now)
        return left + made

    def _registered(
        self, client: Client, project: str, batch: Sequence[str]
    ) -> tuple[TokenRegistration, list[str]]:
        """Register token ids, and return the vendor's report and those that are registered."""
        done = client.tokens.register(batch)
        if done.error is None or done.error.code != _FULL:
            return done, _succeeded(batch, done)
        fitting = batch[: self._room(client, project)]
        return done, _succeeded(fitting, client.tokens.register(fitting))

    def _room(self, client: Client, project: str) -> int:
        """Return how many token ids the vendor still takes, once those that nobody needs are deleted."""
        self._sweep(client, project)
        try:
            return max(0, MOST - client.tokens.count())
        except VendorError:
            return 0

    def _back_off(self, project: str, done: TokenRegistration) -> None:
        asked = 0.0 if done.error is None else done.error.retry_after_s or 0.0
        wait = max(asked, FIRST_WAIT_S * 2.0 ** min(self._failures[project], 10))
        self._waits_until[project] = self._clock() + min(wait, MOST_WAIT_S)
        self._failures[project] += 1
        if self._failures[project] == 1:  # once, until it has gone well again
            log.warning("token ids of %s cannot be registered: %s", project, _code(done))

    def _unused(self, project: str, *, limit: int) -> Sequence[str]:
        return self._store.unused(project, now=self._clock() - DEAD_FOR_S, limit=limit)

    def _sweep(self, client: Client, project: str) -> int:
        swept = 0
        while unused := self._unused(project, limit=PER_REQUEST):
            done = client.tokens.delete(unused)
            gone = _succeeded(unused, done)
            self._store.forget(project, gone)
            swept += len(gone)
            if len(gone) < len(unused):
                log.warning("token ids of %s cannot be deleted: %s", project, _code(done))
                break
        return swept


def _succeeded(token_ids: Sequence[str], done: TokenRegistration | TokenDeletion) -> list[str]:
    """Return those of one request that the vendor did not refuse."""
    failed = {one.token_id for one in done.failed}
    return [one for one in token_ids[: done.resume_from] if one not in failed]


def _code(done: TokenRegistration | TokenDeletion) -> str:
    """Return the code of what went wrong."""
    return done.failed[0].code if done.error is None else done.error.code
