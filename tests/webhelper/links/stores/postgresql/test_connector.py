"""These tests reach the server of a database of which the URL names several."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from psycopg.conninfo import conninfo_to_dict
from racing import in_threads
from sites import NOW, open_store
from store_values import link_spec

from webhelper.links.stores.postgresql.address import read_address
from webhelper.links.stores.postgresql.connector import Connector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgresql_server import PostgresqlServer
    from stores import PostgresqlStores

TRIES = 1000


@pytest.fixture(params=["hangs", "refuses"])
def dead(request: pytest.FixtureRequest) -> Iterator[int]:
    """Return the port of a host that hangs: it says nothing; or of one that refuses."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        if request.param == "refuses":
            listening.close()
        yield port


def both(server: PostgresqlServer, dead: int) -> str:
    """Return a URL that names a dead server first, and then one that answers."""
    here = f"127.0.0.1:{server.port}"
    return server.url(target_session_attrs="read-write").replace(here, f"127.0.0.1:{dead},{here}")


def test_server_that_answers_is_used_behind_one_that_does_not(
    dead: int, postgresql_server: PostgresqlServer, stores: PostgresqlStores
) -> None:
    """With a first host that hangs or refuses, a store is ready soon, and then for all callers at once."""
    stores.empty()
    store = open_store(both(postgresql_server, dead))
    assert any(store.is_ready() for _ in range(TRIES))
    assert len(set(in_threads(8, lambda _: store.create(link_spec(), now=NOW)[0].id))) == 8
    store.close()


def test_server_that_answered_is_the_only_one_of_the_pool(
    dead: int, postgresql_server: PostgresqlServer, stores: PostgresqlStores
) -> None:
    """What the pool connects to names the server that has answered, and all else that the URL says."""
    stores.empty()
    found = conninfo_to_dict(Connector(read_address(both(postgresql_server, dead))).reach())
    assert (found["host"], found["port"]) == ("127.0.0.1", str(postgresql_server.port))
    assert found["target_session_attrs"] == "read-write"
    assert found["password"] == postgresql_server.password
