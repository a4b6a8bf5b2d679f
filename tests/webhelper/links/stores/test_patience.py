"""These tests try again while somebody holds what is needed."""

from __future__ import annotations

import time

import pytest
from sites import Clock

from webhelper.errors import StoreError
from webhelper.links.stores.patience import PATIENCE_S, until_free


class HeldError(StoreError):
    """Somebody holds it."""


def is_held(error: StoreError) -> bool:
    """Whether somebody holds it."""
    return isinstance(error, HeldError)


class Work:
    """Work that fails with these errors, one a try, and then succeeds.

    Attributes:
        tries: how often it was tried.
    """

    def __init__(self, *errors: type[StoreError]) -> None:
        self._errors = iter(errors)
        self.tries = 0

    def __call__(self) -> str:
        """Do it."""
        self.tries += 1
        for error in self._errors:
            raise error
        return "done"


def test_work_is_tried_again_until_nobody_holds_what_it_needs() -> None:
    """Between two tries there is a pause."""
    work = Work(HeldError, HeldError)
    pauses: list[int] = []
    assert until_free(work, is_held, pause=lambda: pauses.append(work.tries)) == "done"
    assert pauses == [1, 2]


def test_other_errors_are_not_tried_again() -> None:
    """What nobody holds will not become free."""
    work = Work(HeldError, StoreError)
    with pytest.raises(StoreError):
        until_free(work, is_held, pause=lambda: None)
    assert work.tries == 2


def test_patience_ends_after_half_a_minute() -> None:
    """What is held for longer is an error, which the last try has raised."""
    clock, work = Clock(), Work(*[HeldError] * 9)
    with pytest.raises(HeldError):
        until_free(work, is_held, clock=clock, pause=lambda: clock.advance(PATIENCE_S / 2))
    assert work.tries == 3


def test_pause_is_a_tenth_of_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others get their turn between two tries."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    assert until_free(Work(HeldError), is_held) == "done"
    assert slept == [0.1]
