"""Fields <-> the text of the ``encrypted`` parameter, with keys in rotation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveform.crypto.layout_text import write_query_text, write_text
from liveform.crypto.modes import decrypt_text
from liveform.errors import DecryptError, FieldError, MalformedError
from liveform.wire.encoding import MAX_TEXT_CHARS
from liveform.wire.json_object import read_object, write_checked, write_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liveform.crypto.modes import Mode
    from liveform.wire.json_object import JsonValue


class JsonCipher:
    """A JSON object under a cipher: written with the current key, read with it or a previous one.

    Attributes:
        mode: the one that writes.
    """

    __slots__ = ("_modes", "mode")

    def __init__(self, current: Mode, *previous: Mode) -> None:
        self.mode: Mode = current
        self._modes = (current, *previous)

    def encrypt(self, members: Mapping[str, object]) -> str:
        """Return the text of ``members``, not yet percent-encoded."""
        text = write_text(self.mode.layout, self.mode.encrypt(write_object(members)))
        if len(text) > MAX_TEXT_CHARS:
            raise FieldError("fields", f"together they make more than {MAX_TEXT_CHARS} characters")
        return text

    def encrypt_for_query(self, members: Mapping[str, object]) -> str:
        """Return the same of checked members, percent-encoded; its length is left to who makes the URL."""
        mode = self.mode
        return write_query_text(mode.layout, mode.encrypt(write_checked(members)))

    def decrypt(self, text: str) -> dict[str, JsonValue]:
        """Return the members; ``MalformedError`` for the wrong alphabet, else ``DecryptError`` for all."""
        for mode in self._modes:
            try:
                plaintext = decrypt_text(mode, text)
            except DecryptError:
                continue
            try:
                return read_object(plaintext)
            except MalformedError:
                continue  # another key's text may unpad by chance
        raise DecryptError
