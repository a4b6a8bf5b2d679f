"""The latest API requests as they came, how they were answered, and what the vendor ignored of them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from sqlite3 import Row

    from webhelper.simulator.sandbox.database import Database

KEPT: Final = 1_000
MAX_BODY: Final = 65_536  # bytes of a body that are kept

TABLE: Final = """
CREATE TABLE requests (
    id            INTEGER PRIMARY KEY,
    at            TEXT NOT NULL,
    pid           TEXT,                      -- NULL: the key was missing or wrong
    method        TEXT NOT NULL,
    path          TEXT NOT NULL,
    query         TEXT NOT NULL,
    headers       TEXT NOT NULL,             -- JSON object, without the key
    body          BLOB NOT NULL,
    opened        TEXT,                      -- decrypted input
    status        INTEGER,                   -- NULL: a fault left the request without an answer
    answer        BLOB NOT NULL,             -- before encryption
    fault         TEXT,
    ignored       TEXT NOT NULL,             -- JSON list
    doubts        TEXT NOT NULL              -- JSON list
) STRICT;
"""
_INSERT: Final = """
INSERT INTO requests VALUES (
    NULL, :at, :pid, :method, :path, :query, :headers, :body, :opened, :status, :answer, :fault,
    :ignored, :doubts
)
"""
_FORGET: Final = "DELETE FROM requests WHERE id <= ?"
_NEWEST: Final = """
SELECT * FROM requests WHERE (:pid IS NULL OR pid = :pid) ORDER BY id DESC LIMIT :limit
"""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Request:
    """One API request.

    Attributes:
        at: ISO time of the sandbox's clock.
        pid: the main project; None if the key was missing or wrong.
        method, path, query: as they came; the path begins behind ``/v3``.
        headers: all but ``x-api-key`` and cookies.
        body: the first 65,536 bytes as they came.
        opened: the decrypted JSON under Secure Data Transfer; None without it.
        status: of the answer; None if a fault left the request without one.
        answer: the first 65,536 bytes, before encryption.
        fault: kind of the fault that it met.
        ignored: parameters and members that the vendor ignores.
        doubts: names of the doubts (``doubts.py``) that decided the answer.
    """

    at: str
    pid: str | None
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    opened: str | None
    status: int | None
    answer: bytes
    fault: str | None
    ignored: tuple[str, ...]
    doubts: tuple[str, ...]


class RequestLog:
    """The latest 1,000 requests of all projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, request: Request) -> None:
        """Keep a request, and forget the one before the last thousand."""
        values: dict[str, Any] = asdict(request)
        values |= {name: json.dumps(values[name]) for name in ("headers", "ignored", "doubts")}
        values |= {name: values[name][:MAX_BODY] for name in ("body", "answer")}
        with self._database.writing() as sql:
            number = int(sql.execute(_INSERT, values).lastrowid or 0)
            sql.execute(_FORGET, (number - KEPT,))

    def newest(self, pid: str | None = None, *, limit: int = KEPT) -> list[Request]:
        """Return requests, the newest first; of one project or of all."""
        with self._database.reading() as sql:
            rows = sql.execute(_NEWEST, {"pid": pid, "limit": limit}).fetchall()
        return [_request(row) for row in rows]


def _request(row: Row) -> Request:
    values: dict[str, Any] = {field.name: row[field.name] for field in fields(Request)}
    values["headers"] = json.loads(values["headers"])
    values |= {name: tuple(json.loads(values[name])) for name in ("ignored", "doubts")}
    return Request(**values)
