"""A key text -> the key bytes that programs make of it: as the vendor documents it, and as snippets do.

The vendor documents the SHA-256 digest of the API key (GB-ENC). What snippets for Node, PHP and CryptoJS do
instead makes texts that the form cannot open, and that look right. Only the doctor tries these.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.crypto.keys import KEY_BYTES, KeyDerivation, SecretKey
from liveform.errors import KeyFormatError, MalformedError
from liveform.wire.encoding import Encoding, decode, encode, repaired

if TYPE_CHECKING:
    from collections.abc import Iterator

_NODE_SALT: Final = b"salt"  # of the example in Node's documentation of crypto.scrypt()
_SCRYPT_COST: Final = 16_384  # Node's default N, with r = 8 and p = 1: 16 MiB and some 50 ms


class KeyGuess(NamedTuple):
    """A key, and how it was made.

    Attributes:
        key: the key.
        derivation: the setting that makes it; None if there is none.
        about: in words, if there is none.
    """

    key: SecretKey
    derivation: KeyDerivation | None
    about: str = ""


def known_keys(key: str | SecretKey) -> Iterator[KeyGuess]:
    """Yield the keys that a setting can make of a text; of a key that is made already, itself."""
    if isinstance(key, SecretKey):
        yield KeyGuess(key, KeyDerivation.SHA256)
        return
    yield KeyGuess(SecretKey(key), KeyDerivation.SHA256)
    for derivation in (KeyDerivation.UTF8, KeyDerivation.HEX):
        try:
            yield KeyGuess(SecretKey(key, derivation=derivation), derivation)
        except KeyFormatError:  # the text has not the length for it
            continue


def other_keys(key: str) -> Iterator[KeyGuess]:
    """Yield the keys that snippets make of a text, the quickest first."""
    for about, made in _made(key.encode(errors="surrogatepass")):
        if len(made) == KEY_BYTES:
            yield KeyGuess(SecretKey.from_bytes(made), None, about)


def _made(text: bytes) -> Iterator[tuple[str, bytes]]:
    digest = hashlib.sha256(text).digest()
    yield "SHA-256 in hex, cut to 32 characters", encode(digest, Encoding.HEX)[:KEY_BYTES].encode()
    yield "SHA-256 in base64, cut to 32 characters", encode(digest, Encoding.BASE64)[:KEY_BYTES].encode()
    yield "its first 32 bytes", text[:KEY_BYTES]
    yield "its last 32 bytes", text[-KEY_BYTES:]
    yield "32 bytes, written in base64", _from_base64(text)
    for sign, name in ((b"\0", "zero bytes"), (b"0", "the digit 0"), (b" ", "spaces")):
        yield f"padded to 32 bytes at its end with {name}", text.ljust(KEY_BYTES, sign)
        yield f"padded to 32 bytes at its start with {name}", text.rjust(KEY_BYTES, sign)
    yield "MD5 in hex", hashlib.md5(text, usedforsecurity=False).hexdigest().encode()
    yield (
        "scrypt with the salt 'salt', as in the example of Node's documentation",
        hashlib.scrypt(text, salt=_NODE_SALT, n=_SCRYPT_COST, r=8, p=1, dklen=KEY_BYTES),
    )


def _from_base64(text: bytes) -> bytes:
    for encoding in (Encoding.BASE64, Encoding.BASE64URL):
        try:
            return decode(repaired(text.decode("ascii", "replace"), encoding), encoding)
        except MalformedError:
            continue
    return b""
