"""A JSON object <-> its text, strict in both directions.

Written compactly, in Unicode, members in the given order, as ``JSON.stringify`` writes it (but for floats,
which are the same numbers in Python's digits). Read by I-JSON (RFC 7493): an object, no member twice,
no NaN, no lone surrogate, and not nested deeply.
"""

import json
import re
import sys
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Final, NoReturn, TypeAlias, cast

from liveform.errors import FieldError, MalformedError, shown

__all__ = ["printable", "read_json"]  # what webhelper uses too

JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"

MAX_DEPTH: Final = 16  # the vendor's objects are flat or nearly so
MEMBER_DEPTH: Final = 2  # of a member of the one object
MAX_PARTS: Final = 20_000  # of a message, by its commas; the vendor's have about 60
MAX_NUMBER_CHARS: Final = 1_000  # a double has 17 digits; to read or print very long integers takes long
_MAX_BRACKETS: Final = 5_000
_READABLE_DEPTH: Final = 500  # which every Python can read; 3.12 and later read far more than 3.11

# A string, or the rest of the text after an unclosed one: each character is looked at once.
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_FLAT: Final = frozenset((str, bool))
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False)


def write_object(members: Mapping[str, object]) -> bytes:
    """Return the compact JSON text of ``members`` in UTF-8 (RFC 8259 section 8.1).

    Raises:
        FieldError: a member is not JSON, nested more than ``MAX_DEPTH`` deep, or not Unicode text.
    """
    if not all(type(name) is str for name in members):
        raise FieldError("fields", "names must be text")
    if not _FLAT.issuperset(map(type, members.values())):
        for name, value in members.items():
            check_json(shown(name), value, depth=MEMBER_DEPTH)
    return write_checked(members)


def write_checked(members: Mapping[str, object]) -> bytes:
    """Return the same of members that have passed ``check_json``.

    orjson is used for text, true and false, where it writes the same bytes; and only if the program has
    imported it already, for its import takes as long as twenty thousand objects.

    Raises:
        FieldError: a number of more digits than Python prints.
    """
    orjson = sys.modules.get("orjson")
    if orjson is not None and _FLAT.issuperset(map(type, members.values())):
        try:
            return cast("bytes", orjson.dumps(members))
        except TypeError:
            pass  # text that is not Unicode, which _utf8 says
    pairs = [
        f"{encode_basestring(name)}:{encode_basestring(value) if type(value) is str else _encoded(value)}"
        for name, value in members.items()
    ]
    return _utf8("{" + ",".join(pairs) + "}")


def write_value(value: object) -> bytes:
    """Return the compact JSON text of any value in UTF-8.

    Raises:
        FieldError: not JSON, nested more than ``MAX_DEPTH`` deep, or not Unicode text.
    """
    check_json("value", value)
    return _utf8(_encoded(value))


def _encoded(value: object) -> str:
    if value is True or value is False:
        return "true" if value else "false"
    try:
        return _ENCODER.encode(value)
    except ValueError:  # an int of more digits than Python prints
        raise FieldError("fields", "a number is too long") from None


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise FieldError("fields", "text must be Unicode, without lone surrogates") from None


def check_json(field: str, value: object, *, depth: int = 1) -> None:
    """Refuse what JSON cannot hold without loss."""
    if depth > MAX_DEPTH and isinstance(value, dict | list):
        raise FieldError(field, f"is nested more than {MAX_DEPTH} deep")
    if isinstance(value, dict):
        if not all(type(name) is str for name in value):
            raise FieldError(field, "the names inside must be text")
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            check_json(field, item, depth=depth + 1)
    elif isinstance(value, str) and not is_unicode(value):
        raise FieldError(field, "must be Unicode, without lone surrogates")
    elif isinstance(value, float) and not _is_finite(value):
        raise FieldError(field, "must be a finite number")
    elif value is not None and not isinstance(value, str | int | float):
        raise FieldError(field, "must be JSON: text, number, true, false, null, list or dict")


def _is_finite(number: float) -> bool:
    """``math.isfinite``, without another import."""
    return number - number == 0


