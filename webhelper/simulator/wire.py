"""Whether the vendor accepts a value in the form in which it arrives.

The rules of the parameter table also convert values of Python callers: a list of names, the text "false",
seconds from now. The vendor does not, so the simulator accepts a value only in its final form.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from liveform import FieldError, Parameter

START_VALID_UNTIL: Final = "start_valid_until"


def is_accepted(row: Parameter, value: object, *, encrypted: bool) -> bool:
    """Return whether the vendor accepts ``value`` for this parameter (vendor pages QS, ENC, TOK).

    Args:
        row: the parameter.
        value: text from the query, or a JSON value from inside ``encrypted``.
        encrypted: whether it is inside ``encrypted``, where a boolean is a JSON boolean and not text.
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
    """Return the instant of an ISO 8601 text, or None if it is not one.

    The vendor ignores an offset in it, and always reads UTC (QS 2026-04).
    """
    written = _written(value)
    return None if written is None else written.replace(tzinfo=UTC)


def has_other_offset(value: object) -> bool:
    """Return whether an instant has an offset other than UTC, which the vendor ignores."""
    written = _written(value)
    return written is not None and bool(written.utcoffset())


def _written(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
