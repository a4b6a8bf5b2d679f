"""One sample + its key -> which cipher and layout the vendor uses.

The vendor documents no GCM layout and no IV (vendor pages ENC, FAQ). Anyone with an account can make one
encrypted value in the dashboard, or capture one body of Secure Data Transfer. This says what it is, and how
to tell liveform.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from liveform.crypto.cbc import CbcLayout
from liveform.crypto.keys import KeyDerivation, SecretKey, as_secret_key
from liveform.crypto.layouts import EcbLayout
from liveform.data_transfer import SecureDataTransfer
from liveform.errors import KeyFormatError, MalformedError, UnexpectedValueError, UntrustedInputError
from liveform.key_guesses import known_keys, other_keys
from liveform.layout_search import (
    CipherName,
    EncryptedText,
    FoundLayout,
    Match,
    PartsLayout,
    cbc_layouts,
    gcm_layouts,
)
from liveform.pasted_text import copied_text
from liveform.sample_parts import json_parts
from liveform.tracebacks import strips_traceback
from liveform.wire.encoding import MAX_TEXT_CHARS, join_lines, undo_percent
from liveform.wire.json_object import read_object
from liveform.wire.query import read_pairs

if TYPE_CHECKING:
    from liveform.key_guesses import KeyGuess
    from liveform.sample_parts import JsonParts


__all__ = ["Finding", "cbc_layouts", "diagnose_body", "find_layout", "gcm_layouts"]

SampleShape: TypeAlias = Literal["text", "data", "data+isEncrypted", "body", "parts"]
MAX_BODY_CHARS: Final = 2**20
NO_LAYOUT_FITS: Final = "no known layout fits this key"
_SALTED: Final = 'OpenSSL "Salted__" (AES-256-CBC, the key text as passphrase, EVP_BytesToKey with MD5)'
_MEMBER: Final = re.compile(r'"(?:data|body)"\s*:\s*"')
_IN_SHAPE: Final = {
    "text": "",
    "data": " in a data envelope",
    "data+isEncrypted": " in a data envelope with isEncrypted",
    "body": " in a body envelope",
    "parts": " in a JSON object of its parts",
}
_UNKNOWN_FORM: Final = (
    "the vendor documents no such form: what the form reads is one text, which liveform writes and "
    "docs/encryption.md describes"
)
_UNKNOWN_KEY: Final = "the vendor documents the SHA-256 digest of the key's text, in its 32 bytes, as the key"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a sample is.

    Attributes:
        cipher: ``"ecb"``, ``"gcm"``, ``"cbc"``, ``"ctr"``, or ``"salted"`` for OpenSSL's and CryptoJS's form
            of CBC.
        layout: where its parts are; ``str(layout)`` is the text for settings.
        derivation: how the key bytes come from the key text; ``sha256`` is the documented way. The salted
            form has its own way. None if no setting says it: ``key`` does.
        key: in words, how a program made the key bytes, if ``derivation`` is None.
        shape: what was around the encrypted text: ``"text"`` (nothing, or a URL), the members of a Secure
            Data Transfer body (``"data"``, ``"data+isEncrypted"`` or ``"body"``), or ``"parts"``: a JSON
            object of IV, ciphertext and tag, or that in base64.
        also_fits: other findings that this one sample cannot tell apart, such as base64url for a text
            without a + or /. A longer sample decides.
    """

    cipher: CipherName
    layout: FoundLayout | PartsLayout
    derivation: KeyDerivation | None = KeyDerivation.SHA256
    shape: SampleShape = "text"
    also_fits: tuple[Finding, ...] = ()
    key: str = ""

    def __str__(self) -> str:
        key = "" if self.derivation is KeyDerivation.SHA256 else f", key derivation {self.derivation}"
        if self.derivation is None:
            key = f", key: {self.key}"
        cipher = _SALTED if self.cipher == "salted" else self.cipher.upper()
        return f"{cipher}{_IN_SHAPE[self.shape]}, layout: {self.layout}{key}"

    @property
    def envelope(self) -> bool:
        """Whether the sample was a Secure Data Transfer body, such as ``{"data": "..."}``."""
        return self.shape not in ("text", "parts")

    @property
    def advice(self) -> str:
        """What the program that made the sample has to change; empty if the form can read such a text."""
        form = _UNKNOWN_FORM if self.shape == "parts" else ""
        key = _UNKNOWN_KEY if self.derivation is None else ""
        return "; ".join(part for part in (form, key) if part)

    def settings(self) -> dict[str, str]:
        """Return what to write in the project's settings; empty if they cannot say it yet.

        A body with ``data`` is taken for an answer or a webhook, one with ``body`` for a request: the other
        direction of ``secure_data_transfer`` is the default then. A bare CBC text is an answer too, for no
        query string is CBC.
        """
        if self.shape == "parts" or self.derivation is None:
            return {}
        transfer = self._transfer()
        if transfer is not None:
            settings = {"secure_data_transfer": str(transfer)}
        elif self.envelope or self.cipher == "salted":
            return {}
        else:
            settings = {"cipher": self.cipher, f"{self.cipher}_layout": str(self.layout)}
        if self.derivation is not KeyDerivation.SHA256:
            settings["key_derivation"] = self.derivation.value
        return settings

    def _transfer(self) -> SecureDataTransfer | None:
        """The setting of Secure Data Transfer that the sample shows; None if it shows none."""
        if self.shape == "body":
            is_request = isinstance(self.layout, EcbLayout)
            return SecureDataTransfer(wrapper="body", request_layout=str(self.layout)) if is_request else None
        if isinstance(self.layout, CbcLayout) or (self.envelope and isinstance(self.layout, EcbLayout)):
            return SecureDataTransfer(answer_cipher=self.cipher, answer_layout=self.layout)
        return None


