"""What options of faults, dashboards, requests and calls may be, and what is said of one that is wrong."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from datetime import timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, Protocol, TypeAlias, TypeVar
from urllib.parse import urlsplit

from liveform import ConfigError
from liveform.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_MOST: Final = 10**9
_SHOWN_CHARS: Final = 40
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
LONGEST: Final = timedelta(days=3_650)  # that a clock moves, and that something is late


class Rule(NamedTuple):
    """What an option may be.

    Attributes:
        allowed: what is allowed, as it follows "must be".
        holds: returns whether a value is allowed; it takes any object.
        names: the allowed texts, if these are names, in which a tester may make a typo.
    """

    allowed: str
    holds: Callable[[Any], bool]
    names: tuple[str, ...] = ()

    def problem(self, value: object) -> str:
        """Return what to say of a value that is not allowed; the value is not in it."""
        meant = nearest(value, self.names) if isinstance(value, str) else None
        return f"must be {self.allowed}" + ("" if meant is None else f"; did you mean {meant}?")


Rules: TypeAlias = "Mapping[str, Rule]"


class Options(Protocol):
    """A dataclass with a rule for each of its fields."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    RULES: ClassVar[Rules]


T = TypeVar("T", bound=Options)


def wrong(given: Mapping[str, object], rules: Rules) -> list[tuple[str, str]]:
    """Return each option that is unknown or not allowed, with what to say of it."""
    problems = []
    for name, value in given.items():
        if name not in rules:
            meant = nearest(name, rules)
            hint = f"known are {', '.join(rules)}" if meant is None else f"did you mean {meant}?"
            problems.append((repr(name)[1:-1][:_SHOWN_CHARS], f"is not a known option; {hint}"))
        elif not rules[name].holds(value):
            problems.append((name, rules[name].problem(value)))
    return problems


def check(given: Mapping[str, object], rules: Rules) -> None:
    """Refuse options that are unknown or not allowed.

    Raises:
        ConfigError: it names each option that is wrong, says what is allowed, and shows no value.
    """
    refuse(wrong(given, rules))


def refuse(problems: Iterable[tuple[str, str]]) -> None:
    """Raise a ConfigError if there are problems."""
    found = list(problems)
    if found:
        raise ConfigError(*found)


def wrong_fields(made: Options) -> list[tuple[str, str]]:
    """Return each field of a dataclass that is not allowed, with what to say of it."""
    return wrong({one.name: getattr(made, one.name) for one in fields(made)}, made.RULES)


def made_of(kind: type[T], given: Mapping[str, object]) -> T:
    """Return a value of a dataclass from options by name.

    Raises:
        ConfigError: an option is unknown, missing or not allowed.
    """
    missing = [
        (one.name, f"is missing; it must be {kind.RULES[one.name].allowed}")
        for one in fields(kind)
        if one.name not in given and one.default is MISSING and one.default_factory is MISSING
    ]
    refuse([*wrong(given, kind.RULES), *missing])
    return kind(**given)


def one_of(*names: str) -> Rule:
    """Return the rule that allows these names alone."""
    return Rule(f"one of {', '.join(names)}", lambda value: isinstance(value, str) and value in names, names)


def whole(low: int, high: int = _MOST) -> Rule:
    """Return the rule of whole numbers from ``low`` to ``high``."""
    return Rule(
        f"a whole number from {low} to {high}",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high,
    )


def number(low: float, high: float) -> Rule:
    """Return the rule of numbers from ``low`` to ``high``."""
    return Rule(
        f"a number from {low:g} to {high:.0f}", lambda value: is_number(value) and low <= value <= high
    )


def is_number(value: object) -> bool:
    """Return whether a value is a number, and not a truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def a(kind: type[object]) -> Rule:
    """Return the rule of objects of a class."""
    return Rule(f"a {kind.__name__}", lambda value: isinstance(value, kind))


def optional(rule: Rule) -> Rule:
    """Return the rule that allows None too."""
    return Rule(
        f"{rule.allowed}, or None (null in JSON)",
        lambda value: value is None or rule.holds(value),
        rule.names,
    )


def several(rule: Rule, *, least: int = 0) -> Rule:
    """Return the rule of tuples and lists of what a rule allows."""
    return Rule(
        f"a tuple or list, each {rule.allowed}" + (f"; at least {least}" if least else ""),
        lambda value: isinstance(value, tuple | list) and len(value) >= least and all(map(rule.holds, value)),
    )


def _is_http_url(value: object) -> bool:
    if not isinstance(value, str) or not value.isprintable() or " " in value:
        return False
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_network(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(ip_network(value, strict=False))
    except ValueError:
        return False


def _is_text(value: object) -> bool:
    """Return whether a value is text that can be written in UTF-8."""
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)


FLAG: Final = Rule("true or false", lambda value: isinstance(value, bool))
TEXT: Final = Rule("text", _is_text)
TEXT_MEMBERS: Final = Rule(
    "an object (a dict) of texts by name",
    lambda value: isinstance(value, dict) and all(_is_text(one) for pair in value.items() for one in pair),
)
HEADER: Final = Rule(
    "printable ASCII text", lambda value: isinstance(value, str) and value.isascii() and value.isprintable()
)
CODE: Final = Rule(
    "1 to 64 letters, digits, _ and -",
    lambda value: isinstance(value, str) and _CODE.fullmatch(value) is not None,
)
NETWORK: Final = Rule("an IP address or network", _is_network)
HTTP_URL: Final = Rule("an http or https URL", _is_http_url)
DURATION: Final = Rule(
    "a timedelta from 0 to ten years",
    lambda value: isinstance(value, timedelta) and timedelta(0) <= value <= LONGEST,
)
STEP_S: Final = Rule(
    "a number of seconds, at most ten years forward or back",
    lambda value: is_number(value) and abs(value) <= LONGEST.total_seconds(),
)
SECONDS: Final = number(0, LONGEST.total_seconds())
