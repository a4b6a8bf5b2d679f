"""What a parameter's value may be: rules that turn a Python value into the value on the wire.

A rule knows nothing of parameters. It either returns what the vendor wants to read (text, true,
false, or a JSON object) or raises ``FieldError`` with what is allowed. No message repeats a value,
for values are people's data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from math import isfinite
from typing import NamedTuple, Protocol

from liveform.errors import FieldError
from liveform.parameters.countries import alpha3, alpha3_by_alpha2
from liveform.wire.json_object import MEMBER_DEPTH, JsonValue, check_json, is_unicode


class ValueRule(Protocol):
    """One kind of value."""

    @property
    def wants(self) -> str:
        """What is allowed, in a few words, for documents and help texts."""

    @property
    def metavar(self) -> str:
        """The stand-in for the value in a command's help."""

    def check(self, field: str, value: object) -> JsonValue:
        """Return the value as it goes on the wire, or raise ``FieldError``."""


class Text(NamedTuple):
    """Any Unicode text of at least one character, or such that ``pattern`` matches all of it."""

    wants: str = "text"
    metavar: str = "TEXT"
    pattern: str | None = None

    def check(self, field: str, value: object) -> str:
        """Return the text."""
        if not isinstance(value, str):
            raise FieldError(field, "must be text")
        if not value:
            raise FieldError(field, "is empty; leave it out instead")
        if not value.isascii() and not is_unicode(value):
            raise FieldError(field, "must be Unicode, without lone surrogates")
        if self.pattern is not None and _compiled(self.pattern).fullmatch(value) is None:
            raise FieldError(field, f"must be {self.wants}")
        return value if type(value) is str else _exact(value)


_compiled = cache(re.compile)  # without the work that re.fullmatch() does to find its own copy


def _exact(text: str) -> str:
    """The text of a ``str`` subclass; ``str()`` of an enum member may be its name instead."""
    return "".join((text,))


class OnlyFalse(NamedTuple):
    """``False`` switches a check of the project off; there is no way to switch it on from here."""

    wants: str = "false only"
    metavar: str = "false"

    def check(self, field: str, value: object) -> bool:
        """Return False."""
        if value is False or value == "false":
            return False
        if value is True or value == "true":
            raise FieldError(
                field,
                "takes only False, which switches the check off for this submission; "
                "to have it on, leave it out (the dashboard decides)",
            )
        raise FieldError(field, "takes only False")


class Flag(NamedTuple):
    """``True`` or ``False``."""

    wants: str = "true or false"
    metavar: str = "true|false"

    def check(self, field: str, value: object) -> bool:
        """Return the boolean."""
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value in ("true", "false"):
            return value == "true"
        raise FieldError(field, "must be True or False")


class Country(NamedTuple):
    """One ISO 3166-1 alpha-3 code."""

    wants: str = "an ISO 3166-1 alpha-3 code"
    metavar: str = "USA"

    def check(self, field: str, value: object) -> str:
        """Return the code."""
        if isinstance(value, str) and value in alpha3():
            return value if type(value) is str else _exact(value)
        raise FieldError(field, f"must be {self.wants} in capitals, such as KOR{_probable_country(value)}")


def _probable_country(value: object) -> str:
    if not isinstance(value, str):
        return ""
    code = value.strip().upper()
    meant = alpha3_by_alpha2().get(code, code)
    return f"; did you mean {meant}?" if meant in alpha3() else ""


class Names(NamedTuple):
    """Several names in one text, with commas between and no spaces."""

    wants: str = "names, as a list or joined by commas"
    metavar: str = "A,B"
    choices: tuple[str, ...] | None = None
    each: Country | None = None

    def check(self, field: str, value: object) -> str:
        """Return the names joined by commas."""
        if isinstance(value, str) and self.each is not None and alpha3().issuperset(value.split(",")):
            return value if type(value) is str else _exact(value)
        names = value.split(",") if isinstance(value, str) else value
        if not isinstance(names, list | tuple) or not names:
            raise FieldError(field, f"must be {self.wants}")
        check = self._check_one if self.each is None else self.each.check
        return ",".join([check(field, name) for name in names])

    def _check_one(self, field: str, name: object) -> str:
        if not isinstance(name, str) or not _compiled(r"[^\s,]+").fullmatch(name) or not is_unicode(name):
            raise FieldError(field, f"must be {self.wants}; a name has no spaces and is not empty")
        if self.choices is not None and name not in self.choices:
            raise FieldError(field, f"allowed are {', '.join(self.choices)}")
        return name


class Structure(NamedTuple):
    """A JSON object whose shape the vendor does not publish; ready-made text goes out as it is."""

    wants: str = "a mapping (sent as a JSON object), or text"
    metavar: str = "JSON"

    def check(self, field: str, value: object) -> JsonValue:
        """Return a dict of its own, or the text."""
        if isinstance(value, str):
            return Text().check(field, value)
        if not isinstance(value, Mapping) or not value:
            raise FieldError(field, f"must be {self.wants}")
        members = dict(value)
        check_json(field, members, depth=MEMBER_DEPTH)
        return members


_MAX_SECONDS = 366 * 86_400


class Instant(NamedTuple):
    """An instant, in UTC to the second, rounded down: ``2026-04-30T15:00:00Z``."""

    wants: str = "a datetime with a time zone, a timedelta or seconds from now, or ISO 8601 text"
    metavar: str = "TIME"

    def check(self, field: str, value: object) -> str:
        """Return the instant as ISO 8601 text ending in Z."""
        return instant_text(field, value, now=datetime.now(UTC))


def instant_text(field: str, value: object, *, now: datetime) -> str:
    """Return ``value`` as an instant, where numbers and timedeltas count from ``now``.

    Raises:
        FieldError: no time zone, not after now (for a duration), or not a time at all.
    """
    try:
        instant = _instant(field, value, now).astimezone(UTC)
    except (OverflowError, ValueError) as error:
        if isinstance(error, FieldError):
            raise
        raise FieldError(field, f"must be {Instant().wants}, within the years 1 to 9999") from None
    return instant.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _instant(field: str, value: object, now: datetime) -> datetime:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise FieldError(field, "has no time zone; give a datetime with one, such as datetime.now(UTC)")
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
        if value > _MAX_SECONDS:
            raise FieldError(field, "counts seconds from now, a year at most; is this a Unix time?")
        value = timedelta(seconds=value)
    if not isinstance(value, timedelta):
        raise FieldError(field, f"must be {Instant().wants}")
    if value <= timedelta(0):
        raise FieldError(field, "must lie in the future")
    return now + value


def plain_text(field: str, value: JsonValue) -> str:
    """Return a wire value as it stands in a plain URL: booleans as ``true`` and ``false``.

    Raises:
        FieldError: a structure, which has no plain form.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _exact(value)
    if isinstance(value, float):
        return float.__repr__(value)
    if isinstance(value, int):
        try:
            return int.__repr__(value)
        except ValueError:  # an int of more digits than Python prints
            raise FieldError(field, "is too long a number") from None
    raise FieldError(field, "has no plain form; it can only be encrypted")
