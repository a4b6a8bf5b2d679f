"""This benchmark compares two hosts on one PostgreSQL with one of them: redirects of a reusable link.

A host is a gunicorn of its own, with one process on a core of its own. Database and load have no cores of
their own: beside one host they have the other core, and beside two they share both cores with the hosts. So
the ratio cannot exceed twice the host's part of the processor time that a redirect takes in all.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from processes import descendants, name_of, processor_s

from tests.benchmarks.harness import Effort, Result
from tests.benchmarks.hosting import GUNICORN, OURS, new_link, serving
from tests.benchmarks.load import ClosedLoop, get
from tests.benchmarks.postgresql import postgresql_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CONNECTIONS: Final = 16
_LONGER: Final = 12  # than a work in process: processor time is counted in hundredths of a second
_DATABASE: Final = "postgres"
_HOST, _CLIENT = "host", "client"


class _Load:
    """A closed loop over some hosts, and what it has cost so far."""

    def __init__(self, ports: list[int], path: str) -> None:
        self._loop = ClosedLoop(ports, get(path), connections=_CONNECTIONS, wanted=b"302")
        self.rates: list[float] = []
        self._answers = 0.0
        self._took = dict.fromkeys((_HOST, _DATABASE, _CLIENT), 0.0)

    def run(self, seconds: float, *, is_counted: bool) -> None:
        """Load the hosts for so long."""
        before = _computed()
        rate = self._loop.requests_a_second(seconds)
        if is_counted:
            self.rates.append(rate)
            self._answers += rate * seconds
            for part, after in _computed().items():
                self._took[part] += after - before[part]

    @property
    def rate(self) -> float:
        """How many redirects a second all hosts give together."""
        return median(self.rates)

    @property
    def micros(self) -> Mapping[str, float]:
        """Microseconds of the processors that a redirect took, by the part that computed."""
        return {part: took / self._answers * 1e6 for part, took in self._took.items()}

    def close(self) -> None:
        """Close the connections of the client."""
        self._loop.close()


def run(effort: Effort) -> Iterator[Result]:
    """Yield the redirects a second of two hosts, beside those of one."""
    with tempfile.TemporaryDirectory() as directory, postgresql_server() as database, ExitStack() as stack:
        hosts = [
            stack.enter_context(serving(GUNICORN, OURS, Path(directory), store=database.url(), core=core))
            for core in (-1, 0)
        ]
        path = new_link(hosts[0], max_uses=None, expires_in=86_400)
        one, two = _Load(hosts[:1], path), _Load(hosts, path)
        for turn in range(effort.rounds + 1):  # the first is not counted: threads and connections are made
            for load in (one, two) if turn % 2 else (two, one):
                load.run(effort.seconds * _LONGER, is_counted=turn > 0)
        one.close()
        two.close()
    yield Result(
        work="redirect of a reusable link, two hosts on one PostgreSQL",
        reference=f"one of them; {_told(one.micros)}",
        ours=two.rate,
        theirs=one.rate,
        goal=1.6,
        unit="/s",
    )


def _computed() -> dict[str, float]:
    """Return the processor seconds so far of the hosts, of the database, and of this process."""
    took = {_CLIENT: processor_s(os.getpid()), _DATABASE: 0.0, _HOST: 0.0}
    for process in descendants(os.getpid()):
        took[_DATABASE if name_of(process) == _DATABASE else _HOST] += processor_s(process)
    return took


def _told(micros: Mapping[str, float]) -> str:
    host, total = micros[_HOST], sum(micros.values())
    parts = f"of a redirect's {total:.0f} µs, the host takes {host:.0f}, PostgreSQL {micros[_DATABASE]:.0f}"
    return f"{parts} and the client {micros[_CLIENT]:.0f}, so two cores allow {2 * host / total:.2f}"
