"""Options by name, of faults, dashboards, requests and calls: how they are checked by their rules."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, Protocol, TypeAlias, TypeVar

from liveform import ConfigError
from liveform.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_SHOWN_CHARS: Final = 40


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
