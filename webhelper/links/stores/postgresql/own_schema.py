"""A schema of its own in a database, whatever else is there, for a store that is deleted in the end."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from psycopg.errors import InsufficientPrivilege

from webhelper.errors import StoreError
from webhelper.links.stores.errors import RefusedError
from webhelper.links.stores.postgresql.address import of_schema, read_address
from webhelper.links.stores.postgresql.single_connection import PATIENCE_S, connected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webhelper.links.stores.postgresql.address import Address

_RANDOM_BYTES: Final = 4
_RIGHTS: Final = "this user may not make a schema there; GRANT CREATE ON DATABASE"
_POOLER: Final = "a pooler does not let a connection choose its schema; name the server itself"
_POOL_SIZE: Final = 4  # for the database may be in use


@contextmanager
def own_schema(url: str, prefix: str) -> Iterator[tuple[str, str]]:
    """Lend a schema, and delete it with all that is in it.

    Args:
        url: of the database, as ``read_address`` takes it.
        prefix: of the name of the schema.

    Yields:
        The URL of the schema, with few connections unless the other said how many, and the version of the
        server, such as ``"15.18"``.

    Raises:
        StoreError: the database cannot be reached, this user may not make a schema, or a pooler does not let
            a connection choose its schema.
    """
    name = f"{prefix}_{secrets.token_hex(_RANDOM_BYTES)}"
    address = read_address(url)
    with connected(address, connect_timeout_s=PATIENCE_S) as connection:
        version = connection.info.parameter_status("server_version") or ""
        try:
            connection.execute(f"CREATE SCHEMA {name}", prepare=False)
        except InsufficientPrivilege:
            raise RefusedError(reason=_RIGHTS) from None
    try:
        narrowed = of_schema(url, name, pool_size=_POOL_SIZE)
        _check(read_address(narrowed), name)
        yield narrowed, version.partition(" ")[0]
    finally:
        with connected(address, connect_timeout_s=PATIENCE_S) as connection:
            connection.execute(f"DROP SCHEMA {name} CASCADE", prepare=False)


def _check(address: Address, name: str) -> None:
    """Raise ``RefusedError`` unless a connection finds itself in the schema."""
    try:
        with connected(address, connect_timeout_s=PATIENCE_S) as connection:
            found = connection.execute("SELECT current_schema()").fetchone()
    except StoreError:  # the database has just been reached, without the option
        raise RefusedError(reason=_POOLER) from None
    if found != (name,):
        raise RefusedError(reason=_POOLER)  # nothing may be written among somebody's tables