def is_unicode(text: str) -> bool:
    """Whether ``text`` can be written as UTF-8 (a lone surrogate cannot)."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def printable(text: str) -> str:
    """Return ``text`` with JSON escapes for what a terminal must not get: control and format characters."""
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(character: str) -> str:
    return character if character.isprintable() or character == "\n" else json.dumps(character)[1:-1]


def read_object(text: str) -> dict[str, JsonValue]:
    """Return the members of the one JSON object in ``text``.

    Raises:
        MalformedError: it is something else, or breaks one of the rules above.
    """
    if not is_unicode(text):
        raise MalformedError("the JSON holds a lone surrogate")
    if text.count("{") + text.count("[") > MAX_DEPTH and _too_deep(text):
        raise MalformedError(f"the JSON is nested more than {MAX_DEPTH} deep")
    try:
        value = _decoded(text)
    except (MalformedError, ValueError):
        value = None
    if not isinstance(value, dict):
        raise MalformedError("not one JSON object with each member once")
    _check_escapes(text, value)
    return value


def read_json(body: bytes) -> object:
    """Return any JSON value, read as strictly as an object is, but for its depth.

    Args:
        body: JSON in UTF-8, such as the body of a request. Its size is for the caller to limit.

    Raises:
        MalformedError: not JSON in UTF-8, a member twice, NaN, a lone surrogate, or nested more than
            500 deep.
    """
    try:
        return read_value(body.decode())
    except ValueError:
        raise MalformedError("the body must be JSON in UTF-8") from None


def read_value(text: str) -> JsonValue:
    """Return any JSON value, read as strictly as an object is, but for its depth.

    Raises:
        MalformedError: not JSON, a member twice, NaN, a lone surrogate, or nested more than
            500 deep.
    """
    try:
        value = _decoded(text)
        _check_escapes(text, value)
    except (RecursionError, ValueError):
        raise MalformedError("the body must be JSON in UTF-8") from None
    if text.count("{") + text.count("[") > _READABLE_DEPTH and is_deeper(value, _READABLE_DEPTH):
        raise MalformedError("the body must be JSON in UTF-8")
    return cast("JsonValue", value)


def read_message(text: str) -> JsonValue:
    """Return any JSON value of a message, read as strictly as an object is, its depth included.

    Time and memory grow with the length of the text alone, for it may have ``MAX_PARTS`` parts at most.

    Args:
        text: Unicode text; its length is for the caller to limit.

    Raises:
        MalformedError: it is not JSON, breaks one of the rules above, or has too many parts.
    """
    brackets = text.count("{") + text.count("[")
    if brackets > _MAX_BRACKETS or (len(text) > MAX_PARTS and text.count(",") > MAX_PARTS):
        raise MalformedError("the JSON has too many parts")
    value = read_value(text)
    if brackets > MAX_DEPTH and is_deeper(value, MAX_DEPTH):
        raise MalformedError(f"the JSON is nested more than {MAX_DEPTH} deep")
    return value


def _check_escapes(text: str, value: object) -> None:
    """Refuse a lone surrogate, which an escape can write in text that is Unicode itself."""
    if "\\u" in text and not is_unicode(_ENCODER.encode(value)):
        raise MalformedError("the JSON holds a lone surrogate")


def _decoded(text: str) -> object:
    """``JSONDecoder.decode``, without a search for white space where there is none."""
    if text[:1] == "{":
        value, end = _DECODER.raw_decode(text)
        if end == len(text):
            return value
    return _DECODER.decode(text)


def _too_deep(text: str) -> bool:
    """Whether brackets outside strings nest beyond ``MAX_DEPTH``; found without parsing ``text``."""
    depth = 0
    for character in _STRING.sub("", text):
        if character in "{[":
            depth += 1
        elif character in "}]":
            depth -= 1
        if depth > MAX_DEPTH:
            return True
    return False


def is_deeper(value: object, depth: int) -> bool:
    """Whether lists and dicts nest more than ``depth`` deep."""
    level = _nested([value])
    while level and depth > 0:
        level = [inner for outer in level for inner in _nested(outer)]
        depth -= 1
    return bool(level)


def _nested(outer: object) -> list[object]:
    """The lists and dicts directly inside a list or dict."""
    inside = outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ()
    return [item for item in inside if isinstance(item, dict | list)]


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedError("a member is given twice")
    return members


def _no_constant(_: str) -> NoReturn:
    raise MalformedError("NaN and Infinity are not JSON")


def _whole(digits: str) -> int:
    if len(digits) > MAX_NUMBER_CHARS:
        raise MalformedError("a number is too long")
    return int(digits)


def _finite(digits: str) -> float:
    if len(digits) > MAX_NUMBER_CHARS:
        raise MalformedError("a number is too long")
    number = float(digits)
    if not _is_finite(number):
        raise MalformedError("a number is too large")
    return number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once_each,
    parse_constant=_no_constant,
    parse_float=_finite,
    parse_int=_whole,
    strict=True,
)
