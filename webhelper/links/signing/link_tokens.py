"""A link's payload <-> the token in its URL: signed, and short enough for a poster.

``https://`` + a host of up to 29 characters + ``/r/`` + a token of 30 fit a QR code of version 4 at level M:
the token in alphanumeric mode, what is before it in byte mode (ISO/IEC 18004 tables 3 and 7). An id of 80
bits takes 16 of the 30 characters, so 14 are left for the signature: HMAC-SHA-256, cut to its first 70 bits
(NIST SP 800-107 section 5.3 asks for 64 where guesses can only be made one by one at the server).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from liveform import BadSignatureError, MalformedError
from webhelper.links.signing.base32 import bytes_of, number_of, to_base32
from webhelper.links.signing.purposes import Purpose
from webhelper.links.signing.signers import BASE32_BITS, BASE32_CHARS, Base32Signer

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEPT: Final = 1024  # genuine tokens; forged ones are never kept
_SIGNATURE: Final = (1 << BASE32_BITS) - 1  # the last bits of a token
MAX_TOKEN_CHARS: Final = 2000  # a sealed spec; a QR code of level M would hold 3,391 with its URL


class LinkTokens:
    """Signs payloads with the newest key, and verifies with every key.

    Args:
        secret_keys: the newest first.
    """

    __slots__ = ("_signer", "_verified")

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._signer = Base32Signer(secret_keys, Purpose.LINK)
        self._verified = lru_cache(maxsize=_KEPT)(self._verify)  # posters are opened again and again

    def sign(self, payload: bytes) -> str:
        """Return the token of ``payload``: base32 in capitals, its last 14 characters the signature."""
        signature = self._signer.get_signature(payload).decode()
        return to_base32(payload) + signature

    def verify(self, token: str) -> bytes:
        """Return the payload of one of our tokens, in capitals or not.

        Raises:
            BadSignatureError: too long, not base32, or not signed by us; one text for all.
        """
        return self._verified(token)

    def _verify(self, token: str) -> bytes:
        if not BASE32_CHARS < len(token) <= MAX_TOKEN_CHARS:
            raise BadSignatureError
        try:
            number = number_of(token)
            payload = bytes_of(number >> BASE32_BITS, len(token) - BASE32_CHARS)
        except MalformedError:
            raise BadSignatureError from None
        if not self._signer.verify_bits(payload, number & _SIGNATURE):
            raise BadSignatureError
        return payload
