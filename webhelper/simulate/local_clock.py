"""The clock of a simulator in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webhelper.simulator.sandbox.clock import time_step

if TYPE_CHECKING:
    from datetime import datetime

    from webhelper.simulator import Simulator


class LocalClock:
    """The clock of a simulator, which moves when a test says so."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def now(self) -> datetime:
        """Return the time of the simulator, in UTC."""
        return self._simulator.sandbox.clock.now()

    def move(self, **by: float) -> None:
        """Move the clock, such as ``move(minutes=3)``, and send the events that are due then.

        Args:
            **by: numbers of ``weeks``, ``days``, ``hours``, ``minutes``, ``seconds``, ``milliseconds`` or
                ``microseconds``; negative ones move back.

        Raises:
            ConfigError: another unit, not a number, or more than ten years.
            SandboxError: the simulator was stopped.
        """
        self._simulator.sandbox.clock.move(time_step(by))
        self._simulator.sender.deliver_due()
