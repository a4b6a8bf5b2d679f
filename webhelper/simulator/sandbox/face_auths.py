"""Authentications of the FaceAuth add-on (vendor pages FAP, FAG)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from sqlite3 import Row

    from webhelper.simulator.sandbox.database import Database

FAIL_CODES: Final = ("face_compare_underscore", "Face_Occluded_fail", "Face_cover_fail", "Head_cover_fail")

TABLE: Final = """
CREATE TABLE face_auths (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    pid           TEXT NOT NULL,             -- the main project
    submission_id TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    submit_type   TEXT NOT NULL,
    user          TEXT NOT NULL,             -- JSON: userId, cf1, cf2, cf3, token
    fail_codes    TEXT NOT NULL,             -- JSON list; empty: approved
    image         BLOB,                      -- NULL: deleted
    deleted       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX face_auths_by_time ON face_auths (pid, created_at, seq);
"""
_INSERT: Final = """
INSERT INTO face_auths (id, pid, submission_id, created_at, submit_type, user, fail_codes, image)
VALUES (:id, :pid, :submission_id, :created_at, :submit_type, :user, :fail_codes, :image)
"""
_GET: Final = "SELECT * FROM face_auths WHERE pid = ? AND id = ?"
_PAGE: Final = """
SELECT * FROM face_auths WHERE pid = :pid AND created_at >= :start AND created_at < :end AND seq < :before
ORDER BY seq DESC LIMIT :limit
"""
_DELETE: Final = "UPDATE face_auths SET deleted = 1, image = NULL WHERE pid = ? AND id = ? AND NOT deleted"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FaceAuth:
    """One authentication.

    Attributes:
        seq: its place in the order of creation; 0 before it is kept.
        id: the authentication id.
        pid: the main project.
        submission_id: the approved submission whose selfie it was compared with.
        created_at: ISO time.
        submit_type: ``form`` for the hosted form, ``api`` for a POST.
        user: userId, cf1, cf2, cf3 and token, where given.
        fail_codes: why it was rejected; empty: approved.
        image: the picture of the face; None if it was deleted.
        deleted: whether it was deleted.
    """

    seq: int = 0
    id: str
    pid: str
    submission_id: str
    created_at: str
    submit_type: Literal["form", "api"]
    user: Mapping[str, str]
    fail_codes: tuple[str, ...]
    image: bytes | None
    deleted: bool = False

    @property
    def status(self) -> str:
        """``approved`` or ``rejected``."""
        return "rejected" if self.fail_codes else "approved"


class FaceAuths:
    """The authentications of all projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, face_auth: FaceAuth) -> None:
        """Keep a new authentication."""
        names = ("id", "pid", "submission_id", "created_at", "submit_type", "image")
        values: dict[str, Any] = {name: getattr(face_auth, name) for name in names}
        values |= {"user": json.dumps(face_auth.user), "fail_codes": json.dumps(face_auth.fail_codes)}
        with self._database.writing() as sql:
            sql.execute(_INSERT, values)

    def get(self, pid: str, auth_id: str) -> FaceAuth | None:
        """Return an authentication, also a deleted one, or None."""
        with self._database.reading() as sql:
            row = sql.execute(_GET, (pid, auth_id)).fetchone()
        return None if row is None else _face_auth(row)

    def page(
        self, pid: str, *, start: str = "", end: str = "~", before: int = 2**62, limit: int = 2_000
    ) -> list[FaceAuth]:
        """Return authentications from ``start`` to before ``end``, the newest first."""
        values = {"pid": pid, "start": start, "end": end, "before": before, "limit": limit}
        with self._database.reading() as sql:
            return [_face_auth(row) for row in sql.execute(_PAGE, values).fetchall()]

    def delete(self, pid: str, auth_id: str) -> bool:
        """Delete an authentication's picture, and return whether there was something to delete."""
        with self._database.writing() as sql:
            return sql.execute(_DELETE, (pid, auth_id)).rowcount > 0


def _face_auth(row: Row) -> FaceAuth:
    values: dict[str, Any] = dict(row)
    values |= {"user": json.loads(row["user"]), "fail_codes": tuple(json.loads(row["fail_codes"]))}
    return FaceAuth(**values | {"deleted": bool(row["deleted"])})
