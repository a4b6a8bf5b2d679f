"""A cell of a table -> the value of a parameter, whatever library made the cell.

Missing is missing: None, NaN, pandas.NA and NaT, and text without a visible character. Whole numbers become
their digits where text is wanted. What cannot be read is refused by its kind, and never shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.errors import FieldError
from liveform.parameters.values import Count, Instant, Text
from liveform.text_cells import meant_text, read_text

if TYPE_CHECKING:
    from liveform.parameters.model import Parameter
    from liveform.parameters.values import ValueRule


_ROUNDED: Final = (
    "is a number with a decimal point, which may be rounded; make the column text or whole numbers"
)
_NO_NUMBER: Final = "is not a number that can be written out; make the column text"
_TOO_LARGE: Final = 10**640  # Python prints as many digits, however it is set up


class UnreadableCell(NamedTuple):
    """A cell that a file holds, and that has no value.

    Attributes:
        problem: why, for the error of its row.
        text: what a copy of the row shows; None if nothing can be shown. One that shows no text is empty
            where no value is wanted, such as the rest of merged cells.
        number: what it is where a number is wanted; None if that is not certain.
    """

    problem: str
    text: str | None = None
    number: int | None = None


def cell_value(parameter: Parameter, cell: object) -> object:
    """Return what a cell says of a parameter; None if it is empty.

    Raises:
        FieldError: the cell is of a kind that no parameter takes, or its text is not of its parameter's kind.
    """
    if not isinstance(cell, str):
        return _typed(parameter.name, parameter.value, cell)
    text = meant_text(cell)
    return read_text(parameter, text) if text else None


def is_empty(cell: object) -> bool:
    """Whether a cell shows nothing: None, NaN, pandas.NA or NaT, or text without a visible character."""
    if isinstance(cell, str):
        return not meant_text(cell)
    if cell is None:
        return True
    if isinstance(cell, UnreadableCell):
        return cell.text == ""
    try:
        return bool(cell != cell)  # noqa: PLR0124 - NaN and NaT differ from themselves, in every library
    except TypeError:
        return True  # pandas.NA: whether it differs is missing too
    except Exception:  # noqa: BLE001 - an array, or something else that has no single answer
        return False


def _typed(field: str, rule: ValueRule, cell: object) -> object:
    """The value of a cell that is not text."""
    if isinstance(cell, UnreadableCell):
        if cell.number is not None and isinstance(rule, Count):
            return cell.number
        raise FieldError(field, cell.problem)
    if is_empty(cell):
        return None
    value = _python(cell)
    if isinstance(rule, Instant):
        return _time(field, rule, value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float | Decimal):
        return _number(field, rule, value)
    if isinstance(value, date | time | timedelta) and isinstance(rule, Text):
        raise FieldError(field, "is a date or a time, and must be text")
    if not isinstance(value, date | timedelta | Mapping | list | tuple):
        problem = "must be text, a number, true or false, a time, a list or an object"
        raise FieldError(field, f"{problem}; make the column text")
    return value


def _python(cell: object) -> object:
    """The cell itself, or the Python value of a scalar of numpy."""
    if type(cell).__module__ == "numpy" and getattr(cell, "shape", None) == ():
        return getattr(cell, "item", lambda: cell)()
    return cell


def _time(field: str, rule: Instant, value: object) -> object:
    """A time of a table: it must have a zone, and be in the future.

    A number is refused: in a table it may be a date that has lost its format, or days, or seconds.
    """
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, datetime):
        raise FieldError(field, f"must be {rule.text_wants}")
    rule.from_text(field, value.isoformat())
    return value


def _number(field: str, rule: ValueRule, number: int | float | Decimal) -> object:
    """A number as its parameter wants it: a whole one as digits, or as an int."""
    is_exact = isinstance(number, int) or not isinstance(number, float) or isinstance(rule, Count)
    whole = _whole(field, number) if is_exact else None
    if isinstance(rule, Text):
        if whole is None:
            raise FieldError(field, _ROUNDED)
        return str(whole)
    return whole if isinstance(rule, Count) and whole is not None else number


def _whole(field: str, number: int | float | Decimal) -> int | None:
    """A number without a fraction as an int; None for one with a fraction, and for infinity and NaN."""
    if isinstance(number, float) and not isfinite(number):
        return None
    if isinstance(number, Decimal) and not number.is_finite():
        if number.is_snan():
            raise FieldError(field, _NO_NUMBER)
        return None
    if not -_TOO_LARGE < number < _TOO_LARGE:
        raise FieldError(field, _NO_NUMBER)
    return int(number) if number == int(number) else None
