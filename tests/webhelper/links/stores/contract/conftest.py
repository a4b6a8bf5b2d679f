"""These fixtures give each test of the contract the stores of each engine in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sites import open_store
from stores import PostgresqlStores, SqliteStores, Stores

from webhelper.links.stores.outbox import Sink

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from webhelper.links.stores.base import Store


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    """Return an empty place for stores of each engine."""
    found = _stores(request.param, request, tmp_path)
    yield found
    found.close()


@pytest.fixture(params=["sqlite", "postgresql", "sealed"])
def every_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Return a store of each engine, and one that keeps nothing."""
    if request.param == "sealed":
        yield open_store(tmp_path, "sealed")
        return
    found = _stores(request.param, request, tmp_path)
    yield found.open()
    found.close()


def _stores(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Stores:
    """Return an empty place for stores of an engine."""
    if engine == "sqlite":
        found: Stores = SqliteStores(tmp_path)
    else:
        found = PostgresqlStores(request.getfixturevalue("postgresql_server"))
    found.empty()
    return found


@pytest.fixture
def store(stores: Stores) -> Store:
    """Return a store with an outbox for both sinks; it keeps links for 90 days after their expiry."""
    return stores.open(sinks=tuple(Sink))
