"""The outcomes of visits: their history, what is shown of it, and the messages about a change of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.links.outcomes import Level, shown_of
from webhelper.links.stores.history import messages_about, with_news
from webhelper.links.stores.sqlite import rows
from webhelper.links.visit_ids import link_id_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from sqlite3 import Connection, Row

    from webhelper.links.outcomes import Outcome
    from webhelper.links.stores.sqlite.outbox import Outbox

_COLUMNS: Final = ("result", "submission_id", "error_code", "returned_at", "source")
_SET: Final = ", ".join(f"{name} = :{name}" for name in _COLUMNS)
_VISIT: Final = f"""
SELECT links.seq, links.project, {", ".join(f"visits.{name}" for name in _COLUMNS)}
FROM links JOIN visits ON visits.link = links.seq WHERE links.id = :link_id AND visits.id = :visit
"""
# Of the visits from one id on; the ids of one link sort by time.
_OUTCOMES: Final = f"""
SELECT visit, number, {", ".join(_COLUMNS)} FROM outcomes
WHERE link = (SELECT seq FROM links WHERE id = :link_id) AND visit BETWEEN :first AND :last
ORDER BY visit, number
"""
_KEEP: Final = f"""
INSERT OR REPLACE INTO outcomes (link, visit, number, {", ".join(_COLUMNS)})
VALUES (:link, :visit, :number, :{", :".join(_COLUMNS)})
"""
_DROP: Final = "DELETE FROM outcomes WHERE link = :link AND visit = :visit AND number = :number"
_SHOW_OF_VISIT: Final = f"UPDATE visits SET {_SET} WHERE link = :link AND id = :visit"
_SHOW_OF_LINK: Final = f"""
UPDATE links SET {_SET}, outcome_visit = :visit
WHERE seq = :link AND (outcome_visit = :visit OR coalesce(returned_at <= :returned_at, TRUE))
"""
_KEEP_SUBMISSION: Final = """
INSERT OR REPLACE INTO submissions VALUES (?, ?, (SELECT seq FROM links WHERE id = ?), ?)
"""
_SUBMISSIONS: Final = """
SELECT submission_id FROM submissions WHERE link = (SELECT seq FROM links WHERE id = ?) AND visit = ?
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

        Returns:
            Whether the visit is here.
        """
        visit = connection.execute(_VISIT, {"link_id": link_id_of(visit_id), "visit": visit_id}).fetchone()
        if visit is None:
            return False
        place: dict[str, object] = {"link": visit["seq"], "visit": visit_id}
        shown = shown_of(_updated_history(connection, place, visit_id, outcomes))
        before = rows.to_outcome(visit)
        if shown is not None and shown != before:
            columns = place | rows.of_outcome(shown)
            connection.execute(_SHOW_OF_VISIT, columns)
            connection.execute(_SHOW_OF_LINK, columns)
            self._tell(connection, visit, visit_id, shown, now=now)
        for outcome in outcomes:
            if outcome.level is Level.CONFIRMED and outcome.submission_id is not None:
                remember_submission(connection, visit["project"], outcome.submission_id, visit_id)
        return True

    def _tell(self, connection: Connection, visit: Row, visit_id: str, shown: Outcome, *, now: float) -> None:
        for kind, previous in messages_about(rows.to_outcome(visit), shown):
            data = {
                "link_id": link_id_of(visit_id),
                "visit_id": visit_id,
                "project": visit["project"],
                "submission_id": shown.submission_id,
                "status": shown.result,
                "level": shown.level,
                "source": shown.source,
                "at": shown.at,
                "previous": previous,
            }
            self.outbox.put(connection, kind, data, now=now)


def _updated_history(
    connection: Connection, place: dict[str, object], visit_id: str, outcomes: Iterable[Outcome]
) -> list[Outcome]:
    """Return the outcomes of a visit after these, and write what that changes."""
    before = {number: one for _, number, one in _read(connection, link_id_of(visit_id), [visit_id])}
    after = dict(before)
    for outcome in outcomes:
        after = with_news(after, outcome)
    for number in before.keys() - after.keys():
        connection.execute(_DROP, place | {"number": number})
    for number, one in after.items():
        if before.get(number) != one:
            connection.execute(_KEEP, place | {"number": number} | rows.of_outcome(one))
    return list(after.values())


def remember_submission(connection: Connection, project: str, submission_id: str, visit_id: str) -> None:
    """Remember of which visit a submission is; the latest finding counts."""
    connection.execute(_KEEP_SUBMISSION, (project, submission_id, link_id_of(visit_id), visit_id))


def submissions_of(connection: Connection, visit_id: str) -> list[str]:
    """Return the submissions that are remembered as a visit's."""
    found = connection.execute(_SUBMISSIONS, (link_id_of(visit_id), visit_id))
    return [row["submission_id"] for row in found]


def of_visits(connection: Connection, link_id: str, visit_ids: Sequence[str]) -> dict[str, list[Outcome]]:
    """Return the outcomes of these visits of one link, in the order of their arrival."""
    found: dict[str, list[Outcome]] = {}
    for visit_id, _, outcome in _read(connection, link_id, visit_ids):
        found.setdefault(visit_id, []).append(outcome)
    return found


def _read(connection: Connection, link_id: str, visit_ids: Sequence[str]) -> list[tuple[str, int, Outcome]]:
    """Return visit, number and outcome: all of a link from the first to the last of these visits."""
    if not visit_ids:
        return []
    wanted = {"link_id": link_id, "first": min(visit_ids), "last": max(visit_ids)}
    found = connection.execute(_OUTCOMES, wanted).fetchall()
    read = ((row["visit"], row["number"], rows.to_outcome(row)) for row in found)
    return [(visit_id, number, outcome) for visit_id, number, outcome in read if outcome is not None]
