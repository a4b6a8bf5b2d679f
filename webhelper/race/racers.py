"""A process full of racers, each of which tries to use every link.

What a store acknowledged, a racer writes into a file at once, so that a process that is killed has told it.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from webhelper.errors import StoreError, UsedUpError
from webhelper.links.models import Visit
from webhelper.links.visit_ids import new_visit_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.synchronize import Barrier
    from pathlib import Path

    from webhelper.links.models import Link
    from webhelper.links.stores.base import Store

_BROWSER_BYTES: Final = 32
_TRIES: Final = 100  # of one use, as long as the store cannot be reached
PATIENCE_S: Final = 120.0  # until all processes have started


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """One round: who races for what. It goes to other processes, so all of it can be pickled.

    Attributes:
        open_store: opens the store.
        payloads: of the links' tokens.
        browser: that all racers share; None gives each racer one of its own.
        now: Unix time of all visits.
        racers: how many race for each link.
        processes: that share the racers.
        hosts: that share the processes.
        directory: of the files with what was acknowledged.
    """

    open_store: Callable[[], Store]
    payloads: Sequence[bytes]
    browser: bytes | None
    now: float
    racers: int
    processes: int
    hosts: int
    directory: Path


def acknowledged(directory: Path) -> list[str]:
    """Return the visits that are written in the files of racers; a line that was not finished is none."""
    texts = [path.read_text(encoding="ascii") for path in directory.iterdir()]
    return [line for text in texts for line in text.split("\n")[:-1]]


def race_in_process(race: Race, place: int, gate: Barrier | None) -> None:
    """Be one of the processes: open the store, wait for the others, and let this one's racers race."""
    racers = len(range(place, race.racers, race.processes))
    told = os.open(race.directory / str(os.getpid()), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with closing(race.open_store()) as store, ThreadPoolExecutor(max(1, racers)) as pool:
        links = [store.find(payload) for payload in race.payloads]
        if gate is not None:
            gate.wait(PATIENCE_S)
        beside = threading.Barrier(max(1, racers))
        for done in [pool.submit(_race_alone, store, race, links, told, beside) for _ in range(racers)]:
            done.result()
    os.close(told)


def _race_alone(
    store: Store, race: Race, links: Sequence[Link], told: int, beside: threading.Barrier
) -> None:
    """Be one racer: try to use every link at the same moment as the others of this process."""
    browser = os.urandom(_BROWSER_BYTES) if race.browser is None else race.browser
    try:
        for link in links:
            visit = Visit(id=new_visit_id(link.id, race.now), link_id=link.id, at=race.now)
            beside.wait(PATIENCE_S)
            got = _use(store, link, visit, browser)
            if got is not None:
                os.write(told, f"{got.id}\n".encode())
    except BaseException:
        beside.abort()  # the others would wait for this one
        raise


def _use(store: Store, link: Link, visit: Visit, browser: bytes) -> Visit | None:
    """Try one use, again with the same visit if the store did not answer; None if the link is used up."""
    for left in reversed(range(_TRIES)):
        try:
            return store.visit(link, visit, browser=browser)
        except UsedUpError:
            return None
        except StoreError:
            if not left:
                raise
    return None  # pragma: no cover
