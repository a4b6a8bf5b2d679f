"""The outcomes of visits, written inside the transactions of others; ``outcome_change`` says what changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.links.stores import rows
from webhelper.links.stores.outcome_change import Place, change_of
from webhelper.links.visit_ids import link_id_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webhelper.links.outcomes import Outcome
    from webhelper.links.stores.outcome_change import Change
    from webhelper.links.stores.postgresql.connections import Connection
    from webhelper.links.stores.postgresql.outbox import Outbox

# The link is locked before its visits and outcomes are looked at: whoever had it before has committed. The
# visit is locked too, for it may have been erased meanwhile.
_PLACE: Final = """
SELECT links.seq, project, max_uses, counts FROM links JOIN visits ON visits.link = links.seq
WHERE links.id = %s AND visits.id = %s FOR NO KEY UPDATE OF links FOR KEY SHARE OF visits
"""
# Of the visits between two ids; the ids of one link sort by time.
_OUTCOMES: Final = """
SELECT visit, number, result, submission_id, error_code, at, source FROM outcomes
WHERE link = (SELECT seq FROM links WHERE id = %s) AND visit BETWEEN %s AND %s ORDER BY visit, number
"""
_KEEP: Final = """
INSERT INTO outcomes (link, visit, number, result, submission_id, error_code, at, source)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (link, visit, number) DO UPDATE SET result = excluded.result,
    submission_id = excluded.submission_id, error_code = excluded.error_code, at = excluded.at,
    source = excluded.source
"""
_DROP: Final = "DELETE FROM outcomes WHERE link = %s AND visit = %s AND number = ANY(%s)"
_SETTLE: Final = "UPDATE visits SET is_final = %s WHERE link = %s AND id = %s"
_SHOW_OF_LINK: Final = "UPDATE links SET outcome = %s WHERE seq = %s"
_COUNT_OF_LINK: Final = "UPDATE links SET counts = %s WHERE seq = %s"
_KEEP_SUBMISSION: Final = """
INSERT INTO submissions (project, submission_id, link, visit)
VALUES (%s, %s, (SELECT seq FROM links WHERE id = %s), %s)
ON CONFLICT (project, submission_id) DO UPDATE SET link = excluded.link, visit = excluded.visit
"""
_SUBMISSIONS: Final = """
SELECT submission_id FROM submissions WHERE link = (SELECT seq FROM links WHERE id = %s) AND visit = %s
"""


class Outcomes:
    """Records outcomes inside the transactions of others.

    Args:
        outbox: takes the messages about what changes.
    """

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox

    def record(
        self, connection: Connection, visit_id: str, outcomes: Sequence[Outcome], *, now: float
    ) -> bool:
        """Keep outcomes of a visit, show what is to be shown from then on, and put messages into the outbox.

        What is recorded already changes nothing, and makes no message.

        Returns:
            Whether the visit is here.
        """
        row = connection.execute(_PLACE, (link_id_of(visit_id), visit_id)).fetchone()
        if row is None:
            return False
        place = Place(visit_id, *row)
        change = change_of(place, _history(connection, visit_id), outcomes)
        _write(connection, place, change)
        for kind, data in change.messages:
            self.outbox.put(connection, kind, data, now=now)
        return True


def _history(connection: Connection, visit_id: str) -> dict[int, Outcome]:
    found = connection.execute(_OUTCOMES, (link_id_of(visit_id), visit_id, visit_id))
    return {number: rows.to_outcome(columns) for _, number, *columns in found}


def _write(connection: Connection, place: Place, change: Change) -> None:
    if change.dropped:
        connection.execute(_DROP, (place.link, place.visit_id, list(change.dropped)))
    for number, outcome in change.kept.items():
        connection.execute(_KEEP, (place.link, place.visit_id, number, *rows.of_outcome(outcome)))
    if change.counts is not None:
        connection.execute(_COUNT_OF_LINK, (change.counts, place.link))
    if change.is_settled is not None:
        connection.execute(_SETTLE, (change.is_settled, place.link, place.visit_id))
    if change.shown is not None and change.is_links_own:
        connection.execute(_SHOW_OF_LINK, (rows.of_shown(change.shown), place.link))
    for submission_id in change.submissions:
        remember_submission(connection, place.project, submission_id, place.visit_id)


def remember_submission(connection: Connection, project: str, submission_id: str, visit_id: str) -> None:
    """Remember of which visit a submission is; the latest finding counts."""
    connection.execute(_KEEP_SUBMISSION, (project, submission_id, link_id_of(visit_id), visit_id))


def submissions_of(connection: Connection, visit_id: str) -> list[str]:
    """Return the submissions that are remembered as a visit's."""
    found = connection.execute(_SUBMISSIONS, (link_id_of(visit_id), visit_id))
    return [submission_id for (submission_id,) in found]


def of_visits(connection: Connection, link_id: str, visit_ids: Sequence[str]) -> dict[str, list[Outcome]]:
    """Return the outcomes of these visits of one link, in the order of their arrival."""
    found: dict[str, list[Outcome]] = {}
    if visit_ids:  # all of the link from the first to the last of them
        read = connection.execute(_OUTCOMES, (link_id, min(visit_ids), max(visit_ids)))
        for visit_id, _, *columns in read:
            found.setdefault(visit_id, []).append(rows.to_outcome(columns))
    return found
