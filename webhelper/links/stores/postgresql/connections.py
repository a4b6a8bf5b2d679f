"""Work on the database, and what is done when its answer is lost.

Every answer may be lost on its way, and then nobody knows whether the server has done what it was asked to.
So each piece of work says what is to be done in its place if it may have been done: mostly the same again,
for it knows its own rows by their ids.
"""

from __future__ import annotations

import math
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, cast

import psycopg

from webhelper.errors import StoreError
from webhelper.links.stores.postgresql.errors import NoAnswerError
from webhelper.links.stores.postgresql.limits import limits_within
from webhelper.links.stores.postgresql.pool import Pool
from webhelper.links.stores.time_budget import budget_of_request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from webhelper.links.stores.postgresql.address import Address
    from webhelper.links.stores.postgresql.limits import Limits
    from webhelper.links.stores.postgresql.timed_connection import TimedConnection

    T = TypeVar("T")

Connection: TypeAlias = psycopg.Connection[Any]
_MARK_BYTES: Final = 8


def new_mark() -> bytes:
    """Return the mark of a call, by which it knows its own row after a lost answer."""
    return secrets.token_bytes(_MARK_BYTES)


class _LostError(Exception):
    """A connection was lost; ``may_be_done`` says whether its work may have been done all the same."""

    def __init__(self, *, may_be_done: bool) -> None:
        super().__init__()
        self.may_be_done = may_be_done


class Connections:
    """Does work on one database, within the limits of time of a request or of what is done beside requests.

    Args:
        address: of the database; errors as of ``Pool``.
    """

    def __init__(self, address: Address) -> None:
        self._pool = Pool(address)
        self._keeps_session = address.prepare_threshold is not None

    def call(self, work: Callable[[Connection], T]) -> T:
        """Return what ``work`` returns, whose every statement is a commit of its own.

        With a pooler in between, they are one commit, for limits of time hold in a transaction alone.

        Args:
            work: does the same thing when it is done again.

        Raises:
            StoreError: the database refuses, or cannot be reached.
        """
        alone = self._alone(work)
        return self._run(alone, again=alone)

    def call_once(self, work: Callable[[Connection], T]) -> T:
        """Return what ``work`` returns; if the answer is lost, raise ``StoreError``."""
        return self._run(self._alone(work), again=None)

    def number_of(self, query: str) -> float:
        """Return the one number that a query gives."""
        ((value,),) = self.call(lambda connection: connection.execute(query).fetchall())
        return cast("float", value)

    def changes_one(self, statement: str, values: Mapping[str, object]) -> bool:
        """Return whether a statement, which finds its own change when it is done again, changes one row."""
        return self.call(lambda connection: connection.execute(statement, values).rowcount) == 1

    def commits_one(self, statement: str, values: Mapping[str, object], *, again: str | None = None) -> bool:
        """Return whether a statement changes one row; if it is given up, it has changed nothing.

        It is a transaction: a server that hangs and goes on later undoes what nobody has committed.

        Args:
            statement: finds its own change when it is done again; or ``again`` does.
            values: of both.
            again: what is done in its place if the answer was lost.
        """
        last = statement if again is None else again
        count = self.write(
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
        """Close every connection that is not in use."""
        self._pool.close()

    def _run(
        self, work: Callable[[TimedConnection], T], *, again: Callable[[TimedConnection], T] | None
    ) -> T:
        try:
            return self._attempt(work)
        except _LostError as lost:
            second = again if lost.may_be_done else work
            if second is None:
                raise StoreError from lost.__cause__
        try:
            return self._attempt(second)
        except _LostError as lost:
            raise StoreError from lost.__cause__

    def _alone(self, work: Callable[[Connection], T]) -> Callable[[TimedConnection], T]:
        """Return work whose statements need no transaction, with one if nothing else has them limited."""
        return work if self._keeps_session else lambda connection: _in_transaction(connection, work)

    def _attempt(self, work: Callable[[TimedConnection], T]) -> T:
        budget = budget_of_request.get()
        limits = limits_within(budget)
        begun = time.monotonic()
        try:
            return self._lend(work, limits, end=begun + (math.inf if budget is None else budget.left_s))
        finally:
            if budget is not None:
                budget.spend(time.monotonic() - begun)

    def _lend(self, work: Callable[[TimedConnection], T], limits: Limits, *, end: float) -> T:
        loan = self._pool.take(until=end)
        try:
            loan.connection.limit(limits, end=end, keeps_session=self._keeps_session)
            return work(loan.connection)
        except _LostError:
            self._pool.renew(loan)
            raise
        except NoAnswerError as error:
            if error.hangs:
                self._pool.renew(loan, hangs=True)
            raise StoreError from error
        except psycopg.errors.ReadOnlySqlTransaction as error:  # nothing of the statement was done
            if self._pool.doubt(loan):
                raise _LostError(may_be_done=True) from error
            raise StoreError from error
        except psycopg.Error as error:
            if loan.connection.closed:
                self._pool.renew(loan)
                raise _LostError(may_be_done=True) from error
            raise StoreError from error
        finally:
            loan.give_back()


def _in_transaction(connection: TimedConnection, work: Callable[[Connection], T]) -> T:
    try:
        connection.execute(connection.begin, prepare=False)
        result = work(connection)
    except BaseException as error:
        if _is_lost(connection, error):
            raise _LostError(may_be_done=False) from error  # nothing is done before COMMIT
        with suppress(psycopg.Error):  # a connection that fails here is closed, which undoes it as well
            connection.rollback()
        raise
    connection.execute("COMMIT", prepare=False)
    return result


def _is_lost(connection: Connection, error: BaseException) -> bool:
    """Whether it is worth trying another connection: this one is gone, and not because nobody answers."""
    return isinstance(error, psycopg.Error) and connection.closed and not isinstance(error, NoAnswerError)
