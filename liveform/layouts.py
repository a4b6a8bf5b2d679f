"""Where nonce, tag and IV stand in an encrypted text: facts that the vendor does not publish.

A layout is a value with a text form, so that it can stand in a settings file and be named by
``liveform doctor``. ``+`` between parts means joined as bytes and then written as one text; ``:``
or ``.`` means that each part is written by itself:

    base64                                  the ECB default (inferred)
    nonce12+ciphertext+tag16, base64        the GCM default (unconfirmed)
    nonce16:tag16:ciphertext, hex
    iv16+ciphertext, base64                 the CBC default (unconfirmed)
    zero-iv, hex
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

from liveform.encoding import Encoding, decode, encode, mended
from liveform.engines import TAG_BYTES
from liveform.errors import ConfigError, MalformedError

Part: TypeAlias = Literal["nonce", "ciphertext", "tag"]
PARTS: Final[tuple[Part, ...]] = ("nonce", "ciphertext", "tag")
SEPARATORS: Final = (":", ".")  # neither is in the alphabet of an encoding
NONCE_LENGTHS: Final = (12, 16)  # SP 800-38D recommends 12 bytes; many Node samples use 16
IV_BYTES: Final = 16  # SP 800-38A section 5.3: one block

_GCM_TEXT: Final = re.compile(
    r"(?P<parts>(?:nonce1[26]|ciphertext|tag16)(?P<separator>[+:.])"
    r"(?:nonce1[26]|ciphertext|tag16)(?P=separator)"
    r"(?:nonce1[26]|ciphertext|tag16)), (?P<encoding>base64|base64url|hex)"
)

IvPlace: TypeAlias = Literal["front", "zero", "key-head"]


class Layout(Protocol):
    """Bytes as a cipher gives them <-> the text that stands in a URL."""

    def write(self, data: bytes) -> str:
        """Return the text of ``data``."""

    def read(self, text: str) -> bytes:
        """Return the bytes that ``write`` wrote as ``text``, mending what a URL does to it.

        Raises:
            MalformedError: another alphabet, or not the parts that the layout wants.
        """


@dataclass(frozen=True, slots=True)
class EcbLayout:
    """How an ECB text is written. Base64 is inferred from the vendor's samples, not stated (GB-ENC).

    Args:
        encoding: ``"base64"``, ``"base64url"`` (unpadded) or ``"hex"`` (lower case).

    Raises:
        ConfigError: another encoding.
    """

    encoding: Encoding = Encoding.BASE64

    def __post_init__(self) -> None:
        object.__setattr__(self, "encoding", _known_encoding("ecb_layout", self.encoding))

    def __str__(self) -> str:
        return self.encoding.value

    def write(self, data: bytes) -> str:
        """Return the text of ``data``."""
        return encode(data, self.encoding)

    def read(self, text: str) -> bytes:
        """Return the bytes that ``write`` wrote as ``text``, mending what a URL does to it."""
        return decode(mended(text, self.encoding), self.encoding)


@dataclass(frozen=True, slots=True)
class GcmLayout:
    """How a GCM text is put together. The default is a guess: the vendor documents none (vendor page ENC).

    Args:
        order: ``"nonce"``, ``"ciphertext"`` and ``"tag"``, each once.
        nonce_bytes: 12 or 16. The tag is always 16 bytes.
        encoding: ``"base64"``, ``"base64url"`` (unpadded) or ``"hex"`` (lower case).
        separator: None joins the parts as bytes; ``":"`` or ``"."`` stands between parts written one by one.

    Raises:
        ConfigError: another value than these.

    >>> str(GcmLayout())
    'nonce12+ciphertext+tag16, base64'
    """

    order: tuple[Part, ...] = PARTS
    nonce_bytes: int = 12
    encoding: Encoding = Encoding.BASE64
    separator: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.order, tuple) or sorted(map(str, self.order)) != sorted(PARTS):
            raise ConfigError(("gcm_layout", f"the order must hold {', '.join(PARTS)}, each once"))
        if type(self.nonce_bytes) is not int or self.nonce_bytes not in NONCE_LENGTHS:
            raise ConfigError(("gcm_layout", "the nonce must be 12 or 16 bytes"))
        object.__setattr__(self, "encoding", _known_encoding("gcm_layout", self.encoding))
        if self.separator is not None and self.separator not in SEPARATORS:
            raise ConfigError(("gcm_layout", "the separator must be ':' or '.', or None for joined"))

    def __str__(self) -> str:
        lengths = {"nonce": str(self.nonce_bytes), "tag": str(TAG_BYTES), "ciphertext": ""}
        parts = [part + lengths[part] for part in self.order]
        return f"{(self.separator or '+').join(parts)}, {self.encoding.value}"

    @classmethod
    def from_text(cls, text: str) -> GcmLayout:
        """Return the layout that ``str(layout)`` names, e.g. ``"nonce12+ciphertext+tag16, base64"``."""
        written = _GCM_TEXT.fullmatch(text) if isinstance(text, str) else None
        if written is None:
            wanted = f"such as {str(cls())!r}: three parts joined by +, : or ., then an encoding"
            raise ConfigError(("gcm_layout", f"must be a layout {wanted}"))
        parts, separator, encoding = written["parts"], written["separator"], written["encoding"]
        order = tuple(part for name in parts.split(separator) for part in PARTS if name.startswith(part))
        nonce_bytes = 16 if "nonce16" in parts else 12
        return cls(order, nonce_bytes, Encoding(encoding), None if separator == "+" else separator)

    def join(self, nonce: bytes, ciphertext: bytes, tag: bytes) -> bytes:
        """Return the parts as bytes, in order, without a separator."""
        parts = {"nonce": nonce, "ciphertext": ciphertext, "tag": tag}
        return b"".join(parts[part] for part in self.order)

    def split(self, data: bytes) -> dict[Part, bytes]:
        """Return the parts of ``join``, or raise ``MalformedError`` if ``data`` is too short for them."""
        length = len(data) - self.nonce_bytes - TAG_BYTES
        if length < 0:
            raise MalformedError("shorter than nonce and tag")
        lengths = {"nonce": self.nonce_bytes, "ciphertext": length, "tag": TAG_BYTES}
        parts: dict[Part, bytes] = {}
        for part in self.order:
            parts[part], data = data[: lengths[part]], data[lengths[part] :]
        return parts

    def write(self, data: bytes) -> str:
        """Return the text of what ``join`` gave."""
        if self.separator is None:
            return encode(data, self.encoding)
        parts = self.split(data)
        return self.separator.join(encode(parts[part], self.encoding) for part in self.order)

    def read(self, text: str) -> bytes:
        """Return the bytes that ``write`` wrote as ``text``, mending what a URL does to it."""
        return _read(text, self.encoding, self.separator, pieces=len(self.order))


@dataclass(frozen=True, slots=True)
class CbcLayout:
    """Where the IV of a CBC text comes from. The default is a guess: the vendor documents none (FAQ, WH).

    Args:
        iv: ``"front"`` (random, before the ciphertext), ``"zero"`` (16 zero bytes) or ``"key-head"`` (the first
            16 key bytes). The last two are for reading what others wrote: they hide less.
        encoding: ``"base64"``, ``"base64url"`` or ``"hex"``.
        separator: with ``"front"`` only: ``":"`` or ``"."`` between IV and ciphertext, or None for joined.

    Raises:
        ConfigError: another value than these.
    """

    iv: IvPlace = "front"
    encoding: Encoding = Encoding.BASE64
    separator: str | None = None

    def __post_init__(self) -> None:
        if self.iv not in ("front", "zero", "key-head"):
            raise ConfigError(("cbc_layout", "the IV must be 'front', 'zero' or 'key-head'"))
        object.__setattr__(self, "encoding", _known_encoding("cbc_layout", self.encoding))
        if self.separator is not None and (self.iv != "front" or self.separator not in SEPARATORS):
            raise ConfigError(("cbc_layout", "the separator must be ':' or '.', and only with the IV in front"))

    def __str__(self) -> str:
        front = f"iv{IV_BYTES}{self.separator or '+'}ciphertext"
        return f"{front if self.iv == 'front' else f'{self.iv}-iv'}, {self.encoding.value}"

    def write(self, data: bytes) -> str:
        """Return the text of IV (if it is in front) and ciphertext."""
        if self.separator is None:
            return encode(data, self.encoding)
        iv, ciphertext = data[:IV_BYTES], data[IV_BYTES:]
        return encode(iv, self.encoding) + self.separator + encode(ciphertext, self.encoding)

    def read(self, text: str) -> bytes:
        """Return the bytes that ``write`` wrote as ``text``, mending what a URL does to it."""
        return _read(text, self.encoding, self.separator, pieces=2)


def _known_encoding(setting: str, encoding: str) -> Encoding:
    try:
        return Encoding(encoding)
    except ValueError:
        raise ConfigError((setting, f"the encoding must be one of {', '.join(Encoding)}")) from None


def _read(text: str, encoding: Encoding, separator: str | None, *, pieces: int) -> bytes:
    written = [text] if separator is None else text.split(separator)
    if separator is not None and len(written) != pieces:
        raise MalformedError(f"not {pieces} parts with {separator!r} between them")
    return b"".join(decode(mended(piece, encoding), encoding) for piece in written)
