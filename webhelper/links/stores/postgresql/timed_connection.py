"""A connection that gives up a statement when no answer comes, whatever has become of the server."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, TypeVar

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

T = TypeVar("T")

ANSWER_S: Final = 5.0  # a server that works answers sooner: it has shorter limits of its own


class NoAnswerError(psycopg.OperationalError):
    """The server has not answered in time: it hangs, or the network between has gone."""


class TimedConnection(psycopg.Connection[Any]):
    """A connection whose every statement has a limit of time, even if the host of the server is gone."""

    def wait(self, gen: Generator[Any, Any, T], *args: Any, **kwargs: Any) -> T:  # noqa: ANN401 - psycopg's own
        """Return what the server answers.

        Raises:
            NoAnswerError: nothing for five seconds; the connection is closed.
        """
        try:
            return super().wait(until(gen, time.monotonic() + ANSWER_S), *args, **kwargs)
        except NoAnswerError:
            self.close()
            raise


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
