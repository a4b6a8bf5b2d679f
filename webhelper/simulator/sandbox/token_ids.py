"""Token ids: registered by the API, used by the form, expired by a count or a time (pages TOKP, AC)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Row

    from webhelper.simulator.sandbox.database import Database

MAX_TOKENS: Final = 100_000  # a project (row 5.9)
PAGE: Final = 10_000  # vendor page TOKG

TABLE: Final = """
CREATE TABLE token_ids (
    pid           TEXT NOT NULL,
    token_id      TEXT NOT NULL,
    registered_at TEXT,                      -- NULL: used without being registered
    expires_at    TEXT,                      -- NULL: not by time
    expired_at    TEXT,
    first_used_at TEXT,
    uses          INTEGER NOT NULL DEFAULT 0,
    decided       TEXT,                      -- status of its last submission
    PRIMARY KEY (pid, token_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX token_ids_registered ON token_ids (pid, registered_at, token_id)
    WHERE registered_at IS NOT NULL;
CREATE INDEX token_ids_expiring ON token_ids (expires_at)
    WHERE expires_at IS NOT NULL AND expired_at IS NULL;
"""
_REGISTER: Final = """
INSERT OR REPLACE INTO token_ids (pid, token_id, registered_at, expires_at) VALUES (?, ?, ?, ?)
"""
_COUNT: Final = "SELECT count(*) FROM token_ids WHERE pid = ? AND registered_at IS NOT NULL"
_COUNTS: Final = """
SELECT count(*) AS registered, count(expired_at) AS expired,
    count(first_used_at) FILTER (WHERE expired_at IS NULL) AS used
FROM token_ids WHERE pid = ? AND registered_at IS NOT NULL
"""
_KNOWN: Final = """
SELECT count(*) FROM json_each(?) AS given CROSS JOIN token_ids  -- in this order: a look-up for each
ON pid = ? AND token_id = given.value AND registered_at IS NOT NULL
"""
_GET: Final = "SELECT * FROM token_ids WHERE pid = ? AND token_id = ?"
_DELETE: Final = "DELETE FROM token_ids WHERE pid = ? AND token_id = ? AND registered_at IS NOT NULL"
_PAGE: Final = """
SELECT * FROM token_ids WHERE pid = ? AND registered_at IS NOT NULL AND (registered_at, token_id) > (?, ?)
ORDER BY registered_at, token_id LIMIT ?
"""
_USE: Final = """
INSERT INTO token_ids (pid, token_id, first_used_at) VALUES (?, ?, ?) ON CONFLICT (pid, token_id)
DO UPDATE SET first_used_at = coalesce(first_used_at, excluded.first_used_at) RETURNING *
"""
_SUBMITTED: Final = """
UPDATE token_ids SET uses = uses + 1, decided = ? WHERE pid = ? AND token_id = ? RETURNING *
"""
_EXPIRE: Final = "UPDATE token_ids SET expired_at = ? WHERE pid = ? AND token_id = ?"
_OVERDUE: Final = """
UPDATE token_ids SET expired_at = :now
WHERE expires_at IS NOT NULL AND expired_at IS NULL AND expires_at <= :now RETURNING *
"""


@dataclass(frozen=True, slots=True, repr=False)
class TokenId:
    """What is known of one token id; times are ISO texts.

    Attributes:
        pid: the main project's, or that of FaceAuth, whose token ids are its own (row 8.1).
        registered_at: None if it was used without being registered.
        expires_at: when it expires by time; None: it does not.
        expired_at: None while it is valid.
        first_used_at: when a form was opened with it first.
        uses: how many submissions were made with it.
        decided: status of the last of these.
    """

    pid: str
    token_id: str
    registered_at: str | None
    expires_at: str | None
    expired_at: str | None
    first_used_at: str | None
    uses: int
    decided: str | None


class TokenCounts(NamedTuple):
    """How many token ids are registered; of these, how many have expired, or were used and have not."""

    registered: int
    expired: int
    used: int

    @property
    def ready(self) -> int:
        """How many wait for their first use."""
        return self.registered - self.expired - self.used


class TokenIds:
    """The token ids of all projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self, pid: str, token_ids: Sequence[str], *, at: str, expires_at: str | None) -> int | None:
        """Register token ids, also those that are registered already, which begin anew.

        Returns:
            How many are registered then; None if these would be too many, and nothing is registered.
        """
        with self._database.writing() as sql:
            given = list(set(token_ids))
            (known,) = sql.execute(_KNOWN, (json.dumps(given), pid)).fetchone()
            count = self.count(pid) - int(known) + len(given)
            if count > MAX_TOKENS:
                return None
            sql.executemany(_REGISTER, [(pid, one, at, expires_at) for one in token_ids])
        return count

    def count(self, pid: str) -> int:
        """Return how many token ids are registered."""
        with self._database.reading() as sql:
            return int(sql.execute(_COUNT, (pid,)).fetchone()[0])

    def counts(self, pid: str) -> TokenCounts:
        """Return how many token ids are registered, expired and used."""
        with self._database.reading() as sql:
            return TokenCounts(*sql.execute(_COUNTS, (pid,)).fetchone())

    def get(self, pid: str, token_id: str) -> TokenId | None:
        """Return what is known of a token id, or None if it was neither registered nor used."""
        with self._database.reading() as sql:
            row = sql.execute(_GET, (pid, token_id)).fetchone()
        return None if row is None else _token_id(row)

    def page(self, pid: str, *, after: tuple[str, str] = ("", ""), limit: int = PAGE) -> list[TokenId]:
        """Return registered token ids behind the time and id of ``after``, the oldest first."""
        with self._database.reading() as sql:
            return [_token_id(row) for row in sql.execute(_PAGE, (pid, *after, limit)).fetchall()]

    def delete(self, pid: str, token_ids: Sequence[str]) -> list[str]:
        """Delete registered token ids, and return those that were not registered."""
        with self._database.writing() as sql:
            return [one for one in token_ids if sql.execute(_DELETE, (pid, one)).rowcount == 0]

    def use(self, pid: str, token_id: str, *, at: str) -> TokenId:
        """Note that a form was opened with a token id, registered or not, and return what is known of it."""
        with self._database.writing() as sql:
            return _token_id(sql.execute(_USE, (pid, token_id, at)).fetchone())

    def submitted(self, pid: str, token_id: str, status: str, *, at: str) -> TokenId:
        """Note a submission with a token id, and return what is known of it."""
        self.use(pid, token_id, at=at)
        with self._database.writing() as sql:
            return _token_id(sql.execute(_SUBMITTED, (status, pid, token_id)).fetchone())

    def expire(self, pid: str, token_id: str, *, at: str) -> None:
        """Note that a token id has expired."""
        with self._database.writing() as sql:
            sql.execute(_EXPIRE, (at, pid, token_id))

    def expire_overdue(self, now: str) -> list[TokenId]:
        """Expire the token ids whose time has come, and return them."""
        with self._database.writing() as sql:
            return [_token_id(row) for row in sql.execute(_OVERDUE, {"now": now}).fetchall()]


def _token_id(row: Row) -> TokenId:
    return TokenId(**dict(row))
