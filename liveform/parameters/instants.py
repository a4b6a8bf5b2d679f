"""Instants and durations: what a value or a text says, once its time is counted from a clock.

Only times need this module and datetime, so that ``values`` imports it at its first use.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Final

from liveform.errors import FieldError

_MAX_SECONDS: Final = 366 * 86_400
_DURATION: Final = re.compile(r"([0-9]{1,9})([smhd])")  # no capitals: M is a month elsewhere
_WITH_ZONE: Final = "write one behind it, as in 2030-04-30T15:00:00+09:00, or a time from now such as 7d"
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def instant_text(field: str, value: object, *, now: float) -> str:
    """Return ``value`` in UTC to the second, rounded down: ``2026-04-30T15:00:00Z``.

    Args:
        field: the name for messages.
        value: a datetime, ISO 8601 text, or a timedelta or number of seconds from ``now``.
        now: seconds since 1970.

    Raises:
        FieldError: no time zone, or a duration that is not in the future or too long.
        TypeError: not a time at all.
        ValueError, OverflowError: the text is not a time, or its year is not 1 to 9999.
    """
    instant = _instant(field, value, now).astimezone(UTC)
    return instant.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def read_text(field: str, text: str, *, now: float, wants: str) -> timedelta | str:
    """Return the duration of a number and a unit, such as ``15m``, or the text of a time.

    Args:
        field: the name for messages.
        text: what somebody wrote.
        now: seconds since 1970.
        wants: what the text may be, for messages.

    Raises:
        FieldError: not a time, a time without a time zone, or one that is not after ``now``.
    """
    duration = _DURATION.fullmatch(text)
    if duration is not None:
        return timedelta(**{_UNITS[duration[2]]: int(duration[1])})
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise FieldError(field, f"must be {wants}") from None
    if instant.utcoffset() is None:
        raise FieldError(field, f"has no time zone; {_WITH_ZONE}")
    if instant.timestamp() <= now:
        raise FieldError(field, "is past, so the form would not open; give a later time, or one from now: 7d")
    return text


def _instant(field: str, value: object, now: float) -> datetime:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise FieldError(field, "has no time zone; give a datetime with one, such as datetime.now(UTC)")
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
        if value > _MAX_SECONDS:
            raise FieldError(field, "counts seconds from now, a year at most; is this a Unix time?")
        value = timedelta(seconds=value)
    if not isinstance(value, timedelta):
        raise TypeError
    if value <= timedelta(0):
        raise FieldError(field, "must lie in the future")
    return datetime.fromtimestamp(now, UTC) + value
