"""How writers wait: one of a process for other processes, and few of the same process behind it.

SQLite itself would let all of them sleep and poll. As long as another process holds the lock they would keep
every thread of the server, and not even a health check would be answered.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from typing import Final

from webhelper.links.stores.sqlite.opening import LOCK_S

MOST_BEHIND: Final = 3  # with the one in front, half of the threads in webhelper.gunicorn_conf
MOMENT_S: Final = 0.5  # a lock that is held for longer is not one of ordinary traffic
_LOOK_EVERY_S: Final = 0.1  # whether it is held for longer
_MET_S: Final = 0.001  # a longer wait means that another process writes too
_POLLED_S: Final = 60.0  # for so long after such a wait, we wait by ourselves
_PAUSE_S: Final = 0.0001  # between two tries; a commit takes about three times as long
_ORDINARY_S: Final = 0.1  # a longer wait is not for ordinary commits, and the pauses get longer
_LONG_PAUSE_S: Final = 0.002
_WAIT_AS_USUAL: Final = f"PRAGMA busy_timeout = {round(LOCK_S * 1000)}"


class Turns:
    """Gives the turn to one writer at a time.

    Attributes:
        turn: the lock that a writer has while it is its turn.
        waiting_since: of the monotonic clock: since when the one whose turn it is waits for other processes;
            None while it does not.
    """

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.waiting_since: float | None = None
        self._behind = threading.Semaphore(MOST_BEHIND)
        self._others_until = 0.0  # of the monotonic clock: until then, another process is taken to write too

    def wait(self, seconds: float) -> bool:
        """Wait for a turn, so many seconds at most, and return whether it has come.

        A few may wait behind a writer that waits for other processes; the next ones give up at once.
        """
        if self._behind.acquire(blocking=False):
            try:
                return self.turn.acquire(timeout=seconds)
            finally:
                self._behind.release()
        end = time.monotonic() + seconds
        while not self._is_held_elsewhere():
            left_s = end - time.monotonic()
            if self.turn.acquire(timeout=max(0.0, min(_LOOK_EVERY_S, left_s))):
                return True
            if left_s <= 0:
                return False
        return False

    def begin(self, connection: sqlite3.Connection, wait_s: float) -> None:
        """Begin to write, in one's turn, after so many seconds at most; errors are SQLite's.

        SQLite waits first, for LOCK_S. Its pauses get longer and longer, and the lock of a busy site is
        seldom free at the end of one; so we go on with short pauses, for a minute without SQLite's. They are
        not always off, because a switch takes 7 % of a write.
        """
        begun = self.waiting_since = time.monotonic()
        try:
            alone = begun >= self._others_until and wait_s >= LOCK_S
            if not (alone and _has_begun(connection, begun + wait_s)):
                _begin_beside_others(connection, begun + wait_s)
        finally:
            self.waiting_since = None
            ended = time.monotonic()
            if ended - begun > _MET_S:
                self._others_until = ended + _POLLED_S

    def _is_held_elsewhere(self) -> bool:
        since = self.waiting_since
        return since is not None and time.monotonic() - since >= MOMENT_S


def _begin_beside_others(connection: sqlite3.Connection, until: float) -> None:
    ordinary_until = time.monotonic() + _ORDINARY_S
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while not _has_begun(connection, until):
            time.sleep(_PAUSE_S if time.monotonic() < ordinary_until else _LONG_PAUSE_S)
    finally:
        connection.execute(_WAIT_AS_USUAL)


def _has_begun(connection: sqlite3.Connection, until: float) -> bool:
    """Return whether it is this connection's turn to write; raise SQLite's error once the time is over."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
            raise
        return False
    return True
