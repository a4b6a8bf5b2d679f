"""This module receives and works webhooks, and draws token ids, in processes that share one store."""

from __future__ import annotations

import multiprocessing
import os
import random
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from racing import PATIENCE_S
from sites import KEY, NOW
from store_values import link_spec, new_event

from webhelper.errors import EmptyPoolError
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.outbox import Sink
from webhelper.links.stores.sqlite.files import back_up
from webhelper.links.stores.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

LEASE_S = 60


@contextmanager
def quick_store(directory: Path) -> Iterator[SqliteStore]:
    """Lend a store that does not wait for the disk: a process that is killed loses nothing by that."""
    store = SqliteStore(directory / "links.db", Sealer([KEY]), retention_days=90, sinks=[Sink.HANDLERS])
    with store._connections.reading() as connection:  # of one thread, and so the only one
        connection.execute("PRAGMA synchronous = OFF")
    yield store
    store.close()


def deliver_and_work(directory: Path, events: int, times: int, finishes: int) -> list[int]:
    """Deliver each event so many times in any order, and work some; return the numbers of those finished."""
    deliveries = [*range(events)] * times
    random.shuffle(deliveries)
    finished: list[int] = []
    with quick_store(directory) as store:
        for count, number in enumerate(deliveries):
            store.inbox.receive(new_event(number), now=NOW)
            if len(finished) < finishes * count // len(deliveries):
                finished += work_one(store, now=NOW)
    return finished


def work_the_rest(directory: Path, now: float) -> list[int]:
    """Work events until none is due, and return the numbers of those finished."""
    finished: list[int] = []
    with quick_store(directory) as store:
        while worked := work_one(store, now=now):
            finished += worked
    return finished


def work_one(store: SqliteStore, *, now: float) -> list[int]:
    """Work the event that is due longest, and return its number if it was finished."""
    lease = store.inbox.lease(now=now, lease_s=LEASE_S)
    done = lease is not None and store.inbox.finish(lease, None, now=now)
    return [lease.kept.number] if lease is not None and done else []


@contextmanager
def dying_workers(directory: Path, *, count: int, leases: int) -> Iterator[list[int]]:
    """Kill workers between their leases and their ends, and yield the numbers of the events they had."""
    context = multiprocessing.get_context("spawn")
    held: list[int] = []
    workers = []
    for _ in range(count):
        ours, theirs = context.Pipe()
        workers.append((context.Process(target=_lease_and_wait, args=(directory, leases, theirs)), ours))
        workers[-1][0].start()
    try:
        yield held
        for _, ours in workers:
            held += ours.recv()
    finally:
        for worker, _ in workers:
            worker.kill()
            worker.join(PATIENCE_S)


def _lease_and_wait(directory: Path, leases: int, pipe: Connection) -> None:
    with quick_store(directory) as store:
        held = [store.inbox.lease(now=NOW, lease_s=LEASE_S) for _ in range(leases)]
        pipe.send([lease.kept.number for lease in held if lease is not None])
        pipe.recv()  # until it is killed


def draw_token_ids(directory: Path, links: int) -> list[str | None]:
    """Create links, and return the token id that each drew; None where none was left."""
    drawn: list[str | None] = []
    with quick_store(directory) as store:
        for _ in range(links):
            try:
                link, _ = store.create(link_spec(), now=NOW, draws_token_id=True)
            except EmptyPoolError:
                drawn.append(None)
            else:
                drawn.append(link.spec.token_id)
    return drawn


def create_while_copied(directory: Path) -> tuple[int, int, int]:
    """Create links and copy the store in turn, several times.

    Returns:
        How many links of this process were acknowledged and are missing in a later copy, how many copies
        there were, and how many links were created.
    """
    missing = 0
    created: set[str] = set()
    own = str(os.getpid())
    with quick_store(directory) as store:
        for number in range(5):
            for _ in range(40):
                label = f"{own}-{len(created)}"
                store.create(link_spec(label=label), now=NOW)
                created.add(label)
            copy = directory / f"copy-{own}-{number}.db"
            back_up(directory / "links.db", copy)
            with closing(sqlite3.connect(copy)) as connection:
                found = {label for (label,) in connection.execute("SELECT label FROM links")}
            missing += len(created - found)
    return missing, 5, len(created)
