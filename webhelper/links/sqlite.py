"""Links in one SQLite file: what a site gets when it says nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.errors import KeyReusedError, StoreError, UnknownLinkError
from webhelper.links import rows, statements
from webhelper.links.base32 import random_id, to_base32
from webhelper.links.database import Database
from webhelper.links.link import ID_BYTES, Link, Order, Outcome, Visit
from webhelper.links.notebook import Notebook
from webhelper.links.store import GRACE_S, REPEAT_S, Filter, Page, Passage, Repeat

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from sqlite3 import Connection

    from webhelper.links.sealing import Sealer

_DAY_S: Final = 86_400
_CODES_S: Final = _DAY_S  # spent codes are forgotten long after they have expired
_CLEAN_EVERY_S: Final = 3600


class SqliteStore:
    """Keeps links and visits in a file; see ``Store``.

    Args:
        path: the file; made when missing, readable by its owner alone.
        sealer: seals what is people's data.
        retention_days: how long links and their visits are kept after a link has expired.
    """

    keeps_links = True

    def __init__(self, path: Path, sealer: Sealer, *, retention_days: int) -> None:
        self._database = Database(path)
        self._notebook = Notebook(self._database, sealer)
        self._sealer = sealer
        self._retention_s = retention_days * _DAY_S
        self._cleaned_at = 0.0

    def create(self, order: Order, *, now: float, repeat: Repeat | None = None) -> tuple[Link, bool]:
        """See ``Store``."""
        link_id = random_id(ID_BYTES)
        with self._database.writing() as connection:
            self._clean(connection, now)
            earlier = None if repeat is None else _repeated(connection, repeat)
            if earlier is not None:
                return self._link(connection, earlier), False
            connection.execute(statements.INSERT_LINK, rows.of_order(order, link_id, self._sealer, now))
            if repeat is not None:
                connection.execute("INSERT INTO repeats VALUES (?, ?, ?, ?, ?)", (*repeat, link_id, now))
            return self._link(connection, link_id), True

    def find(self, payload: bytes) -> Link:
        """See ``Store``."""
        with self._database.reading() as connection:
            return self._link(connection, to_base32(payload))

    def get(self, link_id: str) -> Link:
        """See ``Store``."""
        with self._up_to_date() as connection:
            return self._link(connection, link_id)

    def page(self, wanted: Filter, *, now: float, limit: int, cursor: int | None = None) -> Page:
        """See ``Store``."""
        conditions = ["TRUE"]
        if wanted.state is not None:
            conditions.append(statements.CONDITIONS[wanted.state])
        if wanted.label is not None:
            conditions.append("label = :label")
        if cursor is not None:
            conditions.append("links.seq < :cursor")
        query = (
            f"{statements.SELECT_LINKS} WHERE {' AND '.join(conditions)} ORDER BY links.seq DESC LIMIT :limit"
        )
        values = {"now": now, "label": wanted.label, "cursor": cursor, "limit": limit + 1}
        with self._up_to_date() as connection:
            found = connection.execute(query, values).fetchall()
        links = [rows.to_link(row, self._sealer) for row in found[:limit]]
        next_cursor = found[limit - 1]["seq"] if len(found) > limit else None
        return Page(tuple(link for link in links if link is not None), next_cursor)

    def visit(self, link: Link, visit: Visit, *, browser: bytes | None) -> Visit:
        """See ``Store``."""
        if not link.is_limited and link.order.unique_userid is None:
            link.check_open(visit.at)
            self._notebook.note(visit)
            return visit
        with self._database.writing() as connection:
            earlier = None if browser is None else self._earlier(connection, link.id, browser, visit.at)
            if earlier is not None:
                return earlier
            if connection.execute(statements.COUNT, {"id": link.id, "now": visit.at}).rowcount != 1:
                self._link(connection, link.id).check_open(visit.at)
                raise StoreError  # it is open, and yet was not counted
            connection.execute(statements.insert_visits(1), rows.of_visit(visit, browser, self._sealer))
            return visit

    def visit_of(self, link: Link, browser: bytes, *, now: float) -> Visit | None:
        """See ``Store``."""
        with self._database.reading() as connection:
            return self._earlier(connection, link.id, browser, now)

    def visits(self, link_id: str, *, limit: int) -> Sequence[Visit]:
        """See ``Store``."""
        query = "SELECT * FROM visits WHERE link_id = ? ORDER BY seq DESC LIMIT ?"
        with self._up_to_date() as connection:
            found = connection.execute(query, (link_id, limit)).fetchall()
        return [rows.to_visit(row, self._sealer) for row in found]

    def record(self, visit_id: str, outcome: Outcome) -> Passage | None:
        """See ``Store``."""
        values = {
            "id": visit_id,
            "result": outcome.result,
            "submission_id": outcome.submission_id,
            "error_code": outcome.error_code,
            "at": outcome.at,
        }
        self._notebook.write()
        with self._database.writing() as connection:
            connection.execute(statements.RECORD, values)
            return self._passage(connection, visit_id)

    def passage(self, visit_id: str) -> Passage | None:
        """See ``Store``."""
        with self._up_to_date() as connection:
            return self._passage(connection, visit_id)

    def revoke(self, link_id: str, *, now: float) -> None:
        """See ``Store``."""
        query = "UPDATE links SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?"
        with self._database.writing() as connection:
            if connection.execute(query, (now, link_id)).rowcount != 1:
                raise UnknownLinkError

    def spend(self, code_id: str, *, now: float) -> bool:
        """See ``Store``."""
        with self._database.writing() as connection:
            return (
                connection.execute("INSERT OR IGNORE INTO spent VALUES (?, ?)", (code_id, now)).rowcount == 1
            )

    def is_ready(self) -> bool:
        """See ``Store``."""
        try:
            with self._database.writing() as connection:
                connection.execute("SELECT 1 FROM links LIMIT 1")
        except StoreError:
            return False
        return True

    def close(self) -> None:
        """See ``Store``."""
        self._notebook.write()
        self._database.close()

    def _up_to_date(self) -> AbstractContextManager[Connection]:
        """Lend a connection that sees every opening of this process."""
        self._notebook.write()
        return self._database.reading()

    def _link(self, connection: Connection, link_id: str) -> Link:
        row = connection.execute(statements.SELECT_LINK, (link_id,)).fetchone()
        link = None if row is None else rows.to_link(row, self._sealer)
        if link is None:
            raise UnknownLinkError
        return link

    def _passage(self, connection: Connection, visit_id: str) -> Passage | None:
        row = connection.execute("SELECT * FROM visits WHERE id = ?", (visit_id,)).fetchone()
        if row is None:
            return None
        return Passage(self._link(connection, row["link_id"]), rows.to_visit(row, self._sealer))

    def _earlier(self, connection: Connection, link_id: str, browser: bytes, now: float) -> Visit | None:
        values = {"id": link_id, "browser": browser, "since": now - GRACE_S, "now": now}
        row = connection.execute(statements.EARLIER, values).fetchone()
        return None if row is None else rows.to_visit(row, self._sealer)

    def _clean(self, connection: Connection, now: float) -> None:
        """Delete what is past its retention; now and then is enough."""
        if now - self._cleaned_at < _CLEAN_EVERY_S:
            return
        connection.execute("DELETE FROM links WHERE expires_at < ?", (now - self._retention_s,))
        connection.execute("DELETE FROM repeats WHERE at < ?", (now - REPEAT_S,))
        connection.execute("DELETE FROM spent WHERE at < ?", (now - _CODES_S,))
        self._cleaned_at = now


def _repeated(connection: Connection, repeat: Repeat) -> str | None:
    """The link that this request made before, if it is not the first of its key."""
    query = "SELECT digest, link_id FROM repeats WHERE scope = ? AND key = ?"
    row = connection.execute(query, (repeat.scope, repeat.key)).fetchone()
    if row is None:
        return None
    if row["digest"] != repeat.digest:
        raise KeyReusedError
    link_id: str = row["link_id"]
    return link_id
