"""The contract of leases: of all processes, one at a time does a job."""

from __future__ import annotations

from typing import Protocol


class LeaseStore(Protocol):
    """Lends jobs by their names. Every method may raise ``StoreError``."""

    def acquire(self, job: str, holder: str, *, now: float, lease_s: float) -> bool:
        """Return whether the holder may do the job until ``now + lease_s``: nobody else holds it then.

        Args:
            job: such as ``"reconcile"`` or ``"token pool shop"``.
            holder: who asks; who holds it already gets a longer lease.
            now: Unix time.
            lease_s: for how many seconds.
        """

    def release(self, job: str, holder: str) -> None:
        """Let others do the job; nothing happens if the holder no longer holds it."""
