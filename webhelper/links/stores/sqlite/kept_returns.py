"""The returns of visits: all that differ are kept, and the latest that is decided is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webhelper.links.stores.base import MOST_RETURNS
from webhelper.links.stores.sqlite import rows, statements

if TYPE_CHECKING:
    from sqlite3 import Connection, Row

    from webhelper.links.models import Visit
    from webhelper.links.outcomes import Outcome


def add(connection: Connection, visit: Visit, outcome: Outcome) -> bool:
    """Keep a return, and return whether it is kept: it says what no other did, and there are not too many.

    Args:
        connection: inside a transaction that writes.
        visit: with its returns so far.
        outcome: what the return claims.
    """
    if len(visit.returns) >= MOST_RETURNS or any(outcome.is_the_same(one) for one in visit.returns):
        return False
    values = rows.of_return(outcome, visit)
    connection.execute(statements.INSERT_RETURN, values)
    if outcome.replaces(visit.outcome):
        connection.execute(statements.RECORD, values)
        connection.execute(statements.RECORD_LATEST, values)
    return True


def of_visits(connection: Connection, link_id: str, visit_ids: list[str]) -> dict[str, list[Row]]:
    """Return the rows of the returns of these visits: all of a link from the first to the last of them."""
    found: dict[str, list[Row]] = {}
    if visit_ids:
        wanted = {"link_id": link_id, "first": min(visit_ids), "last": max(visit_ids)}
        for row in connection.execute(statements.SELECT_RETURNS, wanted):
            found.setdefault(row["visit"], []).append(row)
    return found
