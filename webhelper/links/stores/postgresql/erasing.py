"""Erase what is kept of one user: found by keyed digests, and by a look into every webhook that is kept.

What was erased is in no row any more. Its bytes leave the files of the server with the next VACUUM, and with
the next rounds of its log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from psycopg.rows import dict_row

from webhelper.links.stores import event_rows, rows
from webhelper.links.stores.postgresql import outcomes
from webhelper.links.stores.postgresql.statements import SELECT_LINKS
from webhelper.links.stores.rows import VISIT_COLUMNS
from webhelper.links.stores.upkeep import Erased, KnownSubmission
from webhelper.links.visit_ids import link_id_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from webhelper.links.models import Visit
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.postgresql.connections import Connection

_LINKS: Final = f"{SELECT_LINKS} WHERE userid_digest = ANY(%s)"
_VISITS: Final = f"SELECT {', '.join(VISIT_COLUMNS)} FROM visits WHERE userid_digest = ANY(%s)"
_OF_LINKS: Final = "SELECT id FROM visits WHERE link = ANY(%s)"
# The latest finding says whose a submission is. What the vendor said of a visit stands in its outcomes too.
_SUBMISSIONS: Final = """
SELECT project, submission_id, visit, FALSE FROM submissions WHERE visit = ANY(%(visits)s)
UNION ALL
SELECT project, o.submission_id, o.visit, bool_and(source = 'return')
FROM outcomes o JOIN links ON seq = o.link
WHERE o.visit = ANY(%(visits)s) AND o.submission_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM submissions s WHERE s.project = links.project AND s.submission_id = o.submission_id)
GROUP BY project, o.submission_id, o.visit
ORDER BY 1, 2, 3
"""
_EVENTS: Final = "SELECT * FROM events ORDER BY number"
_COUNT_OUTCOMES: Final = "SELECT count(*) FROM outcomes WHERE visit = ANY(%s)"
_DELETE_MESSAGES: Final = "DELETE FROM messages WHERE visit = ANY(%s) OR event = ANY(%s)"
_LINK: Final = "SELECT seq, max_uses, counts FROM links WHERE id = %s FOR NO KEY UPDATE"
_FORGET: Final = "UPDATE links SET outcome = NULL, counts = %s WHERE seq = %s"


class Kept(NamedTuple):
    """What is kept of a user.

    Attributes:
        links: places of the links that carry the user id.
        visits: ids of their visits.
        others: visits of other links that carried the user id.
    """

    links: list[int]
    visits: list[str]
    others: Sequence[Visit]

    @property
    def visit_ids(self) -> list[str]:
        """The ids of all visits."""
        return [*self.visits, *(one.id for one in self.others)]


def find(connection: Connection, sealer: Sealer, userid: str) -> Kept:
    """Return what is kept of exactly this user id; the digests know no case."""
    digests = rows.userid_digests(userid, sealer)
    found = [(row[-1], rows.to_link(row, sealer)) for row in connection.execute(_LINKS, (digests,))]
    links = [seq for seq, link in found if link is not None and str(link.spec.userid) == userid]
    visits = [visit_id for (visit_id,) in connection.execute(_OF_LINKS, (links,))]
    carried = [rows.to_visit(row, sealer) for row in connection.execute(_VISITS, (digests,))]
    known = set(visits)
    return Kept(links, visits, [one for one in carried if one.userid == userid and one.id not in known])


def submissions(connection: Connection, kept: Kept) -> list[KnownSubmission]:
    """Return each submission that was claimed or said to be of these visits."""
    found = connection.execute(_SUBMISSIONS, {"visits": kept.visit_ids})
    return [KnownSubmission(*row) for row in found]


def erase(connection: Connection, sealer: Sealer, userid: str) -> Erased:
    """Erase what is kept of a user, inside a transaction."""
    kept = find(connection, sealer, userid)
    events = list(_events(connection, sealer, userid, kept))
    webhooks = connection.execute("DELETE FROM events WHERE number = ANY(%s)", (events,)).rowcount
    messages = connection.execute(_DELETE_MESSAGES, (kept.visit_ids, events)).rowcount
    ((said,),) = connection.execute(_COUNT_OUTCOMES, (kept.visit_ids,)).fetchall()
    for visit in sorted(kept.others, key=lambda one: one.id):  # in one order, so that no two hosts deadlock
        _erase_visit(connection, visit)
    connection.execute("DELETE FROM links WHERE seq = ANY(%s)", (kept.links,))
    return Erased(len(kept.links), len(kept.visit_ids), said, webhooks, messages)


def _events(connection: Connection, sealer: Sealer, userid: str, kept: Kept) -> Iterator[int]:
    """Yield the numbers of the webhooks about the user: by visit, by submission, or by what is in them."""
    visits = set(kept.visit_ids)
    known = {(one.project, one.id) for one in submissions(connection, kept) if not one.is_claimed}
    for row in connection.cursor(row_factory=dict_row).execute(_EVENTS).fetchall():
        event = event_rows.to_kept(row, sealer)
        about = (event.event.project, event.event.submission_id)
        members = event.event.members
        if event.visit_id in visits or about in known or userid in event_rows.userids_in(members):
            yield event.number


def _erase_visit(connection: Connection, visit: Visit) -> None:
    """Erase a visit of a link that stays, and no longer show what it showed."""
    link_id = link_id_of(visit.id)
    ((seq, max_uses, counts),) = connection.execute(_LINK, (link_id,)).fetchall()
    if max_uses != 1:
        said = outcomes.of_visits(connection, link_id, [visit.id]).get(visit.id, [])
        counts = rows.of_counts(rows.to_counts(counts).after_news(said, ()))
    connection.execute(_FORGET, (counts, seq))
    for table, column in (("outcomes", "visit"), ("submissions", "visit"), ("visits", "id")):
        connection.execute(f"DELETE FROM {table} WHERE link = %s AND {column} = %s", (seq, visit.id))
