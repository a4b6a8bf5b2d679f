"""Pages of links, the newest first.

Each filter alone finds its links quickly among a million. Where several are set, it depends on the store
which of them has the fewest to look through. So they take turns, and the first to finish gives the page: that
takes as long as the quickest of them, times their number.
"""

from __future__ import annotations

import json
from functools import reduce
from itertools import islice
from typing import TYPE_CHECKING, Final

from webhelper.links.stores import rows
from webhelper.links.stores.lists import Filter, Page
from webhelper.links.stores.sqlite import statements
from webhelper.links.stores.sqlite.filters import InState, OfLabel, WithText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from sqlite3 import Connection

    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.sqlite.filters import LinkFilter

_AT_ONCE: Final = 256  # links that a filter finds in its turn
_END: Final = 2**62  # after every link


def read(
    connection: Connection, sealer: Sealer, wanted: Filter, *, now: float, limit: int, cursor: int | None
) -> Page:
    """Return one page; see ``Store.page``."""
    filters: list[LinkFilter] = [
        InState(wanted.state, now=now, unopened=wanted.unopened, projects=wanted.projects)
    ]
    if wanted.label is not None:
        filters.append(OfLabel(wanted.label))
    if wanted.text is not None:
        filters.append(WithText(wanted.text, sealer))
    seqs = _newest(connection, filters, below=_END if cursor is None else cursor, count=limit + 1)
    found = connection.execute(statements.SELECT_LISTED, (json.dumps(seqs[:limit]),))
    links = (rows.to_link(row, sealer) for row in found)
    return Page(
        tuple(link for link in links if link is not None),
        next_cursor=seqs[limit - 1] if len(seqs) > limit else None,
    )


def _newest(connection: Connection, filters: Sequence[LinkFilter], *, below: int, count: int) -> list[int]:
    """Return the newest links that every filter wants, before the place ``below``."""
    ways = [_found_by(connection, one, filters, below) for one in filters]
    found: list[list[int]] = [[] for _ in filters]
    while True:
        for way, seqs in zip(ways, found, strict=True):
            more = next(way, None)
            seqs.extend(more or ())
            if more is None or len(seqs) >= count:
                return seqs[:count]


def _found_by(
    connection: Connection, one: LinkFilter, filters: Sequence[LinkFilter], below: int
) -> Iterator[list[int]]:
    """Yield the links that one filter finds and the others want too, so many looked at in each turn."""
    links, others = one.links(connection, below), [other for other in filters if other is not one]
    while some := list(islice(links, _AT_ONCE)):
        yield reduce(lambda seqs, other: other.among(connection, seqs), others, some)
