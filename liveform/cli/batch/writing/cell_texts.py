"""A cell of any type -> its text in CSV, and its value in JSON."""

from __future__ import annotations

import json
from math import isfinite

from liveform.cells import UnreadableCell
from liveform.errors import FieldError


def cell_text(value: object) -> str:
    """Return a value as a cell: objects, true and false as JSON writes them, None as nothing.

    Raises:
        FieldError: a cell that its file's library cannot show.
    """
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, UnreadableCell):
        return _shown(value)
    if isinstance(value, bool | list | dict):
        return json_text(value)
    return str(value)


def json_text(value: object) -> str:
    """Return a value as compact JSON: null for numbers that JSON has no text for, other types as their text.

    Raises:
        FieldError: a cell that its file's library cannot show.
    """
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str, allow_nan=False)
    except ValueError:
        return json_text(_finite(value))


def json_member(value: object) -> object:
    """Return a cell as a member of an object; errors as in ``cell_text``."""
    return _shown(value) if isinstance(value, UnreadableCell) else value


def _shown(cell: UnreadableCell) -> str:
    if cell.text is None:
        raise FieldError("row", f"has a cell that {cell.problem}; --keep leaves its column out")
    return cell.text


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(member) for member in value]
    return value
