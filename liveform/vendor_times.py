"""Times as the vendor writes them, read leniently: ISO 8601, and ``YYYY-MM-DD-HH-MM-SS-ZZZ``.

The vendor shows no example of the second form (vendor-api rows 1.11, 9.23), so that its last part may be a
name of a zone or an offset.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

_MAX_CHARS: Final = 40
_HYPHENS: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)"
    r"(?:[- ]?(?:(?P<name>[A-Za-z]+)|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)?))?",
    re.ASCII,
)
_KOREA: Final = timezone(timedelta(hours=9), "KST")
_ZONES: Final = {"Z": UTC, "UTC": UTC, "GMT": UTC, "KST": _KOREA}


def read_time(text: object) -> datetime | None:
    """Return the time that a text of the vendor says, in UTC; None if it is no time that can be read.

    A time without a zone counts as UTC, which the vendor's other times are in (W-updated, W-delete). A date
    alone is no time.

    >>> read_time("2026-06-24T01:02:03.456Z").isoformat()
    '2026-06-24T01:02:03.456000+00:00'
    >>> read_time("2026-06-24-10-02-03-KST").isoformat()
    '2026-06-24T01:02:03+00:00'
    """
    if not isinstance(text, str) or len(text) > _MAX_CHARS:
        return None
    written = text.strip()
    try:
        found = _HYPHENS.fullmatch(written)
        time = _of_iso(written) if found is None else _of_hyphens(found)
        return None if time is None else time.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _of_iso(text: str) -> datetime | None:
    if ":" not in text:
        return None
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=UTC) if time.utcoffset() is None else time


def _of_hyphens(found: re.Match[str]) -> datetime | None:
    zone: timezone | None = UTC
    if found["name"]:
        zone = _ZONES.get(found["name"].upper())
    elif found["sign"]:
        offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
        zone = timezone(-offset if found["sign"] == "-" else offset)
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    return None if zone is None else datetime(year, month, day, hour, minute, second, tzinfo=zone)
