"""One connection for a command, which no pool lends: it may take as long as it takes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from webhelper.errors import StoreError
from webhelper.links.stores.postgresql import adapters, schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webhelper.links.stores.postgresql.address import Address
    from webhelper.links.stores.postgresql.connections import Connection


@contextmanager
def connected(address: Address) -> Iterator[Connection]:
    """Lend a connection, whose every statement is a commit of its own outside a transaction.

    Raises:
        StoreError: the database cannot be reached, or refuses.
    """
    try:
        with psycopg.connect(address.conninfo, autocommit=True) as connection:
            adapters.set_up(connection)
            yield connection
    except psycopg.Error as error:
        raise StoreError from error


def upgrade(address: Address) -> tuple[int, int]:
    """Bring the tables of a database to this version, and return the version before and after.

    Raises:
        StoreError: the database cannot be reached, or refuses.
        WrongStoreError: it has tables of a later version.
    """
    with connected(address) as connection:
        return schema.upgrade(connection)
