"""This module runs the same work many times at the same moment, in threads and in processes."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from messages import open_messages
from sites import KEY, NOW, Clock, link_request, link_service, open_store
from store_values import use_code

from liveform import LiveformError
from webhelper.background import Background, Work
from webhelper.links.signing.sealing import Sealer
from webhelper.links.stores.lists import Filter
from webhelper.links.stores.outbox import Sink
from webhelper.links.stores.stateless import StatelessStore
from webhelper.messages.handlers import Handlers
from webhelper.messages.messenger import Messenger
from webhelper.messages.signals import outcome_confirmed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.synchronize import Barrier
    from pathlib import Path

    from webhelper.messages.signals import OutcomeMessage

T = TypeVar("T")
PATIENCE_S = 60  # for a machine that hangs; nothing waits that long

_gate: list[Barrier] = []  # of this process, if it is one of the racers


def in_threads(count: int, run: Callable[[int], T]) -> list[T]:
    """Return what ``run(0)`` to ``run(count - 1)`` return; they start together, each in a thread."""
    gate = threading.Barrier(count)

    def start(number: int) -> T:
        gate.wait(PATIENCE_S)
        return run(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(start, range(count)))


@contextmanager
def processes(count: int) -> Iterator[Callable[..., list[Any]]]:
    """Yield a starter: ``start(run, *arguments)`` returns what ``run`` returns in each of the processes.

    They are fresh interpreters (spawn). ``run`` is a function of a module in ``tests/support``.
    """
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(count)
    with ProcessPoolExecutor(count, context, initializer=_enter, initargs=(gate,)) as pool:

        def start(run: Callable[..., Any], *arguments: Any) -> list[Any]:
            tasks = [pool.submit(_start, partial(run, *arguments)) for _ in range(count)]
            return [task.result(PATIENCE_S) for task in tasks]

        yield start


def _enter(gate: Barrier) -> None:
    _gate.append(gate)


def _start(run: Callable[[], T]) -> T:
    _gate[0].wait(PATIENCE_S)
    return run()


def outcome_of(run: Callable[[], object]) -> str:
    """Return ``"won"``, or the code of the LiveformError that ``run`` raises."""
    try:
        run()
    except LiveformError as error:
        return error.code
    return "won"


def redeem(place: Path | str, token: str, browser: bytes | None = None) -> str:
    """Open the store, redeem a token once, and return ``"won"`` or the code of the error."""
    store = open_store(place)
    try:
        service = link_service(place, Clock(), store)
        return outcome_of(lambda: service.redeem(service.find(token), browser))
    finally:
        store.close()


def use_once(place: Path | str, code: str) -> str:
    """Open the store, use a code once, and return ``"won"`` or ``"spent"``."""
    store = open_store(place)
    try:
        return "won" if use_code(store, code, now=NOW) else "spent"
    finally:
        store.close()


def open_and_create(place: Path | str) -> str:
    """Open the store, which may be new, create a link, and return its token."""
    store = open_store(place)
    try:
        service = link_service(place, Clock(), store)
        return service.token(service.create(link_request(), by="racer")[0])
    finally:
        store.close()


def count_links(place: Path | str) -> int:
    """Open the store, close it again, and return the number of its links."""
    store = open_store(place)
    try:
        return len(store.page(Filter(), now=NOW, limit=1000).links)
    finally:
        store.close()


def redeem_on_both_sides_of_a_fork(directory: Path, tokens: tuple[str, str]) -> tuple[int, str, int]:
    """Open the store, fork, redeem the first token in the child and the second in the parent.

    Returns:
        The child's exit status (0: it won, with a connection of its own), how it went in the parent, and
        how many links the parent then sees.
    """
    store = open_store(directory)
    service = link_service(directory, Clock(), store)
    service.find(tokens[0])  # a connection lies idle now
    (parents,) = store._connections._idle  # type: ignore[attr-defined]  # it is a SqliteStore
    child = os.fork()
    if child == 0:
        won = outcome_of(lambda: service.redeem(service.find(tokens[0]))) == "won"
        own = store._connections._idle  # type: ignore[attr-defined]
        os._exit(0 if won and len(own) == 1 and own[0] is not parents else 1)
    _, status = os.waitpid(child, 0)
    went = outcome_of(lambda: service.redeem(service.find(tokens[1])))
    seen = len(store.page(Filter(), now=NOW, limit=100).links)
    store.close()
    return status, went, seen


def redeem_on_both_sides_of_a_fork_in_postgresql(url: str, tokens: tuple[str, str]) -> tuple[int, str, int]:
    """Do the same with a PostgreSQL store, whose child must open a pool of its own."""
    store = open_store(url)
    service = link_service(url, Clock(), store)
    service.find(tokens[0])  # a connection lies idle now
    pool = store._connections._pool  # type: ignore[attr-defined]  # it is a PostgresqlStore
    parents = pool._connections
    child = os.fork()
    if child == 0:
        won = outcome_of(lambda: service.redeem(service.find(tokens[0]))) == "won"
        os._exit(0 if won and pool._connections is not parents else 1)
    _, status = os.waitpid(child, 0)
    went = outcome_of(lambda: service.redeem(service.find(tokens[1])))
    seen = len(store.page(Filter(), now=NOW, limit=100).links)
    store.close()
    return status, went, seen


def deliver_until_killed(directory: Path, begun: Path) -> None:
    """Take a message to a handler that never returns; the handler writes the id of the message to a file."""

    def hang(_: str, message: OutcomeMessage) -> None:
        begun.with_suffix(".new").write_text(message.id, encoding="utf-8")
        begun.with_suffix(".new").rename(begun)
        threading.Event().wait(PATIENCE_S)

    outcome_confirmed.connect(hang)
    store = open_messages(directory)
    Messenger(store.outbox, Sink.HANDLERS, Handlers(store)).deliver_one(NOW)


def work_on_both_sides_of_a_fork() -> tuple[int, int]:
    """Start a background, fork while its threads run, and wake it in the child and in the parent.

    Returns:
        The child's exit status (0: its own threads did the work and ended), and how often the parent's did.
    """
    looks = threading.Semaphore(0)

    def look(_: float) -> bool:
        looks.release()
        return False

    background = Background(
        [Work("work", look)],
        [],
        leases=StatelessStore(Sealer([KEY])).leases,
        clock=Clock(),
    )
    background.start()
    looks.acquire(timeout=PATIENCE_S)
    child = os.fork()
    if child == 0:
        background.wake()
        worked = looks.acquire(timeout=PATIENCE_S)
        background.stop()
        os._exit(0 if worked and threading.active_count() == 1 else 1)
    _, status = os.waitpid(child, 0)
    background.wake()
    worked_here = int(looks.acquire(timeout=PATIENCE_S))
    background.stop()
    return status, worked_here
