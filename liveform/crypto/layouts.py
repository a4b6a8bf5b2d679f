"""Where nonce, tag and IV are in an encrypted text: facts that the vendor does not publish.

A layout is a value with a text form, so that a settings file can hold it and ``liveform doctor``
can name it. ``+`` between parts means joined as bytes and then written as one text; ``:``
or ``.`` means that each part is written by itself:

    base64                                  the ECB default (inferred)
    nonce12+ciphertext+tag16, base64        the GCM default (unconfirmed)
    nonce16:tag16:ciphertext, hex
    iv16+ciphertext, base64                 the CBC default (unconfirmed), see ``cbc.py``
    zero-iv, hex
"""

from __future__ import annotations

from itertools import permutations
from typing import Final, Literal, Self, TypeAlias, TypeVar

from liveform.crypto.engines import TAG_BYTES
from liveform.crypto.layout_text import SEPARATORS, Layout, checked_bytes, known_encoding, split
from liveform.errors import ConfigError
from liveform.tracebacks import strips_traceback
from liveform.wire.encoding import Encoding

Part: TypeAlias = Literal["nonce", "ciphertext", "tag"]
PARTS: Final[tuple[Part, ...]] = ("nonce", "ciphertext", "tag")
NONCE_LENGTHS: Final = (12, 16)  # SP 800-38D recommends 12 bytes; many Node samples use 16


class EcbLayout(Layout):
    """How an ECB text is written. Base64 is inferred (usual in Node programs); no vendor page states it.

    Args:
        encoding: ``"base64"``, ``"base64url"`` (unpadded) or ``"hex"`` (lower case).

    Raises:
        ConfigError: another encoding.

    >>> str(EcbLayout())
    'base64'
    """

    __slots__ = ("encoding",)
    separator: str | None = None

    @strips_traceback
    def __init__(self, encoding: Encoding | str = Encoding.BASE64) -> None:
        self._fill(encoding=known_encoding("ecb_layout", encoding))

    def __str__(self) -> str:
        return self.encoding.value

    @classmethod
    @strips_traceback
    def from_text(cls, text: object) -> Self:
        """Return the layout that ``str(layout)`` gives, such as ``"base64"``.

        Raises:
            ConfigError: the text names none.
        """
        return cls(known_encoding("ecb_layout", text))


class GcmLayout(Layout):
    """How a GCM text is put together. The default is a guess: the vendor documents none (vendor page ENC).

    Args:
        order: ``"nonce"``, ``"ciphertext"`` and ``"tag"``, each once.
        nonce_bytes: 12 or 16. The tag is always 16 bytes.
        encoding: ``"base64"``, ``"base64url"`` (unpadded) or ``"hex"`` (lower case).
        separator: None joins the parts as bytes; ``":"`` or ``"."`` separates parts written one by one.

    Raises:
        ConfigError: another value than these.

    >>> str(GcmLayout())
    'nonce12+ciphertext+tag16, base64'
    """

    __slots__ = ("encoding", "nonce_bytes", "order", "separator")
    order: tuple[Part, ...]
    nonce_bytes: int

    @strips_traceback
    def __init__(
        self,
        order: tuple[Part, ...] = PARTS,
        nonce_bytes: int = 12,
        encoding: Encoding | str = Encoding.BASE64,
        separator: str | None = None,
    ) -> None:
        if not isinstance(order, tuple) or order not in permutations(PARTS):
            raise ConfigError(("gcm_layout", f"the order must hold {', '.join(PARTS)}, each once"))
        if type(nonce_bytes) is not int or nonce_bytes not in NONCE_LENGTHS:
            raise ConfigError(("gcm_layout", "the nonce must be 12 or 16 bytes"))
        if separator is not None and separator not in SEPARATORS:
            raise ConfigError(("gcm_layout", "the separator must be ':' or '.', or None for joined"))
        checked = known_encoding("gcm_layout", encoding)
        self._fill(order=order, nonce_bytes=nonce_bytes, encoding=checked, separator=separator)

    def __str__(self) -> str:
        lengths = {"nonce": str(self.nonce_bytes), "tag": str(TAG_BYTES), "ciphertext": ""}
        parts = [part + lengths[part] for part in self.order]
        return f"{(self.separator or '+').join(parts)}, {self.encoding.value}"

    @classmethod
    @strips_traceback
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

    def lengths(self) -> tuple[int | None, ...]:
        """Return the length of each part in bytes; None for the ciphertext."""
        known = {"nonce": self.nonce_bytes, "tag": TAG_BYTES, "ciphertext": None}
        return tuple([known[part] for part in self.order])

    def split(self, data: bytes) -> dict[Part, bytes]:
        """Return the parts of ``data`` in order, or raise ``MalformedError`` if it is too short for them."""
        return dict(zip(self.order, split(self, checked_bytes("data", data)), strict=True))


def arranged(layout: GcmLayout, nonce: bytes, sealed: bytes) -> bytes:
    """Return nonce, ciphertext and tag in the order of a layout.

    Args:
        layout: says the order.
        nonce: the nonce.
        sealed: ciphertext and tag, as an engine gives them.
    """
    parts = {"nonce": nonce, "ciphertext": sealed[:-TAG_BYTES], "tag": sealed[-TAG_BYTES:]}
    return b"".join([parts[part] for part in layout.order])


L = TypeVar("L", bound=Layout)


def as_layout(kind: type[L], layout: object) -> L:
    """Return ``layout`` itself, or the one of this kind that its text names; else raise ``ConfigError``."""
    return layout if isinstance(layout, kind) else kind.from_text(layout)
