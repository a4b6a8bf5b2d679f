"""The store in a PostgreSQL database, which several hosts share."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from webhelper.errors import StoreError, UnknownLinkError
from webhelper.links.signing.base32 import to_base32
from webhelper.links.stores import rows
from webhelper.links.stores.postgresql import lists, statements, visits
from webhelper.links.stores.postgresql.clock import DatabaseClock
from webhelper.links.stores.postgresql.connections import Connections, new_mark
from webhelper.links.stores.postgresql.inbox import Inbox
from webhelper.links.stores.postgresql.link_cache import LinkCache
from webhelper.links.stores.postgresql.new_links import NewLinks
from webhelper.links.stores.postgresql.outbox import Outbox
from webhelper.links.stores.postgresql.outcomes import Outcomes
from webhelper.links.stores.postgresql.parts import PostgresqlParts
from webhelper.links.stores.postgresql.redeeming import redeem
from webhelper.links.stores.postgresql.retention import Retention
from webhelper.links.stores.postgresql.upkeep import Upkeep
from webhelper.links.stores.postgresql.visit_batches import VisitBatches
from webhelper.links.stores.visit_buffer import VisitBuffer
from webhelper.links.visit_ids import link_id_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from webhelper.links.models import Link, LinkSpec, Visit
    from webhelper.links.outcomes import Outcome
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.base import IdempotencyKey, VisitedLink
    from webhelper.links.stores.lists import Filter, OpenVisits, Page
    from webhelper.links.stores.outbox import Sink
    from webhelper.links.stores.postgresql.address import Address
    from webhelper.links.stores.postgresql.connections import Connection

T = TypeVar("T")


class PostgresqlStore(PostgresqlParts):
    """Keeps links and visits in a database; see ``Store``.

    Args:
        address: of the database. If it cannot be reached now, each method tries again.
        sealer: seals what is personal.
        retention_days: how long links and their visits are kept after a link has expired.
        inbox_days: how long webhooks are kept after they were worked.
        sinks: where each message goes.

    Raises:
        StoreError: the database can be reached, but not used: it is not there, its tables are of another
            version, or this user may not use them.
    """

    keeps_links = True

    def __init__(
        self,
        address: Address,
        sealer: Sealer,
        *,
        retention_days: int,
        inbox_days: int = 30,
        sinks: Sequence[Sink] = (),
    ) -> None:
        self._connections = connections = Connections(address)
        self._cache = LinkCache(lambda: int(connections.number_of(statements.SELECT_CHANGES)))
        batches = VisitBatches(connections, sealer, on_written=self._cache.forget)
        self._visit_buffer = buffer = VisitBuffer(batches.write)
        self._sealer = sealer
        self.clock = DatabaseClock(lambda: connections.number_of(statements.SELECT_TIME))
        self.outbox = Outbox(connections, sinks)
        self._outcomes = outcomes = Outcomes(self.outbox)
        self.inbox = Inbox(connections, sealer, outcomes=outcomes, visit_buffer=buffer)
        retention = Retention(days=retention_days, inbox_days=inbox_days)
        self.upkeep = Upkeep(connections, sealer, buffer, retention)
        super().__init__(connections, sealer)
        self._new_links = NewLinks(connections, sealer, self.token_ids)

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
        return self._new_links.create(
            spec,
            now=now,
            idempotency_key=idempotency_key,
            draws_token_id=draws_token_id,
            gets_number=gets_number,
        )

    def find(self, payload: bytes) -> Link:
        """See ``Store``."""
        version = self._cache.version()
        link = self._cache.get(payload, version)
        if link is None:
            link_id = to_base32(payload)
            link = self._connections.call(
                lambda connection: visits.link_of(connection, self._sealer, link_id, payload)
            )
            self._cache.put(payload, link, version)
        return link

    def get(self, link_id: str) -> Link:
        """See ``Store``."""
        return self._read(lambda one: visits.link_of(one, self._sealer, link_id), link_id)

    def page(self, wanted: Filter, *, now: float, limit: int, cursor: int | None = None) -> Page:
        """See ``Store``."""
        return self._read(
            lambda one: lists.read(one, self._sealer, wanted, now=now, limit=limit, cursor=cursor)
        )

    def visit(self, link: Link, visit: Visit, *, browser: bytes | None) -> Visit:
        """See ``Store``."""
        if not link.is_limited and link.spec.unique_userid is None:
            link.check_open(visit.at)
            self._visit_buffer.add(visit)
            return visit
        return redeem(self._connections, self._sealer, link, visit, browser=browser)

    def visit_of(self, link: Link, browser: bytes, *, now: float) -> Visit | None:
        """See ``Store``."""
        use = rows.use_of(link, browser, now)
        return self._connections.call(lambda connection: visits.earlier(connection, self._sealer, use))

    def hand_over(self, link: Link, visit_id: str, *, holder: bytes, browser: bytes, now: float) -> bool:
        """See ``Store``."""
        begun = {"visit": visit_id, "holder": holder, "size": len(holder)}
        values = rows.use_of(link, browser, now) | begun
        give = self._outcomes.hand_over
        return self._connections.write(
            lambda connection: give(connection, statements.HAND_OVER, values),
            again=lambda connection: give(connection, statements.HAND_OVER_AGAIN, values),
        )

    def visits(self, link_id: str, *, limit: int) -> Sequence[Visit]:
        """See ``Store``."""
        return self._read(lambda one: visits.of_link(one, self._sealer, link_id, limit=limit), link_id)

    def record(self, visit_id: str, outcome: Outcome, *, browser: bytes | None = None) -> VisitedLink | None:
        """See ``Store``."""
        self._visit_buffer.flush(of_link=link_id_of(visit_id))

        def work(connection: Connection) -> VisitedLink | None:
            if not self._outcomes.record(connection, visit_id, [outcome], now=outcome.at, browser=browser):
                return None
            return visits.visited_link(connection, self._sealer, visit_id)

        return self._connections.write(work, again=work)

    def exchange(self, visit_id: str, *, now: float, browser: bytes | None = None) -> bool:
        """See ``Store``."""
        values = {"id": visit_id, "link_id": link_id_of(visit_id), "now": now, "browser": browser}
        values |= {"mark": new_mark()}
        self._visit_buffer.flush(of_link=link_id_of(visit_id))
        return self._connections.commits_one(statements.EXCHANGE, values)

    def visited_link(self, visit_id: str) -> VisitedLink | None:
        """See ``Store``."""
        link_id = link_id_of(visit_id)
        return self._read(lambda one: visits.visited_link(one, self._sealer, visit_id), link_id)

    def open_visits(self, wanted: OpenVisits) -> Sequence[VisitedLink]:
        """See ``Store``."""
        return self._read(lambda one: visits.open_ones(one, self._sealer, wanted))

    def revoke(self, link_id: str, *, now: float) -> None:
        """See ``Store``. A reusable link takes a tenth of a second, until it has left every cache."""

        def work(connection: Connection) -> bool:
            row = connection.execute(statements.REVOKE, {"id": link_id, "now": now}).fetchone()
            if row is None:
                raise UnknownLinkError
            is_reusable = row[0] is None
            if is_reusable:
                connection.execute(statements.COUNT_CHANGE)
            return is_reusable

        if self._connections.write(work, again=work):
            self._cache.wait_for_others()

    def is_ready(self) -> bool:
        """See ``Store``."""
        with suppress(StoreError):
            return self._connections.changes_one(statements.TRY_TO_WRITE, {})
        return False

    def close(self) -> None:
        """See ``Store``."""
        try:
            self._visit_buffer.flush()
        finally:
            self._connections.close()

    def _read(self, read: Callable[[Connection], T], of_link: str | None = None) -> T:
        """Return what is read; see ``VisitBuffer.flush_to_read`` for ``of_link``."""
        self._visit_buffer.flush_to_read(of_link=of_link)
        return self._connections.call(read)
