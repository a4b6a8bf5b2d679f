"""The jobs that one process at a time does; see ``LeaseStore``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.links.stores.leases import furthest

if TYPE_CHECKING:
    from webhelper.links.stores.sqlite.connections import Connections

_HELD: Final = "SELECT 1 FROM jobs WHERE job = ? AND holder <> ? AND until > ? AND until <= ?"
_ACQUIRE: Final = """
INSERT INTO jobs VALUES (:job, :holder, :until)
ON CONFLICT (job) DO UPDATE SET holder = :holder, until = :until
WHERE holder = :holder OR until <= :now OR until > :furthest
"""
_RELEASE: Final = "DELETE FROM jobs WHERE job = ? AND holder = ?"


class Leases:
    """Lends jobs by their names.

    Args:
        connections: lends connections.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def acquire(
        self, job: str, process_name: str, *, now: float, lease_s: float, longest_s: float = 0.0
    ) -> bool:
        """See ``LeaseStore``."""
        latest = furthest(now, max(lease_s, longest_s))
        with self._connections.reading() as connection:
            if connection.execute(_HELD, (job, process_name, now, latest)).fetchone() is not None:
                return False  # without a turn at writing
        values = {"job": job, "holder": process_name, "until": now + lease_s, "now": now, "furthest": latest}
        with self._connections.writing() as connection:
            return connection.execute(_ACQUIRE, values).rowcount == 1

    def release(self, job: str, process_name: str) -> None:
        """See ``LeaseStore``."""
        with self._connections.writing() as connection:
            connection.execute(_RELEASE, (job, process_name))
