"""How an attempt to deliver a message ended, and when the next one is. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

# The schedule that Standard Webhooks 1.0.0 gives as its example: ten attempts in about three days.
DELAYS_S: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
MOST_RETRY_AFTER_S: Final = 86_400.0
_JITTER: Final = 0.1


class Attempt(NamedTuple):
    """How an attempt ended.

    Attributes:
        problem: why the message was not delivered, in a word that may be logged; None if it was.
        is_last: whether another attempt makes no sense.
        retry_after_s: how many seconds the receiver asks to wait.
    """

    problem: str | None = None
    is_last: bool = False
    retry_after_s: float = 0.0


DELIVERED: Final = Attempt()


def next_attempt_at(
    attempt: Attempt, *, before: int, now: float, random: Callable[[], float]
) -> float | None:
    """Return the Unix time of the next attempt; None to give the message up.

    Args:
        attempt: the one that failed.
        before: how many attempts there were before that one.
        now: Unix time.
        random: returns a number from 0 to 1, which makes the wait up to a tenth longer: messages that failed
            together do not come back together.
    """
    if attempt.is_last or before >= len(DELAYS_S):
        return None
    wait_s = DELAYS_S[before] * (1.0 + _JITTER * random())
    return now + max(wait_s, min(attempt.retry_after_s, MOST_RETRY_AFTER_S))
