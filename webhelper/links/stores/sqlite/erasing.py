"""Erase what is kept of one user, a slice in each transaction; see ``erasure``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from webhelper.links.stores import rows
from webhelper.links.stores.erasure import NOTHING, SLICE
from webhelper.links.stores.rows import VISIT_COLUMNS
from webhelper.links.stores.sqlite import packing, statements
from webhelper.links.stores.sqlite.outcomes import Outcomes
from webhelper.links.stores.sqlite.schema import BLOCK_LINKS
from webhelper.links.stores.upkeep import Erased, KnownSubmission
from webhelper.links.visit_ids import link_id_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from sqlite3 import Connection, Row

    from webhelper.links.stores.erasure import Part, Place, Wanted

_THESE: Final = "(SELECT value FROM json_each(?))"
_PAIRS: Final = "(SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))"
_LINKS: Final = f"{statements.SELECT_LINKS} WHERE userid_digest = ? AND seq > ? ORDER BY seq LIMIT {SLICE}"
_VISITS: Final = f"""
SELECT {", ".join(VISIT_COLUMNS)}, link FROM visits WHERE userid_digest = ? AND (link, id) > (?, ?)
ORDER BY link, id LIMIT {SLICE}
"""
_OF_LINKS: Final = f"SELECT link, id FROM visits WHERE link IN {_THESE} LIMIT ?"
# The latest finding says whose a submission is. What the vendor said of a visit stands in its outcomes too.
_SUBMISSIONS: Final = f"""
SELECT project, submission_id, visit, 0 FROM submissions WHERE (link, visit) IN {_PAIRS}
UNION ALL
SELECT project, o.submission_id, o.visit, min(source IN ('return', 'earlier_browser'))
FROM outcomes o JOIN links ON seq = o.link
WHERE (o.link, o.visit) IN {_PAIRS} AND o.submission_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM submissions s WHERE s.project = links.project AND s.submission_id = o.submission_id)
GROUP BY project, o.submission_id, o.visit
"""
# One that was found to be of another visit stays, also if the submission was this one's for a while.
ABOUT: Final = f"""
SELECT number FROM events WHERE visit IN {_THESE}
UNION
SELECT number FROM events INDEXED BY events_by_submission WHERE (submission_id, project) IN {_PAIRS}
AND submission_id IS NOT NULL AND ended_at IS NOT NULL AND visit IS NULL
UNION
SELECT number FROM events INDEXED BY events_due WHERE (submission_id, project) IN {_PAIRS}
AND due_at IS NOT NULL AND visit IS NULL
"""
# By the index, which has these alone: in the order of the table, they would be looked for among all others.
PENDING: Final = f"""
SELECT * FROM events WHERE number IN (
    SELECT number FROM events INDEXED BY events_due WHERE due_at IS NOT NULL AND number > ?
    ORDER BY number LIMIT {SLICE})
