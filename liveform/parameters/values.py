"""What a parameter's value may be: rules that turn a Python value into the value on the wire.

A rule knows nothing of parameters. It either returns what the vendor wants to read (text, true,
false, or a JSON object) or raises ``FieldError`` with what is allowed. No message repeats a value,
for values are people's data.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import ClassVar, Final, cast

from liveform.errors import FieldError, MalformedError
from liveform.parameters.countries import alpha3, alpha3_by_alpha2
from liveform.wire.json_object import MEMBER_DEPTH, JsonValue, check_json, is_unicode, read_object


class ValueRule:
    """One kind of value; this one is anything that JSON can hold.

    Attributes:
        wants: what is allowed, in a few words, for documents and help texts.
        metavar: the placeholder for the value in a command's help.
        reads_text: whether ``from_text`` returns another value than the text for some texts.
    """

    __slots__ = ("metavar", "wants")
    wants: str
    metavar: str
    reads_text: ClassVar[bool] = False

    def __init__(self, wants: str = "any JSON value", metavar: str = "JSON") -> None:
        self.wants = wants
        self.metavar = metavar

    def check(self, field: str, value: object) -> JsonValue:
        """Return the value as it goes on the wire, or raise ``FieldError``."""
        check_json(field, value, depth=MEMBER_DEPTH)
        return cast("JsonValue", value)

    def from_text(self, field: str, text: str) -> object:
        """Return the value that a text means where nothing but text fits: an option, a cell of a table.

        Raises:
            FieldError: the text begins like a value of another kind, but is none.
        """
        return text

    @property
    def text_wants(self) -> str:
        """What such a text may be, in a few words."""
        return self.wants


class Text(ValueRule):
    """Any Unicode text of at least one character, or such that ``pattern`` matches all of it."""

    __slots__ = ("pattern",)

    def __init__(self, wants: str = "text", metavar: str = "TEXT", pattern: str | None = None) -> None:
        super().__init__(wants, metavar)
        self.pattern: str | None = pattern

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


class OnlyFalse(ValueRule):
    """``False`` switches a check of the project off; there is no way to switch it on from here."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("false only", "false")

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


class Flag(ValueRule):
    """``True`` or ``False``."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("true or false", "true|false")

    def check(self, field: str, value: object) -> bool:
        """Return the boolean."""
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value in ("true", "false"):
            return value == "true"
        raise FieldError(field, "must be True or False")


class Count(ValueRule):
    """A whole number of at least 1, up to what every JSON reader keeps exactly (RFC 7493 section 2.2)."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("a whole number of at least 1", "N")

    def check(self, field: str, value: object) -> int:
        """Return the number, which may be given in decimal digits."""
        if isinstance(value, str) and _compiled(r"[1-9][0-9]{0,15}").fullmatch(value):
            value = int(value)
        if type(value) is not int or not 0 < value <= _MAX_EXACT:
            raise FieldError(field, f"must be {self.wants}, and at most {_MAX_EXACT}")
        return value


_MAX_EXACT: Final = 2**53 - 1


class Country(ValueRule):
    """One ISO 3166-1 alpha-3 code."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("an ISO 3166-1 alpha-3 code", "USA")

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


class Names(ValueRule):
    """Several names in one text, with commas between and no spaces."""

    __slots__ = ("choices", "each")

    def __init__(
        self,
        wants: str = "names, as a list or joined by commas",
        metavar: str = "A,B",
        choices: tuple[str, ...] | None = None,
        each: Country | None = None,
    ) -> None:
        super().__init__(wants, metavar)
        self.choices: tuple[str, ...] | None = choices
        self.each: Country | None = each

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


class Structure(ValueRule):
    """A JSON object whose shape the vendor does not publish; ready-made text goes out as it is."""

    __slots__ = ()
    reads_text = True

    def __init__(self) -> None:
        super().__init__("a mapping (sent as a JSON object), or text", "JSON")

    def check(self, field: str, value: object) -> JsonValue:
        """Return a dict of its own, or the text."""
        if isinstance(value, str):
            return Text().check(field, value)
        if not isinstance(value, Mapping) or not value:
            raise FieldError(field, f"must be {self.wants}")
        members = dict(value)
        check_json(field, members, depth=MEMBER_DEPTH)
        return members

    def from_text(self, field: str, text: str) -> object:
        """Return the dict of ``{...}``, or the text."""
        if not text.lstrip().startswith("{"):
            return text
        try:
            return read_object(text)
        except MalformedError:
            raise FieldError(field, "must be one JSON object with each member once, or text") from None


class Instant(ValueRule):
    """An instant, in UTC to the second, rounded down: ``2026-04-30T15:00:00Z``.

    Args:
        clock: gives the time from which durations count, in seconds since 1970.
    """

    __slots__ = ("clock",)
    reads_text = True

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__(
            "a datetime with a time zone, a timedelta or seconds from now, or ISO 8601 text", "TIME"
        )
        self.clock: Callable[[], float] = clock

    def check(self, field: str, value: object) -> str:
        """Return the instant as ISO 8601 text ending in Z."""
        try:
            return _instant_text()(field, value, now=self.clock())
        except FieldError:
            raise
        except TypeError:
            raise FieldError(field, f"must be {self.wants}") from None
        except (OverflowError, ValueError):
            raise FieldError(field, f"must be {self.wants}, within the years 1 to 9999") from None

    def from_text(self, field: str, text: str) -> object:
        """Return the timedelta of ``15m``, or the text."""
        from liveform.parameters.instants import duration_of

        duration = duration_of(text)
        return text if duration is None else duration

    @property
    def text_wants(self) -> str:
        """ISO 8601, or a number and a unit."""
        return "ISO 8601 text with a time zone, or a time from now such as 90s, 15m, 2h or 7d"


@cache
def _instant_text() -> Callable[..., str]:
    """``instant_text``, found once, for an import statement takes as long as the text."""
    from liveform.parameters.instants import instant_text

    return instant_text


def plain_text(field: str, value: JsonValue) -> str:
    """Return a wire value as it is written in a plain URL: booleans as ``true`` and ``false``.

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
