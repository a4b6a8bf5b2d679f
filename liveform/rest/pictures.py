"""Image files: which formats the vendor takes, and base64 text of them."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from liveform.errors import FieldError

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
# ISO/IEC 10918-1 B.1.1.3 (SOI, then another marker); PNG specification, third edition, 5.2
_BEGINNINGS: Final = {b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}


def media_type_of(content: bytes) -> str | None:
    """Return the media type of a JPEG or PNG file by its first bytes; None for anything else."""
    return next((kind for beginning, kind in _BEGINNINGS.items() if content.startswith(beginning)), None)


def checked_image(field: str, content: object) -> tuple[bytes, str]:
    """Return the bytes of an image, and their media type.

    Raises:
        FieldError: not bytes, or neither JPEG nor PNG.
    """
    if not isinstance(content, bytes):
        raise FieldError(field, "must be the bytes of an image file, such as Path('photo.jpg').read_bytes()")
    media_type = media_type_of(content)
    if media_type is None:
        raise FieldError(field, "must be a JPEG or PNG file")
    return content, media_type


def base64_text(content: bytes) -> str:
    """Return bytes as base64 (RFC 4648 section 4)."""
    return base64.b64encode(content).decode("ascii")


def from_base64(text: str) -> bytes | None:
    """Return the bytes of base64 text, also behind ``data:image/...;base64,``; None for other text."""
    _, comma, rest = text.partition(",")
    try:
        return base64.b64decode("".join((rest if comma else text).split()), validate=True)
    except (binascii.Error, ValueError):
        return None
