"""Fields <-> the text of the ``encrypted`` parameter, with keys in rotation."""

from collections.abc import Mapping

from liveform.ciphers import Cipher
from liveform.encoding import MAX_TEXT_CHARS
from liveform.errors import DecryptError, FieldError, MalformedError
from liveform.json_text import JsonValue, read_object, write_object


class Payload:
    """A JSON object under a cipher: written with the current key, read with it or a previous one."""

    __slots__ = ("_ciphers",)

    def __init__(self, current: Cipher, *previous: Cipher) -> None:
        self._ciphers = (current, *previous)

    @property
    def cipher(self) -> Cipher:
        """The cipher that writes."""
        return self._ciphers[0]

    def encrypt(self, members: Mapping[str, object]) -> str:
        """Return the text of ``members``, not yet percent-encoded."""
        text = self.cipher.encrypt_text(write_object(members))
        if len(text) > MAX_TEXT_CHARS:
            raise FieldError("fields", f"together they make more than {MAX_TEXT_CHARS} characters")
        return text

    def decrypt(self, text: str) -> dict[str, JsonValue]:
        """Return the members; ``MalformedError`` for the wrong alphabet, else ``DecryptError`` for all."""
        for cipher in self._ciphers:
            plaintext = _opened(cipher, text)
            if plaintext is not None:
                return plaintext
        raise DecryptError


def _opened(cipher: Cipher, text: str) -> dict[str, JsonValue] | None:
    """What ``cipher`` makes of ``text``; None if it is not this cipher's, or not an object."""
    try:
        plaintext = cipher.decrypt_text(text)
    except DecryptError:
        return None
    try:
        return read_object(plaintext)
    except MalformedError:
        return None
