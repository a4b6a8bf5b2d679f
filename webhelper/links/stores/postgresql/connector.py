"""How the server of a database is reached: by one connection first, then by a pool of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from psycopg.conninfo import make_conninfo
from psycopg_pool import ConnectionPool

from webhelper.links.stores.postgresql import adapters, schema
from webhelper.links.stores.postgresql.limits import ELSEWHERE
from webhelper.links.stores.postgresql.reasons import silence_driver
from webhelper.links.stores.postgresql.timed_connection import TimedConnection

if TYPE_CHECKING:
    from webhelper.links.stores.postgresql.address import Address

Connections: TypeAlias = ConnectionPool[TimedConnection]

_CONNECT_S: Final = 2  # libpq's own least, for each server
_LIFETIME_S: Final = 3600.0  # of a connection, so that a changed password is seen


class Connector:
    """Finds the server of a database, and opens pools of connections to it.

    Args:
        address: of the database; it may name several servers.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._has_tables = False
        silence_driver()

    def reach(self) -> str:
        """Connect once, and make the tables if they may be missing.

        No connection is left, so that no fork inherits one.

        Returns:
            The conninfo of the server that has answered, without the others. One that hangs takes two
            seconds, and whoever waits for a connection of a pool does not wait for so long.

        Raises:
            psycopg.Error: no server answers, or it refuses.
            StoreError: its tables cannot be used; as ``schema.create``.
        """
        with TimedConnection.connect(self._address.conninfo, **self._arguments()) as connection:
            adapters.set_up(connection)
            if not self._has_tables:
                schema.create(connection, limits=ELSEWHERE)
                self._has_tables = True
            found = connection.info
            of_one = {"host": found.host, "hostaddr": found.hostaddr or None, "port": found.port}
            return make_conninfo(self._address.conninfo, **of_one)

    def open(self, conninfo: str, *, wait_s: float) -> Connections:
        """Return a pool, which connects when somebody asks it to.

        Args:
            conninfo: as ``reach`` returned it.
            wait_s: how long it tries to make a connection.
        """
        return ConnectionPool(
            conninfo,
            connection_class=TimedConnection,
            kwargs=self._arguments(),
            configure=adapters.set_up,
            min_size=0,
            max_size=self._address.pool_size,
            timeout=wait_s,
            reconnect_timeout=wait_s,
            max_lifetime=_LIFETIME_S,
            open=True,
        )

    def _arguments(self) -> dict[str, Any]:
        return self._address.arguments | {"connect_timeout": _CONNECT_S}
