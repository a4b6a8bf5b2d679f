"""What is wrong with a member of a request, in our words.

msgspec says where a value does not fit, and of which type it is. What is allowed is in the schema of the
request, which the OpenAPI document shows too.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import msgspec

from liveform import FieldError
from liveform.errors import nearest
from webhelper.links.link_request import LINES, ONE_LINE, USERID_PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNKNOWN: Final = re.compile(r"Object contains unknown field `([^`]{0,40})")
_MISSING: Final = re.compile(r"Object missing required field `(\w+)`")
_GOT: Final = re.compile(r"Expected .*, got `(\w+)`")
_PLACE: Final = re.compile(r" - at `\$\.?([^`]*)`\Z")
_BODY: Final = "body"
# By the names of msgspec, and of JSON Schema where these are others.
_TYPES: Final = {
    "str": "text",
    "string": "text",
    "int": "a whole number",
    "integer": "a whole number",
    "float": "a number with a fraction",
    "number": "a number",
    "bool": "true or false",
    "boolean": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
}
_SIZES: Final = {
    "string": ("minLength", "maxLength", " characters"),
    "integer": ("minimum", "maximum", ""),
    "object": ("minProperties", "maxProperties", " members"),
}
_PATTERNS: Final = {
    ONE_LINE: "on one line",
    LINES: "without control characters",
    USERID_PREFIX: "1 to 40 letters, digits, dots, dashes and underscores",
}


def type_problem(said: str, wanted: type[Any], *, is_text: bool) -> FieldError:
    """Return the error that names a member and says what it must be; the value is not in it.

    Args:
        said: the message of msgspec's ``ValidationError``.
        wanted: the type of the request.
        is_text: whether the members came as text, in a query or a form, where nothing can be null.
    """
    members = _members(wanted)  # type: ignore[arg-type]  # mypy takes a class's __hash__ for that of its objects
    unknown = _UNKNOWN.match(said)
    if unknown is not None:
        return FieldError(unknown[1] or _BODY, _unknown(unknown[1], members))
    missing = _MISSING.match(said)
    if missing is not None:
        return FieldError(
            missing[1], f"is missing; it must be {_wants(missing[1], members, is_text=is_text)}"
        )
    place, got = _PLACE.search(said), _GOT.match(said)
    name = _BODY if place is None else place[1]
    but = "" if got is None or is_text else f", not {_TYPES.get(got[1], got[1])}"
    return FieldError(name, f"must be {_wants(name, members, is_text=is_text)}{but}")


def _unknown(name: str, members: Mapping[str, tuple[str, ...]]) -> str:
    meant = nearest(name, members)
    return "is not a known field" + ("" if meant is None else f"; did you mean {meant}?")


def _wants(name: str, members: Mapping[str, tuple[str, ...]], *, is_text: bool) -> str:
    """Return what a member may be; the body as a whole is an object."""
    options = members.get(name, ("an object",))
    return " or ".join(option for option in options if not (is_text and option == "null"))


@cache
def _members(wanted: type[Any]) -> Mapping[str, tuple[str, ...]]:
    """Return what each member of a request may be, each possibility in words."""
    _schema, components = msgspec.json.schema_components((wanted,), ref_template="{name}")
    return {
        name: tuple(_words(option, components) for option in schema.get("anyOf", (schema,)))
        for name, schema in components[wanted.__name__]["properties"].items()
    }


def _words(schema: Mapping[str, Any], components: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return f"one of {', '.join(schema['enum'])}"
    if "$ref" in schema:
        return _words(components[schema["$ref"]], components)
    limits = ", ".join(limit for limit in (_size(schema), _PATTERNS.get(schema.get("pattern", ""))) if limit)
    return _TYPES[schema["type"]] + (f" ({limits})" if limits else "")


def _size(schema: Mapping[str, Any]) -> str | None:
    least, most, unit = _SIZES.get(schema["type"], ("", "", ""))
    low, high = schema.get(least), schema.get(most)
    if high is None:
        return None if low is None else f"at least {low}{unit}"
    return f"at most {high}{unit}" if low is None else f"{low} to {high}{unit}"
