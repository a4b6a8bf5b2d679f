"""AES-256 in the modes that the vendor names: ECB, GCM and CBC, over bytes and over text.

Over text, UTF-8 is encrypted and the result is written by a layout, ready for a query value (but
not yet percent-encoded). Reading mends what URLs do to such a text. Every failure to open is one
``DecryptError``; only a text that is not in the layout's alphabet is ``MalformedError``.

ECB has no integrity and shows which blocks are equal. It is here because the vendor asks for it;
where the dashboard offers GCM, take GCM (NIST SP 800-38D).
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from liveform.crypto.engines import BLOCK_BYTES, Aes, EngineName, choose
from liveform.crypto.keys import KeyHolder, SecretKey, as_secret_key
from liveform.crypto.layout_text import checked_bytes
from liveform.crypto.layouts import IV_BYTES, CbcLayout, EcbLayout, GcmLayout, Layout, as_layout
from liveform.errors import DecryptError, FieldError, MalformedError
from liveform.tracebacks import strips_traceback
from liveform.wire.encoding import MAX_TEXT_CHARS

if TYPE_CHECKING:
    from collections.abc import Callable

CipherName: TypeAlias = Literal["ecb", "gcm"]
CIPHER_NAMES: Final[tuple[CipherName, ...]] = ("ecb", "gcm")


class Cipher(KeyHolder, ABC):
    """One mode of AES-256 under one key. Safe to share between threads; never shows or pickles its key.

    Attributes:
        layout: how bytes become text.
        engine: the library at work, ``"cryptography"`` or ``"pycryptodome"``.
    """

    __slots__ = ("_aes", "engine", "layout")

    layout: Layout
    engine: EngineName
    _aes: Aes

    def __init__(self, key: str | SecretKey, layout: Layout, engine: str | None) -> None:
        chosen, make_aes = choose(engine)
        self._set("layout", layout)
        self._set("engine", chosen)
        self._set("_aes", make_aes(as_secret_key(key).expose_bytes()))

    @strips_traceback
    def encrypt(self, plaintext: bytes) -> bytes:
        """Return ``plaintext`` encrypted, with nonce, tag or IV where the layout puts them.

        Raises:
            FieldError: not bytes.
        """
        return self._encrypt(checked_bytes("plaintext", plaintext))

    @strips_traceback
    def decrypt(self, ciphertext: bytes) -> bytes:
        """Return the plaintext of what ``encrypt`` gave.

        Raises:
            DecryptError: another key or layout, or damaged bytes; which one is not told.
            FieldError: not bytes.
        """
        return self._decrypt(checked_bytes("ciphertext", ciphertext))

    @strips_traceback
    def encrypt_text(self, plaintext: str) -> str:
        """Return ``plaintext`` as UTF-8, encrypted, written by the layout.

        Raises:
            FieldError: not text, or not Unicode (a lone surrogate).
        """
        return self._seal(_checked_text(plaintext))

    def _seal(self, plaintext: bytes) -> str:
        """Return the text of ``plaintext``, unchecked and without a shield, for ``JsonCipher``."""
        return self.layout._text_of(self._encrypt(plaintext))

    def _seal_for_query(self, plaintext: bytes) -> str:
        """Return the same, percent-encoded."""
        return self.layout._query_text_of(self._encrypt(plaintext))

    @strips_traceback
    def decrypt_text(self, text: str) -> str:
        """Return the plaintext of what ``encrypt_text`` gave, also if a URL damaged the text.

        Raises:
            MalformedError: empty, over 65,536 characters, or not in the layout's alphabet and parts.
            DecryptError: another key or layout, or damaged bytes; which one is not told.
        """
        return self._unseal(text)

    def _unseal(self, text: str) -> str:
        """Return the same without a shield, for ``JsonCipher``."""
        if not isinstance(text, str) or not 0 < len(text) <= MAX_TEXT_CHARS:
            raise MalformedError(f"an encrypted text must have 1 to {MAX_TEXT_CHARS} characters")
        plaintext = self._decrypt(self.layout._bytes_of(text))
        try:
            return plaintext.decode()
        except UnicodeDecodeError:
            raise DecryptError from None

    @abstractmethod
    def _encrypt(self, plaintext: bytes) -> bytes: ...

    @abstractmethod
    def _decrypt(self, ciphertext: bytes) -> bytes: ...

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.layout)!r}, engine={self.engine!r})"


class Ecb(Cipher):
    """AES-256-ECB with PKCS#7 padding (SP 800-38A section 6.1, RFC 5652 section 6.3).

    Args:
        key: key text as the dashboard shows it, or a ``SecretKey``.
        layout: how the text is written; base64 by default.
        engine: ``"cryptography"``, ``"pycryptodome"``, or None for the best that is installed.

    >>> Ecb("a key from the dashboard").encrypt_text("{}")
    'OFJH/13d2yNMfLV4vsWx/Q=='
    """

    __slots__ = ()

    @strips_traceback
    def __init__(
        self, key: str | SecretKey, layout: EcbLayout | str = EcbLayout(), *, engine: str | None = None
    ) -> None:
        super().__init__(key, as_layout(EcbLayout, layout), engine)

    def _encrypt(self, plaintext: bytes) -> bytes:
        return self._aes.encrypt_ecb(pad(plaintext))

    def _decrypt(self, ciphertext: bytes) -> bytes:
        return unpad(self._aes.decrypt_ecb(_whole_blocks(ciphertext)))


class Gcm(Cipher):
    """AES-256-GCM with a 16-byte tag and no associated data (SP 800-38D). The layout is unconfirmed.

    Args:
        key: key text as the dashboard shows it, or a ``SecretKey``.
        layout: where nonce, ciphertext and tag stand; by default a nonce of 12 bytes, ciphertext, tag,
            joined, in base64.
        engine: ``"cryptography"``, ``"pycryptodome"``, or None for the best that is installed.
        nonce_source: gives that many bytes, never the same twice under one key (SP 800-38D section 8).
            Leave it alone outside of known-answer tests.
    """

    __slots__ = ("_nonce_source",)
    layout: GcmLayout
    _nonce_source: Callable[[int], bytes]

    @strips_traceback
    def __init__(
        self,
        key: str | SecretKey,
        layout: GcmLayout | str = GcmLayout(),
        *,
        engine: str | None = None,
        nonce_source: Callable[[int], bytes] = os.urandom,
    ) -> None:
        super().__init__(key, as_layout(GcmLayout, layout), engine)
        self._set("_nonce_source", nonce_source)

    def _encrypt(self, plaintext: bytes) -> bytes:
        nonce = _drawn("nonce_source", self._nonce_source, self.layout.nonce_bytes)
        return self.layout._arrange(nonce, self._aes.encrypt_gcm(nonce, plaintext))

    def _decrypt(self, ciphertext: bytes) -> bytes:
        try:
            parts = self.layout.split(ciphertext)
        except MalformedError:
            raise DecryptError from None
        return self._aes.decrypt_gcm(parts["nonce"], parts["ciphertext"] + parts["tag"])


class Cbc(Cipher):
    """AES-256-CBC with PKCS#7 padding (SP 800-38A section 6.2), for Secure Data Transfer.

    The layout is unconfirmed.

    Args:
        key: the API key as the dashboard shows it, or a ``SecretKey``.
        layout: where the IV comes from; 16 random bytes in front, joined, base64 by default.
        engine: ``"cryptography"``, ``"pycryptodome"``, or None for the best that is installed.
        iv_source: gives that many unpredictable bytes (SP 800-38A appendix C), for an IV in front.
            Leave it alone outside of known-answer tests.
    """

    __slots__ = ("_fixed_iv", "_iv_source")
    layout: CbcLayout
    _fixed_iv: bytes | None
    _iv_source: Callable[[int], bytes]

    @strips_traceback
    def __init__(
        self,
        key: str | SecretKey,
        layout: CbcLayout | str = CbcLayout(),
        *,
        engine: str | None = None,
        iv_source: Callable[[int], bytes] = os.urandom,
    ) -> None:
        key = as_secret_key(key)
        super().__init__(key, as_layout(CbcLayout, layout), engine)
        self._set("_iv_source", iv_source)
        fixed = {"front": None, "zero": bytes(IV_BYTES), "key-head": key.expose_bytes()[:IV_BYTES]}
        self._set("_fixed_iv", fixed[self.layout.iv])

    def _encrypt(self, plaintext: bytes) -> bytes:
        if self._fixed_iv is not None:
            return self._aes.encrypt_cbc(self._fixed_iv, pad(plaintext))
        iv = _drawn("iv_source", self._iv_source, IV_BYTES)
        return iv + self._aes.encrypt_cbc(iv, pad(plaintext))

    def _decrypt(self, ciphertext: bytes) -> bytes:
        iv = self._fixed_iv
        if iv is None:
            iv, ciphertext = ciphertext[:IV_BYTES], ciphertext[IV_BYTES:]
        return unpad(self._aes.decrypt_cbc(iv, _whole_blocks(ciphertext)))


# By count: as many bytes as each of them says (RFC 5652 section 6.3).
_PADDINGS: Final = tuple(bytes([count]) * count for count in range(BLOCK_BYTES + 1))


def pad(data: bytes) -> bytes:
    """Return ``data`` with 1 to 16 bytes of PKCS#7 padding (RFC 5652 section 6.3)."""
    return data + _PADDINGS[BLOCK_BYTES - len(data) % BLOCK_BYTES]


def unpad(blocks: bytes) -> bytes:
    """Return ``blocks`` without its padding, or raise ``DecryptError`` if the padding is not exact."""
    count = blocks[-1]
    if not 0 < count <= BLOCK_BYTES or not blocks.endswith(_PADDINGS[count]):
        raise DecryptError
    return blocks[:-count]


def _drawn(name: str, source: Callable[[int], bytes], length: int) -> bytes:
    drawn = source(length) if callable(source) else None
    if not isinstance(drawn, bytes) or len(drawn) != length:
        raise FieldError(name, f"must give {length} bytes")
    return drawn


def _whole_blocks(data: bytes) -> bytes:
    if not data or len(data) % BLOCK_BYTES:
        raise DecryptError
    return data


def _checked_text(text: object) -> bytes:
    if not isinstance(text, str):
        raise FieldError("plaintext", "must be text")
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise FieldError("plaintext", "must be Unicode, without lone surrogates") from None
