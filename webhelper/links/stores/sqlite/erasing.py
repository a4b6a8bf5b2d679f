"""Erase what is kept of one user: found by keyed digests, and by a look into every webhook that is kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from webhelper.links.stores import event_rows, rows
from webhelper.links.stores.sqlite import outcomes, statements, texts
from webhelper.links.stores.sqlite.schema import BLOCK_LINKS
from webhelper.links.stores.upkeep import Erased, KnownSubmission
from webhelper.links.visit_ids import link_id_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from sqlite3 import Connection

    from webhelper.links.models import Visit
    from webhelper.links.signing.sealing import Sealer

_THESE: Final = "(SELECT value FROM json_each(?))"
_LINKS: Final = f"{statements.SELECT_LINKS} WHERE userid_digest IN ({{}})"
_VISITS: Final = "SELECT id, at, userid, exchanged_at FROM visits WHERE userid_digest IN ({})"
_OF_LINKS: Final = f"SELECT id FROM visits WHERE link IN {_THESE}"
# The latest finding says whose a submission is. What the vendor said of a visit stands in its outcomes too.
_SUBMISSIONS: Final = f"""
SELECT project, submission_id, visit, 0 FROM submissions WHERE visit IN {_THESE}
UNION ALL
SELECT project, o.submission_id, o.visit, min(source = 'return') FROM outcomes o JOIN links ON seq = o.link
WHERE o.visit IN {_THESE} AND o.submission_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM submissions s WHERE s.project = links.project AND s.submission_id = o.submission_id)
GROUP BY project, o.submission_id, o.visit
ORDER BY 1, 2, 3
"""
_EVENTS: Final = "SELECT * FROM events ORDER BY number"
_LINK: Final = "SELECT seq, max_uses, counts FROM links WHERE id = ?"
_FORGET: Final = "UPDATE links SET outcome = NULL, counts = ? WHERE seq = ?"


class Kept(NamedTuple):
    """What is kept of a user.

    Attributes:
        links: places of the links that carry the user id.
        visits: ids of their visits.
        others: visits of other links that carried the user id.
    """

    links: Sequence[int]
    visits: Sequence[str]
    others: Sequence[Visit]

    @property
    def visit_ids(self) -> str:
        """The ids of all visits, as JSON."""
        return json.dumps([*self.visits, *(one.id for one in self.others)])


def find(connection: Connection, sealer: Sealer, userid: str) -> Kept:
    """Return what is kept of exactly this user id; the digests know no case."""
    digests = rows.userid_digests(userid, sealer)
    marks = ", ".join("?" * len(digests))
    found = [
        (row["seq"], rows.to_link(row, sealer)) for row in connection.execute(_LINKS.format(marks), digests)
    ]
    links = [seq for seq, link in found if link is not None and str(link.spec.userid) == userid]
    visits = [visit_id for (visit_id,) in connection.execute(_OF_LINKS, (json.dumps(links),))]
    carried = (rows.to_visit(row, sealer) for row in connection.execute(_VISITS.format(marks), digests))
    known = set(visits)
    return Kept(links, visits, [one for one in carried if one.userid == userid and one.id not in known])


def submissions(connection: Connection, kept: Kept) -> list[KnownSubmission]:
    """Return each submission that was claimed or said to be of these visits."""
    found = connection.execute(_SUBMISSIONS, (kept.visit_ids, kept.visit_ids))
    return [KnownSubmission(project, one, visit, bool(claim)) for project, one, visit, claim in found]


def erase(connection: Connection, sealer: Sealer, userid: str) -> Erased:
    """Erase what is kept of a user, inside a transaction."""
    kept = find(connection, sealer, userid)
    events = list(_events(connection, sealer, userid, kept))
    webhooks = _delete(connection, "events", "number", events)
    messages = _messages(connection, kept, events)
    (said,) = connection.execute(
        f"SELECT count(*) FROM outcomes WHERE visit IN {_THESE}", (kept.visit_ids,)
    ).fetchone()
    for visit in kept.others:
        _erase_visit(connection, visit)
    blocks = [seq // BLOCK_LINKS for seq in kept.links]
    _delete(connection, "links", "seq", kept.links)
    texts.pack_again(connection, blocks)
    visits = len(kept.visits) + len(kept.others)
    return Erased(len(kept.links), visits, said, webhooks, messages)


def _delete(connection: Connection, table: str, key: str, values: Sequence[object]) -> int:
    return connection.execute(f"DELETE FROM {table} WHERE {key} IN {_THESE}", (json.dumps(values),)).rowcount


def _events(connection: Connection, sealer: Sealer, userid: str, kept: Kept) -> Iterator[int]:
    """Yield the numbers of the webhooks about the user: by visit, by submission, or by what is in them."""
    visits = {*kept.visits, *(one.id for one in kept.others)}
    known = {(one.project, one.id) for one in submissions(connection, kept) if not one.is_claimed}
    for row in connection.execute(_EVENTS):
        event = event_rows.to_kept(row, sealer)
        about = (event.event.project, event.event.submission_id)
        if event.visit_id in visits or about in known or userid in event_rows.userids_in(event.event.members):
            yield event.number


def _messages(connection: Connection, kept: Kept, events: Sequence[int]) -> int:
    """Delete the messages about these visits or webhooks."""
    statement = f"DELETE FROM messages WHERE visit IN {_THESE} OR event IN {_THESE}"
    return connection.execute(statement, (kept.visit_ids, json.dumps(events))).rowcount


def _erase_visit(connection: Connection, visit: Visit) -> None:
    """Erase a visit of a link that stays, and no longer show what it showed."""
    link_id = link_id_of(visit.id)
    seq, max_uses, counts = connection.execute(_LINK, (link_id,)).fetchone()
    if max_uses != 1:
        said = outcomes.of_visits(connection, link_id, [visit.id]).get(visit.id, [])
        counts = rows.of_counts(rows.to_counts(counts).after_news(said, ()))
    connection.execute(_FORGET, (counts, seq))
    for table, column in (("outcomes", "visit"), ("submissions", "visit"), ("visits", "id")):
        connection.execute(f"DELETE FROM {table} WHERE link = ? AND {column} = ?", (seq, visit.id))
