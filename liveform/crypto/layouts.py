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

from itertools import permutations
from typing import Final, Literal, NamedTuple, Protocol, Self, TypeAlias, TypeVar

from liveform.crypto.engines import TAG_BYTES
from liveform.crypto.layout_text import (
    SEPARATORS,
    LayoutText,
    checked_bytes,
    known_encoding,
    read_joined,
    read_parts,
)
from liveform.errors import ConfigError, MalformedError
from liveform.tracebacks import strips_traceback
from liveform.wire.encoding import Encoding, encode, encode_for_query

Part: TypeAlias = Literal["nonce", "ciphertext", "tag"]
PARTS: Final[tuple[Part, ...]] = ("nonce", "ciphertext", "tag")
NONCE_LENGTHS: Final = (12, 16)  # SP 800-38D recommends 12 bytes; many Node samples use 16

IvPlace: TypeAlias = Literal["front", "zero", "key-head"]
IV_PLACES: Final[tuple[IvPlace, ...]] = ("front", "zero", "key-head")
IV_BYTES: Final = 16  # SP 800-38A section 5.3: one block


class Layout(Protocol):
    """Bytes as a cipher gives them <-> the text that stands in a URL."""

    def write(self, data: bytes) -> str:
        """Return the text of ``data``."""

    def _text_of(self, data: bytes) -> str:
        """Return the same, unchecked and without a shield, for the ciphers."""

    def _query_text_of(self, data: bytes) -> str:
        """Return the same, percent-encoded."""

    def read(self, text: str) -> bytes:
        """Return the bytes that ``write`` wrote as ``text``, mending what a URL does to it.

        Raises:
            MalformedError: another alphabet, or not the parts that the layout wants.
        """

    def _bytes_of(self, text: str) -> bytes:
        """Return the same without a shield, for the ciphers."""


class _EcbParts(NamedTuple):
    encoding: Encoding


class EcbLayout(LayoutText, _EcbParts):  # type: ignore[misc]  # _make is narrowed
    """How an ECB text is written. Base64 is inferred (usual in Node programs); no vendor page states it.

    Args:
        encoding: ``"base64"``, ``"base64url"`` (unpadded) or ``"hex"`` (lower case).

    Raises:
        ConfigError: another encoding.

    >>> str(EcbLayout())
    'base64'
    """

    __slots__ = ()

    def __new__(cls, encoding: Encoding | str = Encoding.BASE64) -> Self:
        """Check the encoding."""
        return super().__new__(cls, known_encoding("ecb_layout", encoding))

    def __str__(self) -> str:
        return self.encoding.value

    @classmethod
    def from_text(cls, text: object) -> Self:
        """Return the layout that ``str(layout)`` gives, such as ``"base64"``.

        Raises:
            ConfigError: the text names none.
        """
        return cls(known_encoding("ecb_layout", text))

    def _text_of(self, data: bytes) -> str:
        """Return the text of ``data``, unchecked."""
        return encode(data, self.encoding)

    def _query_text_of(self, data: bytes) -> str:
        """Return the same, percent-encoded."""
        return encode_for_query(data, self.encoding)

    def _bytes_of(self, text: str) -> bytes:
        """Return the bytes of ``text``, mending what a URL does to it."""
        return read_joined(text, self.encoding)


class _GcmParts(NamedTuple):
    order: tuple[Part, ...]
    nonce_bytes: int
    encoding: Encoding
    separator: str | None


