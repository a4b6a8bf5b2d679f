"""These tests check the clock of the sandbox, and how times are written."""

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sandboxes import NOON, StillClock, make_sandbox

from liveform import ConfigError
from webhelper.simulator.sandbox.clock import iso, item_time, real_time, time_step
from webhelper.simulator.sandbox.sandbox import Sandbox


def test_clock_shows_the_real_time_until_it_is_moved(sandbox: Sandbox, still: StillClock) -> None:
    """A new sandbox has the real time; a move adds to it, also backwards."""
    assert sandbox.clock.now() == still.now
    sandbox.clock.move(timedelta(hours=25))
    still.turn(minutes=1)
    assert sandbox.clock.now() == datetime(2026, 5, 2, 13, 1, tzinfo=UTC)
    sandbox.clock.move(timedelta(hours=-25))
    assert sandbox.clock.now() == still.now


@pytest.mark.parametrize(
    ("by", "step"),
    [
        ({}, timedelta(0)),
        ({"minutes": 3, "seconds": -0.5}, timedelta(minutes=3, seconds=-0.5)),
        ({"weeks": 1, "days": 1, "hours": 1}, timedelta(days=8, hours=1)),
        ({"milliseconds": 1, "microseconds": 1}, timedelta(microseconds=1001)),
        ({"days": 3_650}, timedelta(days=3_650)),
        ({"days": -3_650}, timedelta(days=-3_650)),
    ],
)
def test_step_is_the_sum_of_its_units(by: dict[str, object], step: timedelta) -> None:
    """A step of the clock is given by units, together at most ten years forward or back."""
    assert time_step(by) == step


@pytest.mark.parametrize(
    ("by", "problem"),
    [
        ({"minutes": "x"}, "minutes: must be a number"),
        ({"minutes": True}, "minutes: must be a number"),
        ({"minute": 3}, "minute: is not a known option; did you mean minutes?"),
        ({"nothing": 3}, "nothing: is not a known option; known are weeks, days"),
        *(({"minutes": by}, "clock: moves by at most ten years") for by in (float("nan"), float("inf"))),
        *(({"days": by}, "clock: moves by at most ten years") for by in (3_651, -3_651, 10**12, 10**400)),
        ({"days": 3_650, "microseconds": 1}, "clock: moves by at most ten years"),
    ],
)
def test_wrong_step_is_refused(by: dict[str, object], problem: str) -> None:
    """Another unit, a value that is not a number, and more than ten years are refused."""
    with pytest.raises(ConfigError, match=re.escape(problem)):
        time_step(by)


def test_clock_stays_within_a_hundred_years_of_the_real_time(sandbox: Sandbox, still: StillClock) -> None:
    """A clock that moves again and again stops at 100 years, before its times cannot be written."""
    for days in (3_650, -3_650):
        for _ in range(10):
            sandbox.clock.move(timedelta(days=days))
        with pytest.raises(ConfigError, match="100 years"):
            sandbox.clock.move(timedelta(microseconds=days))
        assert sandbox.clock.now() == still.now + timedelta(days=10 * days)
        sandbox.clock.move(timedelta(days=-10 * days))


def test_all_processes_have_the_same_clock(tmp_path: Path) -> None:
    """A move counts for everyone who has opened the file."""
    one, other = make_sandbox(tmp_path / "box.db"), make_sandbox(tmp_path / "box.db")
    one.clock.move(timedelta(days=1))
    assert other.clock.now() == one.clock.now() == datetime(2026, 5, 2, 12, tzinfo=UTC)


def test_clock_is_utc_whatever_the_real_one_is(sandbox: Sandbox, still: StillClock) -> None:
    """The time of the sandbox is UTC."""
    still.now = datetime(2026, 5, 1, 21, tzinfo=timezone(timedelta(hours=9)))
    assert iso(sandbox.clock.now()) == NOON


def test_times_are_written_as_the_vendor_does() -> None:
    """Times have milliseconds and Z (row 1.11); items have the pattern with hyphens."""
    assert iso(datetime(2026, 5, 1, 12, 0, 0, 1999, tzinfo=UTC)) == "2026-05-01T12:00:00.001Z"
    assert item_time(NOON) == "2026-05-01-12-00-00-UTC"


def test_real_time_has_a_time_zone() -> None:
    """The real time is UTC."""
    assert real_time().utcoffset() == timedelta(0)
