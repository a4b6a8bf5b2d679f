"""Projections: which personal data of a submission the API and the events leave out (vendor page PRJO)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Row

    from webhelper.simulator.sandbox.database import Database

MAX_PROJECTIONS: Final = 10
_FIELDS: Final = """
first_name last_name full_name gender nationality date_of_birth ip_address idType idcard_issuingCountry
idcard_issueDate idcard_expireDate identityNumber documentNumber address_city address_country address_state
address_street address_street2 address_zipcode address_globalCode address_compoundCode address_formatted
address_input address_detail cf1 cf2 cf3 age_group ssnNumber phoneNumber
"""
FIELDS: Final = frozenset(_FIELDS.split())  # row 7.6

TABLE: Final = """
CREATE TABLE projections (
    id         TEXT PRIMARY KEY,
    pid        TEXT NOT NULL,
    name       TEXT NOT NULL,
    fields     TEXT NOT NULL,                -- JSON list
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX projections_by_pid ON projections (pid, created_at);
"""
_INSERT: Final = "INSERT INTO projections VALUES (?, ?, ?, ?, ?)"
_LIST: Final = "SELECT * FROM projections WHERE pid = ? ORDER BY created_at, rowid"
_DELETE: Final = "DELETE FROM projections WHERE pid = ? AND id = ?"


@dataclass(frozen=True, slots=True)
class Projection:
    """One projection; its mode is always ``exclude``."""

    id: str
    pid: str
    name: str
    fields: tuple[str, ...]
    created_at: str


class Projections:
    """The projections of all projects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, projection: Projection) -> None:
        """Keep a new projection."""
        fields = json.dumps(projection.fields)
        row = (projection.id, projection.pid, projection.name, fields, projection.created_at)
        with self._database.writing() as sql:
            sql.execute(_INSERT, row)

    def all(self, pid: str) -> list[Projection]:
        """Return the projections of a project, the oldest first."""
        with self._database.reading() as sql:
            return [_projection(row) for row in sql.execute(_LIST, (pid,)).fetchall()]

    def find(self, pid: str, names: Sequence[object]) -> Projection | None:
        """Return the projection that has one of these ids or names, or None."""
        return next((one for one in self.all(pid) if one.id in names or one.name in names), None)

    def delete(self, pid: str, projection_id: str) -> bool:
        """Delete a projection, and return whether there was one."""
        with self._database.writing() as sql:
            return sql.execute(_DELETE, (pid, projection_id)).rowcount > 0


def _projection(row: Row) -> Projection:
    return Projection(**{**dict(row), "fields": tuple(json.loads(row["fields"]))})
