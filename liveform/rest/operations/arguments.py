"""Arguments of an operation -> the members that the vendor reads: one table an endpoint, checked by rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote

from liveform.errors import FieldError, nearest, shown
from liveform.parameters.lists import Country
from liveform.parameters.values import Text, ValueRule
from liveform.wire.json_object import MEMBER_DEPTH, JsonValue, check_json

if TYPE_CHECKING:
    from typing import TypeAlias

Day: TypeAlias = "date | str"
_OTHER_PATH: Final = re.compile(r"\.\.|[\\%\x00-\x1f\x7f]")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Member(NamedTuple):
    """What an argument becomes: the vendor's name, what the value may be, and whether None is refused."""

    vendor_name: str
    rule: ValueRule
    required: bool = False


class OneOf(ValueRule):
    """One of a few words."""

    __slots__ = ("choices",)
    choices: tuple[str, ...]

    def __init__(self, *choices: str) -> None:
        super().__init__(f"one of {', '.join(choices)}", "WORD")
        self.choices = choices

    def check(self, field: str, value: object) -> str:
        """Return the word."""
        if isinstance(value, str) and value in self.choices:
            return "".join((value,))
        raise FieldError(field, f"must be {self.wants}{meant(value, self.choices)}")


class Date(ValueRule):
    """A day, as a ``datetime.date`` or as text such as ``1990-01-31``."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("a datetime.date, or text such as 1990-01-31 (YYYY-MM-DD)", "DATE")

    def check(self, field: str, value: object) -> str:
        """Return the day as YYYY-MM-DD."""
        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()
        try:
            if isinstance(value, str) and _DAY.fullmatch(value):
                return date.fromisoformat(value).isoformat()
        except ValueError:
            raise FieldError(field, "is not a day of the calendar") from None
        raise FieldError(field, f"must be {self.wants}")


class Number(ValueRule):
    """A finite number."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("a finite number", "N")

    def check(self, field: str, value: object) -> int | float:
        """Return the number."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise FieldError(field, f"must be {self.wants}")
        check_json(field, value)
        return value


class Whole(ValueRule):
    """A whole number from ``least`` to ``most``."""

    __slots__ = ("least", "most")
    least: int
    most: int

    def __init__(self, least: int, most: int) -> None:
        super().__init__(f"a whole number from {least:,} to {most:,}", "N")
        self.least, self.most = least, most

    def check(self, field: str, value: object) -> int:
        """Return the number."""
        if isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most:
            return value
        raise FieldError(field, f"must be {self.wants}")


class Ids(ValueRule):
    """1 to ``most`` ids, from any iterable."""

    __slots__ = ("most",)
    most: int

    def __init__(self, most: int) -> None:
        super().__init__(f"a list of 1 to {most} ids", "ID,ID")
        self.most = most

    def check(self, field: str, value: object) -> list[JsonValue]:
        """Return the ids as a list."""
        ids = listed(field, value)
        if not 1 <= len(ids) <= self.most:
            raise FieldError(field, f"must be {self.wants}")
        return [ID.check(field, one) for one in ids]


TEXT: Final = Text()
ID: Final = Text("text without white space", pattern=r"\S+")
COUNTRY: Final = Country()
DATE: Final = Date()
ADMIN: Final = Member("admin", TEXT, required=True)


def members_of(
    table: Mapping[str, Member], given: Mapping[str, object], *, extra: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """Return the vendor's members for the arguments that are given, which are those that are not None.

    Args:
        table: the argument's name -> what it becomes.
        given: the arguments by name.
        extra: members by the vendor's names that the table does not know; sent as they are.

    Raises:
        FieldError: an unknown argument, a wrong value, or a member in ``extra`` that has an argument.
    """
    members: dict[str, Any] = {}
    for name, value in given.items():
        if name not in table:
            raise FieldError(
                shown(name),
                f"is not known; allowed are {', '.join(table)}{meant(name, table)} "
                "(a new member of the vendor goes into extra)",
            )
        if value is None and table[name].required:
            raise FieldError(name, "is required")
        if value is not None:
            members[table[name].vendor_name] = table[name].rule.check(name, value)
    return {**members, **_checked_extra(table, extra)}


def _checked_extra(table: Mapping[str, Member], extra: object) -> dict[str, object]:
    if extra is None:
        return {}
    if not isinstance(extra, Mapping) or not all(isinstance(name, str) and name for name in extra):
        raise FieldError("extra", "must be a mapping from the vendor's names to values")
    arguments = {member.vendor_name: name for name, member in table.items()}
    for name, value in extra.items():
        if name in arguments:
            raise FieldError("extra", f"holds {name}; give it as the argument {arguments[name]}")
        check_json("extra", value, depth=MEMBER_DEPTH)
    return dict(extra)


def form_extra(extra: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """Return ``extra`` of a form, whose fields are text alone.

    Raises:
        FieldError: a value is not text.
    """
    if isinstance(extra, Mapping) and not all(isinstance(value, str) for value in extra.values()):
        raise FieldError("extra", "must hold text alone, since a form has no other values")
    return extra


def query_of(table: Mapping[str, Member], given: Mapping[str, object]) -> dict[str, str]:
    """Return the same as the text of query parameters."""
    return {name: str(value) for name, value in members_of(table, given).items()}


def names_of(
    field: str, names: object, known: Iterable[str], *, allow_unknown: bool = False
) -> tuple[str, ...]:
    """Return names that must be known ones, each once: one as text, or several of any iterable.

    Raises:
        FieldError: none, or an unknown one without ``allow_unknown``.
    """
    known = tuple(known)
    several = listed(field, (names,) if isinstance(names, str) else names)
    if not several:
        raise FieldError(field, f"is empty; allowed are {', '.join(known)}")
    for name in several:
        if not isinstance(name, str) or not re.fullmatch(r"[^\s,]+", name):
            raise FieldError(field, "must hold names, which have no spaces and no commas")
        if name not in known and not allow_unknown:
            raise FieldError(field, f"allowed are {', '.join(known)}{meant(name, known)}")
    return tuple(dict.fromkeys(several))


def listed(field: str, values: object) -> tuple[Any, ...]:
    """Return the values of an iterable.

    Raises:
        FieldError: not an iterable, or one text.
    """
    if not isinstance(values, Iterable) or isinstance(values, str | bytes | Mapping):
        raise FieldError(field, "must be a list or another iterable of text")
    return tuple(values)


def check_days(start_date: str | None, end_date: str | None) -> None:
    """Refuse a last day before the first."""
    if start_date is not None and end_date is not None and end_date < start_date:
        raise FieldError("end_date", "must not lie before start_date")


def meant(value: object, known: Iterable[str]) -> str:
    """Return ``; did you mean X?`` for what was probably meant, else nothing. It never shows the value."""
    if not isinstance(value, str):
        return ""
    folded = {name.replace("_", "").casefold(): name for name in known}
    found = nearest(value.replace("_", "").casefold(), folded)
    return "" if found is None else f"; did you mean {folded[found]}?"


def path_segment(field: str, value: object) -> str:
    """Return an id as a segment of a path, percent-encoded (RFC 3986 section 3.3).

    Raises:
        FieldError: not text, empty, with white space, or what names another path, also after a proxy has
            undone the percent-encoding.
    """
    text = ID.check(field, value)
    if text == "." or _OTHER_PATH.search(text):
        raise FieldError(field, "must be an id, and no path of its own")
    return quote(text, safe="")
