"""AES-256 by ``pycryptodome``."""

from Crypto.Cipher import AES

from liveform.crypto.engines import NONCE_BYTES, TAG_BYTES, Aes
from liveform.errors import DecryptError


class _PycryptodomeAes:
    __slots__ = ("_ecb", "_key")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._ecb = AES.new(key, AES.MODE_ECB)  # the vendor's cipher; threads may share it

    def encrypt_ecb(self, blocks: bytes) -> bytes:
        return bytes(self._ecb.encrypt(blocks))

    def decrypt_ecb(self, blocks: bytes) -> bytes:
        return bytes(self._ecb.decrypt(blocks))

    def encrypt_cbc(self, iv: bytes, blocks: bytes) -> bytes:
        return bytes(AES.new(self._key, AES.MODE_CBC, iv=iv).encrypt(blocks))

    def decrypt_cbc(self, iv: bytes, blocks: bytes) -> bytes:
        return bytes(AES.new(self._key, AES.MODE_CBC, iv=iv).decrypt(blocks))

    def encrypt_gcm(self, nonce: bytes, plaintext: bytes) -> bytes:
        if len(nonce) not in NONCE_BYTES:
            raise ValueError("a nonce must be 8 to 128 bytes")  # as the other engine says
        gcm = AES.new(self._key, AES.MODE_GCM, nonce=nonce, mac_len=TAG_BYTES)
        return b"".join(gcm.encrypt_and_digest(plaintext))

    def decrypt_gcm(self, nonce: bytes, sealed: bytes) -> bytes:
        if len(nonce) not in NONCE_BYTES or len(sealed) < TAG_BYTES:
            raise DecryptError
        gcm = AES.new(self._key, AES.MODE_GCM, nonce=nonce, mac_len=TAG_BYTES)
        try:
            return bytes(gcm.decrypt_and_verify(sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]))
        except ValueError:
            raise DecryptError from None


def make_aes(key: bytes) -> Aes:
    """Return AES under ``key`` (32 bytes)."""
    return _PycryptodomeAes(key)
