"""Instants and durations: what a value or a text says, once its time is counted from a clock.

Only times need this module and datetime, so that ``values`` imports it at its first use.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import TYPE_CHECKING, Final

from liveform.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Callable

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
        FieldError: not a time, a time without a time zone, one that is not after ``now``, or one after the
            year 9999.
    """
    found = _DURATION.fullmatch(text)
    if found is not None:
        duration = timedelta(**{_UNITS[found[2]]: int(found[1])})
        _check_calendar(field, lambda: datetime.fromtimestamp(now, UTC) + duration, wants)
        return duration
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise FieldError(field, f"must be {wants}") from None
    if instant.utcoffset() is None:
        raise FieldError(field, f"has no time zone; {_WITH_ZONE}")
    if instant.timestamp() <= now:
        raise FieldError(field, "is past, so the form would not open; give a later time, or one from now: 7d")
    _check_calendar(field, lambda: instant.astimezone(UTC), wants)
    return text


def _check_calendar(field: str, in_utc: Callable[[], datetime], wants: str) -> None:
    try:
        in_utc()
    except OverflowError:
        raise FieldError(field, f"must be {wants}, within the years 1 to 9999") from None


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
