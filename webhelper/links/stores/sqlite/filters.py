"""The filters of a list of links: each finds links, and picks its own out of those that another one found."""

from __future__ import annotations

import heapq
import json
from itertools import groupby
from typing import TYPE_CHECKING, Final, Protocol

from webhelper.links.models import LinkState
from webhelper.links.stores.rows import userid_digests
from webhelper.links.stores.sqlite import marks
from webhelper.links.stores.sqlite.marks import Marked
from webhelper.links.stores.sqlite.texts import Needle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from sqlite3 import Connection

    from webhelper.links.signing.sealing import Sealer

_OF_THESE: Final = "seq IN (SELECT value FROM json_each(:seqs))"
_UNPACKED: Final = """
SELECT seq FROM links NOT INDEXED WHERE seq >= :packed_below AND seq < :below AND {condition}
ORDER BY seq DESC
"""
_LABELLED: Final = "SELECT seq FROM links WHERE label = ? AND seq < ? ORDER BY seq DESC"
_OF_USER: Final = "SELECT seq FROM links WHERE userid_digest = ? AND seq < ? ORDER BY seq DESC"
_VISITED_BY: Final = (
    "SELECT DISTINCT link FROM visits WHERE userid_digest = ? AND link < ? ORDER BY link DESC"
)
# The marks of each state, and whether its links have not expired; None for both.
_STATES: Final = {
    LinkState.ACTIVE: ("A", True),
    LinkState.USED_UP: ("U", True),
    LinkState.TOKEN_ID_EXPIRED: ("T", True),
    LinkState.REVOKED: ("R", None),
    LinkState.EXPIRED: ("AUT", False),
    None: ("AUTR", None),
}
_EXPIRY: Final = {True: "expires_at > :now", False: "expires_at <= :now", None: "TRUE"}


class LinkFilter(Protocol):
    """Which links are wanted; a link is named by its place in the store, ``seq``."""

    def links(self, connection: Connection, below: int) -> Iterator[int]:
        """Yield its links before the place ``below``, the newest first."""

    def among(self, connection: Connection, seqs: Sequence[int]) -> list[int]:
        """Return those of these links that are wanted, in the same order."""


class InState:
    """Links in a state at a time, and with or without the kiosks' codes that nobody opened.

    Args:
        state: None for all states.
        now: Unix time.
        unopened: whether such codes are wanted too.
        projects: of which projects; None for all.
    """

    def __init__(
        self, state: LinkState | None, *, now: float, unopened: bool, projects: frozenset[str] | None = None
    ) -> None:
        standings, is_living = _STATES[state]
        letters = standings + standings.lower() if unopened else standings
        self._marked = Marked(letters, is_living, now, projects)
        self._condition = f"instr(:marks, mark) AND {_EXPIRY[is_living]}"
        self._values: dict[str, object] = {"now": now, "marks": letters}
        if projects is not None:
            self._condition += " AND project IN (SELECT value FROM json_each(:projects))"
            self._values["projects"] = json.dumps(sorted(projects))

    def links(self, connection: Connection, below: int) -> Iterator[int]:
        """See ``LinkFilter``."""
        packed_below = marks.packed_below(connection)
        query = _UNPACKED.format(condition=self._condition)
        places = {"packed_below": packed_below, "below": below}
        yield from (seq for (seq,) in connection.execute(query, self._values | places))
        yield from self._marked.links(connection, min(below, packed_below))

    def among(self, connection: Connection, seqs: Sequence[int]) -> list[int]:
        """See ``LinkFilter``."""
        query = f"SELECT seq FROM links WHERE {_OF_THESE} AND {self._condition} ORDER BY seq DESC"
        found = connection.execute(query, self._values | {"seqs": json.dumps(seqs)})
        return [seq for (seq,) in found]


class OfLabel:
    """Links of exactly this label."""

    def __init__(self, label: str) -> None:
        self._label = label

    def links(self, connection: Connection, below: int) -> Iterator[int]:
        """See ``LinkFilter``."""
        return (seq for (seq,) in connection.execute(_LABELLED, (self._label, below)))

    def among(self, connection: Connection, seqs: Sequence[int]) -> list[int]:
        """See ``LinkFilter``."""
        query = f"SELECT seq FROM links WHERE {_OF_THESE} AND label = :label ORDER BY seq DESC"
        found = connection.execute(query, {"label": self._label, "seqs": json.dumps(seqs)})
        return [seq for (seq,) in found]


class WithText:
    """Links with a text in their label or id, and those of the user whose id it is; without case.

    Args:
        text: what somebody typed.
        sealer: gives the digests by which user ids are found.
    """

    def __init__(self, text: str, sealer: Sealer) -> None:
        self._needle = Needle(text)
        self._digests = userid_digests(text, sealer)

    def links(self, connection: Connection, below: int) -> Iterator[int]:
        """See ``LinkFilter``."""
        of_user = [
            (seq for (seq,) in connection.execute(query, (digest, below)))
            for digest in self._digests
            for query in (_OF_USER, _VISITED_BY)
        ]
        every = heapq.merge(self._needle.links(connection, below), *of_user, reverse=True)
        return (seq for seq, _ in groupby(every))

    def among(self, connection: Connection, seqs: Sequence[int]) -> list[int]:
        """See ``LinkFilter``."""
        one_of = ", ".join("?" * len(self._digests))
        query = f"""
        SELECT seq, label, id, userid_digest IN ({one_of}) OR EXISTS (
            SELECT 1 FROM visits INDEXED BY visits_by_userid
            WHERE link = seq AND visits.userid_digest IN ({one_of})
        ) FROM links WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq DESC
        """
        rows = connection.execute(query, (*self._digests, *self._digests, json.dumps(seqs)))
        return [
            seq for seq, label, link_id, is_users in rows if is_users or self._needle.is_in(label, link_id)
        ]
