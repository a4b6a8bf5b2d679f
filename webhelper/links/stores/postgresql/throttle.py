"""The throttle of all hosts together; see ``ThrottleStore``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from webhelper.links.stores.postgresql.connections import Connection, Connections
    from webhelper.links.stores.throttle import Rate

_CLEAN_EVERY_S: Final = 60.0
_TAKE: Final = """
INSERT INTO throttle (key, moment) VALUES (%(key)s, %(now)s + %(interval)s)
ON CONFLICT (key) DO UPDATE SET moment = CASE
    WHEN throttle.moment > %(now)s + %(span)s THEN %(now)s + %(span)s
    ELSE greatest(throttle.moment, %(now)s) + %(interval)s END
WHERE throttle.moment <= %(now)s + %(span)s - %(interval)s OR throttle.moment > %(now)s + %(span)s
"""
_MOMENT: Final = "SELECT moment FROM throttle WHERE key = %(key)s"
_GIVE_BACK: Final = "UPDATE throttle SET moment = moment - %(interval)s WHERE key = %(key)s"
_CLEAN: Final = "DELETE FROM throttle WHERE moment <= %(now)s"


class Throttle:
    """Counts in one table. A call whose answer is lost may count twice.

    Args:
        connections: does the work.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._cleaned_at = 0.0

    def take(self, key: bytes, rate: Rate, *, now: float) -> float:
        """See ``ThrottleStore``."""
        now_us = int(now * 1_000_000)
        values = {"key": key, "now": now_us, "interval": rate.interval_us, "span": rate.span_us}

        def work(connection: Connection) -> int:
            """Return the moment from which on there is one; 0 if one was taken."""
            if abs(now - self._cleaned_at) >= _CLEAN_EVERY_S:
                connection.execute(_CLEAN, values)
                self._cleaned_at = now
            if connection.execute(_TAKE, values).rowcount == 1:
                return 0
            # Another process may have cleaned it away meanwhile.
            (moment,) = connection.execute(_MOMENT, values).fetchone() or (now_us + rate.span_us,)
            return int(moment) + rate.interval_us - rate.span_us

        moment = self._connections.call(work)
        return (moment - now_us) / 1_000_000 if moment else 0.0

    def give_back(self, key: bytes, rate: Rate) -> None:
        """See ``ThrottleStore``."""
        self._connections.changes_one(_GIVE_BACK, {"key": key, "interval": rate.interval_us})
