"""Pages of links, the newest first.

The links of a label, of a user and those that were revoked are found by an index. A text is looked for in the
folded labels and in the ids of all links, the newest first, until the page is full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.links.models import LinkState
from webhelper.links.stores import rows
from webhelper.links.stores.lists import MIN_ID_CHARS, Filter, Page
from webhelper.links.stores.postgresql.statements import SELECT_LINKS

if TYPE_CHECKING:
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.postgresql.connections import Connection

_LIVING: Final = "revoked_at IS NULL AND expires_at > %(now)s"
_USED_UP: Final = "coalesce(uses >= max_uses, FALSE)"
_STATES: Final = {
    LinkState.REVOKED: "revoked_at IS NOT NULL",
    LinkState.EXPIRED: "revoked_at IS NULL AND expires_at <= %(now)s",
    LinkState.USED_UP: f"{_LIVING} AND {_USED_UP}",
    LinkState.TOKEN_ID_EXPIRED: f"{_LIVING} AND NOT {_USED_UP} AND token_id_expired_at IS NOT NULL",
    LinkState.ACTIVE: f"{_LIVING} AND NOT {_USED_UP} AND token_id_expired_at IS NULL",
}
_OPENED: Final = "(kiosk_number IS NULL OR uses > 0)"
_NEWEST: Final = "ORDER BY seq DESC LIMIT %(count)s"
# Three ways to a link, each of which has its own index or order.
_WITH_TEXT: Final = (
    "(strpos(coalesce(folded, ''), %(text)s) > 0 OR %(for_ids)s AND strpos(lower(id), %(text)s) > 0)",
    "userid_digest = ANY(%(digests)s)",
    "seq IN (SELECT link FROM visits WHERE visits.userid_digest = ANY(%(digests)s))",
)


def read(
    connection: Connection, sealer: Sealer, wanted: Filter, *, now: float, limit: int, cursor: int | None
) -> Page:
    """Return one page; see ``Store.page``."""
    values: dict[str, object] = {"now": now, "count": limit + 1, "below": cursor, "label": wanted.label}
    values["projects"] = None if wanted.projects is None else sorted(wanted.projects)
    fits = " AND ".join(_conditions(wanted, cursor))
    query = f"{SELECT_LINKS} WHERE {fits} {_NEWEST}"
    if wanted.text is not None:
        ways = (f"(SELECT seq FROM links WHERE {fits} AND {way} {_NEWEST})" for way in _WITH_TEXT)
        query = f"{SELECT_LINKS} WHERE seq IN ({' UNION '.join(ways)}) {_NEWEST}"
        values |= _text_values(wanted.text, sealer)
    # Planned with the values: it depends on them which index has the fewest links to look through.
    found = connection.execute(query, values, prepare=False).fetchall()
    links = (rows.to_link(row, sealer) for row in found[:limit])
    return Page(
        tuple(link for link in links if link is not None),
        next_cursor=found[limit - 1][-1] if len(found) > limit else None,
    )


def _conditions(wanted: Filter, cursor: int | None) -> list[str]:
    conditions = ["TRUE" if cursor is None else "seq < %(below)s"]
    if wanted.state is not None:
        conditions.append(_STATES[wanted.state])
    if wanted.label is not None:
        conditions.append("label = %(label)s")
    if wanted.projects is not None:
        conditions.append("project = ANY(%(projects)s)")
    if not wanted.unopened:
        conditions.append(_OPENED)
    return conditions


def _text_values(text: str, sealer: Sealer) -> dict[str, object]:
    folded = rows.folded(text).decode()
    is_for_ids = len(folded) >= MIN_ID_CHARS and folded.isascii() and folded.isalnum()
    return {"text": folded, "for_ids": is_for_ids, "digests": rows.userid_digests(text, sealer)}
