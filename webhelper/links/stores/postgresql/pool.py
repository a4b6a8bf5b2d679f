"""The pool of a process: opened at its first statement, and out of use while the database is down.

A thread opens the pool, one try at a time. Nobody waits for a database that refuses, or that has hung until
now: whoever asks meanwhile gets an error at once.
"""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from typing import TYPE_CHECKING, Final, NamedTuple

import psycopg
from psycopg_pool import PoolClosed, PoolTimeout

from webhelper.errors import StoreError
from webhelper.links.stores.postgresql.attempt import Attempt
from webhelper.links.stores.postgresql.connector import Connector
from webhelper.links.stores.postgresql.errors import BusyError, DownError
from webhelper.links.stores.postgresql.reasons import refusal, why_not_connected
from webhelper.links.stores.postgresql.slots import Slots

if TYPE_CHECKING:
    from webhelper.links.stores.postgresql.address import Address
    from webhelper.links.stores.postgresql.connector import Connections
    from webhelper.links.stores.postgresql.timed_connection import TimedConnection

log = logging.getLogger("webhelper")

_LEND_S: Final = 2.0  # how long a caller waits for a connection
_HANGS_S: Final = 0.05  # how long a caller waits for a database that has hung a moment ago
_END_S: Final = 0.1  # how long a thread of a pool that nobody needs is waited for
_NEW_S: Final = 1.0  # how long a read-only database is not asked again whether it is still so


class Loan(NamedTuple):
    """A connection, the pool that it came from, and the count of those that may be lent."""

    pool: Connections
    connection: TimedConnection
    slots: Slots

    def give_back(self) -> None:
        """Let others have the connection; one that is closed is replaced."""
        self.pool.putconn(self.connection)
        self.slots.release()


class Pool:
    """Lends connections to one database; makes its tables when missing.

    Args:
        address: of the database. If it cannot be reached now, that is logged, and each loan tries again.

    Raises:
        StoreError: it can be reached, but not used.
    """

    def __init__(self, address: Address) -> None:
        self._size = address.pool_size
        self._connector = Connector(address)
        self._inherited: list[Connections | None] = []
        self._start()
        try:
            self._connector.reach()
        except psycopg.OperationalError as error:
            why = (type(error).__name__, why_not_connected(error))
            log.error("the database cannot be reached: %s: %s", *why)  # noqa: TRY400 - no data
        except psycopg.Error as error:
            raise refusal(error) from error

    def _start(self) -> None:
        self._process = os.getpid()
        self._changing = threading.Lock()
        self._slots = Slots(self._size)
        self._connections: Connections | None = None
        self._attempt: Attempt[Connections] | None = None
        self._hangs = False
        self._opened_at = -math.inf

    def take(self, *, until: float = math.inf) -> Loan:
        """Return a connection that nobody else uses; to be given back.

        Args:
            until: the time of ``time.monotonic`` at which it is waited for no more, two seconds from now at
                the latest. For a database that hangs, hardly any time is waited.

        Raises:
            StoreError: there is none to be had.
        """
        if self._process != os.getpid():  # a connection must not cross a fork, not even to be closed
            self._inherited.append(self._connections)
            self._start()
        slots, end = self._slots, min(until, time.monotonic() + _LEND_S)
        if not slots.acquire(timeout_s=_left_s(end)):
            raise StoreError from BusyError("every connection is in use")
        try:
            pool, connection = self._lent(end)
        except BaseException:
            slots.release()
            raise
        return Loan(pool, connection, slots)

    def _lent(self, end: float) -> tuple[Connections, TimedConnection]:
        pool = self._opened(end)
        try:
            try:
                return pool, pool.getconn(_left_s(end))
            except PoolClosed:  # another thread has renewed it meanwhile
                pool = self._opened(end)
                return pool, pool.getconn(_left_s(end))
        except PoolTimeout as error:  # there is a slot, so a new connection was wanted, and could not be made
            self._leave(pool, hangs=True)
            raise StoreError from error

    def renew(self, lost: Loan, *, hangs: bool = False) -> None:
        """Open new connections from now on: a server that has restarted has dropped all of them.

        Nobody waits for the others to find out, for a lost network may never say so.

        Args:
            lost: the loan whose connection was lost.
            hangs: whether the database has not answered, and is waited for no more until it does.
        """
        self._leave(lost.pool, hangs=hangs)

    def doubt(self, read_only: Loan) -> bool:
        """Open new connections if one is read-only: the database, or another host, may be writable again.

        Returns:
            Whether it was done; not for connections that have just been made, which would be so again.
        """
        is_old = time.monotonic() - self._opened_at >= _NEW_S
        if is_old:
            self._leave(read_only.pool, hangs=False)
        return is_old

    def _leave(self, pool: Connections, *, hangs: bool) -> None:
        with self._changing:
            if self._connections is pool:
                self._connections, self._hangs = None, hangs
        pool.close(timeout=_END_S)

    def close(self) -> None:
        """Close every connection that is not lent."""
        if self._process == os.getpid():
            with self._changing:
                pool, self._connections, self._attempt = self._connections, None, None
            if pool is not None:
                pool.close()

    def _opened(self, end: float) -> Connections:
        """Return the pool of this process, opened by a thread if it is not open."""
        pool = self._connections
        if pool is not None:
            return pool
        with self._changing:
            if self._connections is not None:  # another thread's attempt has ended meanwhile
                return self._connections
            if self._attempt is None or not self._attempt.is_alive():
                self._attempt = Attempt(self._open)
                self._attempt.start()
            attempt, hangs = self._attempt, self._hangs
        attempt.join(min(_HANGS_S, _left_s(end)) if hangs else _left_s(end))
        try:
            return attempt.result()
        except psycopg.Error as error:
            self._hangs = attempt.is_alive() or isinstance(error, psycopg.errors.ConnectionTimeout)
            raise StoreError from error

    def _open(self, attempt: Attempt[Connections]) -> Connections:
        pool = self._connector.open(self._connector.reach(), wait_s=_LEND_S)
        with self._changing:
            if self._attempt is attempt:
                self._connections, self._hangs, self._opened_at = pool, False, time.monotonic()
                return pool
        pool.close()  # the store was closed meanwhile
        raise DownError("closed")


def _left_s(end: float) -> float:
    return max(0.0, end - time.monotonic())
