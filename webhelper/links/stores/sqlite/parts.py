"""The parts of an SQLite store that know nothing of links and visits; see ``Parts``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webhelper.links.stores.sqlite.leases import Leases
from webhelper.links.stores.sqlite.sessions import Sessions
from webhelper.links.stores.sqlite.throttle import SUFFIX, Throttle
from webhelper.links.stores.sqlite.token_ids import TokenIds

if TYPE_CHECKING:
    from pathlib import Path

    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.sqlite.connections import Connections


class SqliteParts:
    """Makes these parts.

    Args:
        path: the file of links, beside which the throttle has its own.
        connections: lends connections to it.
        sealer: seals what is personal.
    """

    def __init__(self, path: Path, connections: Connections, sealer: Sealer) -> None:
        self.token_ids = TokenIds(connections, sealer)
        self.leases = Leases(connections)
        self.sessions = Sessions(connections)
        self.throttle = Throttle(path.with_name(f"{path.name}{SUFFIX}"))
