"""AES-256 from a library: ``cryptography`` by default, ``pycryptodome`` where that is missing or asked for.

Both give the same six functions over one key (``Aes``), which is scheduled once. Nothing above this
module knows which library does the work.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Literal, Protocol, cast

from liveform.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

EngineName = Literal["cryptography", "pycryptodome"]

BLOCK_BYTES: Final = 16  # FIPS 197 section 5
TAG_BYTES: Final = 16  # NIST SP 800-38D section 5.2.1.2, the longest
# OpenSSL, and so `cryptography`, takes these nonce lengths; both engines are held to them.
NONCE_BYTES: Final = range(8, 129)

# name -> (the module that must be installed, our module)
_ENGINES: Final[dict[EngineName, tuple[str, str]]] = {
    "cryptography": ("cryptography", "liveform.crypto.engine_cryptography"),
    "pycryptodome": ("Crypto", "liveform.crypto.engine_pycryptodome"),
}


ENGINE_NAMES: Final = tuple(_ENGINES)


class Aes(Protocol):
    """AES under one 256-bit key. ``blocks`` are whole blocks of 16 bytes; padding is not done here."""

    def encrypt_ecb(self, blocks: bytes, /) -> bytes:
        """Return the blocks, each encrypted by itself (NIST SP 800-38A section 6.1)."""

    def decrypt_ecb(self, blocks: bytes, /) -> bytes:
        """Return the blocks, each decrypted by itself."""

    def encrypt_cbc(self, iv: bytes, blocks: bytes) -> bytes:
        """Return the blocks chained behind a 16-byte IV (NIST SP 800-38A section 6.2)."""

    def decrypt_cbc(self, iv: bytes, blocks: bytes) -> bytes:
        """Return the blocks that were chained behind ``iv``."""

    def encrypt_gcm(self, nonce: bytes, plaintext: bytes) -> bytes:
        """Return the ciphertext and its 16-byte tag (NIST SP 800-38D section 7.1)."""

    def decrypt_gcm(self, nonce: bytes, sealed: bytes) -> bytes:
        """Return the plaintext of ciphertext and tag; ``DecryptError`` unless the tag holds."""


def checked_engine(name: object) -> object:
    """Return the name of an engine whose library is installed, or None; nothing is imported.

    Raises:
        ConfigError: no such engine, or its library is not installed.
    """
    if name is not None:
        _installed(name)
    return name


def choose(name: object = None) -> tuple[EngineName, "Callable[[bytes], Aes]"]:
    """Return the engine called ``name``, or else the best that is installed, as (name, maker).

    Call it when there is a key: cryptography is not importable everywhere, such as in an isolated
    subinterpreter.

    Raises:
        ConfigError: no such engine, or its library is not installed or cannot be imported.
    """
    installed = _installed(name)
    for engine in installed:
        try:
            return engine, cast("Callable[[bytes], Aes]", import_module(_ENGINES[engine][1]).make_aes)
        except ImportError:
            continue
    where = "such as in a subinterpreter, or in a frozen program without liveform.crypto.engine_*"
    raise ConfigError(("engine", f"{' and '.join(installed)} cannot be imported here, {where}"))


def _installed(name: object) -> list[EngineName]:
    """The engines of this name, or all, whose libraries are installed; the best first."""
    if name is not None and name not in ENGINE_NAMES:
        raise ConfigError(("engine", f"must be one of {', '.join(_ENGINES)}"))
    found = [
        engine
        for engine, (library, _) in _ENGINES.items()
        if name in (None, engine) and find_spec(library) is not None
    ]
    if not found:
        wanted = "cryptography or pycryptodome" if name is None else name
        raise ConfigError(("engine", f"{wanted} is not installed"))
    return found
