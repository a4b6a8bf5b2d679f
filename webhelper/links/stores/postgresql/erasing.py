"""Erase what is kept of one user, a slice in each transaction; see ``erasure``.

What was erased is in no row any more. Its bytes leave the files of the server with the next VACUUM, and with
the next rounds of its log. Rows are locked as other work does: webhooks before links, links before the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from psycopg.rows import dict_row

from webhelper.links.stores import rows
from webhelper.links.stores.erasure import NOTHING, SLICE
from webhelper.links.stores.postgresql.outcomes import Outcomes
from webhelper.links.stores.postgresql.statements import COUNT_CHANGE, SELECT_LINKS
from webhelper.links.stores.rows import VISIT_COLUMNS
from webhelper.links.stores.upkeep import Erased, KnownSubmission
from webhelper.links.visit_ids import link_id_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from webhelper.links.stores.erasure import Part, Place, Wanted
    from webhelper.links.stores.postgresql.connections import Connection

_PAIRS: Final = "(SELECT * FROM unnest(%(links)s::bigint[], %(visits)s::text[]))"
_LINKS: Final = f"{SELECT_LINKS} WHERE userid_digest = %s AND seq > %s ORDER BY seq LIMIT {SLICE}"
_VISITS: Final = f"""
SELECT {", ".join(VISIT_COLUMNS)}, link FROM visits WHERE userid_digest = %s AND (link, id) > (%s, %s)
ORDER BY link, id LIMIT {SLICE}
"""
_OF_LINKS: Final = "SELECT link, id FROM visits WHERE link = ANY(%s) LIMIT %s"
# The latest finding says whose a submission is. What the vendor said of a visit stands in its outcomes too.
_SUBMISSIONS: Final = f"""
SELECT project, submission_id, visit, FALSE FROM submissions WHERE (link, visit) IN {_PAIRS}
UNION ALL
SELECT project, o.submission_id, o.visit, bool_and(source IN ('return', 'earlier_browser'))
FROM outcomes o JOIN links ON seq = o.link
WHERE (o.link, o.visit) IN {_PAIRS} AND o.submission_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM submissions s WHERE s.project = links.project AND s.submission_id = o.submission_id)
GROUP BY project, o.submission_id, o.visit
"""
# One that was found to be of another visit stays, also if the submission was this one's for a while.
_ABOUT: Final = """
SELECT number FROM events WHERE visit = ANY(%(visits)s)
UNION
SELECT number FROM events WHERE visit IS NULL AND (submission_id, project) IN (
    SELECT * FROM unnest(%(submissions)s::text[], %(projects)s::text[]))
"""
# By the index, which has these alone: "+ 0" keeps the server from looking for them among all others.
_PENDING: Final = f"""
SELECT * FROM events WHERE due_at IS NOT NULL AND number > %s ORDER BY number + 0 LIMIT {SLICE}
"""
_NAMING: Final = f"""
SELECT events.* FROM event_userids JOIN events ON number = event WHERE digest = %s AND event > %s
ORDER BY event LIMIT {SLICE}
"""
_LOCK_LINKS: Final = "SELECT FROM links WHERE seq = ANY(%(links)s) ORDER BY seq FOR UPDATE"
_DELETE_EVENTS: Final = (
    "DELETE FROM events WHERE number = ANY(%s)",
    "DELETE FROM messages WHERE event = ANY(%s)",
)
_LINK: Final = "SELECT max_uses, counts FROM links WHERE seq = %s"
_FORGET: Final = "UPDATE links SET outcome = NULL, counts = %s WHERE seq = %s"


def erase_links(connection: Connection, who: Wanted, after: Sequence[object]) -> tuple[Erased, Any]:
    """Erase the next links of a user, or some visits of them as long as they have many; see ``Part``."""
    found = _links(connection, who, after)
    links = [row[-1] for row in found if who.has_link(row)]
    visits = _visits_of(connection, links, limit=SLICE)
    erased = _erase_visits(connection, visits, links)
    if len(visits) == SLICE:
        return erased, after
    connection.execute("DELETE FROM links WHERE seq = ANY(%s)", (links,))
    if links:
        connection.execute(COUNT_CHANGE)  # what processes have read of them is read anew
    return erased._replace(links=len(links)), [found[-1][-1]] if found else None


def erase_visits(connection: Connection, who: Wanted, after: Sequence[object]) -> tuple[Erased, Any]:
    """Erase the next visits that carried the user id, of links that stay; see ``Part``."""
    found = _visits(connection, who, after)
    visits = [(row[-1], row[0]) for row in found if who.has_visit(row)]
    erased = _erase_visits(connection, visits, [link for link, _ in visits], links_stay=True)
    return erased, [found[-1][-1], found[-1][0]] if found else None


def erase_pending(connection: Connection, who: Wanted, after: Sequence[object]) -> tuple[Erased, Any]:
    """Erase the next webhooks whose work has not ended, and that name the user; see ``Part``."""
    return _erase_naming(connection, who, _PENDING, after)


def erase_events(connection: Connection, who: Wanted, after: Sequence[object]) -> tuple[Erased, Any]:
    """Erase the next webhooks that name the user, by a digest that was kept; see ``Part``."""
    return _erase_naming(connection, who, _NAMING, (who.digest, *after))


PARTS: Final[Sequence[tuple[Part[Connection], Sequence[object]]]] = (
    (erase_links, (-1,)),
    (erase_visits, (-1, "")),
    (erase_pending, (-1,)),
    (erase_events, (-1,)),
)


def submissions(connection: Connection, who: Wanted) -> Iterator[KnownSubmission]:
    """Yield each submission that was claimed or said to be of the user's visits."""
    after: Sequence[object] = (-1,)
    while links := _links(connection, who, after):
        after = (links[-1][-1],)
        ours = [row[-1] for row in links if who.has_link(row)]
        yield from _submissions(connection, _visits_of(connection, ours, limit=None))
    after = (-1, "")
    while visits := _visits(connection, who, after):
        after = (visits[-1][-1], visits[-1][0])
        yield from _submissions(connection, [(row[-1], row[0]) for row in visits if who.has_visit(row)])


