"""The jobs that one process at a time does, on whatever host; see ``LeaseStore``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.links.stores.leases import furthest

if TYPE_CHECKING:
    from webhelper.links.stores.postgresql.connections import Connections

_ACQUIRE: Final = """
INSERT INTO jobs (job, holder, until) VALUES (%(job)s, %(holder)s, %(until)s)
ON CONFLICT (job) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE jobs.holder = excluded.holder OR jobs.until <= %(now)s OR jobs.until > %(furthest)s
"""
_RELEASE: Final = "DELETE FROM jobs WHERE job = %(job)s AND holder = %(holder)s"


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
        values = {"job": job, "holder": process_name, "until": now + lease_s, "now": now}
        values |= {"furthest": furthest(now, max(lease_s, longest_s))}
        return self._connections.changes_one(_ACQUIRE, values)

    def release(self, job: str, process_name: str) -> None:
        """See ``LeaseStore``."""
        self._connections.changes_one(_RELEASE, {"job": job, "holder": process_name})
