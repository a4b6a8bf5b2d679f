"""Fields <-> the text of the ``encrypted`` parameter, with keys in rotation."""

from collections.abc import Mapping

from liveform.crypto.ciphers import Cipher
from liveform.errors import DecryptError, FieldError, MalformedError
from liveform.wire.encoding import MAX_TEXT_CHARS
from liveform.wire.json_object import JsonValue, read_object, write_checked, write_object


class JsonCipher:
    """A JSON object under a cipher: written with the current key, read with it or a previous one."""

    __slots__ = ("_ciphers", "cipher")

    def __init__(self, current: Cipher, *previous: Cipher) -> None:
        self.cipher = current  # the one that writes
        self._ciphers = (current, *previous)

    def encrypt(self, members: Mapping[str, object]) -> str:
        """Return the text of ``members``, not yet percent-encoded."""
        text = self.cipher._seal(write_object(members))
        if len(text) > MAX_TEXT_CHARS:
            raise FieldError("fields", f"together they make more than {MAX_TEXT_CHARS} characters")
        return text

    def encrypt_for_query(self, members: Mapping[str, object]) -> str:
        """Return the same of checked members, percent-encoded; its length is left to who makes the URL."""
        return self.cipher._seal_for_query(write_checked(members))

    def decrypt(self, text: str) -> dict[str, JsonValue]:
        """Return the members; ``MalformedError`` for the wrong alphabet, else ``DecryptError`` for all."""
        for cipher in self._ciphers:
            try:
                plaintext = cipher._unseal(text)
            except DecryptError:
                continue
            try:
                return read_object(plaintext)
            except MalformedError:
                continue  # another key's text may unpad by chance
        raise DecryptError
