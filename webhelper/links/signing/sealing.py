"""Personal data at rest, sealed with AES-256-GCM under keys derived from ``SECRET_KEYS``.

Each secret key gives one sealing key by HKDF-SHA-256 (RFC 5869), so that no key has two uses. What
is sealed is bound to its place (``context``): a row copied over another does not open. What has to be found
without being opened has a keyed digest beside it, under keys of their own.
"""

from __future__ import annotations

import hmac
import os
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from liveform import DecryptError

if TYPE_CHECKING:
    from collections.abc import Sequence

NONCE_BYTES: Final = 12  # NIST SP 800-38D section 8.2.2, random
_KEY_BYTES: Final = 32
_KEY_ID_BYTES: Final = 8  # tell the keys of a site apart
_SEALING: Final = b"liveform.webhelper.sealing.v1"
_LOOKUP: Final = b"liveform.webhelper.lookup.v1"


class Sealer:
    """Seals with the newest key, and opens with every key.

    Args:
        secret_keys: the newest first.

    Attributes:
        key_ids: 8 bytes that name each key and tell nothing of it, the newest first; for rows to carry.
    """

    __slots__ = ("_ciphers", "_lookup_keys", "key_ids")

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._ciphers = [AESGCM(_derived(key, _SEALING)) for key in secret_keys]
        self._lookup_keys = [_derived(key, _LOOKUP) for key in secret_keys]
        self.key_ids = [digest[:_KEY_ID_BYTES] for digest in self.digests(b"sealed by")]

    def seal(self, data: bytes, context: bytes) -> bytes:
        """Return nonce (12 bytes), ciphertext and tag (16 bytes)."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._ciphers[0].encrypt(nonce, data, context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Return what was sealed for this ``context``.

        Raises:
            DecryptError: another key or context, or damaged.
        """
        return self.open_and_name(sealed, context)[0]

    def open_and_name(self, sealed: bytes, context: bytes) -> tuple[bytes, bytes]:
        """Return what was sealed for this ``context``, and the id of its key; errors as in ``open``."""
        for cipher, key_id in zip(self._ciphers, self.key_ids, strict=True):
            try:
                return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context), key_id
            except (InvalidTag, ValueError):  # ValueError: shorter than a nonce
                continue
        raise DecryptError

    def digests(self, data: bytes) -> list[bytes]:
        """Return HMAC-SHA-256 of ``data`` under each key, the newest first, by which it can be found."""
        return [hmac.digest(key, data, "sha256") for key in self._lookup_keys]


def _derived(secret_key: str, info: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=info).derive(secret_key.encode())
