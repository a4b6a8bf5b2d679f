"""Strict base32 (RFC 4648 section 6) without padding: a QR code holds it in its alphanumeric mode."""

import base64
import binascii
import secrets

from liveform import MalformedError


def to_base32(data: bytes) -> str:
    """Return ``data`` in capitals and the digits 2 to 7; 8 characters for 5 bytes."""
    return base64.b32encode(data).decode().rstrip("=")


def from_base32(text: str) -> bytes:
    """Return the bytes of ``text``, in which case does not count.

    Raises:
        MalformedError: another character, or not what ``to_base32`` writes.
    """
    try:
        data = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        raise MalformedError("is not base32") from None
    if not text.isascii() or to_base32(data) != text.upper():  # a long s is an S in capitals
        raise MalformedError("is not base32 as it is written here")
    return data


def random_id(size: int) -> str:
    """Return ``size`` random bytes in base32."""
    return to_base32(secrets.token_bytes(size))
