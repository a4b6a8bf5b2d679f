"""An encrypted text and a key -> every cipher and layout that opens it.

There are about 130 layouts, and a text may have a megabyte. So the text is decoded once for each encoding,
and of a text without a tag the last block is opened first: its padding is right by chance once in 256 times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator  # noqa: TC003 - for hints at run time
from functools import partial
from itertools import permutations
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from liveform.crypto.cbc import CbcLayout, CbcMode
from liveform.crypto.engines import BLOCK_BYTES, choose
from liveform.crypto.keys import SecretKey  # noqa: TC001 - for hints at run time
from liveform.crypto.layout_text import SEPARATORS
from liveform.crypto.layouts import NONCE_LENGTHS, PARTS, EcbLayout, GcmLayout
from liveform.crypto.modes import EcbMode, GcmMode
from liveform.crypto.salted import MAGIC, SaltedLayout, decrypt_salted
from liveform.errors import MalformedError, UntrustedInputError
from liveform.wire.encoding import Encoding, decode, repaired
from liveform.wire.json_object import read_value

if TYPE_CHECKING:
    from liveform.crypto.modes import Mode


CipherName: TypeAlias = Literal["ecb", "gcm", "cbc", "salted", "ctr"]
FoundLayout: TypeAlias = EcbLayout | GcmLayout | CbcLayout | SaltedLayout

# What else looks like base64, but cannot be read by the form.
_OTHER_FORMS: Final = (
    (r"gAAAAA", "a Fernet token, which is AES-128 with a key of its own"),
    (r"eyJ[\w-]*(\.[\w-]*){4}$", "an encrypted JSON Web Token (RFC 7516)"),
    (r"eyJ[\w-]*(\.[\w-]*){2}$", "a signed JSON Web Token (RFC 7519), which is not encrypted"),
    (r"eyJ|eyAi|ewog|ewoi", "JSON in base64, and not encrypted"),
)
_MAX_PARTS: Final = 3  # nonce, ciphertext and tag
_TAIL_BYTES: Final = 2 * BLOCK_BYTES  # the last block, and the one before it, which is its IV in CBC


class PartsLayout(NamedTuple):
    """Which members of a JSON object hold IV, ciphertext, tag and salt, and how each is written.

    No setting names it: the vendor documents no such form. ``str(layout)`` says it in words.
    """

    parts: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return ", ".join(f"{name} ({encoding})" for name, encoding in self.parts)


class Match(NamedTuple):
    """A cipher and layout that open a text.

    Attributes:
        cipher, layout: which.
        is_exact: whether the layout writes just this text; if not, it fits only if a URL damaged the text.
    """

    cipher: CipherName
    layout: FoundLayout | PartsLayout
    is_exact: bool


class _Reading(NamedTuple):
    """A text, decoded in one of the possible ways."""

    parts: list[bytes]
    is_exact: bool


class EncryptedText:
    """A text of an unknown cipher and layout, decoded in every way that is possible.

    Args:
        text: as it was found, but without percent signs.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._readings: dict[tuple[Encoding, str | None], _Reading] = {}
        for encoding in Encoding:
            for separator in (None, *SEPARATORS):
                reading = _reading(text, encoding, separator)
                if reading is not None:
                    self._readings[encoding, separator] = reading

    def what(self) -> str:
        """Return what the text is, for the error of one that does not open; empty if nothing is known."""
        salted = any(reading.parts[0].startswith(MAGIC) for reading in self._readings.values())
        if salted:
            return "in OpenSSL's Salted__ form, whose key is a passphrase"
        return next((what for pattern, what in _OTHER_FORMS if re.match(pattern, self._text)), "")

    def matches(self, key: SecretKey) -> Iterator[Match]:
        """Yield what opens the text under a key: ECB first, then GCM, then CBC, and the defaults first."""
        key_bytes = key.expose_bytes()
        aes = choose()[1](key_bytes)
        ecb_tail, cbc_tail = EcbMode(aes, EcbLayout()), CbcMode(aes, CbcLayout(), key_bytes)
        for ecb in map(EcbLayout, Encoding):
            yield from self._try("ecb", ecb, ecb_tail.decrypt, ecb_tail)
        for gcm in gcm_layouts():
            yield from self._try("gcm", gcm, GcmMode(aes, gcm).decrypt)
        for cbc in cbc_layouts():
            yield from self._try("cbc", cbc, CbcMode(aes, cbc, key_bytes).decrypt, cbc_tail)

    def salted_matches(self, passphrase: str) -> Iterator[Match]:
        """Yield what opens the text in OpenSSL's ``Salted__`` form under a passphrase."""
        decrypt = partial(decrypt_salted, passphrase.encode(), choose()[1])
        for layout in map(SaltedLayout, Encoding):
            yield from self._try("salted", layout, decrypt)

    def _try(
        self,
        cipher: CipherName,
        layout: FoundLayout,
        decrypt: Callable[[bytes], bytes],
        tail: Mode | None = None,
    ) -> Iterator[Match]:
        reading = self._readings.get((layout.encoding, layout.separator))
        if reading is None or (layout.separator is not None and not _has_lengths(layout, reading.parts)):
            return
        data = b"".join(reading.parts)
        try:
            if tail is not None and len(data) > _TAIL_BYTES:
                tail.decrypt(data[-_TAIL_BYTES:])
            plaintext = decrypt(data).decode()
            if cipher != "gcm" and not isinstance(read_value(plaintext), dict | list):
                return
        except (UntrustedInputError, UnicodeDecodeError):
            return
        yield Match(cipher, layout, reading.is_exact)


def gcm_layouts() -> Iterator[GcmLayout]:
    """Yield every GCM layout that liveform can name, the default first."""
    for nonce_bytes in NONCE_LENGTHS:
        for order in permutations(PARTS):
            for encoding in Encoding:
                for separator in (None, *SEPARATORS):
                    yield GcmLayout(order, nonce_bytes, encoding, separator)


def cbc_layouts() -> Iterator[CbcLayout]:
    """Yield every CBC layout that liveform can name, the default first."""
    for encoding in Encoding:
        for separator in (None, *SEPARATORS):
            yield CbcLayout("front", encoding, separator)
        yield CbcLayout("zero", encoding)
        yield CbcLayout("key-head", encoding)


def _reading(text: str, encoding: Encoding, separator: str | None) -> _Reading | None:
    """The parts of a text in one encoding; None if it has not the alphabet or the separator."""
    written = [text] if separator is None else text.split(separator, _MAX_PARTS)
    if separator is not None and not 1 < len(written) <= _MAX_PARTS:
        return None
    try:
        return _Reading([decode(part, encoding) for part in written], is_exact=True)
    except MalformedError:
        pass
    try:
        return _Reading([decode(repaired(part, encoding), encoding) for part in written], is_exact=False)
    except MalformedError:
        return None


def _has_lengths(layout: FoundLayout, parts: list[bytes]) -> bool:
    """Whether the parts of a text are as many and as long as a layout wants."""
    lengths = layout.lengths()
    return len(lengths) == len(parts) and all(
        length is None or length == len(part) for length, part in zip(lengths, parts, strict=True)
    )
