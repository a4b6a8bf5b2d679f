"""Bytes of a request -> a checked body. Strict: duplicate members, NaN and unknown names are refused."""

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
_NUMBER: Final = re.compile(r"-?[0-9]{1,18}")


def read_json(body: bytes, wanted: type[T]) -> T:
    """Return a JSON body as ``wanted``.

    Raises:
        MalformedError: not JSON in UTF-8, or a member given twice.
        FieldError: JSON, but not what is wanted; ``.field`` says where.
    """
    return convert(strict_json(body), wanted)


def convert_text(members: Mapping[str, Any], wanted: type[T]) -> T:
    """Return members of a query or a form as ``wanted``: numbers are text there, and null is a word.

    Raises:
        FieldError: they do not fit.
    """
    return convert({name: _from_text(name, value) for name, value in members.items()}, wanted)


def _from_text(name: str, value: object) -> object:
    is_number = name in _NUMBERS and isinstance(value, str) and _NUMBER.fullmatch(value)
    return int(str(value)) if is_number else value


def convert(members: object, wanted: type[T]) -> T:
    """Return ``members`` as ``wanted``.

    Raises:
        FieldError: it does not fit.
    """
    try:
        return msgspec.convert(members, wanted, strict=True)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$")
        unknown = re.search(r"unknown field `([^`]{1,40})", problem)
        where = unknown[1] if unknown else path.rstrip("`").lstrip(".") or "body"
        raise FieldError(where, _in_words(problem)) from None


def _in_words(problem: str) -> str:
    """The problem, without the value that somebody sent."""
    if "unknown field" in problem:
        return "is not known here"
    problem = re.sub(r"^Invalid enum value .*", "is not one of the allowed values", problem, flags=re.DOTALL)
    return problem[0].lower() + problem[1:].replace("`", "")
