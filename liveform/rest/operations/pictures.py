"""Image files: which formats the vendor takes, and base64 text of them."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final

from liveform.errors import FieldError, MalformedError
from liveform.wire.json_object import read_value

if TYPE_CHECKING:
    from collections.abc import Iterator

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
# ISO/IEC 10918-1 B.1.1.3 (SOI, then another marker); PNG specification, third edition, 5.2
_BEGINNINGS: Final = {b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}

# What an answer may be besides: WebP (RFC 9649), GIF
_READABLE: Final = (*_BEGINNINGS, b"RIFF", b"GIF8")


def _media_type_of(content: bytes) -> str | None:
    """Return the media type of a JPEG or PNG file by its first bytes; None for anything else."""
    return next((kind for beginning, kind in _BEGINNINGS.items() if content.startswith(beginning)), None)


def checked_image(field: str, content: object) -> tuple[bytes, str]:
    """Return the bytes of an image, and their media type.

    Raises:
        FieldError: not bytes, or neither JPEG nor PNG.
    """
    if not isinstance(content, bytes):
        raise FieldError(field, "must be the bytes of an image file, such as Path('photo.jpg').read_bytes()")
    media_type = _media_type_of(content)
    if media_type is None:
        raise FieldError(field, "must be a JPEG or PNG file")
    return content, media_type


def base64_text(content: bytes) -> str:
    """Return bytes as base64 (RFC 4648 section 4)."""
    return base64.b64encode(content).decode("ascii")


def image_of(content: bytes) -> bytes | None:
    """Return the image that an answer holds: as its bytes, or as base64 text, bare or in JSON; else None."""
    if content.startswith(_READABLE):
        return content
    images = map(_from_base64, _texts(content))
    return next((image for image in images if image.startswith(_READABLE)), None)


def _texts(content: bytes) -> Iterator[str]:
    """The text itself, or the texts that its JSON holds."""
    try:
        text = content.decode("ascii").strip()
        value = read_value(text) if text[:1] in ('"', "{") else text
    except (UnicodeDecodeError, MalformedError):
        return
    for one in value.values() if isinstance(value, dict) else [value]:
        if isinstance(one, str):
            yield one


def _from_base64(text: str) -> bytes:
    """The bytes of base64 text, also behind ``data:image/...;base64,``; none for other text."""
    encoded = text.rpartition(",")[2]
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
