"""Tests of when a message that was not delivered is tried again."""

import pytest
from sites import NOW

from webhelper.links.stores.outbox import LONGEST_DELAY_S
from webhelper.messages.attempt import DELAYS_S, MOST_RETRY_AFTER_S, Attempt, next_attempt_at

FAILED = Attempt("http_500")


def test_attempts_follow_the_schedule_of_standard_webhooks() -> None:
    """Ten attempts are made: the last one 75 hours, 35 minutes and 5 seconds after the first."""
    now, times = NOW, []
    for before in range(20):
        at = next_attempt_at(FAILED, before=before, now=now, random=lambda: 0.0)
        if at is not None:
            now = at
            times.append(at - NOW)
    assert times == [5, 305, 2105, 9305, 27305, 63305, 113705, 185705, 272105]
    assert times[-1] == (75 * 60 + 35) * 60 + 5


def test_wait_is_up_to_a_tenth_longer() -> None:
    """Messages that failed together are tried again at different times."""
    assert next_attempt_at(FAILED, before=1, now=NOW, random=lambda: 1.0) == NOW + 330
    assert next_attempt_at(FAILED, before=1, now=NOW, random=lambda: 0.5) == NOW + 315


@pytest.mark.parametrize(
    ("asked_s", "wait_s"),
    [(0, 5), (4, 5), (6, 6), (MOST_RETRY_AFTER_S, 86_400), (MOST_RETRY_AFTER_S + 1, 86_400), (1e300, 86_400)],
)
def test_receiver_may_ask_for_a_longer_wait_of_up_to_a_day(asked_s: float, wait_s: float) -> None:
    """A Retry-After makes the wait longer, never shorter, and not longer than a day."""
    attempt = Attempt("http_503", retry_after_s=asked_s)
    assert next_attempt_at(attempt, before=0, now=NOW, random=lambda: 0.0) == NOW + wait_s


def test_message_is_given_up_after_the_last_attempt() -> None:
    """After ten attempts, or one after which another makes no sense, a message is given up."""
    last = len(DELAYS_S)
    assert next_attempt_at(FAILED, before=last - 1, now=NOW, random=lambda: 0.0) == NOW + 86_400
    assert next_attempt_at(FAILED, before=last, now=NOW, random=lambda: 0.0) is None
    gone = Attempt("http_410", is_last=True, retry_after_s=60)
    assert next_attempt_at(gone, before=0, now=NOW, random=lambda: 0.0) is None


def test_no_wait_is_longer_than_the_outbox_allows() -> None:
    """The outbox takes a longer wait than these for one from before the clock was set back."""
    attempt = Attempt("http_503", retry_after_s=1e9)
    ends = [
        next_attempt_at(attempt, before=before, now=0.0, random=lambda: 1.0)
        for before in range(len(DELAYS_S))
    ]
    assert max(at for at in ends if at is not None) <= LONGEST_DELAY_S
