"""Signers by itsdangerous: HMAC-SHA-256, keys derived once, and one text for one signature.

itsdangerous decodes a signature before it compares, so a changed last character can pass. These signers
compare texts.
"""

from __future__ import annotations

import hmac
import time
from binascii import b2a_base64
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from itsdangerous import Signer, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode, want_bytes

from webhelper.links.signing.base32 import to_base32

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from webhelper.links.signing.purposes import Purpose

BASE32_CHARS: Final = 14  # of a signature in base32
BASE32_BITS: Final = 5 * BASE32_CHARS
_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
_BLOCK_BYTES: Final = 64  # of SHA-256, FIPS 180-4
_INNER: Final = bytes([byte ^ 0x36 for byte in range(256)])
_OUTER: Final = bytes([byte ^ 0x5C for byte in range(256)])


class _HmacSha256:
    """HMAC-SHA-256 under one key of at most 64 bytes, in the notation of RFC 2104.

    Both hashes have taken their half of the key in already: ``hmac.digest`` looks its hash up and takes the
    key in again for each value, which takes twice as long.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        block = key.ljust(_BLOCK_BYTES, b"\0")
        self._inner = sha256(block.translate(_INNER))
        self._outer = sha256(block.translate(_OUTER))

    def digest(self, value: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(value)
        outer.update(inner.digest())
        return outer.digest()


class StrictSigner(Signer):
    """Signs with the newest key and verifies with every key; signatures are unpadded base64url.

    Args:
        secret_keys: the newest first.
        purpose: what the values are for.
    """

    def __init__(self, secret_keys: Sequence[str], purpose: Purpose) -> None:
        super().__init__(
            list(reversed(secret_keys)),
            salt=purpose.salt,
            key_derivation="hmac",
            digest_method=sha256,
        )
        self._length = purpose.signature_bytes
        self._hmacs = tuple(_HmacSha256(self.derive_key(key)) for key in reversed(self.secret_keys))

    def get_signature(self, value: str | bytes) -> bytes:
        """Return the signature by the newest key, as text."""
        return self._text_of(self._hmacs[0].digest(want_bytes(value)))

    def verify_signature(self, value: str | bytes, sig: str | bytes) -> bool:
        """Whether ``sig`` is the text that one of the keys gives, compared in constant time."""
        data, text = want_bytes(value), want_bytes(sig)
        return any(hmac.compare_digest(text, self._text_of(each.digest(data))) for each in self._hmacs)

    def _text_of(self, digest: bytes) -> bytes:
        return b2a_base64(digest[: self._length], newline=False).rstrip(b"=").translate(_TO_URL)


class Base32Signer(StrictSigner):
    """The same with signatures in base32, which a QR code holds in its alphanumeric mode."""

    def verify_bits(self, value: bytes, bits: int) -> bool:
        """Whether ``bits`` are the 70 of the signature, which is not written as text for that."""
        sent = bits.to_bytes(self._length)
        return any(hmac.compare_digest(sent, self._bits_of(each.digest(value))) for each in self._hmacs)

    def _bits_of(self, digest: bytes) -> bytes:
        number = int.from_bytes(digest[: self._length]) >> 8 * self._length - BASE32_BITS
        return number.to_bytes(self._length)

    def _text_of(self, digest: bytes) -> bytes:
        return to_base32(digest[: self._length])[:BASE32_CHARS].encode()


class _StrictTimestampSigner(TimestampSigner):
    """Signs a value with the time of a clock that is handed in."""

    def __init__(self, *args: Any, clock: Callable[[], float], **options: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **options)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock())

    def verify_signature(self, value: str | bytes, sig: str | bytes) -> bool:
        data, text = want_bytes(value), want_bytes(sig)
        signatures = [self.algorithm.get_signature(self.derive_key(key), data) for key in self.secret_keys]
        return any(hmac.compare_digest(text, base64_encode(signature)) for signature in signatures)


def timed_serializer(
    secret_keys: Sequence[str],
    purpose: Purpose,
    *,
    clock: Callable[[], float] = time.time,
    **options: Any,  # noqa: ANN401 - itsdangerous's own
) -> URLSafeTimedSerializer:
    """Return a serializer whose texts are signed with the time, compared strictly, and URL-safe.

    Args:
        secret_keys: the newest first.
        purpose: what the values are for.
        clock: Unix time.
        options: further arguments of ``URLSafeTimedSerializer``.
    """
    return URLSafeTimedSerializer(
        list(reversed(secret_keys)),
        salt=purpose.salt,
        signer=_StrictTimestampSigner,
        signer_kwargs={"clock": clock, "key_derivation": "hmac", "digest_method": sha256},
        **options,
    )
