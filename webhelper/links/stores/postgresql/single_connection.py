"""One connection for a command, which no pool lends: it may take as long as it takes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

import psycopg

from webhelper.links.stores.errors import RefusedError
from webhelper.links.stores.postgresql import adapters, schema
from webhelper.links.stores.postgresql.reasons import refusal, silence_driver, why_not_connected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webhelper.links.stores.postgresql.address import Address
    from webhelper.links.stores.postgresql.connections import Connection


_LOOK: Final = """
SELECT to_regclass('liveform_schema') IS NOT NULL,
       coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)
"""
_FREE: Final = """
SELECT current_setting('max_connections')::int
    - CASE WHEN (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN 0
      ELSE current_setting('superuser_reserved_connections')::int
        + coalesce(current_setting('reserved_connections', true)::int, 0) END  -- from PostgreSQL 16 on
    - (SELECT count(*) FROM pg_stat_activity
       WHERE datid IS NOT NULL AND usesysid IS NOT NULL AND pid <> pg_backend_pid())  -- this one ends
"""
PATIENCE_S: Final = 5  # how long a server is waited for by who only looks, or tries


class Look(NamedTuple):
    """What a database has: whether the tables of a store are there, and whether this user could make some."""

    has_tables: bool
    can_make: bool


@contextmanager
def connected(address: Address, *, connect_timeout_s: int | None = None) -> Iterator[Connection]:
    """Lend a connection, whose every statement is a commit of its own outside a transaction.

    Args:
        address: of the database.
        connect_timeout_s: how long the server is waited for; None leaves that to the address.

    Raises:
        StoreError: the database cannot be reached, or refuses.
    """
    silence_driver()
    arguments = address.arguments | {"connect_timeout": connect_timeout_s}
    try:
        connection: Connection = psycopg.connect(address.conninfo, **arguments)
    except psycopg.Error as error:
        raise RefusedError(reason=why_not_connected(error)) from error
    try:
        with connection:
            adapters.set_up(connection)
            yield connection
    except psycopg.Error as error:
        raise refusal(error) from error


def look(address: Address) -> Look:
    """Look at a database, and change nothing.

    Raises:
        StoreError: the database cannot be reached, or refuses.
    """
    with connected(address, connect_timeout_s=PATIENCE_S) as connection:
        ((has_tables, can_make),) = connection.execute(_LOOK).fetchall()
    return Look(has_tables, can_make)


def free_connections(address: Address) -> int:
    """Return how many more connections the server has for this user.

    Raises:
        StoreError: the database cannot be reached, or refuses.
    """
    with connected(address, connect_timeout_s=PATIENCE_S) as connection:
        ((free,),) = connection.execute(_FREE).fetchall()
    return int(free)


def upgrade(address: Address) -> tuple[int, int]:
    """Bring the tables of a database to this version, and return the version before and after.

    Raises:
        StoreError: the database cannot be reached, or refuses.
        WrongStoreError: it has tables of a later version.
    """
    with connected(address) as connection:
        return schema.upgrade(connection)
