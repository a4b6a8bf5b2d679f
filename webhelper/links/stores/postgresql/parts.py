"""The parts of a PostgreSQL store that know nothing of links and visits; see ``Parts``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webhelper.links.stores.postgresql.leases import Leases
from webhelper.links.stores.postgresql.sessions import Sessions
from webhelper.links.stores.postgresql.throttle import Throttle
from webhelper.links.stores.postgresql.token_ids import TokenIds

if TYPE_CHECKING:
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.postgresql.connections import Connections


class PostgresqlParts:
    """Makes these parts.

    Args:
        connections: does the work.
        sealer: seals what is personal.
    """

    def __init__(self, connections: Connections, sealer: Sealer) -> None:
        self.token_ids = TokenIds(connections, sealer)
        self.leases = Leases(connections)
        self.sessions = Sessions(connections)
        self.throttle = Throttle(connections)