def _links(connection: Connection, who: Wanted, after: Sequence[object]) -> list[tuple[Any, ...]]:
    return connection.execute(_LINKS, (who.digest, *after)).fetchall()


def _visits(connection: Connection, who: Wanted, after: Sequence[object]) -> list[tuple[Any, ...]]:
    return connection.execute(_VISITS, (who.digest, *after)).fetchall()


def _visits_of(connection: Connection, links: Sequence[int], *, limit: int | None) -> list[Place]:
    return connection.execute(_OF_LINKS, (links, limit)).fetchall()


def _submissions(connection: Connection, visits: Sequence[Place]) -> list[KnownSubmission]:
    return [KnownSubmission(*row) for row in connection.execute(_SUBMISSIONS, _arrays(visits))]


def _arrays(visits: Sequence[Place]) -> dict[str, object]:
    return {"links": [link for link, _ in visits], "visits": [visit_id for _, visit_id in visits]}


def _erase_visits(
    connection: Connection, visits: Sequence[Place], links: Sequence[int], *, links_stay: bool = False
) -> Erased:
    """Erase visits with all that is about them, and return how much that was."""
    places = _arrays(visits)
    webhooks = _erase_events_about(connection, visits)
    connection.execute(_LOCK_LINKS, {"links": links})
    late = _erase_events_about(connection, visits)  # what was worked until the links were locked
    messages = connection.execute("DELETE FROM messages WHERE visit = ANY(%(visits)s)", places).rowcount
    for seq, visit_id in visits if links_stay else ():
        _show_no_longer(connection, seq, visit_id)
    said, *_ = (
        connection.execute(f"DELETE FROM {table} WHERE (link, {column}) IN {_PAIRS}", places).rowcount
        for table, column in (("outcomes", "visit"), ("submissions", "visit"), ("visits", "id"))
    )
    return Erased(0, len(visits), said, webhooks[0] + late[0], webhooks[1] + late[1] + messages)


def _erase_events_about(connection: Connection, visits: Sequence[Place]) -> tuple[int, int]:
    """Erase the webhooks about visits, and return how many they and their messages were."""
    known = [one for one in _submissions(connection, visits) if not one.is_claimed]
    about = {"submissions": [one.id for one in known], "projects": [one.project for one in known]}
    found = connection.execute(_ABOUT, _arrays(visits) | about)
    return _erase_events(connection, [number for (number,) in found])


def _erase_naming(
    connection: Connection, who: Wanted, query: str, values: Sequence[object]
) -> tuple[Erased, Any]:
    """Erase those of some webhooks that name the user; see ``Part``."""
    found = connection.cursor(row_factory=dict_row).execute(query, values).fetchall()
    events = [row["number"] for row in found if who.is_named_in(row)]
    webhooks, messages = _erase_events(connection, events)
    erased = NOTHING._replace(webhooks=webhooks, messages=messages)
    return erased, [found[-1]["number"]] if found else None


def _erase_events(connection: Connection, events: Sequence[int]) -> tuple[int, int]:
    """Erase webhooks, and return how many they and their messages were."""
    webhooks, messages = (connection.execute(one, (events,)).rowcount for one in _DELETE_EVENTS)
    return webhooks, messages


def _show_no_longer(connection: Connection, seq: int, visit_id: str) -> None:
    """Let a link that stays, and is locked, show nothing of a visit any more."""
    ((max_uses, counts),) = connection.execute(_LINK, (seq,)).fetchall()
    if max_uses != 1:
        said = Outcomes.of_visits(connection, link_id_of(visit_id), [visit_id]).get(visit_id, [])
        counts = rows.of_counts(rows.to_counts(counts).after_news(said, ()))
    connection.execute(_FORGET, (counts, seq))
