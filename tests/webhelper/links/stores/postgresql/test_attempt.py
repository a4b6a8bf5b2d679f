"""These tests try something in a thread."""

from __future__ import annotations

import threading

import psycopg
import pytest

from webhelper.errors import StoreError
from webhelper.links.stores.postgresql.attempt import Attempt
from webhelper.links.stores.postgresql.errors import DownError


def test_outcome_is_what_the_work_returns() -> None:
    """Whoever waits for a try gets what came of it; the work is given the try."""
    attempt: Attempt[object] = Attempt(lambda this: [this])
    attempt.start()
    attempt.join()
    assert attempt.result() == [attempt]


def test_try_that_has_not_ended_is_told() -> None:
    """A try that goes on is an error for whoever does not wait any longer."""
    goes_on = threading.Event()
    attempt = Attempt(lambda _: goes_on.wait())
    attempt.start()
    with pytest.raises(DownError):
        attempt.result()
    goes_on.set()
    attempt.join()
    assert attempt.result()


@pytest.mark.parametrize("error", [psycopg.OperationalError("planted"), StoreError()])
def test_error_is_raised_to_all_who_wait(error: Exception) -> None:
    """What the driver or the store raises in the thread is raised to each caller."""

    def fail(_: object) -> None:
        raise error

    attempt = Attempt(fail)
    attempt.start()
    attempt.join()
    for _ in range(2):
        with pytest.raises(type(error)) as caught:
            attempt.result()
        assert caught.value is error
