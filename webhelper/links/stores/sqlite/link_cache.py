"""Reusable links that were read a moment ago; they are asked for often, and rarely change.

After a commit of this process a link is read again at once, and after a revocation by any process of ours.
Other commits of other processes and programs are seen a tenth of a second later.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from webhelper.errors import StoreError
from webhelper.links.stores.sqlite.shared_mark import SharedMark

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from webhelper.links.models import Link
    from webhelper.links.stores.sqlite.connections import Connections

MAX_LINKS: Final = 1024
_LOOK_EVERY_S: Final = 0.1  # at commits of others, by ``PRAGMA data_version``


class Version(NamedTuple):
    """What the database was when a link was read."""

    revocations: bytes  # of all processes
    commits: int  # of this process
    data_version: int  # SQLite's own count of the commits of others


class LinkCache:
    """Keeps links by the payloads of their tokens.

    Args:
        connections: keeps a connection for this, which never writes, so that it sees every commit.
        path: the database; the mark of revocations is a file beside it.
        clock: seconds that never go back.
    """

    def __init__(
        self, connections: Connections, path: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._connections = connections
        self._revocations = SharedMark(path.with_name(f"{path.name}-revocations"), owner=path)
        self._clock = clock
        self._start()

    def _start(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._data_version, self._looked_at = -1, -_LOOK_EVERY_S
        self._links: dict[bytes, tuple[Version, Link]] = {}

    def version(self) -> Version:
        """Return what changes when a link does; to be asked before the link is read.

        Raises:
            StoreError: the database cannot be read.
        """
        if self._process != os.getpid():  # a connection must not cross a fork
            self._start()
        if self._clock() - self._looked_at >= _LOOK_EVERY_S:
            self._look()
        return Version(self._revocations.read(), self._connections.commits, self._data_version)

    def _look(self) -> None:
        with self._lock:
            if self._connection is None:
                self._connection = self._connections.keep()
            try:
                (self._data_version,) = self._connection.execute("PRAGMA data_version").fetchone()
            except sqlite3.Error as error:
                raise StoreError from error
            self._looked_at = self._clock()

    def get(self, payload: bytes, version: Version) -> Link | None:
        """Return a link that was read at this version."""
        read_at, link = self._links.get(payload, (None, None))
        return link if read_at == version else None

    def put(self, payload: bytes, link: Link, version: Version) -> None:
        """Keep a reusable link that was read at this version or later."""
        if link.is_limited:
            return
        if len(self._links) >= MAX_LINKS:
            self._links = {}
        self._links[payload] = (version, link)

    def revoked(self) -> None:
        """Make every process read its links again. Call it before a revocation is answered."""
        self._revocations.change()

    def close(self) -> None:
        """Forget all links and the connection. ``Connections.close`` closes it."""
        self._start()
