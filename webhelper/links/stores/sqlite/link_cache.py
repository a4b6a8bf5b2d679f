"""Links that were read a moment ago, good until somebody writes to the database.

A link is asked for thousands of times a second and changes rarely. SQLite counts the commits of all other
connections, in this process and in others (``PRAGMA data_version``); while that count stays, so do its rows.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError

if TYPE_CHECKING:
    from webhelper.links.models import Link
    from webhelper.links.stores.sqlite.connections import Connections

MAX_LINKS: Final = 1024


class LinkCache:
    """Keeps links by the payloads of their tokens.

    Args:
        connections: lends one connection for good, which never writes, so that it sees every commit.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._start()

    def _start(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._links: dict[bytes, tuple[int, Link]] = {}

    def version(self) -> int:
        """Return a number that changes with every commit; to be asked before a link is read.

        Raises:
            StoreError: the database cannot be read.
        """
        if self._process != os.getpid():  # a connection must not cross a fork
            self._start()
        with self._lock:
            if self._connection is None:
                self._connection = self._connections.take()
            try:
                (version,) = self._connection.execute("PRAGMA data_version").fetchone()
            except sqlite3.Error as error:
                raise StoreError from error
            return int(version)

    def get(self, payload: bytes, version: int) -> Link | None:
        """Return a link that was read at this version."""
        read_at, link = self._links.get(payload, (None, None))
        return link if read_at == version else None

    def put(self, payload: bytes, link: Link, version: int) -> None:
        """Keep a link that was read at this version or later."""
        if len(self._links) >= MAX_LINKS:
            self._links = {}
        self._links[payload] = (version, link)

    def close(self) -> None:
        """Forget all links, and close the connection."""
        with self._lock:
            if self._connection is not None and self._process == os.getpid():
                self._connection.close()
        self._start()
