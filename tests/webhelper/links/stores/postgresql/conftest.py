"""These fixtures give a test a PostgreSQL store with an outbox for both sinks, also behind a proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lossy_proxy import LossyProxy
from sites import open_store
from stores import PostgresqlStores

from webhelper.links.stores.outbox import Sink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgresql_server import PostgresqlServer

    from webhelper.links.stores.postgresql.store import PostgresqlStore


@pytest.fixture
def stores(postgresql_server: PostgresqlServer) -> Iterator[PostgresqlStores]:
    """Return an empty database."""
    found = PostgresqlStores(postgresql_server)
    found.empty()
    yield found
    found.close()


@pytest.fixture
def store(stores: PostgresqlStores) -> PostgresqlStore:
    """Return a store on the empty database."""
    one: PostgresqlStore = stores.open(sinks=tuple(Sink))  # type: ignore[assignment]  # of that place
    return one


@pytest.fixture
def proxy(postgresql_server: PostgresqlServer) -> Iterator[LossyProxy]:
    """Return a proxy in front of the server."""
    with LossyProxy(postgresql_server.port) as one:
        yield one


@pytest.fixture
def lossy_store(
    stores: PostgresqlStores, postgresql_server: PostgresqlServer, proxy: LossyProxy
) -> Iterator[PostgresqlStore]:
    """Return a store on the same database, whose answers the proxy can lose."""
    one = open_store(postgresql_server.url(port=proxy.port), sinks=tuple(Sink))
    yield one  # type: ignore[misc]  # of that place
    one.close()
