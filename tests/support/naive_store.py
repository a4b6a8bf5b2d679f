"""Stores that break the exactly-once promise, to show that the race finds them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sites import KEY

from webhelper.errors import UsedUpError
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores import rows
from webhelper.links.stores.postgresql import visits
from webhelper.links.stores.postgresql.address import read_address
from webhelper.links.stores.postgresql.store import PostgresqlStore
from webhelper.links.stores.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

    from webhelper.links.models import Link, Visit
    from webhelper.links.stores.postgresql.connections import Connection

# What counts a use in SQLite, in PostgreSQL's words. A statement that waited for the row of the link looks at
# its new version, but the sub-select keeps seeing the visits as they were before.
_COUNT = """
UPDATE links SET uses = uses + 1, last_used_at = %(now)s
WHERE id = %(id)s AND revoked_at IS NULL AND expires_at > %(now)s AND uses < max_uses
AND NOT EXISTS (
    SELECT 1 FROM visits
    WHERE link = seq AND visits.id >= %(earliest)s AND at > %(since)s AND browser = %(browser)s
)
"""
_INSERT = """
INSERT INTO visits (link, id, at, browser)
VALUES ((SELECT seq FROM links WHERE id = %(id)s), %(visit)s, %(now)s, %(browser)s)
"""


class NaiveStore(PostgresqlStore):
    """Counts a use by one conditional UPDATE, as the first port of the SQLite store did."""

    def visit(self, link: Link, visit: Visit, *, browser: bytes | None) -> Visit:
        """Count one use: of one browser that races itself, several get one."""
        use = rows.use_of(link, browser, visit.at)

        def work(connection: Connection) -> Visit | None:
            if connection.execute(_COUNT, use).rowcount != 1:
                return visits.earlier(connection, self._sealer, use)
            connection.execute(_INSERT, use | {"visit": visit.id})
            return visit

        got = self._connections.write(work, again=work)
        if got is None:
            raise UsedUpError
        return got


class ForgetfulStore(SqliteStore):
    """Acknowledges a use before it is written, and sometimes writes it not."""

    def visit(self, link: Link, visit: Visit, *, browser: bytes | None) -> Visit:
        """Acknowledge a visit that is not kept, if its id says so."""
        return visit if visit.id.endswith(("0", "1")) else super().visit(link, visit, browser=browser)


def open_naive(url: str) -> NaiveStore:
    """Open the store of a database, naively."""
    return NaiveStore(read_address(url), Sealer([KEY]), retention_days=1)


def open_forgetful(directory: Path) -> ForgetfulStore:
    """Open the store of a directory that forgets."""
    return ForgetfulStore(directory / "links.db", Sealer([KEY]), retention_days=1)


def open_sound(directory: Path) -> SqliteStore:
    """Open the store of a directory."""
    return SqliteStore(directory / "links.db", Sealer([KEY]), retention_days=1)
