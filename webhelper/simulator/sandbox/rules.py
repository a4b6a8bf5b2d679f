"""What an option may be: the rules that faults, dashboards, requests and calls choose from."""

from __future__ import annotations

import re
from datetime import timedelta
from fnmatch import fnmatchcase
from ipaddress import ip_network
from typing import Final
from urllib.parse import urlsplit

from webhelper.simulator.sandbox.options import Rule

_MOST: Final = 10**9
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
LONGEST: Final = timedelta(days=3_650)  # that a clock moves, and that something is late


def one_of(*names: str) -> Rule:
    """Return the rule that allows these names alone."""
    return Rule(f"one of {', '.join(names)}", lambda value: isinstance(value, str) and value in names, names)


def pattern_of(*names: str) -> Rule:
    """Return the rule of patterns that one of these names matches at least, such as ``P*``."""
    return Rule(
        f"one of {', '.join(names)}, or a pattern such as {names[0][0]}*",
        lambda value: isinstance(value, str) and any(fnmatchcase(name, value) for name in names),
        names,
    )


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
