"""A parameter's value where nothing but text fits: an option of the command, a cell of a table."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from liveform.errors import FieldError, MalformedError
from liveform.parameters.values import Instant, Structure
from liveform.wire.json_object import read_object

if TYPE_CHECKING:
    from liveform.parameters.model import Parameter

_DURATION: Final = re.compile(r"([0-9]{1,9})([smhd])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def has_spelling(row: Parameter) -> bool:
    """Whether the parameter takes values that text has to spell; all others take the text as it is."""
    return isinstance(row.value, Instant | Structure)


def spelled(row: Parameter, text: str) -> object:
    """Return what ``text`` stands for: ``15m`` for a timedelta, ``{...}`` for a dict, else itself.

    Raises:
        FieldError: it begins like a JSON object, and is none.
    """
    if isinstance(row.value, Structure) and text.lstrip().startswith("{"):
        try:
            return read_object(text)
        except MalformedError:
            raise FieldError(row.name, "must be one JSON object with each member once, or text") from None
    duration = _DURATION.fullmatch(text) if isinstance(row.value, Instant) else None
    if duration is not None:
        return timedelta(**{_UNITS[duration[2]]: int(duration[1])})
    return text


def wants(row: Parameter) -> str:
    """Return what the text may be, in a few words."""
    if isinstance(row.value, Instant):
        return "ISO 8601 text with a time zone, or a time from now such as 90s, 15m, 2h or 7d"
    return row.value.wants
