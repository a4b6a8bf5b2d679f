"""This module checks what the vendor or its simulator answers, and never shows a value of an answer."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from liveform import LiveformError, VendorError
from tests.contract.row_table import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Differs(Exception):  # noqa: N818 - it names what happened, as the report shows it
    """What was answered is not what a row says.

    Attributes:
        row: the number of the row.
        what: the kind of difference: names and types, and never a value of an answer.
    """

    def __init__(self, row: str, what: str) -> None:
        super().__init__(f"row {row} differs: {what}")
        self.row = row
        self.what = what


def rows(*numbers: str) -> pytest.MarkDecorator:
    """Return the mark of a test that holds these rows of docs/vendor-api.md.

    Raises:
        ValueError: a row is not in the table.
    """
    unknown = [number for number in numbers if number not in ROWS]
    if unknown:
        raise ValueError(f"not in the table: {', '.join(unknown)}")
    return pytest.mark.rows(*numbers)


def hold(row: str, condition: object, what: str) -> None:
    """Raise ``Differs`` if a condition of a row is not met.

    Args:
        row: the number of the row.
        condition: what has to be true.
        what: the kind of difference, without a value of an answer.
    """
    if not condition:
        raise Differs(row, what)


def hold_members(row: str, found: object, kinds: Mapping[str, type | tuple[type, ...]]) -> None:
    """Raise ``Differs`` if an object lacks one of these members, or has it with another type.

    Args:
        row: the number of the row.
        found: a JSON value.
        kinds: the type of each member that has to be there.
    """
    if not isinstance(found, dict):
        raise Differs(row, f"{kind_of(found)} instead of an object")
    for name, kind in kinds.items():
        if name not in found:
            raise Differs(row, f"no member {name}")
        wanted = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(found[name], wanted) or (isinstance(found[name], bool) and bool not in wanted):
            raise Differs(row, f"the member {name} is {kind_of(found[name])}")


def kind_of(value: object) -> str:
    """Return the kind of a JSON value, such as ``a list``."""
    kinds: dict[type, str] = {
        dict: "an object",
        list: "a list",
        str: "a text",
        bool: "a boolean",
        int: "a number",
        float: "a number",
        type(None): "null",
    }
    return kinds.get(type(value), "something else")


@contextmanager
def refused(
    row: str, *, code: str | None = None, status: int | None = None, says: str = "", reason: str = "refused"
) -> Iterator[None]:
    """Raise ``Differs`` unless the block ends in a ``VendorError`` of this kind.

    Args:
        row: the number of the row.
        code: the vendor's code; None does not matter.
        status: the HTTP status; None does not matter.
        says: words of the error's text, which liveform shows since they are documented.
        reason: the reason of the error.
    """
    try:
        yield
    except VendorError as error:
        hold(row, error.reason == reason, f"the failure is {error.reason}, and not {reason}")
        hold(row, code in (None, error.code), f"the code is not {code}")
        hold(row, status in (None, error.status), f"the HTTP status is {error.status}, and not {status}")
        hold(row, says in error.problem, f"the error does not say {says!r}")
    except LiveformError as error:
        raise Differs(row, f"a {type(error).__name__} instead of a VendorError") from None
    else:
        raise Differs(row, "no failure")


def safe_text(error: BaseException) -> str:
    """Return what a report may say of the end of a test, whatever was answered."""
    if isinstance(error, Differs):
        return str(error)
    if isinstance(error, VendorError):  # its text holds no key and nothing of a person
        return f"VendorError: {error.problem}"
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = "" if place is None else f" in {place.tb_frame.f_code.co_name}, line {place.tb_lineno}"
    return f"{type(error).__name__}{where}"


def names_of(value: Any) -> set[str]:
    """Return the names of the members of an object; none for another value."""
    return set(value) if isinstance(value, dict) else set()
