"""Something that is tried in a thread, whose outcome several callers wait for."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Generic, TypeVar

import psycopg

from liveform import LiveformError
from webhelper.links.stores.postgresql.errors import DownError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Attempt(Thread, Generic[T]):
    """One try, in a thread that no process waits for at its end.

    Args:
        work: what is tried; it is given this attempt.
    """

    def __init__(self, work: Callable[[Attempt[T]], T]) -> None:
        super().__init__(name="database", daemon=True)
        self._work = work
        self._outcome: T | None = None
        self._error: psycopg.Error | LiveformError | None = None

    def run(self) -> None:
        """Try, and keep what comes of it."""
        try:
            self._outcome = self._work(self)
        except (psycopg.Error, LiveformError) as error:
            self._error = error

    def result(self) -> T:
        """Return what came of it.

        Raises:
            psycopg.Error, LiveformError: what was raised; ``DownError`` while it is not known.
        """
        if self._error is not None:
            raise self._error
        if self._outcome is None:
            raise DownError("the database has not answered yet")
        return self._outcome