@strips_traceback
def find_layout(sample: str, key: str | SecretKey) -> Finding:
    """Return which cipher and layout made ``sample`` under ``key``.

    Args:
        sample: a text for ``encrypted``, a whole form URL or Return URL, or a body of Secure Data Transfer:
            ``{"data": "..."}``, with or without ``isEncrypted``, or ``{"body": "..."}``; or a JSON object of
            IV, ciphertext and tag in hex or base64, as programs for Node and CryptoJS write it, or that in
            base64. A body may have 1 MiB. Quotes, invisible characters and escapes around or in it, as
            editors and mailers leave them, do no harm, nor does its name in a line of JSON or a program.
        key: the API key or secretKey that made it. Key texts are tried with every ``KeyDerivation``, as the
            passphrase of OpenSSL's ``Salted__`` form, and then in the ways in which snippets make keys.

    Raises:
        UnexpectedValueError: no known layout fits this key.
        MalformedError: nothing that could be a sample.
        KeyFormatError: the key is empty, not text, or has white space around it.
    """
    keys = list(known_keys(key))
    text, shape = _sample(sample)
    found = [(guess, match) for guess in keys for match in text.matches(guess.key)]
    if isinstance(key, str):
        found += [(keys[0], match) for match in text.salted_matches(key)]
        found = found or _found_by_others(text, key)
    if not found:
        what = text.what()
        raise UnexpectedValueError("sample", f"{NO_LAYOUT_FITS}{f'; it is {what}' if what else ''}")
    best, *others = (
        Finding(match.cipher, match.layout, guess.derivation, shape, key=guess.about)
        for guess, match in sorted(found, key=lambda pair: not pair[1].is_exact)
    )
    return replace(best, also_fits=tuple(others))


def _found_by_others(text: EncryptedText | JsonParts, key: str) -> list[tuple[KeyGuess, Match]]:
    """What opens the sample under the first key that a snippet may have made."""
    for guess in other_keys(key):
        found = [(guess, match) for match in text.matches(guess.key)]
        if found:
            return found
    return []


