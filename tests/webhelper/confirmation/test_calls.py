"""Tests of the pace of the comparison: so many calls a second, and a share of a day's."""

import pytest
from reconciling import Turning

from liveform import VendorError
from webhelper.confirmation.calls import CALLS_PER_DAY, CALLS_PER_SECOND, CallPace

DAY_S = 86_400


def pace_of(*limits: int) -> tuple[CallPace, Turning]:
    """Return a pace with these limits, and its clock."""
    turning = Turning()
    return CallPace(*limits, clock=turning, sleep=turning.sleep), turning


def test_two_calls_a_second_are_half_a_second_apart() -> None:
    """The first call waits for nothing, and each further one until half a second after the one before."""
    pace, turning = pace_of()
    for _ in range(5):
        pace.wait(now=0.0)
    assert CALLS_PER_SECOND == 2
    assert turning.slept == [0.5] * 4


def test_time_that_calls_take_counts() -> None:
    """A call that took longer than the interval is followed by the next one at once, and by no burst."""
    pace, turning = pace_of(10)
    pace.wait(now=0.0)
    turning.passed += 0.04
    pace.wait(now=0.0)
    turning.passed += 7.0
    pace.wait(now=0.0)
    pace.wait(now=0.0)
    assert turning.slept == pytest.approx([0.06, 0.1])


def test_day_has_a_share_of_the_vendors_calls() -> None:
    """The call after the day's share is refused with the reason ``limit``; the next day begins anew."""
    pace, turning = pace_of(1, 3)
    midnight = 20_000.0 * DAY_S
    for _ in range(3):
        pace.wait(now=midnight - 1)
    slept = len(turning.slept)
    for _ in range(2):
        with pytest.raises(VendorError) as caught:
            pace.wait(now=midnight - 1)
        assert (caught.value.reason, caught.value.code) == ("limit", "limit")
    assert len(turning.slept) == slept
    for _ in range(3):
        pace.wait(now=midnight)
    with pytest.raises(VendorError):
        pace.wait(now=midnight - 1)  # a clock that was set back begins no new day


def test_share_leaves_calls_for_others() -> None:
    """The share is 80,000 of the 100,000 calls that the vendor's FAQ allows (vendor-api row 1.7)."""
    assert CALLS_PER_DAY == 80_000