ORDER BY number
"""
_NAMING: Final = f"""
SELECT events.* FROM event_userids JOIN events ON number = event WHERE digest = ? AND event > ?
ORDER BY event LIMIT {SLICE}
"""
_LINK: Final = "SELECT max_uses, counts FROM links WHERE seq = ?"
_FORGET: Final = "UPDATE links SET outcome = NULL, counts = ? WHERE seq = ?"


def erase_links(connection: Connection, who: Wanted, after: Sequence[object]) -> tuple[Erased, Any]:
    """Erase the next links of a user, or some visits of them as long as they have many; see ``Part``."""
    found = _links(connection, who, after)
    links = [row["seq"] for row in found if who.has_link(row)]
    visits = _visits_of(connection, links, limit=SLICE)
    erased = _erase_visits(connection, visits)
    if len(visits) == SLICE:
        return erased, after
    connection.execute(f"DELETE FROM links WHERE seq IN {_THESE}", (json.dumps(links),))
    packing.pack_again(connection, {seq // BLOCK_LINKS for seq in links})
    return erased._replace(links=len(links)), [found[-1]["seq"]] if found else None


def erase_visits(connection: Connection, who: Wanted, after: Sequence[object]) -> tuple[Erased, Any]:
    """Erase the next visits that carried the user id, of links that stay; see ``Part``."""
    found = _visits(connection, who, after)
    visits = [(row["link"], row["id"]) for row in found if who.has_visit(row)]
    for seq, visit_id in visits:
        _show_no_longer(connection, seq, visit_id)
    last = [found[-1]["link"], found[-1]["id"]] if found else None
    return _erase_visits(connection, visits), last


def erase_pending(connection: Connection, who: Wanted, after: Sequence[object]) -> tuple[Erased, Any]:
    """Erase the next webhooks whose work has not ended, and that name the user; see ``Part``."""
    return _erase_naming(connection, who, connection.execute(PENDING, after).fetchall())


def erase_events(connection: Connection, who: Wanted, after: Sequence[object]) -> tuple[Erased, Any]:
    """Erase the next webhooks that name the user, by a digest that was kept; see ``Part``."""
    return _erase_naming(connection, who, connection.execute(_NAMING, (who.digest, *after)).fetchall())


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
        after = (links[-1]["seq"],)
        ours = [row["seq"] for row in links if who.has_link(row)]
        yield from _submissions(connection, _visits_of(connection, ours, limit=-1))
    after = (-1, "")
    while visits := _visits(connection, who, after):
        after = (visits[-1]["link"], visits[-1]["id"])
        yield from _submissions(
            connection, [(row["link"], row["id"]) for row in visits if who.has_visit(row)]
        )


def _links(connection: Connection, who: Wanted, after: Sequence[object]) -> list[Row]:
    return connection.execute(_LINKS, (who.digest, *after)).fetchall()


def _visits(connection: Connection, who: Wanted, after: Sequence[object]) -> list[Row]:
    return connection.execute(_VISITS, (who.digest, *after)).fetchall()


def _visits_of(connection: Connection, links: Sequence[int], *, limit: int) -> list[Place]:
    return [(row[0], row[1]) for row in connection.execute(_OF_LINKS, (json.dumps(links), limit))]


def _submissions(connection: Connection, visits: Sequence[Place]) -> list[KnownSubmission]:
    places = json.dumps(visits)
    found = connection.execute(_SUBMISSIONS, (places, places))
    return [KnownSubmission(project, one, visit, bool(claim)) for project, one, visit, claim in found]


def _erase_visits(connection: Connection, visits: Sequence[Place]) -> Erased:
    """Erase visits with all that is about them, and return how much that was."""
    known = [(one.id, one.project) for one in _submissions(connection, visits) if not one.is_claimed]
    ids = [visit_id for _, visit_id in visits]
    events = [number for (number,) in connection.execute(ABOUT, (json.dumps(ids), *[json.dumps(known)] * 2))]
    messages = _erase_events(connection, events, ids)
    said, *_ = (
        connection.execute(
            f"DELETE FROM {table} WHERE (link, {column}) IN {_PAIRS}", (json.dumps(visits),)
        ).rowcount
        for table, column in (("outcomes", "visit"), ("submissions", "visit"), ("visits", "id"))
    )
    return Erased(0, len(visits), said, len(events), messages)


def _erase_naming(connection: Connection, who: Wanted, found: Sequence[Row]) -> tuple[Erased, Any]:
    """Erase those of some webhooks that name the user; see ``Part``."""
    events = [row["number"] for row in found if who.is_named_in(row)]
    erased = NOTHING._replace(webhooks=len(events), messages=_erase_events(connection, events, []))
    return erased, [found[-1]["number"]] if found else None


def _erase_events(connection: Connection, events: Sequence[int], visits: Sequence[str]) -> int:
    """Erase webhooks, and return how many messages about them or about visits went with them."""
    numbers = json.dumps(events)
    connection.execute(f"DELETE FROM events WHERE number IN {_THESE}", (numbers,))
    statement = f"DELETE FROM messages WHERE event IN {_THESE} OR visit IN {_THESE}"
    return connection.execute(statement, (numbers, json.dumps(visits))).rowcount


def _show_no_longer(connection: Connection, seq: int, visit_id: str) -> None:
    """Let a link that stays show nothing of a visit any more."""
    max_uses, counts = connection.execute(_LINK, (seq,)).fetchone()
    if max_uses != 1:
        said = Outcomes.of_visits(connection, link_id_of(visit_id), [visit_id]).get(visit_id, [])
        counts = rows.of_counts(rows.to_counts(counts).after_news(said, ()))
    connection.execute(_FORGET, (counts, seq))
