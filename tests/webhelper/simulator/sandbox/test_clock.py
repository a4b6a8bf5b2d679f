"""These tests check the clock of the sandbox, and how times are written."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from sandboxes import NOON, StillClock, make_sandbox

from webhelper.simulator.sandbox.clock import iso, item_time, real_time
from webhelper.simulator.sandbox.sandbox import Sandbox


def test_clock_shows_the_real_time_until_it_is_moved(sandbox: Sandbox, still: StillClock) -> None:
    """A new sandbox has the real time; a move adds to it, also backwards."""
    assert sandbox.clock.now() == still.now
    sandbox.clock.move(timedelta(hours=25))
    still.turn(minutes=1)
    assert sandbox.clock.now() == datetime(2026, 5, 2, 13, 1, tzinfo=UTC)
    sandbox.clock.move(timedelta(hours=-25))
    assert sandbox.clock.now() == still.now


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
