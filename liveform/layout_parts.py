"""What the layouts share: checks of their settings, and texts of one or several parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from liveform.encoding import Encoding, decode, mended, undo_percent
from liveform.errors import ConfigError, FieldError, MalformedError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BYTES: Final = 2**30  # OpenSSL stops at 2**31 - 1
SEPARATORS: Final = (":", ".")  # neither is in the alphabet of an encoding


class CheckedParts:
    """Sends what ``_replace`` makes through the checks of ``__new__`` as well."""

    __slots__ = ()

    @classmethod
    def _make(cls, parts: Iterable[Any]) -> Self:
        return cls(*parts)


def known_encoding(setting: str, encoding: object) -> Encoding:
    """Return the encoding of that name, or raise ``ConfigError`` for the setting."""
    try:
        return Encoding(encoding)  # type: ignore[arg-type]  # an enum checks what it is given
    except (TypeError, ValueError):
        raise ConfigError((setting, f"the encoding must be one of {', '.join(Encoding)}")) from None


def checked_bytes(name: str, data: object) -> bytes:
    """Return ``data`` if it is bytes, and not too many; or raise ``FieldError`` for the name."""
    if not isinstance(data, bytes):
        raise FieldError(name, "must be bytes")
    if len(data) > MAX_BYTES:
        raise FieldError(name, f"must not be more than {MAX_BYTES} bytes")
    return data


def read_parts(text: str, encoding: Encoding, separator: str | None, lengths: list[int | None]) -> bytes:
    """Return the bytes of ``text``; with a separator, of parts that have these lengths (None: any)."""
    if not isinstance(text, str):
        raise MalformedError("an encrypted text must be text")
    if separator is None:
        return decode(mended(text, encoding), encoding)
    text = undo_percent(text)  # before the parts are told apart: ``:`` may be escaped too
    if "%" in text:
        raise MalformedError(f"the text is not {encoding.value}")
    if text.count(separator) != len(lengths) - 1:
        raise MalformedError(f"not {len(lengths)} parts with {separator!r} between them")
    parts = [decode(mended(part, encoding), encoding) for part in text.split(separator)]
    if any(length is not None and length != len(part) for length, part in zip(lengths, parts, strict=True)):
        raise MalformedError("a part has another length than the layout's")
    return b"".join(parts)
