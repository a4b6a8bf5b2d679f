"""Strict reading of request bodies: duplicate members, NaN and unknown names are refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from liveform.wire.json_object import read_json as strict_json
from webhelper.api.type_problems import type_problem

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
    return _converted(
        {name: _from_text(name, value) for name, value in members.items()}, wanted, is_text=True
    )


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
    return _converted(members, wanted, is_text=False)


def _converted(members: object, wanted: type[T], *, is_text: bool) -> T:
    try:
        return msgspec.convert(members, wanted, strict=True)
    except msgspec.ValidationError as error:
        raise type_problem(str(error), wanted, is_text=is_text) from None
