"""Uses of links: one call of a function in the database counts each, or says why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from liveform import ExpiredError
from webhelper.errors import RevokedError, TokenIdExpiredError, UnknownLinkError, UsedUpError
from webhelper.links.stores import rows
from webhelper.links.stores.postgresql import statements, visits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liveform import LiveformError
    from webhelper.links.models import Link, Visit
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.postgresql.connections import Connection, Connections

_REFUSALS: Final[Mapping[str, type[LiveformError]]] = {
    "unknown": UnknownLinkError,
    "revoked": RevokedError,
    "expired": ExpiredError,
    "used_up": UsedUpError,
    "token_id_expired": TokenIdExpiredError,
}
_AGAIN: Final = "again"


def redeem(
    connections: Connections, sealer: Sealer, link: Link, visit: Visit, *, browser: bytes | None
) -> Visit:
    """Count one use, and return the visit, or the one that this browser had; see ``Store.visit``."""
    _, _, sealed, key_id = rows.of_visit(visit, sealer)
    use = rows.use_of(link, browser, visit.at) | {
        "visit": visit.id,
        "userid": sealed,
        "sealed_by": key_id,
        "userid_digest": rows.userid_digest(visit.userid, sealer),
    }

    def work(connection: Connection) -> tuple[str, Visit | None]:
        ((answer, *row),) = connection.execute(statements.REDEEM, use).fetchall()
        return answer, visits.with_outcomes(connection, sealer, tuple(row)) if answer == _AGAIN else None

    answer, earlier = connections.call(work)
    if answer in _REFUSALS:
        raise _REFUSALS[answer]
    return visit if earlier is None else earlier
