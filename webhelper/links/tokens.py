"""A link's payload <-> the token in its URL: signed, and short enough for a poster.

``HTTPS://`` + a host of 20 characters + ``/R/`` + 30 characters make 61, which is what a QR code of
version 3 at level M holds in alphanumeric mode (ISO/IEC 18004 table 7). An id of 80 bits takes 16 of the
30, so 14 are left for the signature: HMAC-SHA-256, cut to its first 70 bits (NIST SP 800-107 section 5.3
asks for 64 where guesses can only be made one by one at the server).
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from itsdangerous import Signer
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.signer import HMACAlgorithm

from liveform import BadSignatureError, MalformedError
from webhelper.links.base32 import from_base32, to_base32

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGNATURE_CHARS: Final = 14  # 70 bits
MAX_TOKEN_CHARS: Final = 2000  # a sealed order; a QR code of level M would hold 3,391 with its URL
_SALT: Final = b"liveform.webhelper.link.v1"
_SIGNATURE_BYTES: Final = 9
_LAST_BYTE: Final = 0b1111_1100  # 9 bytes are 72 bits; the last two are not sent


class _First70Bits(HMACAlgorithm):
    """HMAC, of which the first 70 bits count."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        signature = super().get_signature(key, value)[:_SIGNATURE_BYTES]
        return signature[:-1] + bytes([signature[-1] & _LAST_BYTE])


class Tokens:
    """Writes and reads tokens: the newest key signs, and every key may have signed.

    Args:
        secret_keys: the newest first.
    """

    __slots__ = ("_signer",)

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._signer = Signer(
            list(reversed(secret_keys)),
            salt=_SALT,
            key_derivation="hmac",
            digest_method=sha256,
            algorithm=_First70Bits(sha256),
        )

    def write(self, payload: bytes) -> str:
        """Return the token of ``payload``: base32 in capitals."""
        signature = base64_decode(self._signer.get_signature(payload))
        return to_base32(payload) + to_base32(signature)[:SIGNATURE_CHARS]

    def read(self, token: str) -> bytes:
        """Return the payload of one of our tokens, in capitals or not.

        Raises:
            BadSignatureError: too long, not base32, or not signed by us; one text for all.
        """
        if not SIGNATURE_CHARS < len(token) <= MAX_TOKEN_CHARS:
            raise BadSignatureError
        try:
            payload = from_base32(token[:-SIGNATURE_CHARS])
            signature = from_base32(token[-SIGNATURE_CHARS:] + "A")  # the two bits that were not sent
        except MalformedError:
            raise BadSignatureError from None
        if not self._signer.verify_signature(payload, base64_encode(signature)):
            raise BadSignatureError
        return payload
