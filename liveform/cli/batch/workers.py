"""Chunks built in this process, or in several at once; their order is kept.

A chunk goes to another process as it was read, and comes back as it is written, so that little is sent. This
process reads and writes, and builds whenever the others have enough to do. It has no threads: one that
receives would wait for the interpreter while this process builds, and the other process would wait for it.
"""

from __future__ import annotations

import pickle
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from liveform.errors import ConfigError, LiveformError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext

    from liveform.cli.batch.building import BuiltChunk, ChunkBuilder
    from liveform.cli.batch.rows import Chunk

AHEAD: Final = 2  # chunks that another process has, so that it need not wait for the next
WAITING: Final = 12  # built chunks, for each process, that wait for one before them
PIPE_BYTES: Final = 1_048_576  # what Linux gives to anyone who asks
SMALL_BYTES: Final = PIPE_BYTES // 4  # of a chunk that a pipe holds beside another one

_ENDED: Final = "a process was ended, perhaps for want of memory; the same command goes on from here"


def build_in_order(maker: ChunkBuilder, chunks: Iterator[Chunk], jobs: int) -> Iterator[BuiltChunk]:
    """Return what is made of each chunk, in their order.

    Args:
        maker: makes it.
        chunks: read only as far as the processes are ahead of who takes the results.
        jobs: how many processes work, this one included.

    Raises:
        ConfigError: this system has no fork, and a key is never sent from one process to another; or another
            process was ended.
        LiveformError: what ``chunks`` or one of them raises, behind all that was made before.
    """
    if jobs == 1:
        yield from map(maker.make, chunks)
        return
    with _ctrl_c_afterwards():
        import multiprocessing

    if "fork" not in multiprocessing.get_all_start_methods():
        raise ConfigError(("--jobs", "must be 1 on this system"))
    broken: list[LiveformError] = []
    with _workers(maker, jobs - 1) as workers:
        yield from _shared_out(workers, maker, _until_broken(chunks, broken))
    for error in broken:
        raise error


def _until_broken(chunks: Iterator[Chunk], broken: list[LiveformError]) -> Iterator[Chunk]:
    """Each chunk, until one cannot be read; the error waits in ``broken`` for those that are being made."""
    try:
        yield from chunks
    except LiveformError as error:
        broken.append(error)


def _shared_out(workers: list[_Worker], maker: ChunkBuilder, chunks: Iterator[Chunk]) -> Iterator[BuiltChunk]:
    """What is made of each chunk: by a process that has less than it can do, else by this one."""
    places: deque[_Place] = deque()
    for chunk in chunks:
        place = _Place()
        places.append(place)
        if not any(worker.takes(chunk, place) for worker in workers):
            place.made = _made(maker, chunk)
        for worker in workers:
            worker.receive_what_is_ready()
        while places and (places[0].made is not None or len(places) > WAITING * (len(workers) + 1)):
            yield places.popleft().result()
    while places:
        yield places.popleft().result()


class _Place:
    """The place of a chunk in the order: what was made of it, once that is known, and how to wait for it."""

    def __init__(self) -> None:
        self.made: BuiltChunk | LiveformError | None = None
        self.receive: Callable[[], None]

    def result(self) -> BuiltChunk:
        """Return what was made."""
        while self.made is None:
            self.receive()
        if isinstance(self.made, LiveformError):
            raise self.made
        return self.made


class _Worker:
    """Another process, which builds chunks one after the other, and the pipes to it and from it.

    Neither side waits for ever for the other to read: chunks are sent only if the pipe has room for them, or
    while the process waits for one.
    """

    def __init__(self, forking: ForkContext, maker: ChunkBuilder, before: list[_Worker]) -> None:
        tasks, self._tasks = forking.Pipe(duplex=False)
        self._results, results = forking.Pipe(duplex=False)
        self._ahead = AHEAD if _enlarged(self._tasks) and _enlarged(self._results) else min(AHEAD, 1)
        self._places: deque[_Place] = deque()
        ours = [end for worker in (*before, self) for end in (worker._tasks, worker._results)]
        self._process = forking.Process(target=_work, args=(maker, tasks, results, ours), daemon=True)
        self._process.start()  # forked: the maker and its keys are there, and not sent
        tasks.close()
        results.close()

    def takes(self, chunk: Chunk, place: _Place) -> bool:
        """Send a chunk if the process has less than it can do; return whether that is so."""
        if len(self._places) >= self._ahead:
            return False
        data = pickle.dumps(chunk, pickle.HIGHEST_PROTOCOL)
        if self._places and len(data) > SMALL_BYTES:
            return False
        try:
            self._tasks.send_bytes(data)
        except OSError:
            raise ConfigError(("--jobs", _ENDED)) from None
        place.receive = self.receive
        self._places.append(place)
        return True

    def receive_what_is_ready(self) -> None:
        """Take what has come back."""
        while self._places and self._results.poll():
            self.receive()

    def receive(self) -> None:
        """Wait for what is made of the next chunk."""
        try:
            self._places.popleft().made = pickle.loads(self._results.recv_bytes())  # noqa: S301 - our own fork's
        except (EOFError, OSError):
            raise ConfigError(("--jobs", _ENDED)) from None

    def end(self) -> None:
        """Let the process end: it reads that nothing more will come, and cannot write."""
        self._tasks.close()
        self._results.close()
        self._process.join()


@contextmanager
def _workers(maker: ChunkBuilder, count: int) -> Iterator[list[_Worker]]:
    import multiprocessing

    forking = multiprocessing.get_context("fork")
    workers: list[_Worker] = []
    try:
        for _ in range(count):
            with _ctrl_c_afterwards():
                workers.append(_Worker(forking, maker, workers))
        yield workers
    finally:
        for worker in workers:
            worker.end()


@contextmanager
def _ctrl_c_afterwards() -> Iterator[None]:
    """Hold Ctrl-C back until the end of the block: in a fork or an import, Python may drop what it raises.

    To block the signal would not do. Another thread, such as that of the progress bar, would take it.
    """
    import signal
    from threading import current_thread, main_thread

    if current_thread() is not main_thread():  # Ctrl-C interrupts the main thread alone
        yield
        return
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        signal.raise_signal(signal.SIGINT)


def _enlarged(pipe: Connection) -> bool:
    """Whether a pipe has room for what is on the way. Only Linux lets it grow, and not without limit."""
    import fcntl

    try:
        return fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES) >= PIPE_BYTES
    except (AttributeError, OSError):
        return False


def _work(maker: ChunkBuilder, tasks: Connection, results: Connection, others: list[Connection]) -> None:
    """Build chunks until none comes any more, be it that all are built or that the parent was killed.

    ``others`` are the parent's ends of pipes. Open here too, they would hide that it has ended.
    """
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all: the parent ends the others
    for end in others:
        end.close()
    try:
        while True:
            made = _made(maker, pickle.loads(tasks.recv_bytes()))  # noqa: S301 - from our parent
            results.send_bytes(pickle.dumps(made, pickle.HIGHEST_PROTOCOL))
    except (EOFError, OSError):
        return


def _made(maker: ChunkBuilder, chunk: Chunk) -> BuiltChunk | LiveformError:
    """What is made of a chunk; or an error, which waits for what is before it."""
    try:
        return maker.make(chunk)
    except LiveformError as error:
        return error
