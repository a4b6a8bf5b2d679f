"""Key text -> key bytes, kept where no repr, log, pickle or dataclass dump shows them."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, NoReturn, Self

from liveform.errors import KeyFormatError
from liveform.hidden_characters import HIDDEN
from liveform.immutable import Immutable
from liveform.tracebacks import strips_traceback

KEY_BYTES: Final = 32  # AES-256, FIPS 197 section 5: Nk = 8 words
# Control characters, line separators, tags, and all that shows nothing.
_HIDDEN: Final = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\U000e0000-\U000e007f{HIDDEN}]")
_HEX_DIGITS: Final = frozenset("0123456789abcdefABCDEF")


class KeyDerivation(StrEnum):
    """How 32 key bytes come from the text that the dashboard shows.

    ``SHA256`` is documented for the API key (GB-ENC) and inferred for a secretKey. The other
    two are documented nowhere; they are here for ``doctor`` and for a vendor that changes its mind.
    """

    SHA256 = "sha256"
    UTF8 = "utf8"  # the text's own bytes, which must be 32
    HEX = "hex"  # 64 hexadecimal digits


class KeyHolder(Immutable):
    """What every object with a key has in common: it does not change, is its own copy, is never pickled.

    A pickle would hold the key; so would the copy that ``dataclasses.asdict`` makes of what it finds.
    """

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise KeyFormatError(
            f"a {type(self).__name__} holds a key and is never pickled; make it in each process"
        )

    def __getstate__(self) -> NoReturn:
        self.__reduce_ex__(None)


class SecretKey(KeyHolder):
    """A 256-bit AES key that is never shown.

    Args:
        text: the API key or the secretKey, as the dashboard shows it: at least one
            character, no white space around it, no control or zero-width character.
        derivation: how the bytes come from the text; the vendor documents SHA-256.

    Raises:
        KeyFormatError: the text cannot be a key; the message says what is wanted.
    """

    __slots__ = ("_bytes", "_text")
    _bytes: bytes
    _text: str | None

    @strips_traceback
    def __init__(self, text: str, *, derivation: KeyDerivation | str = KeyDerivation.SHA256) -> None:
        self._fill(_bytes=_derive(_checked_text(text), derivation), _text=text)

    @classmethod
    @strips_traceback
    def from_bytes(cls, key: bytes) -> SecretKey:
        """Return a key of exactly these 32 bytes, for a derivation that liveform does not know.

        Raises:
            KeyFormatError: not 32 ``bytes``; a ``bytearray`` is refused too, since it can change.
        """
        if not isinstance(key, bytes) or len(key) != KEY_BYTES:
            raise KeyFormatError(f"a raw key must be {KEY_BYTES} bytes")
        self = cls.__new__(cls)
        self._fill(_bytes=key, _text=None)
        return self

    def expose_text(self) -> str:
        """Return the text that the dashboard shows. For the REST API's header only; do not log or store it.

        Raises:
            KeyFormatError: the key was made of raw bytes, which have no text.
        """
        if self._text is None:
            raise KeyFormatError("a key of raw bytes has no text, which the REST API needs")
        return self._text

    def expose_bytes(self) -> bytes:
        """Return the 32 key bytes. For engines only; do not log or store them."""
        return self._bytes

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SecretKey):
            return NotImplemented
        from hmac import compare_digest

        return compare_digest(self._bytes, other._bytes)

    def __hash__(self) -> int:
        return hash((SecretKey, self._bytes))

    def __repr__(self) -> str:
        return "SecretKey('**********')"


def _checked_text(text: object) -> str:
    if not isinstance(text, str):
        raise KeyFormatError("a key must be text, as the dashboard shows it")
    if not text:
        raise KeyFormatError("a key must not be empty")
    if text != text.strip():
        raise KeyFormatError("a key must not start or end with white space (a line break from a file?)")
    if _HIDDEN.search(text):
        raise KeyFormatError(
            "a key must not hold control or zero-width characters, nor a byte order mark; copy it once more"
        )
    return text


def _derive(text: str, derivation: object) -> bytes:
    if derivation != KeyDerivation.SHA256 and derivation not in tuple(KeyDerivation):
        raise KeyFormatError(f"the key derivation must be one of {', '.join(KeyDerivation)}")
    try:
        written = text.encode()
    except UnicodeEncodeError:
        raise KeyFormatError(
            f"the key derivation {derivation} needs Unicode, without lone surrogates"
        ) from None
    if derivation == KeyDerivation.SHA256:
        from hashlib import sha256

        return sha256(written).digest()
    if derivation == KeyDerivation.UTF8:
        if len(written) != KEY_BYTES:
            raise KeyFormatError(f"the key derivation utf8 needs a text of {KEY_BYTES} bytes")
        return written
    if len(written) != 2 * KEY_BYTES or not _HEX_DIGITS.issuperset(text):
        raise KeyFormatError(f"the key derivation hex needs {2 * KEY_BYTES} hexadecimal digits")
    return bytes.fromhex(text)


def as_secret_key(key: str | SecretKey) -> SecretKey:
    """Return ``key`` itself, or the key of this text."""
    return key if isinstance(key, SecretKey) else SecretKey(key)
