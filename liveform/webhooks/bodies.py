"""The body of a webhook -> its JSON value: limited in size, and read strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from liveform.errors import MalformedError
from liveform.wire.json_object import MAX_DEPTH, read_message

if TYPE_CHECKING:
    from liveform.wire.json_object import JsonValue

MAX_BODY_BYTES: Final = 2**20  # 1 MiB; the vendor's largest sample has about 2 KiB
_TOO_LONG: Final = f"a body must not have more than {MAX_BODY_BYTES} bytes"
_NO_UNICODE: Final = "the body must be JSON in UTF-8"
_USUAL_CHARS: Final = 16_384
_BEFORE: Final = '{"data":"'
_BEHIND: Final = '"}'
_BODIES: Final = (bytes, bytearray, memoryview, str)


def body_text(body: object) -> str:
    """Return a body as text.

    Raises:
        MalformedError: neither bytes nor text, more than ``MAX_BODY_BYTES``, or not UTF-8.
    """
    content = body if type(body) is bytes else _bytes_of(body)
    if len(content) > MAX_BODY_BYTES:
        raise MalformedError(_TOO_LONG)
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise MalformedError(_NO_UNICODE) from None


def _bytes_of(body: object) -> bytes:
    """Return a body of another type as bytes; errors as in ``body_text``."""
    if not isinstance(body, _BODIES):
        raise MalformedError("a body must be bytes or text")
    try:
        if (body.nbytes if isinstance(body, memoryview) else len(body)) <= MAX_BODY_BYTES:
            return body.encode() if isinstance(body, str) else bytes(body)
    except ValueError:  # not Unicode, or a view that was released
        raise MalformedError(_NO_UNICODE) from None
    raise MalformedError(_TOO_LONG)


def encrypted_text(text: str) -> str | None:
    """Return what is in ``{"data":"..."}``, written just so, as JavaScript does; None for any other body.

    To read it as JSON would take as long as to decrypt it.
    """
    inside = text[len(_BEFORE) : -len(_BEHIND)]
    is_plain = inside.isascii() and inside.isprintable() and '"' not in inside and "\\" not in inside
    return inside if is_plain and text.startswith(_BEFORE) and text.endswith(_BEHIND) else None


def read_json_text(text: str) -> JsonValue:
    """Return what ``read_message`` reads, which has the same errors.

    msgspec reads three times as fast, but keeps the last of two members of the same name. A text that it
    writes back as it was has no member twice, nor anything else that strict reading refuses; except a number
    of more than ``MAX_NUMBER_CHARS``, which takes no time in a text of this length.
    """
    if len(text) <= _USUAL_CHARS and text.count("{") + text.count("[") <= MAX_DEPTH:
        try:
            value: JsonValue = msgspec.json.decode(text)
            if msgspec.json.encode(value) == text.encode():
                return value
        except (msgspec.MsgspecError, OverflowError, ValueError):  # before msgspec 0.21 no ValueErrors
            pass  # read_message says what is wrong with it
    return read_message(text)
