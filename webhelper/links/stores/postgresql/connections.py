"""Connections to one database, and what is done when one of them is lost.

A pool lends them; each process opens its own, at its first statement. Every answer may be lost on its way, and
then nobody knows whether the server has done what it was asked to. So each piece of work says what is to be done
in its place if it may have been done already: mostly the same again, for it knows its own rows by their ids.
"""

from __future__ import annotations

import logging
import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import psycopg
from psycopg.types.string import StrDumper
from psycopg_pool import ConnectionPool, PoolTimeout

from webhelper.errors import StoreError
from webhelper.links.stores.postgresql import schema
from webhelper.links.stores.postgresql.timed_connection import NoAnswerError, TimedConnection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from webhelper.links.stores.postgresql.address import Address

    T = TypeVar("T")

Connection: TypeAlias = psycopg.Connection[Any]
log = logging.getLogger("webhelper")

CONNECT_S: Final = 2  # libpq's own least
_LEND_S: Final = 2.0  # how long a caller waits for a connection
_LIFETIME_S: Final = 3600.0  # of a connection, so that changes of addresses and passwords are seen
# Of the server: shorter than what we wait for an answer, so that it is the server that gives up.
BEGIN: Final = "BEGIN; SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '4s'"


class LostError(Exception):
    """A connection was lost; ``may_be_done`` says whether its work may have been done all the same."""

    def __init__(self, *, may_be_done: bool) -> None:
        super().__init__()
        self.may_be_done = may_be_done


class Connections:
    """Lends connections to one database; makes its tables when missing.

    Args:
        address: of the database. If it cannot be reached now, this is logged and each call tries again.

    Raises:
        StoreError: it can be reached, but not used.
    """

    def __init__(self, address: Address) -> None:
        self._address = address
        self._inherited: list[ConnectionPool[TimedConnection] | None] = []
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
        self._pool: ConnectionPool[TimedConnection] | None = None
        self._is_down = False

    def call(self, work: Callable[[Connection], T]) -> T:
        """Return what ``work`` returns, whose every statement is a commit of its own.

        Args:
            work: does the same thing when it is done again.

        Raises:
            StoreError: the database refuses, or cannot be reached.
        """
        return self._run(work, again=work)

    def call_once(self, work: Callable[[Connection], T]) -> T:
        """Return what ``work`` returns; if the answer is lost, raise ``StoreError``."""
        return self._run(work, again=None)

    def value_of(self, query: str) -> Any:
        """Return the one value that a query gives."""
        ((value,),) = self.call(lambda connection: connection.execute(query).fetchall())
        return value

    def changes_one(self, statement: str, values: Mapping[str, object], *, again: str | None = None) -> bool:
        """Return whether a statement changes one row.

        Args:
            statement: finds its own change when it is done again; or ``again`` does.
            values: of both.
            again: what is done in its place if the answer was lost.
        """
        last = statement if again is None else again
        count = self._run(
            lambda connection: connection.execute(statement, values).rowcount,
            again=lambda connection: connection.execute(last, values).rowcount,
        )
        return count == 1

    def write(self, work: Callable[[Connection], T], *, again: Callable[[Connection], T] | None) -> T:
        """Return what ``work`` returns, done in one transaction, on the disk when this returns.

        Args:
            work: what is done; an error undoes it.
            again: what is done in its place if the answer to COMMIT was lost; None raises ``StoreError``.

        Raises:
            StoreError: the database refuses, or cannot be reached.
        """
        return self._run(
            lambda connection: _in_transaction(connection, work),
            again=None if again is None else lambda connection: _in_transaction(connection, again),
        )

    def close(self) -> None:
        """Close every connection that is not lent."""
        if self._pool is not None and self._process == os.getpid():
            self._pool.close()
        self._pool = None

    def _run(self, work: Callable[[Connection], T], *, again: Callable[[Connection], T] | None) -> T:
        try:
            return self._attempt(work)
        except LostError as lost:
            if lost.may_be_done and again is None:
                raise StoreError from lost.__cause__
            second = again if lost.may_be_done and again is not None else work
        try:
            self._opened().check()  # a server that has restarted has dropped the others too
            return self._attempt(second)
        except LostError as lost:
            raise StoreError from lost.__cause__

    def _attempt(self, work: Callable[[Connection], T]) -> T:
        pool, connection = self._take()
        try:
            return work(connection)
        except psycopg.Error as error:
            if connection.closed and not isinstance(error, NoAnswerError):
                raise LostError(may_be_done=True) from error
            raise StoreError from error
        finally:
            pool.putconn(connection)

    def _take(self) -> tuple[ConnectionPool[TimedConnection], TimedConnection]:
        """Return a connection and its pool. While the database is down, one caller at a time waits, and others are told."""
        if self._process != os.getpid():  # a connection must not cross a fork, not even to be closed
            self._inherited.append(self._pool)
            self._start()
        is_probe = self._is_down and self._probing.acquire(blocking=False)
        if self._is_down and not is_probe:
            raise StoreError from psycopg.OperationalError("the database was down a moment ago")
        try:
            self._make_tables()
            pool = self._opened()
            connection = pool.getconn()
        except (psycopg.Error, PoolTimeout) as error:
            self._is_down = True
            raise StoreError from error
        else:
            self._is_down = False
            return pool, connection
        finally:
            if is_probe:
                self._probing.release()

    def _make_tables(self) -> None:
        """Make the tables if that is not known to be done; not in the pool, which may not be opened yet."""
        if not self._has_tables:
            with TimedConnection.connect(self._address.conninfo, **self._arguments()) as connection:
                schema.create(connection)
            self._has_tables = True

    def _opened(self) -> ConnectionPool[TimedConnection]:
        """Return the pool of this process."""
        with self._opening:
            if self._pool is None:
                self._pool = ConnectionPool(
                    self._address.conninfo,
                    connection_class=TimedConnection,
                    kwargs=self._arguments(),
                    configure=_configure,
                    min_size=0,
                    max_size=self._address.pool_size,
                    timeout=_LEND_S,
                    reconnect_timeout=_LEND_S,
                    max_lifetime=_LIFETIME_S,
                    open=True,
                )
            return self._pool

    def _arguments(self) -> dict[str, Any]:
        return {
            "autocommit": True,
            "connect_timeout": CONNECT_S,
            "prepare_threshold": self._address.prepare_threshold,
        }


def _in_transaction(connection: Connection, work: Callable[[Connection], T]) -> T:
    try:
        connection.execute(BEGIN, prepare=False)
        result = work(connection)
    except BaseException as error:
        if connection.closed and isinstance(error, psycopg.Error) and not isinstance(error, NoAnswerError):
            raise LostError(may_be_done=False) from error  # nothing is done before COMMIT
        with suppress(psycopg.Error):  # a connection that fails here is closed, which undoes it as well
            connection.rollback()
        raise
    connection.execute("COMMIT", prepare=False)
    return result


class _WithoutNul(StrDumper):
    """Texts without U+0000, which PostgreSQL cannot keep: it becomes a character that is in no id of ours."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))


def _configure(connection: TimedConnection) -> None:
    connection.adapters.register_dumper(str, _WithoutNul)
