"""Strict base32 (RFC 4648 section 6) without padding: a QR code holds it in its alphanumeric mode."""

import base64
import re
import secrets
from typing import Final

from liveform import MalformedError

_WRITTEN: Final = re.compile("[A-Z2-7]*")
# Python's own digits of base 32 go from 0 to V.
_DIGITS: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHIJKLMNOPQRSTUV")


def to_base32(data: bytes) -> str:
    """Return ``data`` in capitals and the digits 2 to 7; 8 characters for 5 bytes."""
    return base64.b32encode(data).decode().rstrip("=")


def from_base32(text: str) -> bytes:
    """Return the bytes of ``text``, in which case does not count.

    Raises:
        MalformedError: another character, or not what ``to_base32`` writes.
    """
    return bytes_of(number_of(text), len(text))


def number_of(text: str) -> int:
    """Return ``text`` as a number of 5 bits a character; case does not count.

    Raises:
        MalformedError: another character.
    """
    capitals = text.upper()
    if not text.isascii() or _WRITTEN.fullmatch(capitals) is None:  # a long s is an S in capitals
        raise MalformedError("is not base32")
    return int(capitals.translate(_DIGITS) or "0", 32)


def bytes_of(number: int, chars: int) -> bytes:
    """Return the bytes that ``to_base32`` writes in so many characters, as ``number_of`` reads them.

    Raises:
        MalformedError: there are none.
    """
    size, spare = divmod(chars * 5, 8)
    if spare > 4 or number & (1 << spare) - 1:
        raise MalformedError("is not base32 as it is written here")
    return (number >> spare).to_bytes(size)


def random_id(size: int) -> str:
    """Return ``size`` random bytes in base32."""
    return to_base32(secrets.token_bytes(size))
