"""Stores that break the exactly-once promise, to show that the race finds them out."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sites import KEY

from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores import rows
from webhelper.links.stores.sqlite import statements
from webhelper.links.stores.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

    from webhelper.links.models import Link, Visit

_COUNT = """
UPDATE links SET uses = uses + 1, last_used_at = :now
WHERE id = :id AND standing = 'active' AND expires_at > :now
"""


class NaiveStore(SqliteStore):
    """Looks for an earlier visit of the browser before it begins to count.

    That is what the statement of the SQLite store does on PostgreSQL: its sub-select keeps the old snapshot.
    """

    def visit(self, link: Link, visit: Visit, *, browser: bytes | None) -> Visit:
        """Look, then count: of one browser that races itself, several get a use."""
        earlier = None if browser is None else self.visit_of(link, browser, now=visit.at)
        if earlier is not None:
            return earlier
        time.sleep(0)  # another racer may be here too
        with self._connections.writing() as connection:
            if connection.execute(_COUNT, {"id": link.id, "now": visit.at}).rowcount != 1:
                self.get(link.id).check_open(visit.at)
            columns = rows.of_visit(visit, self._sealer)
            connection.execute(statements.INSERT_VISIT, (link.id, *columns, None, browser))
        return visit


class ForgetfulStore(SqliteStore):
    """Acknowledges a use before it is written, and sometimes writes it not."""

    def visit(self, link: Link, visit: Visit, *, browser: bytes | None) -> Visit:
        """Acknowledge a visit that is not kept, if its id says so."""
        return visit if visit.id.endswith(("0", "1")) else super().visit(link, visit, browser=browser)


def open_naive(directory: Path) -> NaiveStore:
    """Open the store of a directory, naively."""
    return NaiveStore(directory / "links.db", Sealer([KEY]), retention_days=1)


def open_forgetful(directory: Path) -> ForgetfulStore:
    """Open the store of a directory that forgets."""
    return ForgetfulStore(directory / "links.db", Sealer([KEY]), retention_days=1)


def open_sound(directory: Path) -> SqliteStore:
    """Open the store of a directory."""
    return SqliteStore(directory / "links.db", Sealer([KEY]), retention_days=1)
