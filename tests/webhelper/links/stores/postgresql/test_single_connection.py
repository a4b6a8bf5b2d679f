"""These tests look at a database by one connection."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from webhelper.errors import StoreError
from webhelper.links.stores.postgresql.address import read_address
from webhelper.links.stores.postgresql.single_connection import free_connections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stores import PostgresqlStores

Connection = psycopg.Connection[tuple[Any, ...]]
_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datid IS NOT NULL AND usesysid IS NOT NULL AND pid <> pg_backend_pid()
"""


@pytest.fixture
def watch(stores: PostgresqlStores) -> Iterator[Connection]:
    """Return a connection that stays."""
    with psycopg.connect(stores.place, autocommit=True) as connection:
        yield connection


def free(watch: Connection, url: str, *, others: int = 0) -> int:
    """Return how many connections are free once those that were closed have left the server."""
    while watch.execute(_OTHERS).fetchone() != (others,):
        pass
    return free_connections(read_address(url))


def test_connections_that_others_have_are_not_free(stores: PostgresqlStores, watch: Connection) -> None:
    """Each connection that somebody has open is one less, and the one that asks is none."""
    (most,) = watch.execute("SHOW max_connections").fetchone() or ()
    assert free(watch, stores.place) == int(most) - 1
    with psycopg.connect(stores.place):
        assert free(watch, stores.place, others=1) == int(most) - 2


def test_connections_that_are_kept_for_superusers_are_not_free(
    stores: PostgresqlStores, watch: Connection
) -> None:
    """Who is no superuser cannot have the last ones."""
    watch.execute("DROP ROLE IF EXISTS guest")
    watch.execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    (reserved,) = watch.execute("SHOW superuser_reserved_connections").fetchone() or ()
    of_guest = re.sub("//.*@", "//guest:guest@", stores.place)
    assert free(watch, of_guest) == free(watch, stores.place) - int(reserved)
    watch.execute("DROP ROLE guest")


def test_server_that_does_not_answer_has_none() -> None:
    """A server that cannot be reached is an error."""
    with pytest.raises(StoreError):
        free_connections(read_address("postgresql://nobody@127.0.0.1:1/none"))
