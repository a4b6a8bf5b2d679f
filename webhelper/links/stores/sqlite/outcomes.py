"""The outcomes of visits: their history, what is shown of it, and the messages about a change of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from webhelper.links.outcomes import Level, shown_of
from webhelper.links.stores.history import messages_about, with_news
from webhelper.links.stores.sqlite import rows
from webhelper.links.visit_ids import link_id_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from sqlite3 import Connection
    from typing import TypeAlias

    from webhelper.links.outcomes import Outcome
    from webhelper.links.stores.sqlite.outbox import Outbox

    _History: TypeAlias = Mapping[int, Outcome]

_VISIT: Final = """
SELECT links.seq, project, max_uses, counts FROM links JOIN visits ON visits.link = links.seq
WHERE links.id = ? AND visits.id = ?
"""
# Of the visits from one id on; the ids of one link sort by time.
_OUTCOMES: Final = """
SELECT visit, number, result, submission_id, error_code, at, source FROM outcomes
WHERE link = (SELECT seq FROM links WHERE id = ?) AND visit BETWEEN ? AND ? ORDER BY visit, number
"""
_KEEP: Final = "INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_DROP: Final = "DELETE FROM outcomes WHERE link = ? AND visit = ? AND number = ?"
SHOW_OF_VISIT: Final = "UPDATE visits SET is_final = :is_final WHERE link = :link AND id = :visit"
_SHOW_OF_LINK: Final = "UPDATE links SET outcome = ? WHERE seq = ?"
_COUNT_OF_LINK: Final = "UPDATE links SET counts = ? WHERE seq = ?"
_KEEP_SUBMISSION: Final = """
INSERT OR REPLACE INTO submissions VALUES (?, ?, (SELECT seq FROM links WHERE id = ?), ?)
"""
_SUBMISSIONS: Final = """
SELECT submission_id FROM submissions WHERE link = (SELECT seq FROM links WHERE id = ?) AND visit = ?
"""


class _Place(NamedTuple):
    """Where a visit is kept, and what its link shows of more visits."""

    visit_id: str
    link: int
    project: str
    max_uses: int | None
    counts: str | None


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
        row = connection.execute(_VISIT, (link_id_of(visit_id), visit_id)).fetchone()
        if row is None:
            return False
        place = _Place(visit_id, *row)
        before = _history(connection, visit_id)
        after = dict(before)
        for outcome in outcomes:
            after = with_news(after, outcome)
        _write(connection, place, before, after)
        if place.max_uses != 1:
            _count(connection, place, before, after)
        self._show(connection, place, before, after, now=now)
        for outcome in outcomes:
            if outcome.level is Level.CONFIRMED and outcome.submission_id is not None:
                remember_submission(connection, place.project, outcome.submission_id, visit_id)
        return True

    def _show(
        self, connection: Connection, place: _Place, old: _History, new: _History, *, now: float
    ) -> None:
        """Show what is to be shown of a history from now on, and tell of it, if that is another outcome."""
        before, after = shown_of(old.values()), shown_of(new.values())
        if after is None or after == before:
            return
        values = {"is_final": after.is_final, "link": place.link, "visit": place.visit_id}
        connection.execute(SHOW_OF_VISIT, values)
        if place.max_uses == 1:
            connection.execute(_SHOW_OF_LINK, (rows.of_shown(after), place.link))
        claim = shown_of(one for one in new.values() if one.level is Level.CLAIMED)
        for kind, previous in messages_about(before, after, claim=claim):
            data = _told(place, after) | {"previous": previous}
            self.outbox.put(connection, kind, data, now=now)


def _count(connection: Connection, place: _Place, before: _History, after: _History) -> None:
    """Count what a visit shows from now on, and no longer what it showed before."""
    counts = rows.to_counts(place.counts)
    new = counts.after_news(before.values(), after.values())
    if new != counts:
        connection.execute(_COUNT_OF_LINK, (rows.of_counts(new), place.link))


def _told(place: _Place, outcome: Outcome) -> dict[str, object]:
    return {
        "link_id": link_id_of(place.visit_id),
        "visit_id": place.visit_id,
        "project": place.project,
        "submission_id": outcome.submission_id,
        "status": outcome.result,
        "level": outcome.level,
        "source": outcome.source,
        "at": outcome.at,
    }


def _history(connection: Connection, visit_id: str) -> dict[int, Outcome]:
    found = connection.execute(_OUTCOMES, (link_id_of(visit_id), visit_id, visit_id))
    return {number: rows.to_outcome(columns) for _, number, *columns in found}


def _write(connection: Connection, place: _Place, before: _History, after: _History) -> None:
    """Write what differs between two histories."""
    key = (place.link, place.visit_id)
    for number in before.keys() - after.keys():
        connection.execute(_DROP, (*key, number))
    for number, outcome in after.items():
        if before.get(number) != outcome:
            connection.execute(_KEEP, (*key, number, *rows.of_outcome(outcome)))


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
    if visit_ids:  # all of the link from the first to the last of them
        read = connection.execute(_OUTCOMES, (link_id, min(visit_ids), max(visit_ids)))
        for visit_id, _, *columns in read:
            found.setdefault(visit_id, []).append(rows.to_outcome(columns))
    return found
