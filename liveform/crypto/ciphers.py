"""AES-256 under a key of the caller's: ECB and GCM, over bytes and over text. CBC is in ``cbc.py``.

Over text, UTF-8 is encrypted and the result is written by a layout, ready for a query value (but
not yet percent-encoded). Reading repairs what URLs do to such a text.
"""

from __future__ import annotations

import os
from collections.abc import Callable  # noqa: TC003 - for hints at run time
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from liveform.crypto.engines import EngineName, choose
from liveform.crypto.keys import KeyHolder, SecretKey, as_secret_key
from liveform.crypto.layout_text import Layout, checked_bytes, write_text
from liveform.crypto.layouts import EcbLayout, GcmLayout, as_layout
from liveform.crypto.modes import EcbMode, GcmMode, decrypt_text
from liveform.errors import FieldError
from liveform.tracebacks import strips_traceback

if TYPE_CHECKING:
    from liveform.crypto.modes import Mode
else:
    Mode = "object"  # a protocol, which would take its time to make

CipherName: TypeAlias = Literal["ecb", "gcm"]
CIPHER_NAMES: Final[tuple[CipherName, ...]] = ("ecb", "gcm")


class Cipher(KeyHolder):
    """One mode of AES-256 under one key. Safe to share between threads; never shows or pickles its key.

    Attributes:
        layout: how bytes become text.
        engine: the library at work, ``"cryptography"`` or ``"pycryptodome"``.
    """

    __slots__ = ("_mode", "engine", "layout")

    layout: Layout
    engine: EngineName
    _mode: Mode

    def __init__(self, mode: Mode, engine: EngineName) -> None:
        self._fill(_mode=mode, layout=mode.layout, engine=engine)

    @strips_traceback
    def encrypt(self, plaintext: bytes) -> bytes:
        """Return ``plaintext`` encrypted, with nonce, tag or IV where the layout puts them.

        Raises:
            FieldError: not bytes.
        """
        return self._mode.encrypt(checked_bytes("plaintext", plaintext))

    @strips_traceback
    def decrypt(self, ciphertext: bytes) -> bytes:
        """Return the plaintext of what ``encrypt`` gave.

        Raises:
            DecryptError: another key or layout, or damaged bytes: nothing shows which.
            FieldError: not bytes.
        """
        return self._mode.decrypt(checked_bytes("ciphertext", ciphertext))

    @strips_traceback
    def encrypt_text(self, plaintext: str) -> str:
        """Return ``plaintext`` as UTF-8, encrypted, written by the layout.

        Raises:
            FieldError: not text, or not Unicode (a lone surrogate).
        """
        return write_text(self.layout, self._mode.encrypt(_checked_text(plaintext)))

    @strips_traceback
    def decrypt_text(self, text: str) -> str:
        """Return the plaintext of what ``encrypt_text`` gave, also if a URL damaged the text.

        Raises:
            MalformedError: empty, over 65,536 characters, or not in the layout's alphabet and parts.
            DecryptError: another key or layout, or damaged bytes: nothing shows which.
        """
        return decrypt_text(self._mode, text)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.layout)!r}, engine={self.engine!r})"


class Ecb(Cipher):
    """AES-256-ECB with PKCS#7 padding (SP 800-38A section 6.1, RFC 5652 section 6.3).

    Args:
        key: key text as the dashboard shows it, or a ``SecretKey``.
        layout: how the text is written; base64 by default.
        engine: ``"cryptography"``, ``"pycryptodome"``, or None for the best that is installed.

    Raises:
        KeyFormatError: ``key`` is not a key.
        ConfigError: no such layout or engine, or no engine is installed.

    >>> Ecb("a key from the dashboard").encrypt_text("{}")
    'OFJH/13d2yNMfLV4vsWx/Q=='
    """

    __slots__ = ()

    @strips_traceback
    def __init__(
        self, key: str | SecretKey, layout: EcbLayout | str = EcbLayout(), *, engine: str | None = None
    ) -> None:
        chosen, make_aes = choose(engine)
        aes = make_aes(as_secret_key(key).expose_bytes())
        super().__init__(EcbMode(aes, as_layout(EcbLayout, layout)), chosen)


class Gcm(Cipher):
    """AES-256-GCM with a 16-byte tag and no associated data (SP 800-38D). The layout is unconfirmed.

    Args:
        key: key text as the dashboard shows it, or a ``SecretKey``.
        layout: where nonce, ciphertext and tag are; by default a nonce of 12 bytes, ciphertext, tag,
            joined, in base64.
        engine: ``"cryptography"``, ``"pycryptodome"``, or None for the best that is installed.
        nonce_source: returns a nonce. ``encrypt`` and ``encrypt_text`` call it once each, with the number of
            bytes of the layout's nonce (12 or 16), and it must return ``bytes`` of exactly that length, never
            the same twice under one key (SP 800-38D section 8). The result of both holds the nonce, where the
            layout puts it. ``decrypt`` does not call it. Leave it alone outside of known-answer tests.

    Raises:
        KeyFormatError: ``key`` is not a key.
        ConfigError: no such layout or engine, or no engine is installed.
        FieldError: from ``encrypt`` and ``encrypt_text``, if ``nonce_source`` is not callable, or returns
            something else. What it raises itself goes through.
    """

    __slots__ = ()
    layout: GcmLayout

    @strips_traceback
    def __init__(
        self,
        key: str | SecretKey,
        layout: GcmLayout | str = GcmLayout(),
        *,
        engine: str | None = None,
        nonce_source: Callable[[int], bytes] = os.urandom,
    ) -> None:
        chosen, make_aes = choose(engine)
        aes = make_aes(as_secret_key(key).expose_bytes())
        super().__init__(GcmMode(aes, as_layout(GcmLayout, layout), nonce_source), chosen)


def _checked_text(text: object) -> bytes:
    if not isinstance(text, str):
        raise FieldError("plaintext", "must be text")
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise FieldError("plaintext", "must be Unicode, without lone surrogates") from None
