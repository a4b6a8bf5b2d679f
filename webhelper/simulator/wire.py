"""Whether a value is what the vendor reads, as it stands on the wire.

The rules of the parameter table also take what a Python caller may give: a list for joined names, the text
"false" for false, seconds from now for an instant. The vendor knows nothing of those, so a value counts here
only if it is in its final form already.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from liveform import FieldError, Parameter

START_VALID_UNTIL: Final = "start_valid_until"


def is_accepted(row: Parameter, value: object, *, encrypted: bool) -> bool:
    """Return whether the vendor takes ``value`` for this parameter (vendor pages QS, ENC, TOK).

    Args:
        row: the parameter.
        value: text from the query, or a JSON value from inside ``encrypted``.
        encrypted: where it stands. A boolean is text in the query, and a JSON boolean inside ``encrypted``.
    """
    if row.name == START_VALID_UNTIL:
        return read_instant(value) is not None
    try:
        final = row.value.check(row.vendor_name, value)
    except FieldError:
        return False
    if isinstance(final, bool) and not encrypted:
        return True
    return type(final) is type(value) and final == value


def read_instant(value: object) -> datetime | None:
    """Return the instant of an ISO 8601 text; None if it is none.

    The vendor always reads it as UTC (QS 2026-04), so an offset in it changes nothing.
    """
    written = _written(value)
    return None if written is None else written.replace(tzinfo=UTC)


def has_other_offset(value: object) -> bool:
    """Return whether an instant names an offset that is not UTC's, which the vendor does not look at."""
    written = _written(value)
    return written is not None and bool(written.utcoffset())


def _written(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
