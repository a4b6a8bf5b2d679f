"""These fixtures give a test a simulator in private mode as the vendor, and a pool of token ids."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sites import open_store
from token_pools import SHOP

from webhelper.links.stores.base import Store
from webhelper.testing import LocalSimulator
from webhelper.token_pool.pool import TokenPool
from webhelper.token_pool.vendor import VendorTokenIds


@pytest.fixture
def vendor() -> Iterator[LocalSimulator]:
    """Return a running simulator whose project is in private mode."""
    with LocalSimulator(private_mode=True) as simulator:
        yield simulator


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return an SQLite store, and close it afterwards."""
    one = open_store(tmp_path)
    yield one
    one.close()


@pytest.fixture
def pool_of(vendor: LocalSimulator, store: Store) -> Callable[..., TokenPool]:
    """Return a maker of pools of ``shop``; each is as if in a process of its own."""

    def make(wanted: int, token_ids: VendorTokenIds | None = None) -> TokenPool:
        return TokenPool(SHOP, wanted, token_ids or VendorTokenIds(vendor.project), store)

    return make
