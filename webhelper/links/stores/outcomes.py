"""The outcomes of visits: recorded inside the transactions of others, and read.

``outcome_change`` says what changes. The engines differ in their SQL alone.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from webhelper.links.outcomes import Source
from webhelper.links.stores import rows
from webhelper.links.stores.outcome_change import Place, change_of, change_of_hand_over
from webhelper.links.visit_ids import link_id_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Protocol, TypeAlias

    from webhelper.links.outcomes import Outcome
    from webhelper.links.stores.inbox import Finding, NewEvent
    from webhelper.links.stores.outbox import MessageKind
    from webhelper.links.stores.outcome_change import Change

    Connection: TypeAlias = Any  # of sqlite3 or psycopg, whose ``execute`` is the same

    class Outbox(Protocol):
        """Takes messages, inside the transaction of what they tell."""

        def put(
            self, connection: Connection, kind: MessageKind, data: Mapping[str, Any], *, now: float
        ) -> None:
            """Put a message to every sink into the outbox."""


class RecordedOutcomes:
    """Records and reads outcomes by the SQL of an engine.

    Args:
        outbox: takes the messages about what changes.
    """

    # Of an engine. With which values each is executed, and what it reads, is below.
    PLACE: ClassVar[str]
    VISIT: ClassVar[str]
    OUTCOMES: ClassVar[str]
    KEEP: ClassVar[str]
    DROP: ClassVar[str]
    SETTLE: ClassVar[str]
    SHOW_OF_LINK: ClassVar[str]
    COUNT_OF_LINK: ClassVar[str]
    KEEP_SUBMISSION: ClassVar[str]
    SUBMISSIONS: ClassVar[str]

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox

    def record(
        self,
        connection: Connection,
        visit_id: str,
        outcomes: Sequence[Outcome],
        *,
        now: float,
        browser: bytes | None = None,
    ) -> bool:
        """Keep outcomes of a visit, show what is to be shown from then on, and put messages into the outbox.

        What is recorded already changes nothing, and makes no message.

        Args:
            connection: in a transaction.
            visit_id: of the visit.
            outcomes: in any order.
            now: Unix time.
            browser: the digest of the one that claims them; see ``Store.record``.

        Returns:
            Whether the visit is here.
        """
        place = self._place(connection, visit_id)
        if place is None:
            return False
        if browser is not None and place.browser not in (None, browser):
            outcomes = [replace(one, source=Source.EARLIER_BROWSER) for one in outcomes]
        named = partial(self.submissions_of, connection, visit_id)
        change = change_of(place, self._history(connection, visit_id), outcomes, named)
        self._write(connection, place, change)
        for kind, data in change.messages:
            self.outbox.put(connection, kind, data, now=now)
        return True

    def hand_over(self, connection: Connection, statement: str, values: Mapping[str, Any]) -> bool:
        """Give a visit to another browser, and return whether it may have it; see ``Store.hand_over``.

        Args:
            connection: in a transaction.
            statement: changes the one row of the visit, if its browser hands it over now.
            values: of the statement; ``visit`` is the id of the visit.
        """
        place = self._place(connection, values["visit"])
        if place is None:
            return False
        named = partial(self.submissions_of, connection, place.visit_id)
        change = change_of_hand_over(place, self._history(connection, place.visit_id), named)
        if change is None or connection.execute(statement, values).rowcount != 1:
            return False
        self._write(connection, place, change)
        return True

    def _place(self, connection: Connection, visit_id: str) -> Place | None:
        """Return where a visit is kept, and let nobody else change it until the transaction ends."""
        row = connection.execute(self.PLACE, (link_id_of(visit_id), visit_id)).fetchone()
        if row is None:
            return None
        return Place(visit_id, *row, *connection.execute(self.VISIT, (row[0], visit_id)).fetchone())

    def _history(self, connection: Connection, visit_id: str) -> dict[int, Outcome]:
        found = connection.execute(self.OUTCOMES, (link_id_of(visit_id), visit_id, visit_id))
        return {number: rows.to_outcome(columns) for _, number, *columns in found}

    def record_finding(
        self, connection: Connection, event: NewEvent, finding: Finding | None, *, now: float
    ) -> str | None:
        """Record what the work on an event found, and return the visit that it is about, if it is here."""
        if finding is None or not self.record(connection, finding.visit_id, finding.outcomes, now=now):
            return None
        if event.submission_id is not None:
            self._remember_submission(connection, event.project, event.submission_id, finding.visit_id)
            if not finding.outcomes:  # a try of which nothing else is known may unsettle the visit
                self.record(connection, finding.visit_id, (), now=now)
        return finding.visit_id

    def _write(self, connection: Connection, place: Place, change: Change) -> None:
        key = (place.link, place.visit_id)
        for number in change.dropped:
            connection.execute(self.DROP, (*key, number))
        for number, outcome in change.kept.items():
            connection.execute(self.KEEP, (*key, number, *rows.of_outcome(outcome)))
        if change.counts is not None:
            connection.execute(self.COUNT_OF_LINK, (change.counts, place.link))
        if change.is_settled is not None:
            connection.execute(self.SETTLE, (change.is_settled, *key))
        if change.is_shown_new:
            connection.execute(self.SHOW_OF_LINK, (change.shown, place.link))
        for submission_id in change.submissions:
            self._remember_submission(connection, place.project, submission_id, place.visit_id)

    def _remember_submission(
        self, connection: Connection, project: str, submission_id: str, visit_id: str
    ) -> None:
        """Remember of which visit a submission is; the latest finding counts."""
        values = (project, submission_id, link_id_of(visit_id), visit_id)
        connection.execute(self.KEEP_SUBMISSION, values)

    @classmethod
    def submissions_of(cls, connection: Connection, visit_id: str) -> list[str]:
        """Return the submissions that are remembered as a visit's."""
        found = connection.execute(cls.SUBMISSIONS, (link_id_of(visit_id), visit_id))
        return [submission_id for (submission_id,) in found]

    @classmethod
    def of_visits(
        cls, connection: Connection, link_id: str, visit_ids: Sequence[str]
    ) -> dict[str, list[Outcome]]:
        """Return the outcomes of these visits of one link, in the order of their arrival."""
        found: dict[str, list[Outcome]] = {}
        if visit_ids:  # all of the link from the first to the last of them
            read = connection.execute(cls.OUTCOMES, (link_id, min(visit_ids), max(visit_ids)))
            for visit_id, _, *columns in read:
                found.setdefault(visit_id, []).append(rows.to_outcome(columns))
        return found
