"""Times of commands: what ``--since`` takes, and how a moment is printed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from liveform import FieldError

_DURATION: Final = re.compile(r"([0-9]{1,6})([smhd])", re.ASCII)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_PROBLEM: Final = "must be a duration such as 90s, 15m, 2h or 2d, or a date such as 2026-06-24 (UTC)"


def since(text: str, *, now: float) -> float:
    """Return the Unix time that ``--since`` names.

    Args:
        text: a duration before now, in seconds, minutes, hours or days; or a date, which begins at 00:00 UTC.
        now: Unix time.

    Raises:
        FieldError: it is something else, or a date that is still to come.
    """
    duration = _DURATION.fullmatch(text)
    if duration is not None:
        return max(0.0, now - int(duration[1]) * _SECONDS[duration[2]])
    moment = _start_of_day(text)
    if moment > now:
        raise FieldError("--since", "must not be a date in the future")
    return moment


def _start_of_day(text: str) -> float:
    if not _DATE.fullmatch(text):
        raise FieldError("--since", _PROBLEM)
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    except ValueError:  # the 31st of June
        raise FieldError("--since", _PROBLEM) from None


def as_text(moment: float | None) -> str | None:
    """Return a Unix time as ISO 8601 in UTC, to the second: ``2026-06-24T09:30:00Z``."""
    return None if moment is None else f"{_utc(moment):%Y-%m-%dT%H:%M:%SZ}"


def as_column(moment: float) -> str:
    """Return a Unix time for a narrow column, in UTC and without the year: ``06-24 09:30``."""
    return f"{_utc(moment):%m-%d %H:%M}"


def _utc(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
