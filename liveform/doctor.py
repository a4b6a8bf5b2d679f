"""One sample of the dashboard's own tool + its key -> which cipher and layout the vendor uses.

The vendor documents no GCM layout and no IV (vendor pages ENC, FAQ). Anyone with an account can
make one encrypted value in the dashboard; this says what it is, and how to tell liveform.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from liveform.crypto.cbc import CbcLayout, CbcMode
from liveform.crypto.engines import choose
from liveform.crypto.keys import KeyDerivation, SecretKey
from liveform.crypto.layout_text import SEPARATORS, read_text, write_text
from liveform.crypto.layouts import NONCE_LENGTHS, PARTS, EcbLayout, GcmLayout
from liveform.crypto.modes import EcbMode, GcmMode, decrypt_text
from liveform.errors import KeyFormatError, MalformedError, UnexpectedValueError, UntrustedInputError
from liveform.tracebacks import strips_traceback
from liveform.wire.encoding import MAX_TEXT_CHARS, Encoding, undo_percent
from liveform.wire.json_object import read_object
from liveform.wire.query import read_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveform.crypto.modes import Mode

CipherName: TypeAlias = Literal["ecb", "gcm", "cbc"]
Layout: TypeAlias = EcbLayout | GcmLayout | CbcLayout
NO_LAYOUT_FITS: Final = "no known layout fits this key"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a sample is.

    Attributes:
        cipher: ``"ecb"``, ``"gcm"`` or ``"cbc"``.
        layout: where its parts are; ``str(layout)`` is the text for settings.
        derivation: how the key bytes come from the key text; ``sha256`` is the documented way.
        envelope: whether the sample was a Secure Data Transfer body, ``{"data": "..."}``.
        also_fits: other findings that this one sample cannot tell apart, such as base64url for a text
            without a + or /. A longer sample decides.
    """

    cipher: CipherName
    layout: Layout
    derivation: KeyDerivation = KeyDerivation.SHA256
    envelope: bool = False
    also_fits: tuple[Finding, ...] = ()

    def __str__(self) -> str:
        key = "" if self.derivation is KeyDerivation.SHA256 else f", key derivation {self.derivation}"
        envelope = " in a data envelope" if self.envelope else ""
        return f"{self.cipher.upper()}{envelope}, layout: {self.layout}{key}"

    def settings(self) -> dict[str, str]:
        """Return what to write in the project's settings; nothing for CBC, which no query string uses."""
        if self.cipher == "cbc":
            return {}
        settings = {"cipher": self.cipher, f"{self.cipher}_layout": str(self.layout)}
        if self.derivation is not KeyDerivation.SHA256:
            settings["key_derivation"] = self.derivation.value
        return settings


@strips_traceback
def find_layout(sample: str, key: str | SecretKey) -> Finding:
    """Return which cipher and layout made ``sample`` under ``key``.

    Args:
        sample: a text for ``encrypted``, a whole form URL or Return URL, or a body ``{"data": "..."}``.
        key: the API key or secretKey that made it. Key texts are tried with every ``KeyDerivation``.

    Raises:
        UnexpectedValueError: no known layout fits this key.
        MalformedError: nothing that could be a sample.
        KeyFormatError: the key is empty, not text, or has white space around it.
    """
    text, envelope = _encrypted_text(sample)
    text = undo_percent(text)
    if "%" in text:  # no layout writes one
        raise UnexpectedValueError("sample", NO_LAYOUT_FITS)
    found = [
        Finding(name, layout, derivation, envelope)
        for derivation, secret in _keys(key)
        for name, layout, mode in _modes(secret)
        if _opens(name, mode, text)
    ]
    if not found:
        raise UnexpectedValueError("sample", NO_LAYOUT_FITS)
    best, *others = sorted(found, key=lambda finding: not _is_exact(finding.layout, text))
    return Finding(best.cipher, best.layout, best.derivation, envelope, tuple(others))


def _encrypted_text(sample: object) -> tuple[str, bool]:
    if not isinstance(sample, str) or not 0 < len(sample.strip()) <= MAX_TEXT_CHARS:
        raise MalformedError(f"a sample must be text of 1 to {MAX_TEXT_CHARS} characters")
    text = sample.strip()
    if text.startswith("{"):
        data = read_object(text).get("data")
        if not isinstance(data, str):
            raise MalformedError('an envelope must be {"data": "..."}')
        return data, True
    if "encrypted=" in text:
        values = [value for name, value in read_pairs(text) if name == "encrypted"]
        if len(values) != 1:
            raise MalformedError("a URL must hold one encrypted parameter")
        return values[0], False
    return text, False


def _keys(key: str | SecretKey) -> Iterator[tuple[KeyDerivation, SecretKey]]:
    if isinstance(key, SecretKey):
        yield KeyDerivation.SHA256, key
        return
    yield KeyDerivation.SHA256, SecretKey(key)
    for derivation in (KeyDerivation.UTF8, KeyDerivation.HEX):
        try:
            yield derivation, SecretKey(key, derivation=derivation)
        except KeyFormatError:  # the text has not the length for it
            continue


def _modes(key: SecretKey) -> Iterator[tuple[CipherName, Layout, Mode]]:
    key_bytes = key.expose_bytes()
    aes = choose()[1](key_bytes)
    for encoding in Encoding:
        ecb = EcbLayout(encoding)
        yield "ecb", ecb, EcbMode(aes, ecb)
    for gcm in gcm_layouts():
        yield "gcm", gcm, GcmMode(aes, gcm)
    for cbc in cbc_layouts():
        yield "cbc", cbc, CbcMode(aes, cbc, key_bytes)


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


def _is_exact(layout: Layout, text: str) -> bool:
    """Whether the layout would write just this text; if not, it fits only if a URL damaged the text."""
    return write_text(layout, read_text(layout, text)) == text


def _opens(name: CipherName, mode: Mode, text: str) -> bool:
    """Whether the text opens: by its tag in GCM; as a JSON object where there is no tag."""
    try:
        plaintext = decrypt_text(mode, text)
        if name != "gcm":
            read_object(plaintext)
    except UntrustedInputError:
        return False
    return True
