"""The pool of a process: opened at its first statement, and out of use while the database is down."""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import psycopg
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from webhelper.errors import StoreError
from webhelper.links.stores.postgresql import adapters, schema
from webhelper.links.stores.postgresql.timed_connection import TimedConnection

if TYPE_CHECKING:
    from webhelper.links.stores.postgresql.address import Address

    Connections: TypeAlias = ConnectionPool[TimedConnection]

log = logging.getLogger("webhelper")

_CONNECT_S: Final = 2  # libpq's own least
_LEND_S: Final = 2.0  # how long a caller waits for a connection
_END_S: Final = 0.1  # how long a thread of a pool that nobody needs is waited for
_LIFETIME_S: Final = 3600.0  # of a connection, so that changes of addresses and passwords are seen


class Loan(NamedTuple):
    """A connection, and the pool that it came from."""

    pool: Connections
    connection: TimedConnection

    def give_back(self) -> None:
        """Let others have the connection; one that is closed is replaced."""
        self.pool.putconn(self.connection)


class Pool:
    """Lends connections to one database; makes its tables when missing.

    Args:
        address: of the database. If it cannot be reached now, that is logged, and each loan tries again.

    Raises:
        StoreError: it can be reached, but not used.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._inherited: list[Connections | None] = []
        self._has_tables = False
        self._start()
        try:
            self._make_tables()
        except psycopg.OperationalError as error:
            log.error("the database cannot be reached: %s", type(error).__name__)  # noqa: TRY400 - no data
        except psycopg.Error as error:
            raise StoreError from error

    def _start(self) -> None:
        self._process = os.getpid()
        self._opening, self._probing = threading.Lock(), threading.Lock()
        self._connections: Connections | None = None
        self._is_down = False

    def take(self) -> Loan:
        """Return a connection that nobody else uses; to be given back.

        While the database is down, one caller at a time waits for it, and the others are told so at once.

        Raises:
            StoreError: there is none to be had.
        """
        if self._process != os.getpid():  # a connection must not cross a fork, not even to be closed
            self._inherited.append(self._connections)
            self._start()
        is_down = self._is_down
        if is_down and not self._probing.acquire(blocking=False):
            raise StoreError from psycopg.OperationalError("the database was down a moment ago")
        try:
            loan = self._lend()
        except (psycopg.Error, PoolTimeout) as error:
            self._is_down = True
            raise StoreError from error
        else:
            self._is_down = False
            return loan
        finally:
            if is_down:
                self._probing.release()

    def _lend(self) -> Loan:
        self._make_tables()
        pool = self._opened()
        try:
            return Loan(pool, pool.getconn())
        except PoolClosed:  # another thread has renewed it meanwhile
            pool = self._opened()
            return Loan(pool, pool.getconn())

    def renew(self, lost: Loan) -> None:
        """Open new connections from now on: a server that has restarted has dropped all of them.

        Nobody waits for the others to find out, for a lost network may never say so.
        """
        with self._opening:
            if self._connections is lost.pool:
                self._connections = None
        lost.pool.close(timeout=_END_S)

    def close(self) -> None:
        """Close every connection that is not lent."""
        if self._connections is not None and self._process == os.getpid():
            self._connections.close()
            self._connections = None

    def _make_tables(self) -> None:
        """Make the tables if they are not known to be there, by a connection that no fork inherits."""
        if not self._has_tables:
            with TimedConnection.connect(self._address.conninfo, **self._arguments()) as connection:
                adapters.set_up(connection)
                schema.create(connection)
            self._has_tables = True

    def _opened(self) -> Connections:
        """Return the pool of this process."""
        with self._opening:
            if self._connections is None:
                self._connections = ConnectionPool(
                    self._address.conninfo,
                    connection_class=TimedConnection,
                    kwargs=self._arguments(),
                    configure=adapters.set_up,
                    min_size=0,
                    max_size=self._address.pool_size,
                    timeout=_LEND_S,
                    reconnect_timeout=_LEND_S,
                    max_lifetime=_LIFETIME_S,
                    open=True,
                )
            return self._connections

    def _arguments(self) -> dict[str, Any]:
        return {
            "autocommit": True,
            "connect_timeout": _CONNECT_S,
            "prepare_threshold": self._address.prepare_threshold,
        }
