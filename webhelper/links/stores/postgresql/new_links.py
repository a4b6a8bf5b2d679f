"""New links: each in one commit with its Idempotency-Key, its token id and its number."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from webhelper.links.models import new_link
from webhelper.links.stores import rows
from webhelper.links.stores.postgresql import idempotency, kiosk_numbers, statements, visits

if TYPE_CHECKING:
    from webhelper.links.models import Link, LinkSpec
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.base import IdempotencyKey
    from webhelper.links.stores.postgresql.connections import Connection, Connections
    from webhelper.links.stores.postgresql.token_ids import TokenIds


class NewLinks:
    """Creates links.

    Args:
        connections: does the work.
        sealer: seals what is personal.
        token_ids: has the pools that links draw from.
    """

    def __init__(self, connections: Connections, sealer: Sealer, token_ids: TokenIds) -> None:
        self._connections = connections
        self._sealer = sealer
        self._token_ids = token_ids

    def create(
        self,
        spec: LinkSpec,
        *,
        now: float,
        idempotency_key: IdempotencyKey | None,
        draws_token_id: bool,
        gets_number: bool,
    ) -> tuple[Link, bool]:
        """See ``Store``."""
        new = new_link(spec, now=now)

        def work(connection: Connection) -> tuple[Link, bool]:
            link = new
            if idempotency_key is not None:
                link_id = idempotency.link_id_of(connection, idempotency_key, self._sealer, new.id, now=now)
                if link_id != new.id:
                    return visits.link_of(connection, self._sealer, link_id), False
            if draws_token_id:
                link = self._token_ids.draw(connection, link, now=now)
            if gets_number:
                link = replace(link, spec=kiosk_numbers.numbered(connection, link.spec))
            self._insert(connection, link)
            return link, True

        def work_again(connection: Connection) -> tuple[Link, bool]:
            made = visits.found_link(connection, self._sealer, new.id)
            return work(connection) if made is None else (made, True)

        if idempotency_key is None and not draws_token_id and not gets_number:  # one statement is one commit
            self._connections.call(lambda connection: self._insert(connection, new))
            return new, True
        return self._connections.write(work, again=work_again)

    def _insert(self, connection: Connection, link: Link) -> None:
        label = link.spec.label
        columns = rows.of_spec(link.spec, link.id, self._sealer, link.created_at)
        folded = None if label is None else rows.folded(label).decode()
        connection.execute(statements.INSERT_LINK, columns | {"folded": folded})
