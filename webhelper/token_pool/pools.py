"""The pools of all projects in private mode, as the links know them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.token_pool.pool import TokenPool
from webhelper.token_pool.vendor import VendorTokenIds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from liveform import Project
    from webhelper.links.stores.base import Store

_LOOK_AFTER: Final = 0.05  # of the wanted number: so many draws later, the next look whether the pool is low


class TokenPools:
    """The pools of the projects in private mode.

    Args:
        wanted: how many token ids are kept ready, by the name of a project.
        projects: all projects by name; those of ``wanted`` have an ``api_key``.
        store: keeps the token ids.
        wake: called with a pool that is low, so that its ``fill`` is called soon.

    Attributes:
        projects: the names of the projects that have a pool.
    """

    def __init__(
        self,
        wanted: Mapping[str, int],
        projects: Mapping[str, Project],
        store: Store,
        *,
        wake: Callable[[TokenPool], None],
    ) -> None:
        self.projects = frozenset(wanted)
        self._pools = {
            name: TokenPool(name, number, VendorTokenIds(projects[name]), store)
            for name, number in wanted.items()
        }
        self._draws = dict.fromkeys(wanted, 0)
        self._wake = wake

    def __iter__(self) -> Iterator[TokenPool]:
        """Return the pools."""
        return iter(self._pools.values())

    def drawn(self, project: str) -> None:
        """Note that a link drew a token id; every so many draws, look whether the pool is low."""
        pool = self._pools[project]
        self._draws[project] += 1
        if self._draws[project] >= pool.wanted * _LOOK_AFTER:
            self._draws[project] = 0
            if pool.is_low():
                self._wake(pool)

    def found_empty(self, project: str, now: float) -> None:
        """Note that a link found no token id."""
        pool = self._pools[project]
        if pool.may_be_filled(now):
            self._wake(pool)

    def sweep(self, now: float) -> None:
        """Delete all token ids that nobody needs."""
        for pool in self:
            while pool.sweep(now):
                pass
