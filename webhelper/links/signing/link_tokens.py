"""A link's payload <-> the token in its URL: signed, and short enough for a poster.

``HTTPS://`` + a host of 20 characters + ``/R/`` + 30 characters make 61, which is what a QR code of
version 3 at level M holds in alphanumeric mode (ISO/IEC 18004 table 7). An id of 80 bits takes 16 of the
30, so 14 are left for the signature: HMAC-SHA-256, cut to its first 70 bits (NIST SP 800-107 section 5.3
asks for 64 where guesses can only be made one by one at the server).
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from liveform import BadSignatureError, MalformedError
from webhelper.links.signing.base32 import from_base32, to_base32

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGNATURE_CHARS: Final = 14  # 70 bits
MAX_TOKEN_CHARS: Final = 2000  # a sealed order; a QR code of level M would hold 3,391 with its URL
_SALT: Final = b"liveform.webhelper.link.v1"
_SIGNATURE_BYTES: Final = 9  # 72 bits, of which the last two are not sent


class LinkTokens:
    """Writes and reads tokens: the newest key signs, and every key may have signed.

    Args:
        secret_keys: the newest first. Each gives one key for links alone.
    """

    __slots__ = ("_keys",)

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._keys = tuple(hmac.digest(key.encode(), _SALT, "sha256") for key in secret_keys)

    def write(self, payload: bytes) -> str:
        """Return the token of ``payload``: base32 in capitals."""
        return to_base32(payload) + _signature(self._keys[0], payload)

    def read(self, token: str) -> bytes:
        """Return the payload of one of our tokens, in capitals or not.

        Raises:
            BadSignatureError: too long, not base32, or not signed by us; one text for all.
        """
        if not SIGNATURE_CHARS < len(token) <= MAX_TOKEN_CHARS or not token.isascii():
            raise BadSignatureError
        try:
            payload = from_base32(token[:-SIGNATURE_CHARS])
        except MalformedError:
            raise BadSignatureError from None
        signature = token[-SIGNATURE_CHARS:].upper()
        for key in self._keys:
            if hmac.compare_digest(signature, _signature(key, payload)):
                return payload
        raise BadSignatureError


def _signature(key: bytes, payload: bytes) -> str:
    return to_base32(hmac.digest(key, payload, "sha256")[:_SIGNATURE_BYTES])[:SIGNATURE_CHARS]
