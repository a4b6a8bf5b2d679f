"""What the layouts share: bytes as a cipher gives them <-> a text of one part, or of several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from liveform.errors import ConfigError, FieldError, MalformedError
from liveform.immutable import Immutable
from liveform.tracebacks import strips_traceback
from liveform.wire.encoding import (
    Encoding,
    decode,
    encode,
    encode_for_query,
    join_lines,
    percent_encode,
    repaired,
    undo_percent,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

MAX_BYTES: Final = 2**30  # OpenSSL stops at 2**31 - 1
SEPARATORS: Final = (":", ".")  # neither is in the alphabet of an encoding


class Layout(Immutable):
    """A layout is a value: it equals what has the same text, and a copy is made from that text.

    Attributes:
        encoding: how bytes become text.
        separator: what separates parts written one by one; None joins them as bytes.
    """

    __slots__ = ()
    encoding: Encoding
    separator: str | None

    if TYPE_CHECKING:

        @classmethod
        def from_text(cls, text: object) -> Self:
            """Return the layout that ``str(layout)`` gives, or raise ``ConfigError``."""

        def lengths(self) -> tuple[int | None, ...]:
            """Return the length of each part in bytes; None for the part of any length."""

    @strips_traceback
    def write(self, data: bytes) -> str:
        """Return the text of ``data``, as a cipher gave it."""
        return write_text(self, checked_bytes("data", data))

    @strips_traceback
    def read(self, text: str) -> bytes:
        """Return the bytes that ``write`` wrote as ``text``, also if a URL damaged it.

        Raises:
            MalformedError: another alphabet, or not the parts that the layout wants.
        """
        if not isinstance(text, str):
            raise MalformedError("an encrypted text must be text")
        return read_text(self, text)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash((type(self), str(self)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}.from_text({str(self)!r})"

    def __reduce__(self) -> tuple[Callable[[str], Self], tuple[str]]:
        return type(self).from_text, (str(self),)


def write_text(layout: Layout, data: bytes) -> str:
    """Return the text of ``data``, as a cipher gave it."""
    if layout.separator is None:
        return encode(data, layout.encoding)
    return layout.separator.join([encode(part, layout.encoding) for part in split(layout, data)])


def write_query_text(layout: Layout, data: bytes) -> str:
    """Return the text of ``data``, percent-encoded."""
    if layout.separator is None:
        return encode_for_query(data, layout.encoding)
    return percent_encode(write_text(layout, data))


def read_text(layout: Layout, text: str, *, in_lines: bool = True) -> bytes:
    """Return the bytes of ``text``, also if a URL damaged it; nearly all texts are unharmed.

    Args:
        layout: how it was written.
        text: as it came.
        in_lines: whether spaces stand for line breaks if they are where those would be.

    Raises:
        MalformedError: another alphabet, or not the parts that the layout wants.
    """
    encoding = layout.encoding
    if layout.separator is not None:
        return _read_parts(layout, layout.separator, text, in_lines=in_lines)
    try:
        return decode(text, encoding)
    except MalformedError:
        return decode(repaired(text, encoding, in_lines=in_lines), encoding)


def split(layout: Layout, data: bytes) -> list[bytes]:
    """Return the parts of ``data``, or raise ``MalformedError`` if it is too short for them."""
    lengths = layout.lengths()
    rest = len(data) - sum(length for length in lengths if length is not None)
    if rest < 0:
        raise MalformedError("shorter than its parts of a fixed length")
    parts = []
    for length in lengths:
        end = rest if length is None else length
        parts.append(data[:end])
        data = data[end:]
    return parts


def _read_parts(layout: Layout, separator: str, text: str, *, in_lines: bool) -> bytes:
    encoding, lengths = layout.encoding, layout.lengths()
    text = undo_percent(text)  # before the parts are separated: ``:`` may be escaped too
    if in_lines:
        text = join_lines(text)
    if "%" in text:
        raise MalformedError(f"the text is not {encoding.value}")
    if text.count(separator) != len(lengths) - 1:
        raise MalformedError(f"not {len(lengths)} parts with {separator!r} between them")
    written = text.split(separator)
    parts = [decode(repaired(part, encoding, in_lines=in_lines), encoding) for part in written]
    if any(length is not None and length != len(part) for length, part in zip(lengths, parts, strict=True)):
        raise MalformedError("a part has another length than the layout's")
    return b"".join(parts)


def known_encoding(setting: str, encoding: object) -> Encoding:
    """Return the encoding of that name, or raise ``ConfigError`` for the setting."""
    for known in Encoding:
        if encoding == known:
            return known
    raise ConfigError((setting, f"the encoding must be one of {', '.join(Encoding)}"))


def checked_bytes(name: str, data: object) -> bytes:
    """Return ``data`` if it is bytes, and not too many; or raise ``FieldError`` for the name."""
    if not isinstance(data, bytes):
        raise FieldError(name, "must be bytes")
    if len(data) > MAX_BYTES:
        raise FieldError(name, f"must not be more than {MAX_BYTES} bytes")
    return data
