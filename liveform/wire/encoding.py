"""Bytes <-> text: strict base64, base64url and hex; and the repairs of damaged text, each by name.

The decoders take exactly what the encoders write (RFC 4648 section 3.5: one text for one
value). Damage by a real URL is repaired before, by ``repaired``, and nowhere else.
"""

import binascii
from enum import StrEnum
from typing import Final

from liveform.errors import MalformedError

# The longest text that is looked at. The vendor's limit is unknown; common servers stop at
# 8 KiB to 64 KiB for a request line.
MAX_TEXT_CHARS: Final = 65_536


_UNRESERVED: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_OF_BASE64: Final = b"+/="
# The module base64 does the same, and takes a hundredth of the time of the import.
_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
_FROM_URL: Final = bytes.maketrans(b"-_", b"+/")
_LINE_LENGTHS: Final = frozenset((64, 76))  # PEM (RFC 7468 section 2) and MIME (RFC 2045 section 6.8)
_LINE_BREAKS: Final = dict.fromkeys(map(ord, "\t\n\v\f\r"))
# What a text with padding ends in, when the bits behind its last byte are zero (RFC 4648 section 3.5).
_LAST_OF_BASE64: Final = (*(f"{sign}==" for sign in "AQgw"), *(f"{sign}=" for sign in "AEIMQUYcgkosw048"))


class Encoding(StrEnum):
    """How bytes are written as text."""

    BASE64 = "base64"  # RFC 4648 section 4, padded
    BASE64URL = "base64url"  # RFC 4648 section 5, without padding, as Node writes it
    HEX = "hex"  # lower case


def encode(data: bytes, encoding: Encoding) -> str:
    """Return ``data`` as text."""
    if encoding is Encoding.BASE64:
        return binascii.b2a_base64(data, newline=False).decode()
    if encoding is Encoding.BASE64URL:
        return binascii.b2a_base64(data, newline=False).rstrip(b"=").translate(_TO_URL).decode()
    return data.hex()


def encode_for_query(data: bytes, encoding: Encoding) -> str:
    """Return what ``percent_encode`` makes of ``encode``: all but base64 is unreserved as it is."""
    if encoding is not Encoding.BASE64:
        return encode(data, encoding)
    text = binascii.b2a_base64(data, newline=False)
    return text.replace(b"+", b"%2B").replace(b"/", b"%2F").replace(b"=", b"%3D").decode()


def decode(text: str, encoding: Encoding) -> bytes:
    """Return the bytes of ``text``, if it is exactly what ``encode`` would write.

    Raises:
        MalformedError: the text has another alphabet, padding, case or trailing bits.
    """
    try:
        if encoding is Encoding.BASE64:
            return _decode_base64(text)
        data = _decode_base64url(text) if encoding is Encoding.BASE64URL else bytes.fromhex(text)
        if encode(data, encoding) == text:
            return data
    except ValueError:
        pass
    raise MalformedError(f"the text is not {encoding.value}")


def _decode_base64url(text: str) -> bytes:
    return binascii.a2b_base64(restore_padding(text).encode("ascii").translate(_FROM_URL))


def _decode_base64(text: str) -> bytes:
    # Strict but for the bits behind the last byte and, before Python 3.13, for too much padding.
    data = binascii.a2b_base64(text, strict_mode=True)
    if len(text) % 4 or (text.endswith("=") and not text.endswith(_LAST_OF_BASE64)):
        raise ValueError("not what encode would write")
    return data


def text_of(data: bytes) -> str:
    """Return the text of a file: UTF-8, unless a byte order mark says UTF-16, as PowerShell 5 writes files.

    Raises:
        UnicodeDecodeError: it is not.
    """
    is_utf16 = len(data) > 2 and data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if is_utf16 else "utf-8-sig")


def percent_encode(text: str) -> str:
    """Return ``text`` as a query value: all but the unreserved characters of RFC 3986 section 2.3 escaped."""
    written = text.encode()
    if not written.translate(None, _UNRESERVED):
        return text
    if written.translate(None, _UNRESERVED + _OF_BASE64):
        from urllib.parse import quote

        return quote(text, safe="")
    # quote() takes ten times as long
    return written.replace(b"+", b"%2B").replace(b"/", b"%2F").replace(b"=", b"%3D").decode()


def form_decode(text: str) -> str:
    """Return a name or a value of a query, decoded as that of a form: ``+`` is a space.

    Raises:
        UnicodeDecodeError: what is escaped is not UTF-8.
    """
    if "+" in text:
        text = text.replace("+", " ")
    if "%" not in text:
        return text
    of_base64 = text.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=")
    if "%" not in of_base64:  # unquote() takes four times as long
        return of_base64
    from urllib.parse import unquote

    return unquote(text, errors="strict")


def repaired(text: str, encoding: Encoding, *, in_lines: bool = True) -> str:
    """Return one encoded text as it was before a URL damaged it; unharmed text comes back as it is.

    Args:
        text: as it came.
        encoding: how bytes were written as text.
        in_lines: whether spaces stand for line breaks if they are where those would be.
    """
    text = undo_percent(text)
    text = join_lines(text) if in_lines else text.translate(_LINE_BREAKS)
    if encoding is Encoding.BASE64:
        return restore_padding(restore_plus(text))
    text = text.replace(" ", "")  # which stands for no sign of these alphabets
    return drop_padding(text) if encoding is Encoding.BASE64URL else lower_case(text)


def undo_percent(text: str) -> str:
    """Escaped twice: ``%2B`` is ``+``. No encoding or separator has a percent sign of its own."""
    if "%" not in text or not text.isascii():
        return text
    from urllib.parse import unquote_to_bytes

    return unquote_to_bytes(text).decode("ascii", "replace")


def join_lines(text: str) -> str:
    """Something wrote the text in lines, whose breaks may have become spaces; other spaces may be a ``+``."""
    return "".join(text.split()) if is_in_lines(text) else text.translate(_LINE_BREAKS)


def is_in_lines(text: str) -> bool:
    """Whether all white space is where lines of a usual length end. It may be plus signs all the same."""
    lines = text.split()
    lengths = {len(line) for line in lines[:-1]}
    if len(lengths) != 1 or not lengths <= _LINE_LENGTHS or len(lines[-1]) > max(lengths):
        return False
    return sum(map(len, lines)) % 4 == 0


def restore_plus(text: str) -> str:
    """Form decoding took an unescaped ``+`` for a space."""
    return text.replace(" ", "+")


def restore_padding(text: str) -> str:
    """The ``=`` at the end got lost."""
    return text + "=" * (-len(text) % 4)


def drop_padding(text: str) -> str:
    """Some base64url writers pad."""
    return text.rstrip("=")


def lower_case(text: str) -> str:
    """Some hex writers use capitals."""
    return text.lower()
