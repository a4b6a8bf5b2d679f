"""Chunks built in this process, or in several at once; their order is kept.

A chunk goes to another process as it was read, and comes back as it is written, so that little is sent. This
process reads, writes, and builds too whenever the others have enough to do: two keep two cores busy.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from liveform.errors import ConfigError, LiveformError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing.process import BaseProcess

    from liveform.cli.batch.building import BuiltChunk, ChunkBuilder
    from liveform.cli.batch.rows import Chunk

SENT_AHEAD: Final = 3  # chunks for each other process
WAITING: Final = 12  # built chunks, for each process, that wait for one before them


def build_in_order(maker: ChunkBuilder, chunks: Iterator[Chunk], jobs: int) -> Iterator[BuiltChunk]:
    """Return what is made of each chunk, in their order.

    Args:
        maker: makes it.
        chunks: read only as far as the processes are ahead of who takes the results.
        jobs: how many processes work, this one included.

    Raises:
        ConfigError: this system has no fork, and a key is never sent from one process to another.
        LiveformError: what ``chunks`` or one of them raises, behind all that was made before.
    """
    if jobs == 1:
        yield from map(maker.make, chunks)
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    if "fork" not in multiprocessing.get_all_start_methods():
        raise ConfigError(("--jobs", "must be 1 on this system"))
    forking = multiprocessing.get_context("fork")  # the maker and its keys are there, and not pickled
    broken: list[LiveformError] = []
    with ProcessPoolExecutor(jobs - 1, mp_context=forking, initializer=_adopt, initargs=(maker,)) as pool:
        yield from _shared_out(pool, maker, _until_broken(chunks, broken), jobs)
    for error in broken:
        raise error


def _shared_out(
    pool: ProcessPoolExecutor, maker: ChunkBuilder, chunks: Iterator[Chunk], jobs: int
) -> Iterator[BuiltChunk]:
    """What is made of each chunk: by another process while it has less than it can do, else by this one."""
    waiting: deque[Future[BuiltChunk]] = deque()
    for chunk in chunks:
        if sum(not built.done() for built in waiting) < SENT_AHEAD * (jobs - 1):
            waiting.append(pool.submit(_make, chunk))
        else:
            waiting.append(_made_here(maker, chunk))
        while waiting and (waiting[0].done() or len(waiting) > WAITING * jobs):
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _made_here(maker: ChunkBuilder, chunk: Chunk) -> Future[BuiltChunk]:
    """What this process makes of a chunk; an error waits for what is before it."""
    from concurrent.futures import Future

    made: Future[BuiltChunk] = Future()
    try:
        made.set_result(maker.make(chunk))
    except LiveformError as error:
        made.set_exception(error)
    return made


def _until_broken(chunks: Iterator[Chunk], broken: list[LiveformError]) -> Iterator[Chunk]:
    """Each chunk, until one cannot be read; the error waits in ``broken`` for those that are being made."""
    try:
        yield from chunks
    except LiveformError as error:
        broken.append(error)


_adopted: list[ChunkBuilder] = []  # in a worker process: its one maker


def _adopt(maker: ChunkBuilder) -> None:
    import multiprocessing
    import signal
    import threading

    _adopted.append(maker)
    parent = multiprocessing.parent_process()
    if parent is not None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all: the parent ends the others
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    """End when the parent does. After a kill nobody else would tell, and this process knows the keys."""
    import os

    parent.join()
    os._exit(1)


def _make(chunk: Chunk) -> BuiltChunk:
    return _adopted[0].make(chunk)
