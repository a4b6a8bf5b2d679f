"""The ``Salted__`` form of OpenSSL and CryptoJS: AES-256-CBC under a passphrase. Only the doctor reads it.

The oldest Korean revision of the vendor's encryption guide (GB-ENC) calls the API key itself the master key,
so texts of that time may be in this form. No page names it.
"""

from __future__ import annotations

from hashlib import md5
from typing import TYPE_CHECKING, Final

from liveform.crypto.engines import BLOCK_BYTES
from liveform.crypto.keys import KEY_BYTES
from liveform.crypto.layout_text import Layout, known_encoding
from liveform.crypto.modes import unpad, whole_blocks
from liveform.errors import ConfigError, DecryptError
from liveform.tracebacks import strips_traceback
from liveform.wire.encoding import Encoding

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from liveform.crypto.engines import Aes

MAGIC: Final = b"Salted__"
SALT_BYTES: Final = 8
_NAME: Final = "Salted__+salt8+ciphertext"


class SaltedLayout(Layout):
    """How a salted text is written: the word ``Salted__``, 8 bytes of salt and the ciphertext, joined.

    Args:
        encoding: ``"base64"`` (as CryptoJS and ``openssl enc -a`` write it), ``"base64url"`` or ``"hex"``.

    Raises:
        ConfigError: another encoding.
    """

    __slots__ = ("encoding",)
    separator: str | None = None

    @strips_traceback
    def __init__(self, encoding: Encoding | str = Encoding.BASE64) -> None:
        self._fill(encoding=known_encoding("salted_layout", encoding))

    def __str__(self) -> str:
        return f"{_NAME}, {self.encoding.value}"

    @classmethod
    @strips_traceback
    def from_text(cls, text: object) -> Self:
        """Return the layout that ``str(layout)`` gives.

        Raises:
            ConfigError: the text names none.
        """
        name, _, encoding = text.partition(", ") if isinstance(text, str) else ("", "", "")
        if name != _NAME:
            raise ConfigError(("salted_layout", f"must be a layout such as {str(cls())!r}"))
        return cls(encoding)


def decrypt_salted(passphrase: bytes, make_aes: Callable[[bytes], Aes], data: bytes) -> bytes:
    """Return the plaintext of a salted text, or raise ``DecryptError``.

    Args:
        passphrase: the text of the key, in UTF-8.
        make_aes: gives AES under a key.
        data: the bytes of the whole text.
    """
    if not data.startswith(MAGIC):
        raise DecryptError
    start = len(MAGIC) + SALT_BYTES
    key, iv = _key_and_iv(passphrase, data[len(MAGIC) : start])
    return unpad(make_aes(key).decrypt_cbc(iv, whole_blocks(data[start:])))


def _key_and_iv(passphrase: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """OpenSSL's EVP_BytesToKey with MD5 and one round, which is CryptoJS's default."""
    made = digest = b""
    while len(made) < KEY_BYTES + BLOCK_BYTES:
        digest = md5(digest + passphrase + salt, usedforsecurity=False).digest()
        made += digest
    return made[:KEY_BYTES], made[KEY_BYTES:]
