"""These fixtures give each test of the contract the stores of each engine in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stores import PostgresqlStores, SqliteStores, Stores

from webhelper.links.stores.outbox import Sink

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from webhelper.links.stores.base import Store


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    """Return an empty place for stores of each engine."""
    if request.param == "sqlite":
        found: Stores = SqliteStores(tmp_path)
    else:
        found = PostgresqlStores(request.getfixturevalue("postgresql_server"))
    found.empty()
    yield found
    found.close()


@pytest.fixture
def store(stores: Stores) -> Store:
    """Return a store with an outbox for both sinks; it keeps links for 90 days after their expiry."""
    return stores.open(sinks=tuple(Sink))
