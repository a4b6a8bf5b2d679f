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
from liveform.hidden_characters import HIDDEN, JOINERS
from liveform.parameters.text_values import flag_or_text, in_quotes
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
        if self.pattern is not None and compiled(self.pattern).fullmatch(value) is None:
            raise FieldError(field, self.problem_of(value))
        return value if type(value) is str else exact_text(value)

    def problem_of(self, text: str) -> str:
        """Return what is wrong with a text that the pattern does not match."""
        return f"must be {self.wants}"


compiled = cache(re.compile)  # without the work that re.fullmatch() does to find its own copy


def exact_text(text: str) -> str:
    """The text of a ``str`` subclass; ``str()`` of an enum member may be its name instead."""
    return "".join((text,))


class Identifier(Text):
    """The text by which a system knows something; not a number that a table has rounded."""

    __slots__ = ()
    reads_text = True

    def from_text(self, field: str, text: str) -> object:
        """Return the text.

        Raises:
            FieldError: white space or an invisible character is around it, or a program has put quotes around
                it, or made a number of it such as ``1.23E+11``.
        """
        if text != text.strip():
            raise FieldError(field, "has white space around it; leave that out")
        if not text.isascii() and (text[0] in HIDDEN or text[-1] in _HIDDEN_BEHIND):
            raise FieldError(field, "has invisible characters around it; type it instead of pasting it")
        if text[:1] in _QUOTES and in_quotes(text):
            raise FieldError(field, "is in quotes; leave them out, or a space that is in front of them")
        if ("." in text or "," in text or "+" in text) and compiled(_ROUNDED).fullmatch(text):
            raise FieldError(
                field, "is a number that a program has rounded; make the column text, and fill it again"
            )
        return text


_QUOTES: Final = ("'", '"', "“", "‘")
_HIDDEN_BEHIND: Final = frozenset(HIDDEN) - frozenset(JOINERS)  # a word of Malayalam may end with one
_ROUNDED: Final = r"[0-9]+(?:[.,][0-9]+)?[Ee]\+[0-9]+|[0-9]+[.,]0+"


class OnlyFalse(ValueRule):
    """``False`` switches a check of the project off; there is no way to switch it on from here."""

    __slots__ = ()
    reads_text = True

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

    def from_text(self, field: str, text: str) -> object:
        """Return the boolean that a word such as ``FALSE`` means, or the text."""
        return flag_or_text(text)


class Flag(ValueRule):
    """``True`` or ``False``."""

    __slots__ = ()
    reads_text = True

    def __init__(self) -> None:
        super().__init__("true or false", "true|false")

    def check(self, field: str, value: object) -> bool:
        """Return the boolean."""
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value in ("true", "false"):
            return value == "true"
        raise FieldError(field, "must be True or False")

    def from_text(self, field: str, text: str) -> object:
        """Return the boolean that a word such as ``TRUE`` means, or the text."""
        return flag_or_text(text)


class Count(ValueRule):
    """A whole number of at least 1, up to what every JSON reader keeps exactly (RFC 7493 section 2.2)."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("a whole number of at least 1", "N")

    def check(self, field: str, value: object) -> int:
        """Return the number, which may be given in decimal digits."""
        if isinstance(value, str) and compiled(r"[1-9][0-9]{0,15}").fullmatch(value):
            value = int(value)
        if type(value) is not int or not 0 < value <= _MAX_EXACT:
            raise FieldError(field, f"must be {self.wants}, and at most {_MAX_EXACT}")
        return value


_MAX_EXACT: Final = 2**53 - 1


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
        """Return the timedelta of ``15m``, or the text of a time."""
        from liveform.parameters.instants import read_text

        return read_text(field, text, now=self.clock(), wants=self.text_wants)

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
        return exact_text(value)
    if isinstance(value, float):
        return float.__repr__(value)
    if isinstance(value, int):
        try:
            return int.__repr__(value)
        except ValueError:  # an int of more digits than Python prints
            raise FieldError(field, "is too long a number") from None
    raise FieldError(field, "has no plain form; it can only be encrypted")
