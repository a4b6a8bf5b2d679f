"""A schema of its own in a database, whatever else is there, for a store that is deleted in the end."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from webhelper.errors import StoreError
from webhelper.links.stores.postgresql.address import read_address
from webhelper.links.stores.postgresql.single_connection import PATIENCE_S, connected

if TYPE_CHECKING:
    from collections.abc import Iterator

_RANDOM_BYTES: Final = 4


@contextmanager
def own_schema(url: str, prefix: str) -> Iterator[tuple[str, str]]:
    """Lend a schema, and delete it with all that is in it.

    Args:
        url: of the database, as ``read_address`` takes it.
        prefix: of the name of the schema.

    Yields:
        The URL of the schema, and the version of the server, such as ``"15.18"``.

    Raises:
        StoreError: the database cannot be reached, this user may not make a schema, or a pooler does not let
            a connection choose its schema.
    """
    name = f"{prefix}_{secrets.token_hex(_RANDOM_BYTES)}"
    address = read_address(url)
    with connected(address, connect_timeout_s=PATIENCE_S) as connection:
        version = connection.info.parameter_status("server_version") or ""
        connection.execute(f"CREATE SCHEMA {name}", prepare=False)
    try:
        of_schema = f"{url}{'&' if '?' in url else '?'}options={quote(f'-csearch_path={name}')}"
        with connected(read_address(of_schema), connect_timeout_s=PATIENCE_S) as connection:
            if connection.execute("SELECT current_schema()").fetchone() != (name,):
                raise StoreError  # nothing may be written among somebody's tables
        yield of_schema, version.partition(" ")[0]
    finally:
        with connected(address, connect_timeout_s=PATIENCE_S) as connection:
            connection.execute(f"DROP SCHEMA {name} CASCADE", prepare=False)
