"""The race of ``liveform store race`` on a store that counts a use in PostgreSQL by SQLite's statement."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from naive_store import open_naive
from postgresql_server import PostgresqlServer

from webhelper.commands.store_race import lines_of
from webhelper.race.rounds import Field, race, rounds

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINKS = 500


def raced() -> Iterator[str]:
    """Yield the table of a whole race: under READ COMMITTED one browser is counted several times."""
    server = PostgresqlServer({})
    try:
        server.start()
        opened = partial(open_naive, server.url())
        yield from lines_of(list(race(opened, rounds(_LINKS), Field(), now=time.time())))
    finally:
        server.remove()
