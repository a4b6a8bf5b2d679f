"""Whether a call that failed is sent again, and when. Pure: no clock, no sleep, no randomness of its own.

What happened          read, or repeatable    another write    may a write have been done?
---------------------  ---------------------  ---------------  ---------------------------
not opened             again                  again            no
certificate            -                      -                no
time-out, broken       again                  -                yes
not readable           again                  -                yes
other shape            -                      -                yes
HTTP 429               again                  -                no
HTTP 408               again                  -                no
HTTP 502, 503, 504     again                  -                yes
another 5xx            -                      -                yes
another 4xx, 3xx       -                      -                no

A 429 counts as not done, since a gateway answers it instead of the program behind it. Another write is not
sent again even so: no page of the vendor names 429 or Retry-After (row 1.6). A 500 is not sent again: the
vendor answers it for its own errors, too (row 1.10). A Retry-After of up to 60 seconds is obeyed, and a
longer one ends the call at once.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_RETRY_AFTER_S: Final = 60.0
FIRST_BACKOFF_S: Final = 0.5
MAX_BACKOFF_S: Final = 8.0

_AGAIN_IF_HARMLESS: Final = frozenset((408, 429, 502, 503, 504))


class Happened(Enum):
    """What became of one try."""

    NOT_OPENED = "no connection was opened"
    CERTIFICATE = "the certificate does not hold"
    TIMEOUT = "no answer in time"
    BROKEN = "the connection broke"
    UNREADABLE = "the answer is no answer"  # half of one, perhaps
    OTHER_SHAPE = "the answer is another one than documented"
    STATUS = "the vendor answered with a failure"


class Trouble(NamedTuple):
    """A try that failed.

    Attributes:
        happened: what became of it.
        status: the HTTP status that tells; None without an answer.
        retry_after_s: the seconds that the answer asks to wait.
    """

    happened: Happened
    status: int | None = None
    retry_after_s: float | None = None


class Effect(NamedTuple):
    """What an operation does to the vendor's data.

    Attributes:
        reads: it changes nothing.
        repeatable: twice has the effect of once.
    """

    reads: bool
    repeatable: bool


def may_be_repeated(trouble: Trouble, effect: Effect) -> bool:
    """Return whether the table above says ``again``."""
    match trouble.happened:
        case Happened.NOT_OPENED:
            return True
        case Happened.CERTIFICATE | Happened.OTHER_SHAPE:
            return False
        case Happened.STATUS if trouble.status not in _AGAIN_IF_HARMLESS:
            return False
    return effect.reads or effect.repeatable


def may_have_happened(trouble: Trouble, effect: Effect) -> bool:
    """Return whether the vendor may have done what a write asked for."""
    if effect.reads or trouble.happened in (Happened.NOT_OPENED, Happened.CERTIFICATE):
        return False
    if trouble.happened is Happened.STATUS:
        return trouble.status is not None and trouble.status >= 500
    return True


def seconds_to_wait(
    trouble: Trouble, effect: Effect, *, repeats: int, max_retries: int, random: Callable[[], float]
) -> float | None:
    """Return the seconds to wait before the same request is sent again, or None to give up.

    Args:
        trouble: what happened.
        effect: what the operation does.
        repeats: how often it was sent again already.
        max_retries: how often it may be.
        random: returns a number from 0 to 1: the wait is any part of the full one, so that many clients that
            failed together do not come back together.
    """
    if repeats >= max_retries or not may_be_repeated(trouble, effect):
        return None
    if trouble.retry_after_s is not None:
        return trouble.retry_after_s if trouble.retry_after_s <= MAX_RETRY_AFTER_S else None
    return random() * min(MAX_BACKOFF_S, FIRST_BACKOFF_S * 2.0 ** min(repeats, 16))


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110 section 10.2.3), or None.

    Args:
        value: the header; a number of seconds or an HTTP-date. Anything else counts as absent.
        now: the time in UTC.
    """
    if value is None or len(value) > 64:
        return None
    text = value.strip()
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if date.tzinfo is None:  # "-0000"
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - now).total_seconds())
