"""These tests start hosts of racers, kill some, and interrupt a race."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from naive_store import open_sound
from racing import PATIENCE_S
from sites import NOW
from store_values import link_spec

from webhelper.errors import StoreError
from webhelper.race import hosts
from webhelper.race.racers import Race, acknowledged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINKS = 30


@pytest.fixture
def race(tmp_path: Path) -> Iterator[Race]:
    """Return a round of two racers on one host, each in a process of its own."""
    (tmp_path / "told").mkdir()
    store = open_sound(tmp_path)
    links = [store.create(link_spec(), now=NOW)[0] for _ in range(LINKS)]
    yield Race(
        open_store=partial(open_sound, tmp_path),
        payloads=[link.payload for link in links],
        browser=None,
        now=NOW,
        racers=2,
        processes=2,
        hosts=1,
        directory=tmp_path / "told",
    )
    store.close()


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process be a host, and stay in its own process group."""
    monkeypatch.setattr(os, "setpgid", lambda *_: None)


def test_host_is_a_process_group(race: Race) -> None:
    """A host is killed with its processes; whoever waits for it hears that it has ended."""
    gate = hosts._SPAWN.Barrier(2)  # one more than come
    host = hosts._started(race, 0, gate)
    while host.process.is_alive() and os.getpgid(host.process.ident or 0) == os.getpgid(0):
        pass
    host.kill()
    assert host.process.exitcode == -signal.SIGKILL
    host.process.close()


@pytest.mark.usefixtures("in_this_process")
def test_process_that_is_killed_is_started_again(race: Race) -> None:
    """A host is told which process to kill, kills it, and starts it again without the gate."""
    theirs, ours = hosts._SPAWN.Pipe(duplex=False)
    gate = hosts._SPAWN.Barrier(3)  # never opens, so that a process that races was started again
    ours.send(0)
    ours.send(1)
    ours.send(7)  # there is no such process
    hosts.be_host(race, 0, gate, theirs)
    assert len(acknowledged(race.directory)) == LINKS
    ours.close()
    theirs.close()


@pytest.mark.usefixtures("in_this_process")
def test_host_ends_with_whoever_has_started_it(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the race was killed, its hosts kill their processes, and end."""
    theirs, ours = hosts._SPAWN.Pipe(duplex=False)
    ours.close()
    started: list[Any] = []
    known = hosts._process

    def process(*args: Any) -> Any:
        started.append(known(*args))
        return started[-1]

    def leave(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(hosts, "_process", process)
    monkeypatch.setattr(os, "_exit", leave)
    with pytest.raises(SystemExit):
        hosts.be_host(race, 0, hosts._SPAWN.Barrier(3), theirs)
    for one in started:
        one.join()
        assert one.exitcode == -signal.SIGKILL
    theirs.close()


@pytest.fixture
def hopeless(race: Race, tmp_path: Path) -> Race:
    """Return a round whose racers cannot open their store."""
    return replace(race, open_store=partial(open_sound, tmp_path / "missing"))


@pytest.mark.parametrize("gate", [threading.Barrier(2), None])
def test_process_whose_racers_cannot_go_on_lets_nobody_wait(hopeless: Race, gate: Any) -> None:
    """A process that cannot open the store ends with 1, and opens the gate for those that wait there."""
    with pytest.raises(SystemExit) as caught:
        hosts.be_process(hopeless, 0, gate)
    assert caught.value.code == 1
    assert gate is None or gate.broken


@pytest.mark.usefixtures("in_this_process")
def test_host_ends_as_its_processes_do(hopeless: Race) -> None:
    """A host of which a process could not go on ends with 1 once all of them have ended."""
    theirs, ours = hosts._SPAWN.Pipe(duplex=False)
    with pytest.raises(SystemExit) as caught:
        hosts.be_host(hopeless, 0, hosts._SPAWN.Barrier(3), theirs)
    assert caught.value.code == 1
    ours.close()
    theirs.close()


def test_race_that_cannot_go_on_is_an_error_and_no_result(hopeless: Race) -> None:
    """If racers could not reach the store, nothing is said of the store."""
    with pytest.raises(StoreError, match="the racers could not go on"):
        hosts.run(hopeless, [])


def test_race_that_is_interrupted_leaves_no_process(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends the race, and every host with it."""
    begun: list[hosts._Host] = []
    known = hosts._started

    def started(*args: Any) -> hosts._Host:
        begun.append(known(*args))
        return begun[-1]

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(hosts, "_started", started)
    monkeypatch.setattr(hosts, "_kill_something", interrupted)
    with pytest.raises(KeyboardInterrupt):
        hosts.run(race, [0])
    assert [one.process.is_alive() for one in begun] == [False]


def test_hosts_do_not_hear_of_an_interrupt() -> None:
    """What starts while Ctrl-C is held back never gets it; this thread does afterwards."""
    seen = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: seen.set())
    try:
        with hosts._interrupts_held_back():
            assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())
            signal.raise_signal(signal.SIGINT)  # to this thread
            assert not seen.is_set()
        assert seen.wait(PATIENCE_S)
    finally:
        signal.signal(signal.SIGINT, before)


def test_order_for_a_host_that_has_ended_is_void(race: Race) -> None:
    """A process that has raced to its end cannot be killed any more."""
    theirs, ours = hosts._SPAWN.Pipe(duplex=False)
    theirs.close()
    hosts._kill_something(race, [hosts._Host(hosts._SPAWN.Process(), ours)], 0)
    ours.close()
