"""What the server has acknowledged, compared with what its store holds at the end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from postgresql_server import PostgresqlServer

    Query = Callable[[str], list[tuple[Any, ...]]]

_LINKS: Final = "SELECT id FROM links"
_VISITS: Final = "SELECT count(*) FROM visits"
_USES: Final = "SELECT sum(uses) FROM links"
_TOO_OFTEN: Final = "SELECT count(*) FROM links WHERE uses > max_uses"
_CLAIMS: Final = "SELECT submission_id, result FROM outcomes WHERE source = 'return'"
_CONFIRMED: Final = "SELECT submission_id, result FROM outcomes WHERE source = 'api'"
_EVENTS: Final = "SELECT submission_id, trigger FROM events WHERE state = 'done'"
OPEN_EVENTS: Final = "SELECT count(*) FROM events WHERE due_at IS NOT NULL"


@dataclass(slots=True)
class Ledger:
    """What was acknowledged.

    Attributes:
        links: ids of links.
        visits: how many openings led to the form.
        returned: what was claimed, by the id of the submission.
        told: what a webhook told, by the same.
    """

    links: set[str] = field(default_factory=set)
    visits: int = 0
    returned: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    def compared(self, query: Query) -> Iterator[tuple[str, int, int]]:
        """Yield what was counted, how many were acknowledged, and how many of these the store holds."""
        links = {one for (one,) in query(_LINKS)}
        yield "links", len(self.links), len(self.links & links)
        yield "links that nobody was told of", 0, len(links - self.links)
        yield "openings", self.visits, query(_VISITS)[0][0]
        yield "uses", self.visits, query(_USES)[0][0]
        yield "links used too often", 0, query(_TOO_OFTEN)[0][0]
        yield "returns, with what they claim", len(self.returned), _same(self.returned, query(_CLAIMS))
        yield "webhooks, worked", len(self.told), _same(self.told, query(_EVENTS))
        yield "outcomes, confirmed by the API", len(self.told), _same(self.told, query(_CONFIRMED))


def _same(wanted: dict[str, str], rows: list[tuple[Any, ...]]) -> int:
    """Return how many of those that were acknowledged are there, and the same."""
    return len(wanted.items() & set(rows))


def asker(file: Path, database: PostgresqlServer | None) -> Query:
    """Return what asks the store, behind the server's back."""
    if database is not None:
        return database.execute

    def ask(statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            return connection.execute(statement).fetchall()

    return ask
