"""Visits of reusable links, written together a moment later.

Nobody counts them down, so nobody has to wait for the disk. A process that is killed or a power cut takes the
last moment's openings with it; one that ends notes them first.
"""

from __future__ import annotations

import logging
import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError
from webhelper.links.stores.sqlite import rows, statements

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection

    from webhelper.links.models import Visit
    from webhelper.links.signing.sealing import Sealer
    from webhelper.links.stores.sqlite.connections import Connections

log = logging.getLogger("webhelper")

LATER_S: Final = 0.1
_SIZES: Final = (256, 32, 8, 1)  # rows of one statement: together they cost a tenth of rows by themselves
_AGAIN_S: Final = 1.0  # until the next try, when the store could not be written
_MOST: Final = 10_000  # buffered visits; at more, who opens a link waits for the disk


class VisitBuffer:
    """Keeps visits until they are written.

    Args:
        connections: lends the connection that writes them.
        sealer: seals what is personal.
    """

    def __init__(self, connections: Connections, sealer: Sealer) -> None:
        self._connections = connections
        self._sealer = sealer
        self._start()

    def _start(self) -> None:
        self._process = os.getpid()
        self._waiting: list[Visit] = []
        self._is_stuck = False  # they could not be written; a timer tries again
        self._changing, self._writing = threading.Lock(), threading.Lock()

    def add(self, visit: Visit) -> None:
        """Keep a visit, and have it written within a tenth of a second.

        Raises:
            StoreError: too many wait, and cannot be written.
        """
        if self._process != os.getpid():  # the parent writes what was buffered there
            self._start()
        with self._changing:
            self._waiting.append(visit)
            count = len(self._waiting)
        if count == 1:
            self._later(LATER_S)
        elif count >= _MOST:
            self.flush()

    def flush(self) -> None:
        """Write all buffered visits; from then on they can be read.

        Raises:
            StoreError: it cannot be written now; it goes on waiting.
        """
        with self._writing:
            with self._changing:
                visits, self._waiting = self._waiting, []
            try:
                if visits:
                    self._write(visits)
            except BaseException:
                with self._changing:
                    self._waiting[:0] = visits
                self._is_stuck = True
                raise
            self._is_stuck = False

    def flush_to_read(self) -> None:
        """Write them, so that they can be read; where that fails, reading goes on without them."""
        if not self._is_stuck:
            with suppress(StoreError):
                self.flush()

    def _later(self, seconds: float) -> None:
        # A process does not end before its timers, so that nothing is lost when a server stops.
        threading.Timer(seconds, self._try_to_flush).start()

    def _try_to_flush(self) -> None:
        try:
            self.flush()
        except StoreError as error:
            if threading.main_thread().is_alive():
                log.error("visits cannot be written yet: %s", type(error.__cause__).__name__)  # noqa: TRY400 - no data
                self._later(_AGAIN_S)
            else:  # the process ends and waits for this thread
                log.error("%d visits are lost: they cannot be written, and the process ends", len(self._waiting))  # noqa: TRY400 - no data

    def _write(self, visits: list[Visit]) -> None:
        by_link: dict[str, list[Visit]] = {}
        for visit in visits:
            by_link.setdefault(visit.link_id, []).append(visit)
        with self._connections.writing() as connection:
            for link_id, of_link in by_link.items():
                self._write_of_link(connection, link_id, of_link)

    def _write_of_link(self, connection: Connection, link_id: str, visits: list[Visit]) -> None:
        row = connection.execute(statements.SELECT_SEQ, (link_id,)).fetchone()
        if row is None:
            return  # the link has been deleted
        counted = {"id": link_id, "count": len(visits), "at": visits[-1].at}
        connection.execute(statements.COUNT_MANY, counted)
        for some in _portions(visits):
            values = [row[0], *(value for visit in some for value in rows.of_visit(visit, self._sealer))]
            connection.execute(statements.insert_visits(len(some)), values)


def _portions(visits: list[Visit]) -> Iterator[list[Visit]]:
    """Yield the visits in portions of few sizes, so that SQLite has seen each statement before."""
    start = 0
    for size in _SIZES:
        while len(visits) - start >= size:
            yield visits[start : start + size]
            start += size
