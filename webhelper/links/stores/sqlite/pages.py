"""Pages of links, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webhelper.links.stores.base import Filter, Page
from webhelper.links.stores.sqlite import rows, statements

if TYPE_CHECKING:
    from sqlite3 import Connection

    from webhelper.links.signing.sealing import Sealer


def read(
    connection: Connection, sealer: Sealer, wanted: Filter, *, now: float, limit: int, cursor: int | None
) -> Page:
    """Return one page; see ``Store.page``."""
    conditions = ["TRUE"]
    if wanted.state is not None:
        conditions.append(statements.CONDITIONS[wanted.state])
    if wanted.label is not None:
        conditions.append("label = :label")
    if cursor is not None:
        conditions.append("seq < :cursor")
    query = f"{statements.SELECT_LINKS} WHERE {' AND '.join(conditions)} ORDER BY seq DESC LIMIT :limit"
    values = {"now": now, "label": wanted.label, "cursor": cursor, "limit": limit + 1}
    found = connection.execute(query, values).fetchall()
    links = [rows.to_link(row, sealer) for row in found[:limit]]
    next_cursor = found[limit - 1]["seq"] if len(found) > limit else None
    return Page(tuple(link for link in links if link is not None), next_cursor)
