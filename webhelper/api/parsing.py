"""Strict reading of request bodies: duplicate members, NaN and unknown names are refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from liveform import FieldError
from liveform.wire.json_object import read_json as strict_json

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")

_NUMBERS: Final = ("cursor", "expires_in", "limit", "max_uses")
_FLAGS: Final = ("confirm", "unopened")
_FLAG_VALUES: Final = {"true": True, "false": False}
_NUMBER: Final = re.compile(r"-?[0-9]{1,18}")


def read_json(body: bytes, wanted: type[T]) -> T:
    """Return a JSON body as a value of the type ``wanted``.

    Raises:
        MalformedError: it is not JSON in UTF-8, or has a member twice.
        FieldError: a member is unknown, missing or not allowed; ``.field`` names it.
    """
    return convert(strict_json(body), wanted)


def convert_text(members: Mapping[str, Any], wanted: type[T]) -> T:
    """Return the members of a query or a form, whose numbers are text, as a value of the type ``wanted``.

    Raises:
        FieldError: a member is unknown, missing or not allowed; ``.field`` names it.
    """
    return convert({name: _from_text(name, value) for name, value in members.items()}, wanted)


def _from_text(name: str, value: object) -> object:
    if name in _FLAGS and isinstance(value, str):
        return _FLAG_VALUES.get(value, value)
    is_number = name in _NUMBERS and isinstance(value, str) and _NUMBER.fullmatch(value)
    return int(str(value)) if is_number else value


def convert(members: object, wanted: type[T]) -> T:
    """Return ``members`` as a value of the type ``wanted``.

    Raises:
        FieldError: a member is unknown, missing or not allowed; ``.field`` names it.
    """
    try:
        return msgspec.convert(members, wanted, strict=True)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$")
        unknown = re.search(r"unknown field `([^`]{1,40})", problem)
        where = unknown[1] if unknown else path.rstrip("`").lstrip(".") or "body"
        raise FieldError(where, _without_value(problem)) from None


def _without_value(problem: str) -> str:
    """Return msgspec's message without the value that was sent."""
    if "unknown field" in problem:
        return "is not a known field"
    problem = re.sub(r"^Invalid enum value .*", "is not one of the allowed values", problem, flags=re.DOTALL)
    return problem[0].lower() + problem[1:].replace("`", "")
