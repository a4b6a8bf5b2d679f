"""The pictures of submissions."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from webhelper.simulator.sandbox.database import Database

KINDS: Final = ("idImage", "idBackImage", "selfieImage", "addressImage")  # row 4.2
PNG: Final = b"\x89PNG\r\n\x1a\n"  # PNG (ISO/IEC 15948), clause 5.2
JPEG: Final = b"\xff\xd8\xff"  # SOI of JPEG (ISO/IEC 10918-1), table B.1, and the next marker

TABLE: Final = """
CREATE TABLE images (
    submission_id TEXT NOT NULL,
    kind          TEXT NOT NULL,
    content       BLOB NOT NULL,
    PRIMARY KEY (submission_id, kind)
) STRICT;
"""
_PUT: Final = "INSERT OR REPLACE INTO images VALUES (?, ?, ?)"
_GET: Final = "SELECT content FROM images WHERE submission_id = ? AND kind = ?"
_DELETE: Final = "DELETE FROM images WHERE submission_id = ? AND kind = ?"


class Images:
    """The pictures of all submissions, by submission id and kind."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, submission_id: str, kind: str, content: bytes) -> None:
        """Keep a picture in place of an earlier one."""
        with self._database.writing() as sql:
            sql.execute(_PUT, (submission_id, kind, content))

    def get(self, submission_id: str, kind: str) -> bytes | None:
        """Return a picture, or None if there is none."""
        with self._database.reading() as sql:
            row = sql.execute(_GET, (submission_id, kind)).fetchone()
        return None if row is None else bytes(row["content"])

    def delete(self, submission_id: str, kinds: Iterable[str] = KINDS) -> None:
        """Delete pictures of a submission."""
        with self._database.writing() as sql:
            sql.executemany(_DELETE, [(submission_id, kind) for kind in kinds])


def media_type(content: bytes) -> str | None:
    """Return the media type of a JPEG or PNG by its first bytes; None for anything else."""
    types = {PNG: "image/png", JPEG: "image/jpeg"}
    return next((kind for start, kind in types.items() if content.startswith(start)), None)


def grey_png(shade: int) -> bytes:
    """Return a PNG of one grey pixel, which stands for a picture that nobody took."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes((0, shade)))),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    return PNG + b"".join(chunks)
