"""Who is signed in; see ``SessionStore``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.links.stores.sessions import Session, SessionKind
from webhelper.links.stores.sqlite.statements import INSERT_USED_CODE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Row

    from webhelper.links.stores.sqlite.connections import Connections

_COLUMNS: Final = ", ".join(Session._fields)
_ENDED: Final = "DELETE FROM sessions WHERE ends_at <= ?"
_BEGIN: Final = f"INSERT INTO sessions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
_GET: Final = f"SELECT {_COLUMNS} FROM sessions WHERE key = ? AND ends_at > ?"
_USE: Final = "UPDATE sessions SET seen_at = :now, ends_at = :ends_at WHERE key = :key AND ends_at > :now"
_END: Final = "DELETE FROM sessions WHERE key = ? AND holder = ?"
_END_ALL: Final = "DELETE FROM sessions WHERE holder = ? AND kind = ?"
_OF_HOLDER: Final = f"""
SELECT {_COLUMNS} FROM sessions WHERE holder = ? AND ends_at > ? ORDER BY seen_at DESC, key
"""


class Sessions:
    """Keeps sessions.

    Args:
        connections: lends connections.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def begin(self, session: Session) -> None:
        """See ``SessionStore``."""
        with self._connections.writing() as connection:
            connection.execute(_ENDED, (session.since,))
            connection.execute(_BEGIN, session)

    def begin_once(self, session: Session, code_id: str) -> bool:
        """See ``SessionStore``."""
        with self._connections.writing() as connection:
            is_first = connection.execute(INSERT_USED_CODE, (code_id, session.since)).rowcount == 1
            if is_first:
                connection.execute(_ENDED, (session.since,))
                connection.execute(_BEGIN, session)
            return is_first

    def get(self, key: bytes, *, now: float) -> Session | None:
        """See ``SessionStore``."""
        with self._connections.reading() as connection:
            row = connection.execute(_GET, (key, now)).fetchone()
        return None if row is None else _session(row)

    def use(self, key: bytes, *, now: float, ends_at: float) -> None:
        """See ``SessionStore``."""
        with self._connections.writing() as connection:
            connection.execute(_USE, {"key": key, "now": now, "ends_at": ends_at})

    def end(self, key: bytes, *, holder: str) -> bool:
        """See ``SessionStore``."""
        with self._connections.writing() as connection:
            return connection.execute(_END, (key, holder)).rowcount == 1

    def end_all(self, holder: str, kind: SessionKind) -> int:
        """See ``SessionStore``."""
        with self._connections.writing() as connection:
            return connection.execute(_END_ALL, (holder, kind)).rowcount

    def of_holder(self, holder: str, *, now: float) -> Sequence[Session]:
        """See ``SessionStore``."""
        with self._connections.reading() as connection:
            return [_session(row) for row in connection.execute(_OF_HOLDER, (holder, now)).fetchall()]


def _session(row: Row) -> Session:
    key, kind, *rest = row
    return Session(key, SessionKind(kind), *rest)
