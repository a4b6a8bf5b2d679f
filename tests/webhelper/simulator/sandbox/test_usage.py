"""These tests check credits and request limits."""

import pytest
from sandboxes import PID, StillClock, make_dashboard, make_sandbox, submitted

from webhelper.simulator.sandbox.dashboard import Limits
from webhelper.simulator.sandbox.errors import NoCreditsError
from webhelper.simulator.sandbox.sandbox import Sandbox


def test_submission_takes_a_credit_when_it_is_created() -> None:
    """The last credit makes one submission, and no more; nothing is kept of the refused one."""
    sandbox = make_sandbox(credits=2)
    submitted(sandbox)
    submitted(sandbox, "rejected")
    assert sandbox.usage.credits_left(sandbox.dashboard(PID)) == 0
    with pytest.raises(NoCreditsError):
        submitted(sandbox)
    assert len(sandbox.events.newest()) == 4


def test_limits_begin_anew_with_each_second_and_day(sandbox: Sandbox, still: StillClock) -> None:
    """Two requests a second and four a day are let through; the day begins at 00:00 UTC (row 1.7)."""
    dashboard = make_dashboard(limits=Limits(per_second=2, per_day=5))

    def tries() -> list[bool]:
        return [sandbox.usage.admits(dashboard, sandbox.clock.now()) for _ in range(3)]

    assert sandbox.usage.requests_today(dashboard, still.now) == 0
    assert tries() == [True, True, False]
    assert sandbox.usage.requests_today(dashboard, still.now) == 3
    still.turn(seconds=1)
    assert tries() == [True, True, False]
    still.turn(hours=11, minutes=59, seconds=58)
    assert tries() == [False, False, False]
    still.turn(seconds=1)
    assert tries() == [True, True, False]
