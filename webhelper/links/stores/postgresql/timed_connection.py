"""A connection that gives up a statement when no answer comes, whatever has become of the server."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

import psycopg
from psycopg import capabilities

from webhelper.links.stores.postgresql.errors import NoAnswerError
from webhelper.links.stores.postgresql.limits import ELSEWHERE, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

T = TypeVar("T")

_CANCEL_S: Final = 0.2
# Who waits for a row sees what its holder has committed, whatever the database's default is.
_BEGIN: Final = "BEGIN ISOLATION LEVEL READ COMMITTED"
_OF_SESSION: Final = "SET default_transaction_isolation = 'read committed'"


class TimedConnection(psycopg.Connection[Any]):
    """A connection whose every statement has a limit of time, even if the host of the server is gone.

    Attributes:
        begin: the SQL that begins a transaction within the limits.
    """

    begin = "BEGIN"
    _answer_s = ELSEWHERE.answer_s
    _end = math.inf
    _of_session: Limits | None = None

    def limit(self, limits: Limits, *, end: float, keeps_session: bool) -> None:
        """Set the limits of what comes.

        Args:
            limits: of each statement.
            end: the time of ``time.monotonic`` at which nothing is waited for any more.
            keeps_session: whether statements meet the session of the one before. If a pooler gives each
                transaction another session, each sets its limits by ``begin``.
        """
        self._answer_s, self._end = limits.answer_s, end
        if not keeps_session:
            self.begin = f"{_BEGIN}; {limits.settings('SET LOCAL')}"
        elif self._of_session != limits:
            self.execute(f"{_OF_SESSION}; {limits.settings('SET')}", prepare=False)
            self._of_session = limits

    def wait(self, gen: Generator[Any, Any, T], *args: Any, **kwargs: Any) -> T:  # noqa: ANN401 - psycopg's own
        """Return what the server answers.

        Raises:
            NoAnswerError: it has not answered in time; the statement is cancelled, the connection closed.
        """
        answer_by = time.monotonic() + self._answer_s
        try:
            return super().wait(until(gen, min(answer_by, self._end)), *args, **kwargs)
        except NoAnswerError as error:
            error.hangs = answer_by <= self._end
            self._give_up(is_there=not error.hangs)
            raise

    def _give_up(self, *, is_there: bool) -> None:
        """Cancel the statement, if the server is there; libpq before 17 might wait for it for ever."""
        if is_there and capabilities.has_cancel_safe():
            with suppress(psycopg.Error):  # then the server's own limit ends the statement
                self.cancel_safe(timeout=_CANCEL_S)
        self.close()


def until(
    gen: Generator[Any, Any, T], end: float, clock: Callable[[], float] = time.monotonic
) -> Generator[Any, Any, T]:
    """Go through a generator of psycopg's, which yields what it waits for and is sent what is ready.

    Args:
        gen: the generator.
        end: the time of ``clock`` at which nothing is waited for any more.
        clock: seconds that never go back.

    Raises:
        NoAnswerError: nothing was ready until then.
    """
    ready = None
    while True:
        try:
            wanted = gen.send(ready)
        except StopIteration as stop:
            result: T = stop.value
            return result
        while not (ready := (yield wanted)):  # nothing yet: psycopg asks so every tenth of a second
            if clock() >= end:
                raise NoAnswerError("no answer from the database")