@strips_traceback
def diagnose_body(body: bytes | str, keys: Iterable[SecretKey | str]) -> str | None:
    """Return which layout opens an encrypted answer or webhook, such as ``cbc zero-iv, hex, previous key``.

    For the error of a body that does not open under the project's settings. Nothing of the body or of a key
    is in the text, and nothing leaves the memory.

    Args:
        body: as it came, of up to 1 MiB: an envelope as for ``find_layout``, or the encrypted text alone.
        keys: the current key, then previous ones. Only a key given as text can open OpenSSL's ``Salted__``
            form.

    Returns:
        The cipher, the layout and whether the key is the current one; None if no known layout opens it.

    Raises:
        KeyFormatError: a key cannot be one, or ``keys`` is one key and no list.
    """
    if isinstance(keys, str | SecretKey) or not isinstance(keys, Iterable):
        raise KeyFormatError("the keys must be a list of keys")
    known = [(key, as_secret_key(key)) for key in keys]
    try:
        text = EncryptedText(_body_text(body))
    except UntrustedInputError:
        return None
    for number, (key, secret) in enumerate(known):
        match = next(_all_matches(text, key, secret), None)
        if match is not None:
            return f"{match.cipher} {match.layout}, {'previous' if number else 'current'} key"
    return None


def _all_matches(text: EncryptedText, key: str | SecretKey, secret: SecretKey) -> Iterator[Match]:
    yield from text.matches(secret)
    if isinstance(key, str):
        yield from text.salted_matches(key)


def _body_text(body: object) -> str:
    """The encrypted text of a body, or ``MalformedError``."""
    if not isinstance(body, bytes | str) or len(body) > MAX_BODY_CHARS:
        raise MalformedError(f"a body must be bytes or text of at most {MAX_BODY_CHARS} characters")
    try:
        text = (body if isinstance(body, str) else body.decode()).strip()
    except UnicodeDecodeError:
        raise MalformedError("a body must be UTF-8") from None
    text = _unwrapped(text)[0] if text.startswith("{") else text
    if "%" in text:  # no URL damages a body
        raise MalformedError("no layout writes a percent sign")
    return text


def _sample(sample: object) -> tuple[EncryptedText | JsonParts, SampleShape]:
    """The text of a sample or the parts of it, in every way to read them."""
    text = sample.strip() if isinstance(sample, str) else ""
    text = copied_text(_whole(text)) if len(text) <= MAX_BODY_CHARS else text
    parts = json_parts(text) if 0 < len(text) <= MAX_BODY_CHARS else None
    if parts is not None:
        return parts, "parts"
    written, shape = _encrypted_text(text)
    written = join_lines(undo_percent(written))
    parts = json_parts(written)
    if parts is not None:
        return parts, "parts"
    if "%" in written:  # no layout writes one
        raise UnexpectedValueError("sample", NO_LAYOUT_FITS)
    return EncryptedText(written), shape


def _whole(text: str) -> str:
    """A line that was copied out of an envelope, such as ``"data": "...",``, as an envelope."""
    return text if _MEMBER.match(text) is None else f"{{{text.rstrip(' ,;}')}}}"


def _encrypted_text(text: str) -> tuple[str, SampleShape]:
    is_body = text.startswith("{")
    limit = MAX_BODY_CHARS if is_body else MAX_TEXT_CHARS
    if not 0 < len(text) <= limit:
        raise MalformedError(f"a sample must be text of 1 to {limit} characters")
    if is_body:
        return _unwrapped(text)
    if "encrypted=" in text:
        values = [value for name, value in read_pairs(text) if name == "encrypted"]
        if len(values) != 1:
            raise MalformedError("a URL must hold one encrypted parameter")
        return values[0], "text"
    return text, "text"


def _unwrapped(body: str) -> tuple[str, SampleShape]:
    members = read_object(body)
    for name, shape in _SHAPES.items():
        text = members.get(name)
        if isinstance(text, str):
            return text, "data+isEncrypted" if shape == "data" and "isEncrypted" in members else shape
    raise MalformedError('an envelope must be {"data": "..."} or {"body": "..."}')


# Of the members of an envelope; ``encrypted`` is that of a form's query, as somebody has copied it.
_SHAPES: Final[dict[str, SampleShape]] = {"data": "data", "body": "body", "encrypted": "text"}
