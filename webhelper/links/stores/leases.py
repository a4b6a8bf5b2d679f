"""The contract of leases: of all processes, one at a time does a job."""

from __future__ import annotations

from typing import Final, Protocol

_APART_S: Final = 60.0  # by which the clocks of hosts and threads may differ


def furthest(now: float, longest_s: float) -> float:
    """Return the Unix time after which nothing ends that began by now and takes ``longest_s`` at most.

    What is to end later than that was begun before the clock was set back.
    """
    return now + longest_s + _APART_S


class LeaseStore(Protocol):
    """Lends jobs by their names. Every method may raise ``StoreError``."""

    def acquire(
        self, job: str, process_name: str, *, now: float, lease_s: float, longest_s: float = 0.0
    ) -> bool:
        """Return whether a process may do the job until ``now + lease_s``: no other one has it then.

        A lease that ends after ``furthest`` was taken before the clock was set back, and is over.

        Args:
            job: such as ``"reconcile"`` or ``"token pool shop"``.
            process_name: of the one that asks; if it has the job already, it gets a longer lease.
            now: Unix time.
            lease_s: for how many seconds.
            longest_s: for how many at most the job is ever lent, if that is longer.
        """

    def release(self, job: str, process_name: str) -> None:
        """Let others do the job; nothing happens if the process no longer has it."""
