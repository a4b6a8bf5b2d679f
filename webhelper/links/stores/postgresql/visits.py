"""Links and visits as they are read: one of them, those of a link, and those that are still open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webhelper.errors import UnknownLinkError
from webhelper.links.stores import rows
from webhelper.links.stores.base import VisitedLink
from webhelper.links.stores.postgresql import statements
from webhelper.links.stores.postgresql.outcomes import Outcomes
from webhelper.links.visit_ids import link_id_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from webhelper.links.models import Link, Visit
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.lists import OpenVisits
    from webhelper.links.stores.postgresql.connections import Connection


def of_link(connection: Connection, sealer: Sealer, link_id: str, *, limit: int) -> Sequence[Visit]:
    """Return the latest visits of a link with their outcomes, the newest first."""
    wanted = {"link_id": link_id, "limit": limit}
    found = connection.execute(statements.SELECT_VISITS, wanted).fetchall()
    said = Outcomes.of_visits(connection, link_id, [row[0] for row in found])
    return [rows.to_visit(row, sealer, said.get(row[0], ())) for row in found]


def visited_link(connection: Connection, sealer: Sealer, visit_id: str) -> VisitedLink | None:
    """Return a visit and its link; None if they are not here, or if no key opens the link any more."""
    wanted = {"link_id": link_id_of(visit_id), "id": visit_id}
    row = connection.execute(statements.SELECT_VISIT, wanted).fetchone()
    if row is None:
        return None
    link = found_link(connection, sealer, wanted["link_id"])
    return None if link is None else VisitedLink(link, with_outcomes(connection, sealer, row))


def with_outcomes(connection: Connection, sealer: Sealer, row: tuple[Any, ...]) -> Visit:
    """Return the visit of a row of ``VISIT_COLUMNS`` with its outcomes."""
    said = Outcomes.of_visits(connection, link_id_of(row[0]), [row[0]])
    return rows.to_visit(row, sealer, said.get(row[0], ()))


def found_link(
    connection: Connection, sealer: Sealer, link_id: str, payload: bytes | None = None
) -> Link | None:
    """Return the link of an id; None if it is not here, or if no key opens it."""
    row = connection.execute(statements.SELECT_LINK, {"id": link_id}).fetchone()
    return None if row is None else rows.to_link(row, sealer, payload)


def link_of(connection: Connection, sealer: Sealer, link_id: str, payload: bytes | None = None) -> Link:
    """Return the link of an id, or raise ``UnknownLinkError``."""
    link = found_link(connection, sealer, link_id, payload)
    if link is None:
        raise UnknownLinkError
    return link


def earlier(connection: Connection, sealer: Sealer, use: Mapping[str, object]) -> Visit | None:
    """Return the visit to which a browser may come back, with its outcomes.

    Args:
        connection: lent.
        sealer: opens the user id.
        use: from ``rows.use_of``.
    """
    row = connection.execute(statements.EARLIER, use).fetchone()
    return None if row is None else with_outcomes(connection, sealer, row)


def open_ones(connection: Connection, sealer: Sealer, wanted: OpenVisits) -> Sequence[VisitedLink]:
    """Return a slice of the visits whose outcome is not settled; see ``Store.open_visits``."""
    place = "" if wanted.after is None else wanted.after
    values = {**wanted._asdict(), "after": place, "link_id": link_id_of(place)}
    while found := connection.execute(statements.SELECT_OPEN_VISITS, values).fetchall():
        visited = (visited_link(connection, sealer, visit_id) for (visit_id,) in found)
        wanted_ones = [one for one in visited if one is not None and wanted.has(one.visit)]
        if wanted_ones:  # an empty slice would end the list
            return wanted_ones
        (last,) = found[-1]
        values |= {"after": last, "link_id": link_id_of(last)}
    return []
