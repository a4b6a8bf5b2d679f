"""The table of submissions: each is an item as GET answers it, with columns to find it by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from webhelper.simulator.sandbox.errors import UnknownError
from webhelper.simulator.sandbox.people import person_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from sqlite3 import Row

    from webhelper.simulator.sandbox.database import Database

TABLE: Final = """
CREATE TABLE submissions (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    pid           TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    token_id      TEXT,
    projection    TEXT,                      -- its id, which may have been deleted since
    deleted       INTEGER NOT NULL DEFAULT 0,
    item          TEXT NOT NULL,             -- JSON; the columns below repeat its members
    status        TEXT NOT NULL,
    email         TEXT,
    userid        TEXT,
    applicant_id  TEXT,
    person        TEXT
) STRICT;
CREATE INDEX submissions_by_pid ON submissions (pid, seq);
CREATE INDEX submissions_by_time ON submissions (pid, created_at, seq);
CREATE INDEX submissions_by_email ON submissions (pid, email, seq);
CREATE INDEX submissions_by_userid ON submissions (pid, userid, seq);
CREATE INDEX submissions_by_applicant ON submissions (pid, applicant_id, seq);
CREATE INDEX submissions_by_person ON submissions (pid, person, seq);
CREATE INDEX submissions_unfinished ON submissions (created_at) WHERE status = 'incomplete' AND deleted = 0;
"""
_SAVE: Final = """
INSERT INTO submissions VALUES (
    NULL, :id, :pid, :created_at, :token_id, :projection, :deleted, :item,
    :status, :email, :userid, :applicant_id, :person
) ON CONFLICT (id) DO UPDATE SET
    token_id = excluded.token_id, deleted = excluded.deleted, item = excluded.item,
    status = excluded.status, email = excluded.email, userid = excluded.userid,
    applicant_id = excluded.applicant_id, person = excluded.person
"""
_OWN: Final = ("id", "pid", "created_at", "token_id", "projection", "deleted")
_SEARCH: Final = ("SELECT * FROM submissions WHERE", "ORDER BY seq DESC LIMIT ?")
_GET: Final = "SELECT * FROM submissions WHERE id = ?"
_PLACE: Final = "SELECT seq FROM submissions WHERE pid = ? AND id = ?"
_OF_PERSON: Final = "SELECT id FROM submissions WHERE pid = ? AND person = ? AND id <> ? ORDER BY seq"
_APPLICANT: Final = """
SELECT * FROM submissions WHERE pid = ? AND applicant_id = ? AND status = 'approved' ORDER BY seq
"""
_UNFINISHED: Final = """
SELECT * FROM submissions WHERE status = 'incomplete' AND deleted = 0 AND created_at <= ?
ORDER BY created_at, seq
"""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Submission:
    """One submission.

    Attributes:
        id: the submission id.
        pid: the main project.
        created_at: ISO time.
        item: as GET answers it, before a projection; never changed in place.
        token_id: with which the form was opened.
        projection: id of the projection that it was made with; it may have been deleted since.
        deleted: whether it was deleted; what stays is in ``item`` (row 3.15).
    """

    id: str
    pid: str
    created_at: str
    item: Mapping[str, Any]
    token_id: str | None = None
    projection: str | None = None
    deleted: bool = False

    @property
    def status(self) -> str:
        """``incomplete``, ``pending``, ``approved`` or ``rejected`` (row 9.18)."""
        return str(self.item["kyc"]["result"])

    @property
    def data(self) -> Mapping[str, Any]:
        """Member ``data`` of the item; empty if it was erased."""
        data: Mapping[str, Any] = self.item.get("data", {})
        return data


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Search:
    """Which submissions a list has; None does not matter.

    Attributes:
        pid: of this project.
        userid, email: with exactly these.
        start, end: created from the first ISO time to before the second.
        before: id of the last submission of the page before.
        limit: at most so many.
    """

    pid: str
    userid: str | None = None
    email: str | None = None
    start: str | None = None
    end: str | None = None
    before: str | None = None
    limit: int = 50


class Submissions:
    """The submissions of all projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, submission: Submission) -> None:
        """Keep a submission, new or changed."""
        item = submission.item
        values = {name: getattr(submission, name) for name in _OWN}
        values |= {name: item.get(name) for name in ("email", "userid", "applicant_id")}
        values["status"], values["person"] = submission.status, person_of(submission.pid, submission.data)
        with self._database.writing() as sql:
            sql.execute(_SAVE, values | {"item": json.dumps(item)})

    def get(self, submission_id: str, *, pid: str | None = None) -> Submission:
        """Return a submission, also a deleted one.

        Raises:
            UnknownError: there is none; or it is not of the project ``pid``, if that is given.
        """
        with self._database.reading() as sql:
            row = sql.execute(_GET, (submission_id,)).fetchone()
        if row is None or pid not in (None, row["pid"]):
            raise UnknownError("no submission has this id")
        return _submission(row)

    def search(self, search: Search) -> list[Submission]:
        """Return submissions, the newest first.

        Raises:
            UnknownError: no submission of the project has the id ``before``.
        """
        wanted = {
            "userid = ?": search.userid,
            "email = ?": search.email,
            "created_at >= ?": search.start,
            "created_at < ?": search.end,
            "seq < ?": None if search.before is None else self._place(search),
        }
        chosen = {condition: value for condition, value in wanted.items() if value is not None}
        where = " AND ".join(["pid = ?", *chosen])
        statement = f" {where} ".join(_SEARCH)
        with self._database.reading() as sql:
            rows = sql.execute(statement, (search.pid, *chosen.values(), search.limit)).fetchall()
        return [_submission(row) for row in rows]

    def of_applicant(self, pid: str, applicant_id: str) -> list[Submission]:
        """Return the approved submissions of one person (row 2.10), the oldest first."""
        with self._database.reading() as sql:
            rows = sql.execute(_APPLICANT, (pid, applicant_id)).fetchall()
        return [_submission(row) for row in rows]

    def others_of_person(self, submission: Submission) -> list[str]:
        """Return the ids of other submissions with the same name, birth date, gender and nationality."""
        person = person_of(submission.pid, submission.data)
        with self._database.reading() as sql:
            rows = sql.execute(_OF_PERSON, (submission.pid, person, submission.id)).fetchall()
        return [row["id"] for row in rows]

    def unfinished(self, created_until: str) -> list[Submission]:
        """Return submissions without an outcome that were begun at this ISO time or before."""
        with self._database.reading() as sql:
            return [_submission(row) for row in sql.execute(_UNFINISHED, (created_until,)).fetchall()]

    def _place(self, search: Search) -> int:
        with self._database.reading() as sql:
            row = sql.execute(_PLACE, (search.pid, search.before)).fetchone()
        if row is None:
            raise UnknownError("no submission has this id")
        return int(row["seq"])


def _submission(row: Row) -> Submission:
    own: dict[str, Any] = {name: row[name] for name in _OWN}
    own |= {"deleted": bool(row["deleted"]), "item": json.loads(row["item"])}
    return Submission(**own)
