"""Hosts of racers: each is a process group, whose first process starts the others, again if one is killed."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sys
import time
from contextlib import contextmanager, suppress
from multiprocessing import connection
from threading import BrokenBarrierError
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform import LiveformError
from webhelper.links.stores.errors import RefusedError
from webhelper.race.racers import PATIENCE_S, acknowledged, race_in_process

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess
    from multiprocessing.synchronize import Barrier

    from webhelper.race.racers import Race

_LOOK_S: Final = 0.001
_SPAWN: Final = multiprocessing.get_context("spawn")
_FAILED: Final = 1  # exit code of a process whose racers could not go on, and of its host
_GAVE_UP: Final = "the racers could not go on: the store could not be opened, or did not answer; see its log"


class _Host(NamedTuple):
    """A host, and where it is told which of its processes it shall kill, by its place."""

    process: SpawnProcess
    orders: Connection

    def kill(self) -> None:
        """Kill all of its processes, if there are any left."""
        if self.process.is_alive():
            with suppress(ProcessLookupError):
                os.killpg(self.process.ident or 0, signal.SIGKILL)
            self.process.kill()  # before it was the first of its group
        self.process.join()
        self.orders.close()


def run(race: Race, kill_at: Sequence[int]) -> list[str]:
    """Let the racers race, and return the ids of the visits that they were told of, as often as they were.

    Args:
        race: the round.
        kill_at: so many visits are acknowledged when a process, or every second time a host, is killed and
            started again; ascending.

    Raises:
        RefusedError: racers could not go on, so that nothing can be said of the store.
    """
    gate = _SPAWN.Barrier(race.processes + 1)
    hosts: list[_Host] = []
    try:
        for number in range(race.hosts):
            hosts.append(_started(race, number, gate))  # noqa: PERF401 - the first is ended if the next fails
        with suppress(BrokenBarrierError):  # whoever broke it ends as one that failed
            gate.wait(PATIENCE_S)
        for number, count in enumerate(kill_at):
            while any(one.process.is_alive() for one in hosts) and len(acknowledged(race.directory)) < count:
                time.sleep(_LOOK_S)
            _kill_something(race, hosts, number)
        for host in hosts:
            host.process.join()
        if any(host.process.exitcode for host in hosts):
            raise RefusedError(reason=_GAVE_UP)
    finally:
        for host in hosts:  # the race may have been interrupted
            host.kill()
    return acknowledged(race.directory)


def _kill_something(race: Race, hosts: list[_Host], number: int) -> None:
    """Have a process killed, or every second time kill a host, and start it again."""
    place = random.randrange(race.processes)  # noqa: S311 - no secret
    chosen = place % race.hosts
    if number % 2:
        hosts[chosen].kill()
        hosts[chosen] = _started(race, chosen, None)
    else:
        with suppress(BrokenPipeError):  # it has ended
            hosts[chosen].orders.send(place)


def _started(race: Race, number: int, gate: Barrier | None) -> _Host:
    """Start a host. It does not hear of Ctrl-C, for whoever has started it ends it."""
    theirs, ours = _SPAWN.Pipe(duplex=False)
    process = _SPAWN.Process(target=be_host, args=(race, number, gate, theirs))
    with _interrupts_held_back():
        process.start()
    theirs.close()
    return _Host(process, ours)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Hold Ctrl-C back: from this thread for a moment, and from the processes that it starts for good."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def be_host(race: Race, number: int, gate: Barrier | None, orders: Connection) -> None:
    """Be a host: start the process of each of its places, and again whichever was killed.

    Args:
        race: the round.
        number: of the host, from 0.
        gate: where its processes wait for the others; None if the race goes on already.
        orders: brings the places of processes to kill; when it ends, all are killed.
    """
    os.setpgid(0, 0)
    places = range(number, race.processes, race.hosts)
    running = {place: _process(race, place, gate) for place in places}
    has_failed = False
    while running:
        ended = {process.sentinel: place for place, process in running.items()}
        for ready in connection.wait([orders, *ended]):
            if ready is orders:
                _obey(orders, running)
            else:
                place = ended[ready]  # type: ignore[index]  # a number, which is what the others are
                process = running.pop(place)
                process.join()
                if process.exitcode == -signal.SIGKILL:
                    running[place] = _process(race, place, None)
                has_failed |= process.exitcode == _FAILED
    if has_failed:
        sys.exit(_FAILED)


def _process(race: Race, place: int, gate: Barrier | None) -> SpawnProcess:
    process = _SPAWN.Process(target=be_process, args=(race, place, gate))
    process.start()
    return process


def be_process(race: Race, place: int, gate: Barrier | None) -> None:
    """Be a process of a host; end with an exit code, and let nobody wait, if its racers cannot go on."""
    try:
        race_in_process(race, place, gate)
    except (LiveformError, BrokenBarrierError):
        if gate is not None:
            gate.abort()
        sys.exit(_FAILED)


def _obey(orders: Connection, running: dict[int, SpawnProcess]) -> None:
    try:
        place = orders.recv()
    except EOFError:  # whoever has started this host was killed
        for process in running.values():
            process.kill()
        os._exit(1)
    if place in running:
        running[place].kill()
