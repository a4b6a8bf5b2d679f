"""Times as the vendor writes them, read as datetimes.

Tokens, projections, settings, face authentications and most webhooks have ISO 8601 with milliseconds and Z.
Submissions have a form that the pages write as ``YYYY-MM-DD-HH-MM-SS-ZZZ``; no page shows what ZZZ is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import Final

__all__ = ["read_time"]  # what webhelper uses too

_DASHED: Final = re.compile(r"(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)(\.\d{1,6})?(.*)", re.ASCII)
_UTC: Final = re.compile(r"-?(?:Z|UTC|GMT|[+-]?00:?00)", re.ASCII)
_OFFSET: Final = re.compile(r"(?:-?(\+)|--)(\d\d):?(\d\d)", re.ASCII)
_MIN_CHARS: Final = len("2026-06-24T09:30")
_MAX_CHARS: Final = 64


def read_time(text: object, *, without_zone: tzinfo = UTC) -> datetime | None:
    """Return the instant that a time of the vendor names, with a time zone; None if it cannot be read.

    Args:
        text: ISO 8601, or the vendor's form with dashes (vendor pages GET1, W-injection). In that form Z,
            UTC, GMT, ``+0900`` or ``+09:00`` may follow, with a dash before it. ``-0900`` cannot be read,
            since the dash may belong to the form or to the offset; ``--0900`` can.
        without_zone: the zone of a time that names none. UTC is our guess; the vendor does not say.

    >>> str(read_time("2026-06-24-09-30-00-+0900"))
    '2026-06-24 09:30:00+09:00'
    >>> str(read_time("2026-06-24T00:30:00.000Z"))
    '2026-06-24 00:30:00+00:00'
    >>> read_time("soon") is None
    True
    """
    if not isinstance(text, str) or not _MIN_CHARS <= len(text) <= _MAX_CHARS:
        return None  # a day alone is no instant
    dashed = _DASHED.fullmatch(text)
    try:
        instant = datetime.fromisoformat(text if dashed is None else _iso_text(dashed))
    except ValueError:  # a 13th month, an offset that nobody can read
        return None
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=without_zone)


def _iso_text(dashed: re.Match[str]) -> str:
    """The same in ISO 8601; raises ``ValueError`` for an offset that cannot be read."""
    date, hour, minute, second, fraction, zone = dashed.groups(default="")
    return f"{date}T{hour}:{minute}:{second}{fraction}{_iso_zone(zone)}"


def _iso_zone(zone: str) -> str:
    if not zone:
        return ""
    if _UTC.fullmatch(zone):
        return "Z"
    offset = _OFFSET.fullmatch(zone)
    if offset is None:
        raise ValueError
    plus, hours, minutes = offset.groups()
    return f"{plus or '-'}{hours}:{minutes}"
