"""Work out anew what links and visits keep of outcomes: a step of both engines, for the rules have changed.

What is kept follows from the outcomes: whether a visit is settled, what a link of one use shows, and how many
visits of a link of more uses show what.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from webhelper.links.named_submissions import nobody_asks
from webhelper.links.outcomes import shown_of
from webhelper.links.stores import rows
from webhelper.links.visit_counts import VisitCounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from webhelper.links.outcomes import Outcome
    from webhelper.links.stores.outcomes import Connection, RecordedOutcomes

_LINKS: Final = "SELECT seq, id, max_uses FROM links WHERE seq IN (SELECT link FROM outcomes) ORDER BY seq"
_LAST: Final = "~"  # sorts after the rest of every visit id


def work_out(connection: Connection, engine: type[RecordedOutcomes]) -> None:
    """Write what every link and visit keeps of its outcomes, inside a transaction.

    Args:
        connection: to tables that no one else changes meanwhile.
        engine: reads and writes them.
    """
    for seq, link_id, max_uses in connection.execute(_LINKS).fetchall():
        said = engine.of_visits(connection, link_id, (link_id, link_id + _LAST))
        for visit_id, outcomes in said.items():
            is_settled = nobody_asks(outcomes, partial(engine.submissions_of, connection, visit_id))
            connection.execute(engine.SETTLE, (is_settled, seq, visit_id))
        if max_uses == 1:
            connection.execute(engine.SHOW_OF_LINK, (_shown(said.values()), seq))
        else:
            connection.execute(engine.COUNT_OF_LINK, (_counted(said.values()), seq))


def _shown(histories: Iterable[Sequence[Outcome]]) -> str | None:
    """Return the text that a link of one use keeps of its visit."""
    found = (shown_of(outcomes) for outcomes in histories)
    return next((rows.of_shown(one) for one in found if one is not None), None)


def _counted(histories: Iterable[Sequence[Outcome]]) -> str:
    """Return the text that a link of more uses keeps of its visits."""
    counts = VisitCounts()
    for outcomes in histories:
        counts = counts.after_news((), outcomes)
    return rows.of_counts(counts)
