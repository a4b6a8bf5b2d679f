"""Ids and numbers that the vendor would make up, from a seed."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from webhelper.simulator.sandbox.database import Database

TABLE: Final = """
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""
_NEXT: Final = """
INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET last = last + 1 RETURNING last
"""
_CHARACTERS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_LENGTH: Final = 13
_LONG_EVERY: Final = 5  # on average


class Ids:
    """Makes ids; two sandboxes with one seed make the same ones in the same order."""

    def __init__(self, database: Database, seed: int) -> None:
        self._database = database
        self._seed = seed

    def submission_id(self) -> str:
        """Return 13 lower-case letters and digits or, now and then, 18 with an underscore (section 14.8)."""
        digest = self._digest("submission")
        if digest[-1] % _LONG_EVERY:
            return _text(digest, _LENGTH)
        return f"{_text(digest, 15)}_{_text(digest[20:], 2)}"

    def other_id(self, kind: str) -> str:
        """Return an id of another kind, such as ``projection``: 20 letters and digits."""
        return _text(self._digest(kind), 20)

    def trace_id(self) -> str:
        """Return a UUID of version 7 (row 1.12); its time is made up too."""
        digest = bytearray(self._digest("trace")[:16])
        digest[6], digest[8] = 0x70 | digest[6] & 0x0F, 0x80 | digest[8] & 0x3F
        return str(UUID(bytes=bytes(digest)))

    def _digest(self, kind: str) -> bytes:
        with self._database.writing() as sql:
            (number,) = sql.execute(_NEXT, (kind,)).fetchone()
        return sha256(f"{self._seed}:{kind}:{number}".encode()).digest()


def _text(digest: bytes, length: int) -> str:
    return "".join(_CHARACTERS[byte % len(_CHARACTERS)] for byte in digest[:length])
