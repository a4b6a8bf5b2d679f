"""This module receives and works webhooks, and draws token ids, in processes that share one store."""

from __future__ import annotations

import multiprocessing
import os
import random
import secrets
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from racing import PATIENCE_S, in_threads
from sites import NOW, new_visit, open_store
from store_values import link_spec, new_event
from stores import quicken

from webhelper.errors import EmptyPoolError, StoreError, UsedUpError
from webhelper.links.stores.outbox import Sink
from webhelper.links.stores.sqlite.files import back_up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

    from webhelper.links.stores.base import Store

LEASE_S = 60


@contextmanager
def quick_store(place: Path | str) -> Iterator[Store]:
    """Lend a store that does not wait for the disk: a process that is killed loses nothing by that."""
    store = open_store(place, sinks=[Sink.HANDLERS])
    quicken(store)  # one thread uses it, and so one connection
    yield store
    store.close()


def deliver_and_work(place: Path | str, events: int, times: int, finishes: int) -> list[int]:
    """Deliver each event so many times in any order, and work some; return the numbers of those finished."""
    deliveries = [*range(events)] * times
    random.shuffle(deliveries)
    finished: list[int] = []
    with quick_store(place) as store:
        for count, number in enumerate(deliveries):
            store.inbox.receive(new_event(number), now=NOW)
            if len(finished) < finishes * count // len(deliveries):
                finished += work_one(store, now=NOW)
    return finished


def work_the_rest(place: Path | str, now: float) -> list[int]:
    """Work events until none is due, and return the numbers of those finished."""
    finished: list[int] = []
    with quick_store(place) as store:
        while worked := work_one(store, now=now):
            finished += worked
    return finished


def work_one(store: Store, *, now: float) -> list[int]:
    """Work the event that is due longest, and return its number if it was finished."""
    lease = store.inbox.lease(now=now, lease_s=LEASE_S)
    done = lease is not None and store.inbox.finish(lease, None, now=now)
    return [lease.kept.number] if lease is not None and done else []


@contextmanager
def dying_workers(place: Path | str, *, count: int, leases: int) -> Iterator[list[int]]:
    """Kill workers between their leases and their ends, and yield the numbers of the events they had."""
    context = multiprocessing.get_context("spawn")
    held: list[int] = []
    workers = []
    for _ in range(count):
        ours, theirs = context.Pipe()
        workers.append((context.Process(target=_lease_and_wait, args=(place, leases, theirs)), ours))
        workers[-1][0].start()
    try:
        yield held
        for _, ours in workers:
            held += ours.recv()
    finally:
        for worker, _ in workers:
            worker.kill()
            worker.join(PATIENCE_S)


def _lease_and_wait(place: Path | str, leases: int, pipe: Connection) -> None:
    with quick_store(place) as store:
        held = [store.inbox.lease(now=NOW, lease_s=LEASE_S) for _ in range(leases)]
        pipe.send([lease.kept.number for lease in held if lease is not None])
        pipe.recv()  # until it is killed


def draw_token_ids(place: Path | str, links: int) -> list[str | None]:
    """Create links, and return the token id that each drew; None where none was left."""
    drawn: list[str | None] = []
    with quick_store(place) as store:
        for _ in range(links):
            try:
                link, _ = store.create(link_spec(), now=NOW, draws_token_id=True)
            except EmptyPoolError:
                drawn.append(None)
            else:
                drawn.append(link.spec.token_id)
    return drawn


def race(place: Path | str, payloads: list[bytes], threads: int, browser: bytes | None) -> list[list[str]]:
    """Open links by so many threads at once, and return the visits that each link gave to them.

    Args:
        place: of the store.
        payloads: of the links; every thread opens all of them, in this order.
        threads: how many.
        browser: of all of them; None gives each its own.
    """
    store = open_store(place)

    def open_all(_: int) -> list[str | None]:
        own = secrets.token_bytes(32) if browser is None else browser
        return [_visit(store, payload, own) for payload in payloads]

    given = in_threads(threads, open_all)
    store.close()
    return [[one for one in of_link if one is not None] for of_link in zip(*given, strict=True)]


def _visit(store: Store, payload: bytes, browser: bytes) -> str | None:
    """Open a link; who is refused because too many wait for their turn asks again, as after a 503."""
    link = store.find(payload)
    while True:
        try:
            return store.visit(link, new_visit(link), browser=browser).id
        except UsedUpError:
            return None
        except StoreError as error:
            if error.__cause__ is not None:
                raise


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
