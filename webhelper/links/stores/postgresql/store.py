"""The store in a PostgreSQL database, which several hosts share."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from liveform import ExpiredError
from webhelper.errors import (
    RevokedError,
    StoreError,
    TokenIdExpiredError,
    UnknownLinkError,
    UsedUpError,
)
from webhelper.links.models import ID_BYTES, Link, LinkSpec, Visit
from webhelper.links.signing.base32 import from_base32, random_id, to_base32
from webhelper.links.stores import rows
from webhelper.links.stores.postgresql import idempotency, kiosk_numbers, lists, statements, visits
from webhelper.links.stores.postgresql.clock import DatabaseClock
from webhelper.links.stores.postgresql.connections import Connections
from webhelper.links.stores.postgresql.inbox import Inbox
from webhelper.links.stores.postgresql.leases import Leases
from webhelper.links.stores.postgresql.link_cache import LinkCache
from webhelper.links.stores.postgresql.outbox import Outbox
from webhelper.links.stores.postgresql.outcomes import Outcomes
from webhelper.links.stores.postgresql.retention import Retention
from webhelper.links.stores.postgresql.token_ids import TokenIds
from webhelper.links.stores.postgresql.visit_batches import VisitBatches
from webhelper.links.stores.visit_buffer import VisitBuffer
from webhelper.links.visit_counts import VisitCounts
from webhelper.links.visit_ids import link_id_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from webhelper.links.outcomes import Outcome
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.base import IdempotencyKey, VisitedLink
    from webhelper.links.stores.lists import Filter, Page
    from webhelper.links.stores.outbox import Sink
    from webhelper.links.stores.postgresql.address import Address
    from webhelper.links.stores.postgresql.connections import Connection

_MARK_BYTES: Final = 8
_REFUSALS: Final = {
    "unknown": UnknownLinkError,
    "revoked": RevokedError,
    "expired": ExpiredError,
    "used_up": UsedUpError,
    "token_id_expired": TokenIdExpiredError,
}


class PostgresqlStore:
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
        self._batches = VisitBatches(connections, sealer)
        self._visit_buffer = buffer = VisitBuffer(self._write_visits)
        self._cache = LinkCache(self._changes)
        self._sealer = sealer
        self.clock = DatabaseClock(self._time)
        self._retention = retention = Retention(connections, days=retention_days, inbox_days=inbox_days)
        self.outbox = Outbox(connections, sinks)
        self._outcomes = outcomes = Outcomes(self.outbox)
        self.inbox = Inbox(connections, sealer, outcomes=outcomes, visit_buffer=buffer, retention=retention)
        self.token_ids = TokenIds(connections, sealer)
        self.leases = Leases(connections)

    def _write_visits(self, visits: Mapping[str, Sequence[Visit]]) -> None:
        self._batches.write(visits)
        self._cache.forget()

    def _changes(self) -> int:
        return int(self._connections.value_of(statements.SELECT_CHANGES))

    def _time(self) -> float:
        return float(self._connections.value_of(statements.SELECT_TIME))

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
        self._retention.clean(now)
        link_id = random_id(ID_BYTES)
        counts = None if spec.max_uses == 1 else VisitCounts()
        new = Link(id=link_id, payload=from_base32(link_id), spec=spec, created_at=now, counts=counts)

        def insert(connection: Connection, link: Link) -> tuple[Link, bool]:
            connection.execute(statements.INSERT_LINK, self._columns(link))
            return link, True

        def work(connection: Connection) -> tuple[Link, bool]:
            link = new
            if idempotency_key is not None:
                of_key = idempotency.link_id_of(connection, idempotency_key, link_id, now=now)
                if of_key != link_id:
                    return visits.link_of(connection, self._sealer, of_key), False
            if draws_token_id:
                link = self.token_ids.draw(connection, link, now=now)
            if gets_number:
                link = replace(link, spec=kiosk_numbers.numbered(connection, link.spec))
            return insert(connection, link)

        def work_again(connection: Connection) -> tuple[Link, bool]:
            made = visits.found_link(connection, self._sealer, link_id)
            return work(connection) if made is None else (made, True)

        if idempotency_key is None and not draws_token_id and not gets_number:
            return self._connections.call(lambda connection: insert(connection, new))
        return self._connections.write(work, again=work_again)

    def _columns(self, link: Link) -> dict[str, object]:
        label = link.spec.label
        columns = rows.of_spec(link.spec, link.id, self._sealer, link.created_at)
        return columns | {"folded": None if label is None else rows.folded(label).decode()}

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
        self._visit_buffer.flush()
        return self._connections.call(lambda connection: visits.link_of(connection, self._sealer, link_id))

    def page(self, wanted: Filter, *, now: float, limit: int, cursor: int | None = None) -> Page:
        """See ``Store``."""
        self._visit_buffer.flush()
        return self._connections.call(
            lambda connection: lists.read(
                connection, self._sealer, wanted, now=now, limit=limit, cursor=cursor
            )
        )

    def visit(self, link: Link, visit: Visit, *, browser: bytes | None) -> Visit:
        """See ``Store``."""
        if not link.is_limited and link.spec.unique_userid is None:
            link.check_open(visit.at)
            self._visit_buffer.add(visit)
            return visit
        _, _, sealed = rows.of_visit(visit, self._sealer)
        use = visits.use_of(link, browser, visit.at) | {
            "visit": visit.id,
            "userid": sealed,
            "userid_digest": rows.userid_digest(visit.userid, self._sealer),
        }
        answer, earlier = self._connections.call(lambda connection: self._redeem(connection, use))
        if answer in _REFUSALS:
            raise _REFUSALS[answer]
        return visit if earlier is None else earlier

    def _redeem(self, connection: Connection, use: Mapping[str, object]) -> tuple[str, Visit | None]:
        """Return the answer, and the visit to which the browser comes back."""
        ((answer, *row),) = connection.execute(statements.REDEEM, use).fetchall()
        is_again = answer == "again"
        return answer, visits.with_outcomes(connection, self._sealer, tuple(row)) if is_again else None

    def visit_of(self, link: Link, browser: bytes, *, now: float) -> Visit | None:
        """See ``Store``."""
        use = visits.use_of(link, browser, now)
        return self._connections.call(lambda connection: visits.earlier(connection, self._sealer, use))

    def hand_over(self, link: Link, visit_id: str, *, holder: bytes, browser: bytes, now: float) -> bool:
        """See ``Store``."""
        begun = {"visit": visit_id, "holder": holder, "size": len(holder)}
        values = visits.use_of(link, browser, now) | begun
        return self._connections.changes_one(statements.HAND_OVER, values, again=statements.HAND_OVER_AGAIN)

    def visits(self, link_id: str, *, limit: int) -> Sequence[Visit]:
        """See ``Store``."""
        self._visit_buffer.flush()
        return self._connections.call(
            lambda connection: visits.of_link(connection, self._sealer, link_id, limit=limit)
        )

    def record(self, visit_id: str, outcome: Outcome) -> VisitedLink | None:
        """See ``Store``."""
        self._visit_buffer.flush()

        def work(connection: Connection) -> VisitedLink | None:
            if not self._outcomes.record(connection, visit_id, [outcome], now=outcome.at):
                return None
            return visits.visited_link(connection, self._sealer, visit_id)

        return self._connections.write(work, again=work)

    def exchange(self, visit_id: str, *, now: float) -> bool:
        """See ``Store``."""
        values = {"id": visit_id, "link_id": link_id_of(visit_id), "now": now}
        self._visit_buffer.flush()
        return self._connections.changes_one(statements.EXCHANGE, values | _mark())

    def visited_link(self, visit_id: str) -> VisitedLink | None:
        """See ``Store``."""
        self._visit_buffer.flush()
        return self._connections.call(
            lambda connection: visits.visited_link(connection, self._sealer, visit_id)
        )

    def open_visits(self, *, since: float, limit: int, after: str | None = None) -> Sequence[VisitedLink]:
        """See ``Store``."""
        self._visit_buffer.flush()
        return self._connections.call(
            lambda connection: visits.open_ones(
                connection, self._sealer, since=since, limit=limit, after=after
            )
        )

    def revoke(self, link_id: str, *, now: float) -> None:
        """See ``Store``. Of a reusable link it takes a tenth of a second, in which no cache is left with it."""

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

    def use_once(self, code_id: str, *, now: float) -> bool:
        """See ``Store``."""
        return self._connections.changes_one(statements.USE_CODE, {"code_id": code_id, "now": now} | _mark())

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


def _mark() -> dict[str, object]:
    """Return the mark of a call, by which it knows its own work after a lost answer."""
    return {"mark": secrets.token_bytes(_MARK_BYTES)}
