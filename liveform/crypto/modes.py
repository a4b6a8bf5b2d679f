"""AES-256 in the modes of a query string, ECB and GCM: bytes and text, in and out.

A mode is what a cipher and a project work with. It checks nothing that a caller gives, and its errors still
have their traceback: ``ciphers.py`` and ``project.py`` see to both. Every failure to open is one
``DecryptError``; only a text that is not in the layout's alphabet is ``MalformedError``.

ECB has no integrity and shows which blocks are equal. It is here because the vendor asks for it;
where the dashboard offers GCM, take GCM (NIST SP 800-38D).
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from liveform.crypto.engines import BLOCK_BYTES
from liveform.crypto.layout_text import read_text
from liveform.crypto.layouts import PARTS, arranged
from liveform.errors import DecryptError, FieldError, MalformedError
from liveform.wire.encoding import MAX_TEXT_CHARS, is_in_lines, undo_percent

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from liveform.crypto.engines import Aes
    from liveform.crypto.layout_text import Layout
    from liveform.crypto.layouts import EcbLayout, GcmLayout

    class Mode(Protocol):
        """AES under one key, and where nonce, tag and IV are."""

        @property
        def layout(self) -> Layout:
            """How bytes become text."""

        def encrypt(self, plaintext: bytes) -> bytes:
            """Return ``plaintext`` encrypted, with nonce, tag or IV where the layout puts them."""

        def decrypt(self, ciphertext: bytes) -> bytes:
            """Return the plaintext of what ``encrypt`` gave, or raise ``DecryptError``."""


class EcbMode:
    """AES-256-ECB with PKCS#7 padding (SP 800-38A section 6.1, RFC 5652 section 6.3)."""

    __slots__ = ("_aes", "layout")

    def __init__(self, aes: Aes, layout: EcbLayout) -> None:
        self._aes = aes
        self.layout: EcbLayout = layout

    def encrypt(self, plaintext: bytes) -> bytes:
        """Return ``plaintext`` encrypted."""
        return self._aes.encrypt_ecb(pad(plaintext))

    def decrypt(self, ciphertext: bytes) -> bytes:
        """Return the plaintext, or raise ``DecryptError``."""
        return unpad(self._aes.decrypt_ecb(whole_blocks(ciphertext)))


class GcmMode:
    """AES-256-GCM with a 16-byte tag and no associated data (SP 800-38D)."""

    __slots__ = ("_aes", "_in_order", "_nonce_bytes", "_nonce_source", "layout")

    def __init__(
        self, aes: Aes, layout: GcmLayout, nonce_source: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._aes = aes
        self._nonce_source = nonce_source if callable(nonce_source) else _gives_nothing
        self._nonce_bytes = layout.nonce_bytes
        self._in_order = layout.order == PARTS
        self.layout: GcmLayout = layout

    def encrypt(self, plaintext: bytes) -> bytes:
        """Return ``plaintext`` encrypted under a nonce of its own."""
        nonce = self._nonce_source(self._nonce_bytes)
        if type(nonce) is not bytes or len(nonce) != self._nonce_bytes:
            raise FieldError("nonce_source", f"must give {self._nonce_bytes} bytes")
        sealed = self._aes.encrypt_gcm(nonce, plaintext)
        return nonce + sealed if self._in_order else arranged(self.layout, nonce, sealed)

    def decrypt(self, ciphertext: bytes) -> bytes:
        """Return the plaintext, or raise ``DecryptError``."""
        try:
            parts = self.layout.split(ciphertext)
        except MalformedError:
            raise DecryptError from None
        return self._aes.decrypt_gcm(parts["nonce"], parts["ciphertext"] + parts["tag"])


def decrypt_text(mode: Mode, text: str, *, max_chars: int = MAX_TEXT_CHARS) -> str:
    """Return the plaintext of an encrypted text, also if a URL damaged the text.

    Args:
        mode: the cipher.
        text: what ``write_text`` gave.
        max_chars: the longest text that is looked at.

    Raises:
        MalformedError: not text, empty, too long, or not in the layout's alphabet and parts.
        DecryptError: another key or layout, or damaged.
    """
    if not isinstance(text, str) or not 0 < len(text) <= max_chars:
        raise MalformedError(f"an encrypted text must have 1 to {max_chars} characters")
    try:
        return _opened(mode, read_text(mode.layout, text))
    except (DecryptError, MalformedError):
        if is_in_lines(undo_percent(text)):  # or its spaces were plus signs
            with suppress(DecryptError, MalformedError):
                return _opened(mode, read_text(mode.layout, text, in_lines=False))
        raise


def _opened(mode: Mode, ciphertext: bytes) -> str:
    plaintext = mode.decrypt(ciphertext)
    try:
        return plaintext.decode()
    except UnicodeDecodeError:
        raise DecryptError from None


def _gives_nothing(_length: int) -> bytes:
    """A source in place of what cannot be called, for the error of one that gives too little."""
    return b""


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


def whole_blocks(data: bytes) -> bytes:
    """Return ``data`` if it is one block or more, or raise ``DecryptError``."""
    if not data or len(data) % BLOCK_BYTES:
        raise DecryptError
    return data
