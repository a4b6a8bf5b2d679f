"""The store in one SQLite file, which a site uses unless ``STORE`` says otherwise."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from webhelper.errors import StoreError, UnknownLinkError
from webhelper.links.models import new_link
from webhelper.links.signing.base32 import to_base32
from webhelper.links.stores import rows
from webhelper.links.stores.sqlite import idempotency, kiosk_numbers, packing, pages, statements, visits
from webhelper.links.stores.sqlite.connections import Connections
from webhelper.links.stores.sqlite.inbox import Inbox
from webhelper.links.stores.sqlite.link_cache import LinkCache
from webhelper.links.stores.sqlite.outbox import Outbox
from webhelper.links.stores.sqlite.outcomes import Outcomes
from webhelper.links.stores.sqlite.parts import SqliteParts
from webhelper.links.stores.sqlite.retention import Retention
from webhelper.links.stores.sqlite.upkeep import Upkeep
from webhelper.links.stores.sqlite.visit_batches import VisitBatches
from webhelper.links.stores.visit_buffer import VisitBuffer
from webhelper.links.visit_ids import link_id_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from sqlite3 import Connection

    from webhelper.links.models import Link, LinkSpec, Visit
    from webhelper.links.outcomes import Outcome
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.base import IdempotencyKey, VisitedLink
    from webhelper.links.stores.lists import Filter, OpenVisits, Page
    from webhelper.links.stores.outbox import Sink


class SqliteStore(SqliteParts):
    """Keeps links and visits in a file; see ``Store``.

    Args:
        path: the file; made when missing, readable by its owner alone.
        sealer: seals what is personal.
        retention_days: how long links and their visits are kept after a link has expired.
        inbox_days: how long webhooks are kept after they were worked.
        sinks: where each message goes.
    """

    keeps_links = True

    def __init__(
        self,
        path: Path,
        sealer: Sealer,
        *,
        retention_days: int,
        inbox_days: int = 30,
        sinks: Sequence[Sink] = (),
    ) -> None:
        self._connections = connections = Connections(path)
        self._visit_buffer = buffer = VisitBuffer(VisitBatches(connections, sealer).write)
        self._cache = LinkCache(connections, path)
        self._sealer = sealer
        self.clock = time.time
        self.outbox = Outbox(connections, sinks)
        self._outcomes = outcomes = Outcomes(self.outbox)
        self.inbox = Inbox(connections, sealer, outcomes=outcomes, visit_buffer=buffer)
        self.upkeep = Upkeep(connections, sealer, buffer, Retention(retention_days, inbox_days))
        super().__init__(path, connections, sealer)

    def create(
        self,
        spec: LinkSpec,
        *,
        now: float,
        idempotency_key: IdempotencyKey | None = None,
        draws_token_id: bool = False,
        gets_number: bool = False,
    ) -> tuple[Link, bool]:
        """See ``Store``."""
        link = new_link(spec, now=now)
        with self._connections.writing() as connection:
            if idempotency_key is not None:
                earlier = idempotency.link_id_of(connection, idempotency_key, self._sealer, now=now)
                if earlier is not None:
                    return visits.link_of(connection, self._sealer, earlier), False
            if draws_token_id:
                link = self.token_ids.draw(connection, link, now=now)
            if gets_number:
                link = replace(link, spec=kiosk_numbers.numbered(connection, link.spec))
            connection.execute(statements.INSERT_LINK, rows.of_spec(link.spec, link.id, self._sealer, now))
            if idempotency_key is not None:
                idempotency.remember(connection, idempotency_key, link.id, self._sealer, now=now)
        return link, True

    def find(self, payload: bytes) -> Link:
        """See ``Store``."""
        version = self._cache.version()
        link = self._cache.get(payload, version)
        if link is None:
            with self._connections.reading() as connection:
                link = visits.link_of(connection, self._sealer, to_base32(payload), payload)
            self._cache.put(payload, link, version)
        return link

    def get(self, link_id: str) -> Link:
        """See ``Store``."""
        with self._up_to_date(of_link=link_id) as connection:
            return visits.link_of(connection, self._sealer, link_id)

    def page(self, wanted: Filter, *, now: float, limit: int, cursor: int | None = None) -> Page:
        """See ``Store``."""
        with suppress(StoreError):  # links that are not packed are found too, only later
            packing.catch_up(self._connections)
        with self._up_to_date() as connection:
            return pages.read(connection, self._sealer, wanted, now=now, limit=limit, cursor=cursor)

    def visit(self, link: Link, visit: Visit, *, browser: bytes | None) -> Visit:
        """See ``Store``."""
        if not link.is_limited and link.spec.unique_userid is None:
            link.check_open(visit.at)
            self._visit_buffer.add(visit)
            return visit
        use = rows.use_of(link, browser, visit.at)
        with self._connections.writing() as connection:
            if connection.execute(statements.COUNT, use).rowcount == 1:
                columns = rows.of_visit(visit, self._sealer)
                userid = rows.userid_digest(visit.userid, self._sealer)
                connection.execute(statements.INSERT_VISIT, (link.id, *columns, userid, browser))
                return visit
            earlier = visits.earlier(connection, self._sealer, use)
            if earlier is None:
                visits.link_of(connection, self._sealer, link.id).check_open(visit.at)
                raise StoreError  # open, but not counted: the clock was set back meanwhile
            return earlier

    def visit_of(self, link: Link, browser: bytes, *, now: float) -> Visit | None:
        """See ``Store``."""
        with self._connections.reading() as connection:
            return visits.earlier(connection, self._sealer, rows.use_of(link, browser, now))

    def hand_over(self, link: Link, visit_id: str, *, holder: bytes, browser: bytes, now: float) -> bool:
        """See ``Store``."""
        begun = {"visit": visit_id, "holder": holder, "size": len(holder)}
        values = rows.use_of(link, browser, now) | begun
        with self._connections.writing() as connection:
            return self._outcomes.hand_over(connection, statements.HAND_OVER, values)

    def visits(self, link_id: str, *, limit: int) -> Sequence[Visit]:
        """See ``Store``."""
        with self._up_to_date(of_link=link_id) as connection:
            return visits.of_link(connection, self._sealer, link_id, limit=limit)

    def record(self, visit_id: str, outcome: Outcome, *, browser: bytes | None = None) -> VisitedLink | None:
        """See ``Store``."""
        self._visit_buffer.flush(of_link=link_id_of(visit_id))
        with self._connections.writing() as connection:
            if not self._outcomes.record(connection, visit_id, [outcome], now=outcome.at, browser=browser):
                return None
            return visits.visited_link(connection, self._sealer, visit_id)

    def exchange(self, visit_id: str, *, now: float, browser: bytes | None = None) -> bool:
        """See ``Store``."""
        values = {"id": visit_id, "link_id": link_id_of(visit_id), "now": now, "browser": browser}
        self._visit_buffer.flush(of_link=link_id_of(visit_id))
        with self._connections.writing() as connection:
            return connection.execute(statements.EXCHANGE, values).rowcount == 1

    def visited_link(self, visit_id: str) -> VisitedLink | None:
        """See ``Store``."""
        with self._up_to_date(of_link=link_id_of(visit_id)) as connection:
            return visits.visited_link(connection, self._sealer, visit_id)

    def open_visits(self, wanted: OpenVisits) -> Sequence[VisitedLink]:
        """See ``Store``."""
        with self._up_to_date() as connection:
            return visits.open_ones(connection, self._sealer, wanted)

    def revoke(self, link_id: str, *, now: float) -> None:
        """See ``Store``."""
        with self._connections.writing() as connection:
            if connection.execute(statements.REVOKE, (now, link_id)).rowcount != 1:
                raise UnknownLinkError
        self._cache.revoked()

    def is_ready(self) -> bool:
        """See ``Store``."""
        with suppress(StoreError), self._connections.writing() as connection:
            for statement in statements.CHECK_READY:
                connection.execute(statement)
            return True
        return False

    def close(self) -> None:
        """See ``Store``."""
        self._visit_buffer.flush()
        self._cache.close()
        self.throttle.close()
        self._connections.close()

    def _up_to_date(self, *, of_link: str | None = None) -> AbstractContextManager[Connection]:
        """Lend a connection that sees every visit of this process, or of a link, if they can be written."""
        self._visit_buffer.flush_to_read(of_link=of_link)
        return self._connections.reading()
