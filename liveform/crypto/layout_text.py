"""What the layouts share: checks of their settings, and texts of one or several parts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Final, Self

from liveform.errors import ConfigError, FieldError, MalformedError
from liveform.tracebacks import strips_traceback
from liveform.wire.encoding import Encoding, decode, percent_encode, repaired, undo_percent

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BYTES: Final = 2**30  # OpenSSL stops at 2**31 - 1
SEPARATORS: Final = (":", ".")  # neither is in the alphabet of an encoding


class LayoutText(ABC):
    """A layout's outside: its settings are checked, also by ``_replace``, and so is what it is given."""

    __slots__ = ()

    @classmethod
    def _make(cls, parts: Iterable[Any]) -> Self:
        return cls(*parts)

    @strips_traceback
    def write(self, data: bytes) -> str:
        """Return the text of ``data``, as the cipher gave it."""
        return self._text_of(checked_bytes("data", data))

    @strips_traceback
    def read(self, text: str) -> bytes:
        """Return the bytes that ``write`` wrote as ``text``, mending what a URL does to it.

        Raises:
            MalformedError: another alphabet, or not the parts that the layout wants.
        """
        return self._bytes_of(checked_text(text))

    @abstractmethod
    def _text_of(self, data: bytes) -> str: ...

    @abstractmethod
    def _bytes_of(self, text: str) -> bytes: ...

    def _query_text_of(self, data: bytes) -> str:
        """Return the text of ``data``, percent-encoded."""
        return percent_encode(self._text_of(data))


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


def checked_text(text: object) -> str:
    """Return ``text`` if it is text, or raise ``MalformedError``."""
    if not isinstance(text, str):
        raise MalformedError("an encrypted text must be text")
    return text


def read_joined(text: str, encoding: Encoding) -> bytes:
    """Return the bytes of ``text``, mending what a URL does to it; nearly all texts are unharmed."""
    try:
        return decode(text, encoding)
    except MalformedError:
        return decode(repaired(text, encoding), encoding)


def read_parts(text: str, encoding: Encoding, separator: str | None, lengths: list[int | None]) -> bytes:
    """Return the bytes of ``text``; with a separator, of parts that have these lengths (None: any)."""
    if separator is None:
        return read_joined(text, encoding)
    text = undo_percent(text)  # before the parts are told apart: ``:`` may be escaped too
    if "%" in text:
        raise MalformedError(f"the text is not {encoding.value}")
    if text.count(separator) != len(lengths) - 1:
        raise MalformedError(f"not {len(lengths)} parts with {separator!r} between them")
    parts = [decode(repaired(part, encoding), encoding) for part in text.split(separator)]
    if any(length is not None and length != len(part) for length, part in zip(lengths, parts, strict=True)):
        raise MalformedError("a part has another length than the layout's")
    return b"".join(parts)