class GcmLayout(LayoutText, _GcmParts):  # type: ignore[misc]  # _make is narrowed
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

    __slots__ = ()

    def __new__(
        cls,
        order: tuple[Part, ...] = PARTS,
        nonce_bytes: int = 12,
        encoding: Encoding | str = Encoding.BASE64,
        separator: str | None = None,
    ) -> Self:
        """Check each part."""
        if not isinstance(order, tuple) or order not in permutations(PARTS):
            raise ConfigError(("gcm_layout", f"the order must hold {', '.join(PARTS)}, each once"))
        if type(nonce_bytes) is not int or nonce_bytes not in NONCE_LENGTHS:
            raise ConfigError(("gcm_layout", "the nonce must be 12 or 16 bytes"))
        if separator is not None and separator not in SEPARATORS:
            raise ConfigError(("gcm_layout", "the separator must be ':' or '.', or None for joined"))
        return super().__new__(cls, order, nonce_bytes, known_encoding("gcm_layout", encoding), separator)

    def __str__(self) -> str:
        lengths = {"nonce": str(self.nonce_bytes), "tag": str(TAG_BYTES), "ciphertext": ""}
        parts = [part + lengths[part] for part in self.order]
        return f"{(self.separator or '+').join(parts)}, {self.encoding.value}"

    @classmethod
    def from_text(cls, text: object) -> Self:
        """Return the layout that ``str(layout)`` gives, such as ``"nonce12+ciphertext+tag16, base64"``.

        Raises:
            ConfigError: the text names none.
        """
        parts, _, encoding = text.partition(", ") if isinstance(text, str) else ("", "", "")
        separator = next((sign for sign in SEPARATORS if sign in parts), None)
        order = tuple(part for name in parts.split(separator or "+") for part in PARTS if part in name)
        if sorted(order) == sorted(PARTS) and encoding in tuple(Encoding):
            named = cls(order, 16 if "nonce16" in parts else 12, encoding, separator)
            if str(named) == text:
                return named
        wanted = f"such as {str(cls())!r}: three parts joined by +, : or ., then an encoding"
        raise ConfigError(("gcm_layout", f"must be a layout {wanted}"))

    @strips_traceback
    def join(self, nonce: bytes, ciphertext: bytes, tag: bytes) -> bytes:
        """Return the parts as bytes, in order, without a separator."""
        parts = {"nonce": nonce, "ciphertext": ciphertext, "tag": tag}
        return b"".join([checked_bytes(part, parts[part]) for part in self.order])

    def _arrange(self, nonce: bytes, sealed: bytes) -> bytes:
        """Return the same of ciphertext and tag in one, as engines give them; unchecked."""
        if self.order == PARTS:
            return nonce + sealed
        parts = {"nonce": nonce, "ciphertext": sealed[:-TAG_BYTES], "tag": sealed[-TAG_BYTES:]}
        return b"".join([parts[part] for part in self.order])

    @strips_traceback
    def split(self, data: bytes) -> dict[Part, bytes]:
        """Return the parts of ``join``, or raise ``MalformedError`` if ``data`` is too short for them."""
        length = len(checked_bytes("data", data)) - self.nonce_bytes - TAG_BYTES
        if length < 0:
            raise MalformedError("shorter than nonce and tag")
        lengths = {"nonce": self.nonce_bytes, "ciphertext": length, "tag": TAG_BYTES}
        parts: dict[Part, bytes] = {}
        for part in self.order:
            parts[part], data = data[: lengths[part]], data[lengths[part] :]
        return parts

    def _text_of(self, data: bytes) -> str:
        """Return the text of ``data``, unchecked."""
        if self.separator is None:
            return encode(data, self.encoding)
        parts = self.split(data)
        return self.separator.join(encode(parts[part], self.encoding) for part in self.order)

    def _query_text_of(self, data: bytes) -> str:
        """Return the same, percent-encoded."""
        if self.separator is None:
            return encode_for_query(data, self.encoding)
        return super()._query_text_of(data)

    def _bytes_of(self, text: str) -> bytes:
        """Return the bytes of ``text``, mending what a URL does to it."""
        lengths = {"nonce": self.nonce_bytes, "tag": TAG_BYTES, "ciphertext": None}
        return read_parts(text, self.encoding, self.separator, [lengths[part] for part in self.order])


class _CbcParts(NamedTuple):
    iv: IvPlace
    encoding: Encoding
    separator: str | None


class CbcLayout(LayoutText, _CbcParts):  # type: ignore[misc]  # _make is narrowed
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

    __slots__ = ()

    def __new__(
        cls,
        iv: IvPlace = "front",
        encoding: Encoding | str = Encoding.BASE64,
        separator: str | None = None,
    ) -> Self:
        """Check each part."""
        if iv not in IV_PLACES:
            raise ConfigError(("cbc_layout", f"the IV must be one of {', '.join(IV_PLACES)}"))
        if separator is not None and (iv != "front" or separator not in SEPARATORS):
            raise ConfigError(
                ("cbc_layout", "the separator must be ':' or '.', and only with the IV in front")
            )
        return super().__new__(cls, iv, known_encoding("cbc_layout", encoding), separator)

    def __str__(self) -> str:
        front = f"iv{IV_BYTES}{self.separator or '+'}ciphertext"
        return f"{front if self.iv == 'front' else f'{self.iv}-iv'}, {self.encoding.value}"

    @classmethod
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

    def _text_of(self, data: bytes) -> str:
        """Return the text of ``data``, unchecked."""
        if self.separator is None:
            return encode(data, self.encoding)
        iv, ciphertext = data[:IV_BYTES], data[IV_BYTES:]
        return encode(iv, self.encoding) + self.separator + encode(ciphertext, self.encoding)

    def _bytes_of(self, text: str) -> bytes:
        """Return the bytes of ``text``, mending what a URL does to it."""
        return read_parts(text, self.encoding, self.separator, [IV_BYTES, None])


L = TypeVar("L", EcbLayout, GcmLayout, CbcLayout)


def as_layout(kind: type[L], layout: object) -> L:
    """Return ``layout`` itself, or the one of this kind that its text names; else raise ``ConfigError``."""
    return layout if isinstance(layout, kind) else kind.from_text(layout)
