"""AES-256 by ``cryptography``, that is by OpenSSL."""

from collections.abc import Callable
from functools import partial

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB

from liveform.crypto.engines import BLOCK_BYTES, NONCE_BYTES, TAG_BYTES, Aes
from liveform.errors import DecryptError


class _Pool:
    """Contexts under one key, for work to which it does not matter what a context read before.

    To make a context takes longer than to use it, so it is used again; but only one thread may hold it at a
    time, so each call takes one out and puts it back.
    """

    __slots__ = ("_idle", "_make")

    def __init__(self, make: Callable[[], CipherContext]) -> None:
        self._make = make
        self._idle: list[CipherContext] = []

    def run(self, blocks: bytes) -> bytes:
        try:
            context = self._idle.pop()
        except IndexError:
            context = self._make()
        result = context.update(blocks)
        self._idle.append(context)
        return result


class _CryptographyAes:
    __slots__ = ("_aes", "_chained", "_gcm", "decrypt_ecb", "encrypt_ecb")

    def __init__(self, key: bytes) -> None:
        self._aes = AES(key)
        self._gcm = AESGCM(key)
        ecb = Cipher(self._aes, ECB())  # noqa: S305 - the vendor's cipher
        self.encrypt_ecb: Callable[[bytes], bytes] = _Pool(ecb.encryptor).run
        self.decrypt_ecb: Callable[[bytes], bytes] = _Pool(ecb.decryptor).run
        self._chained = _Pool(partial(_cbc_decryptor, self._aes))

    def encrypt_cbc(self, iv: bytes, blocks: bytes) -> bytes:
        context = Cipher(self._aes, CBC(iv)).encryptor()
        return context.update(blocks) + context.finalize()

    def decrypt_cbc(self, iv: bytes, blocks: bytes) -> bytes:
        # A context remembers the last block that it read, and nothing else. Here that is the IV.
        return self._chained.run(iv + blocks)[BLOCK_BYTES:]

    def encrypt_gcm(self, nonce: bytes, plaintext: bytes) -> bytes:
        return self._gcm.encrypt(nonce, plaintext, None)

    def decrypt_gcm(self, nonce: bytes, sealed: bytes) -> bytes:
        if len(nonce) not in NONCE_BYTES or len(sealed) < TAG_BYTES:
            raise DecryptError
        try:
            return self._gcm.decrypt(nonce, sealed, None)
        except InvalidTag:
            raise DecryptError from None


def _cbc_decryptor(aes: AES) -> CipherContext:
    return Cipher(aes, CBC(bytes(BLOCK_BYTES))).decryptor()


def make_aes(key: bytes) -> Aes:
    """Return AES under ``key`` (32 bytes)."""
    return _CryptographyAes(key)
