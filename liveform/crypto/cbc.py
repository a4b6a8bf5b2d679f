"""AES-256-CBC, for the vendor's Secure Data Transfer: its layout, its mode and its cipher.

No query string uses it, so that a program imports it only when it asks for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable  # noqa: TC003 - for hints at run time
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias

from liveform.crypto.ciphers import Cipher
from liveform.crypto.engines import choose
from liveform.crypto.keys import SecretKey, as_secret_key
from liveform.crypto.layout_text import SEPARATORS, Layout, known_encoding
from liveform.crypto.layouts import as_layout
from liveform.crypto.modes import pad, unpad, whole_blocks
from liveform.errors import ConfigError, FieldError
from liveform.tracebacks import strips_traceback
from liveform.wire.encoding import Encoding

if TYPE_CHECKING:
    from liveform.crypto.engines import Aes


IvPlace: TypeAlias = Literal["front", "zero", "key-head"]
IV_PLACES: Final[tuple[IvPlace, ...]] = ("front", "zero", "key-head")
IV_BYTES: Final = 16  # SP 800-38A section 5.3: one block


class CbcLayout(Layout):
    """Where the IV of a CBC text comes from. The default is a guess: the vendor documents none (FAQ, WH).

    Args:
        iv: ``"front"`` (random, before the ciphertext), ``"zero"`` (16 zero bytes) or ``"key-head"`` (the
            first 16 key bytes). The last two are for reading what others wrote: they show equal beginnings.
        encoding: ``"base64"``, ``"base64url"`` or ``"hex"``.
        separator: with ``"front"`` only: ``":"`` or ``"."`` between IV and ciphertext, or None for joined.

    Raises:
        ConfigError: another value than these.

    >>> str(CbcLayout())
    'iv16+ciphertext, base64'
    """

    __slots__ = ("encoding", "iv", "separator")
    iv: IvPlace

    @strips_traceback
    def __init__(
        self,
        iv: IvPlace = "front",
        encoding: Encoding | str = Encoding.BASE64,
        separator: str | None = None,
    ) -> None:
        if iv not in IV_PLACES:
            raise ConfigError(("cbc_layout", f"the IV must be one of {', '.join(IV_PLACES)}"))
        if separator is not None and (iv != "front" or separator not in SEPARATORS):
            raise ConfigError(
                ("cbc_layout", "the separator must be ':' or '.', and only with the IV in front")
            )
        self._fill(iv=iv, encoding=known_encoding("cbc_layout", encoding), separator=separator)

    def __str__(self) -> str:
        front = f"iv{IV_BYTES}{self.separator or '+'}ciphertext"
        return f"{front if self.iv == 'front' else f'{self.iv}-iv'}, {self.encoding.value}"

    @classmethod
    @strips_traceback
    def from_text(cls, text: object) -> Self:
        """Return the layout that ``str(layout)`` gives, such as ``"iv16+ciphertext, base64"``.

        Raises:
            ConfigError: the text names none.
        """
        place, _, encoding = text.partition(", ") if isinstance(text, str) else ("", "", "")
        iv: IvPlace = next((iv for iv in IV_PLACES if place == f"{iv}-iv"), "front")
        separator = next((sign for sign in SEPARATORS if sign in place), None)
        if encoding in tuple(Encoding):
            named = cls(iv, encoding, separator if iv == "front" else None)
            if str(named) == text:
                return named
        raise ConfigError(("cbc_layout", f"must be a layout such as {str(cls())!r} or 'zero-iv, hex'"))

    def lengths(self) -> tuple[int | None, ...]:
        """Return the length of each part in bytes; None for the ciphertext."""
        return (IV_BYTES, None)


class CbcMode:
    """AES-256-CBC with PKCS#7 padding (SP 800-38A section 6.2).

    Args:
        aes: AES under the key.
        layout: where the IV comes from.
        key: the key bytes, for a layout whose IV is their head.
        iv_source: gives random bytes, for an IV in front.
    """

    __slots__ = ("_aes", "_fixed_iv", "_iv_source", "layout")

    def __init__(
        self, aes: Aes, layout: CbcLayout, key: bytes, iv_source: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._aes = aes
        self._iv_source = iv_source
        fixed = {"front": None, "zero": bytes(IV_BYTES), "key-head": key[:IV_BYTES]}
        self._fixed_iv = fixed[layout.iv]
        self.layout: CbcLayout = layout

    def encrypt(self, plaintext: bytes) -> bytes:
        """Return ``plaintext`` encrypted, behind its IV unless that is fixed."""
        if self._fixed_iv is not None:
            return self._aes.encrypt_cbc(self._fixed_iv, pad(plaintext))
        iv = self._iv_source(IV_BYTES) if callable(self._iv_source) else None
        if type(iv) is not bytes or len(iv) != IV_BYTES:
            raise FieldError("iv_source", f"must give {IV_BYTES} bytes")
        return iv + self._aes.encrypt_cbc(iv, pad(plaintext))

    def decrypt(self, ciphertext: bytes) -> bytes:
        """Return the plaintext, or raise ``DecryptError``."""
        iv = self._fixed_iv
        if iv is None:
            iv, ciphertext = ciphertext[:IV_BYTES], ciphertext[IV_BYTES:]
        return unpad(self._aes.decrypt_cbc(iv, whole_blocks(ciphertext)))


class Cbc(Cipher):
    """AES-256-CBC with PKCS#7 padding (SP 800-38A section 6.2), for Secure Data Transfer.

    The layout is unconfirmed.

    Args:
        key: the API key as the dashboard shows it, or a ``SecretKey``.
        layout: where the IV comes from; 16 random bytes in front, joined, in base64 by default.
        engine: ``"cryptography"``, ``"pycryptodome"``, or None for the best that is installed.
        iv_source: returns an IV, for a layout with one in front; the others never call it. ``encrypt`` and
            ``encrypt_text`` call it once each, with 16, and it must return ``bytes`` of that length that
            nobody can predict (SP 800-38A appendix C). ``decrypt`` does not call it. Leave it alone outside
            of known-answer tests.

    Raises:
        KeyFormatError: ``key`` is not a key.
        ConfigError: no such layout or engine, or no engine is installed.
        FieldError: from ``encrypt`` and ``encrypt_text``, if ``iv_source`` is not callable, or returns
            something else. What it raises itself goes through.
    """

    __slots__ = ()
    layout: CbcLayout

    @strips_traceback
    def __init__(
        self,
        key: str | SecretKey,
        layout: CbcLayout | str = CbcLayout(),
        *,
        engine: str | None = None,
        iv_source: Callable[[int], bytes] = os.urandom,
    ) -> None:
        chosen, make_aes = choose(engine)
        key_bytes = as_secret_key(key).expose_bytes()
        checked = as_layout(CbcLayout, layout)
        super().__init__(CbcMode(make_aes(key_bytes), checked, key_bytes, iv_source), chosen)
