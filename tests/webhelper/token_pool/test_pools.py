"""These tests tell the pools of draws, and see when somebody is woken to fill one."""

from collections.abc import Callable

import pytest
from sites import NOW
from token_pools import SHOP, make_ready

from webhelper.links.stores.base import Store
from webhelper.testing import LocalSimulator
from webhelper.token_pool.pools import TokenPools


@pytest.fixture
def woken() -> list[str]:
    """Return what grows by one whenever somebody is woken."""
    return []


@pytest.fixture
def pools_of(vendor: LocalSimulator, store: Store, woken: list[str]) -> Callable[..., TokenPools]:
    """Return a maker of the pools of a site."""

    def make(**wanted: int) -> TokenPools:
        projects = dict.fromkeys([*wanted, "open"], vendor.project)
        return TokenPools(wanted, projects, store, wake=lambda pool: woken.append(pool.name))

    return make


def test_projects_with_a_pool_are_those_of_the_setting(pools_of: Callable[..., TokenPools]) -> None:
    """Each project of TOKEN_POOLS has a pool of the wanted number, and no other project has one."""
    pools = pools_of(shop=10, signup=20)
    assert pools.projects == {"shop", "signup"}
    assert [(pool.project, pool.wanted) for pool in pools] == [("shop", 10), ("signup", 20)]
    assert list(pools_of()) == []


def test_draw_that_leaves_a_small_pool_low_wakes_somebody(
    store: Store, pools_of: Callable[..., TokenPools], woken: list[str]
) -> None:
    """Each draw from a small pool looks whether it is low."""
    make_ready(store, 8)
    pools = pools_of(shop=10)
    pools.drawn(SHOP)
    assert woken == []
    store.token_ids.expire(SHOP, "shop-ready-00000", now=NOW)
    pools.drawn(SHOP)
    assert woken == ["token pool shop"]


def test_only_some_draws_from_a_large_pool_look(
    store: Store, pools_of: Callable[..., TokenPools], woken: list[str]
) -> None:
    """One draw in twenty of the wanted number looks, since counting a large pool takes time."""
    pools = pools_of(shop=100)
    for _ in range(4):
        pools.drawn(SHOP)
    assert woken == []
    pools.drawn(SHOP)
    assert woken == ["token pool shop"]
    pools.drawn(SHOP)
    assert woken == ["token pool shop"]


def test_link_that_found_no_token_id_wakes_somebody(
    vendor: LocalSimulator, pools_of: Callable[..., TokenPools], woken: list[str]
) -> None:
    """An empty pool is filled at once; but not while it waits after a failure."""
    pools = pools_of(shop=10)
    pools.found_empty(SHOP, NOW)
    assert woken == ["token pool shop"]
    vendor.fail("status", status=500)
    (pool,) = pools
    assert not pool.fill(NOW)
    pools.found_empty(SHOP, NOW)
    assert woken == ["token pool shop"]


def test_every_pool_is_swept_until_nothing_is_left(
    vendor: LocalSimulator, store: Store, pools_of: Callable[..., TokenPools]
) -> None:
    """A sweep goes on until each pool has no token id left that nobody needs."""
    pools = pools_of(shop=600, signup=1)
    for pool in pools:
        while pool.fill(NOW):
            pass
    for one in vendor.sandbox.token_ids.page(vendor.project.pid):
        for project in pools.projects:
            store.token_ids.expire(project, one.token_id, now=NOW)
    pools.sweep(NOW)
    assert vendor.sandbox.token_ids.count(vendor.project.pid) == 0
    assert [sum(store.token_ids.count(project)) for project in pools.projects] == [0, 0]
