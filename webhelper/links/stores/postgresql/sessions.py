"""Who is signed in, on whatever host; see ``SessionStore``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from webhelper.links.stores.postgresql.connections import new_mark
from webhelper.links.stores.postgresql.statements import USE_CODE
from webhelper.links.stores.sessions import Session, SessionKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from webhelper.links.stores.postgresql.connections import Connection, Connections

_COLUMNS: Final = ", ".join(Session._fields)
_VALUES: Final = ", ".join(f"%({name})s" for name in Session._fields)
_ENDED: Final = "DELETE FROM sessions WHERE ends_at <= %(since)s"
_BEGIN: Final = f"INSERT INTO sessions ({_COLUMNS}) VALUES ({_VALUES}) ON CONFLICT (key) DO NOTHING"
_GET: Final = f"SELECT {_COLUMNS} FROM sessions WHERE key = %(key)s AND ends_at > %(now)s"
_USE: Final = """
UPDATE sessions SET seen_at = %(now)s, ends_at = %(ends_at)s WHERE key = %(key)s AND ends_at > %(now)s
"""
_END: Final = "DELETE FROM sessions WHERE key = %(key)s AND holder = %(holder)s"
_END_ALL: Final = "DELETE FROM sessions WHERE holder = %(holder)s AND kind = %(kind)s"
_OF_HOLDER: Final = f"""
SELECT {_COLUMNS} FROM sessions WHERE holder = %(holder)s AND ends_at > %(now)s ORDER BY seen_at DESC, key
"""


class Sessions:
    """Keeps sessions.

    Args:
        connections: does the work.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def begin(self, session: Session) -> None:
        """See ``SessionStore``."""
        values = session._asdict()
        self._connections.write(lambda one: _begin(one, values), again=lambda one: _begin(one, values))

    def begin_once(self, session: Session, code_id: str) -> bool:
        """See ``SessionStore``."""
        values = session._asdict()
        use = {"code_id": code_id, "now": session.since, "mark": new_mark()}

        def work(connection: Connection) -> bool:
            is_first = connection.execute(USE_CODE, use).rowcount == 1
            if is_first:
                _begin(connection, values)
            return is_first

        return self._connections.write(work, again=work)

    def get(self, key: bytes, *, now: float) -> Session | None:
        """See ``SessionStore``."""
        return next(iter(self._read(_GET, {"key": key, "now": now})), None)

    def use(self, key: bytes, *, now: float, ends_at: float) -> None:
        """See ``SessionStore``."""
        self._connections.changes_one(_USE, {"key": key, "now": now, "ends_at": ends_at})

    def end(self, key: bytes, *, holder: str) -> bool:
        """See ``SessionStore``."""
        return self._connections.changes_one(_END, {"key": key, "holder": holder})

    def end_all(self, holder: str, kind: SessionKind) -> int:
        """See ``SessionStore``."""
        values = {"holder": holder, "kind": kind}
        return self._connections.call(lambda connection: connection.execute(_END_ALL, values).rowcount)

    def of_holder(self, holder: str, *, now: float) -> Sequence[Session]:
        """See ``SessionStore``."""
        return self._read(_OF_HOLDER, {"holder": holder, "now": now})

    def _read(self, query: str, values: Mapping[str, object]) -> list[Session]:
        found = self._connections.call(lambda connection: connection.execute(query, values).fetchall())
        return [_session(row) for row in found]


def _begin(connection: Connection, values: Mapping[str, object]) -> None:
    connection.execute(_ENDED, values)
    connection.execute(_BEGIN, values)


def _session(row: tuple[Any, ...]) -> Session:
    key, kind, *rest = row
    return Session(key, SessionKind(kind), *rest)
