"""AML reports, and the records of ongoing monitoring (vendor pages AML, RAML, MONP, MONG)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from webhelper.simulator.sandbox.database import Database

TABLE: Final = """
CREATE TABLE aml_reports (
    resource_id   TEXT PRIMARY KEY,
    pid           TEXT NOT NULL,
    submission_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE monitor_records (
    record_id     TEXT PRIMARY KEY,
    pid           TEXT NOT NULL,
    worklist_id   TEXT NOT NULL,
    submission_id TEXT NOT NULL,
    admin         TEXT NOT NULL,
    created_at    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""
_ADD_REPORT: Final = "INSERT INTO aml_reports VALUES (?, ?, ?)"
_REPORT: Final = "SELECT submission_id FROM aml_reports WHERE pid = ? AND resource_id = ?"
_ADD: Final = "INSERT INTO monitor_records VALUES (?, ?, ?, ?, ?, ?)"
_GET: Final = "SELECT * FROM monitor_records WHERE pid = ? AND worklist_id = ? AND record_id = ?"
_DELETE: Final = "DELETE FROM monitor_records WHERE pid = ? AND worklist_id = ? AND record_id = ?"


@dataclass(frozen=True, slots=True, repr=False)
class MonitorRecord:
    """One submission on a worklist."""

    record_id: str
    pid: str
    worklist_id: str
    submission_id: str
    admin: str
    created_at: str


class Monitoring:
    """The AML reports and the monitored submissions of all projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_report(self, resource_id: str, pid: str, submission_id: str) -> None:
        """Keep that there is a report."""
        with self._database.writing() as sql:
            sql.execute(_ADD_REPORT, (resource_id, pid, submission_id))

    def report(self, pid: str, resource_id: str) -> str | None:
        """Return the id of the submission that a report is about, or None."""
        with self._database.reading() as sql:
            row = sql.execute(_REPORT, (pid, resource_id)).fetchone()
        return None if row is None else str(row["submission_id"])

    def add(self, record: MonitorRecord) -> None:
        """Put a submission on a worklist."""
        row = (record.record_id, record.pid, record.worklist_id)
        with self._database.writing() as sql:
            sql.execute(_ADD, (*row, record.submission_id, record.admin, record.created_at))

    def get(self, pid: str, worklist_id: str, record_id: str) -> MonitorRecord | None:
        """Return a record of a worklist, or None."""
        with self._database.reading() as sql:
            row = sql.execute(_GET, (pid, worklist_id, record_id)).fetchone()
        return None if row is None else MonitorRecord(**dict(row))

    def delete(self, pid: str, worklist_id: str, record_id: str) -> bool:
        """Take a record off a worklist, and return whether it was there."""
        with self._database.writing() as sql:
            return sql.execute(_DELETE, (pid, worklist_id, record_id)).rowcount > 0
