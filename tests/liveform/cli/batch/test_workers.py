"""Tests of liveform.cli.batch.workers, which shares chunks out among processes."""

import builtins
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, NamedTuple

import pytest

from liveform import ConfigError, MalformedError, Project
from liveform.batch import RowBuilder
from liveform.cli.batch import workers
from liveform.cli.batch.building import ChunkBuilder
from liveform.cli.batch.rows import Row, RowsChunk
from liveform.cli.batch.workers import build_in_order
from liveform.cli.batch.writing.json_lines import JsonLines

COLUMNS = ("userid",)


def maker() -> ChunkBuilder:
    """Return a builder of plain URLs, written as JSON Lines."""
    return ChunkBuilder(RowBuilder(Project("abc123de45")), JsonLines(COLUMNS, "url", as_it_came=False))


def chunks(count: int) -> Iterator[RowsChunk]:
    """Yield chunks of one row each."""
    for number in range(count):
        yield RowsChunk(COLUMNS, [Row(COLUMNS, (f"u{number}",))])


class BrokenChunk(NamedTuple):
    """A chunk of which nobody can say where its rows begin."""

    columns: tuple[str, ...] | None = COLUMNS

    def rows(self) -> list[Row]:
        """Refuse, as CSV with an odd quote does."""
        raise MalformedError("IN: line 7")


def users(jobs: int, of: Iterator[Any]) -> list[str]:
    """Return the user of each line that is built, in order."""
    return [made.encoded.decode().split('"')[3] for made in build_in_order(maker(), of, jobs)]


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_chunks_keep_their_order(jobs: int) -> None:
    """What is made of chunks comes out in their order, from one process or from several."""
    assert users(jobs, chunks(200)) == [f"u{number}" for number in range(200)]


@pytest.mark.parametrize("jobs", [2, 3])
def test_this_process_builds_what_the_others_do_not_take(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads and writes builds what the others have no time for."""
    monkeypatch.setattr(workers, "AHEAD", 0)
    assert len(users(jobs, chunks(20))) == 20


@pytest.mark.parametrize("size", [10, 1_000_000])
def test_chunks_of_any_size_come_and_go(size: int) -> None:
    """Chunks that are larger than a pipe are built as well, and no side waits for the other for ever."""
    large = (
        RowsChunk(("userid", "cf1"), [Row(("userid", "cf1"), (f"u{number}", "x" * size))])
        for number in range(12)
    )
    refused = [len(made.refused) for made in build_in_order(maker(), large, 3)]
    assert refused == [0 if size == 10 else 1] * 12


def test_results_of_any_size_come_back() -> None:
    """What is made of a chunk may be larger than a pipe."""
    rows = [Row(COLUMNS, (f"u{number}",)) for number in range(20_000)]
    made = [*build_in_order(maker(), iter([RowsChunk(COLUMNS, rows)] * 6), 2)]
    assert [one.rows for one in made] == [20_000] * 6
    assert all(len(one.encoded) > workers.PIPE_BYTES for one in made)


@pytest.mark.parametrize("problem", [OSError(1, "Operation not permitted"), AttributeError("F_SETPIPE_SZ")])
def test_pipes_that_stay_small_are_used_too(problem: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a pipe cannot grow, a chunk is sent only to a process that waits for one."""

    def refuse(*_: object) -> int:
        raise problem

    monkeypatch.setattr("fcntl.fcntl", refuse)
    assert users(3, chunks(50)) == [f"u{number}" for number in range(50)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_chunks_are_read_only_a_little_ahead(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only as many chunks are read ahead of the results as may wait."""
    monkeypatch.setattr(workers, "WAITING", 2)
    read = 0

    def counted() -> Iterator[RowsChunk]:
        nonlocal read
        for chunk in chunks(100):
            read += 1
            yield chunk

    for done, _ in enumerate(build_in_order(maker(), counted(), jobs), 1):
        assert read <= done + 2 * jobs + 1


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("ahead", [0, 2])
def test_error_comes_behind_all_that_was_before_it(
    jobs: int, ahead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chunk that cannot be read, or taken apart, ends the run behind the chunks before it."""
    monkeypatch.setattr(workers, "AHEAD", ahead)

    def breaking_off() -> Iterator[RowsChunk]:
        yield from chunks(5)
        raise MalformedError("IN: line 7")

    def with_a_broken_one() -> Iterator[Any]:
        yield from chunks(5)
        yield BrokenChunk()
        yield from chunks(5)

    for source in (breaking_off(), with_a_broken_one()):
        made = build_in_order(maker(), source, jobs)
        assert [next(made).rows for _ in range(5)] == [1] * 5
        with pytest.raises(MalformedError, match="line 7"):
            next(made)


@pytest.fixture
def other_thread() -> Iterator[None]:
    """Let another thread run, which the system may hand a signal to."""
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    yield
    ended.set()
    thread.join()


@pytest.mark.usefixtures("other_thread")
def test_interruption_during_a_fork_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while a process starts interrupts once it has started: Python would drop it before."""  # B17
    started: list[str] = []

    class Worker:
        def __init__(self, *_: object) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)  # whichever thread gets the signal, Python acts on it here
            started.append("start")

        def end(self) -> None:
            started.append("end")

    monkeypatch.setattr(workers, "_Worker", Worker)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), workers._workers(maker(), 2):
            raise AssertionError
    finally:
        signal.signal(signal.SIGINT, before)
    assert started == ["start", "end"]


def test_interruption_during_an_import_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while modules are imported interrupts afterwards: the import itself may drop it."""  # B17
    whole = builtins.__import__

    def dropping(name: str, *rest: Any) -> Any:
        if name == "multiprocessing":
            with suppress(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
        return whole(name, *rest)

    monkeypatch.setattr(builtins, "__import__", dropping)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            next(build_in_order(maker(), chunks(1), 2))
    finally:
        signal.signal(signal.SIGINT, before)


def test_processes_start_from_any_thread() -> None:
    """Outside the main thread, which alone is interrupted, no handler of Ctrl-C is set."""

    def handler_inside() -> object:
        with workers._ctrl_c_afterwards():
            return signal.getsignal(signal.SIGINT)

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(handler_inside).result() is signal.getsignal(signal.SIGINT)


def test_process_builds_until_its_pipe_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process ignores Ctrl-C, and ends when the pipe of its parent does."""  # B17
    ignored: list[tuple[object, ...]] = []
    monkeypatch.setattr("signal.signal", lambda *what: ignored.append(what))
    tasks, ours = multiprocessing.Pipe(duplex=False)
    other, results = multiprocessing.Pipe(duplex=False)
    third, _ = multiprocessing.Pipe(duplex=False)
    for chunk in (next(chunks(1)), BrokenChunk()):
        ours.send(chunk)
    ours.close()
    workers._work(maker(), tasks, results, [third])
    assert b"userid=u0" in other.recv().encoded
    assert isinstance(other.recv(), MalformedError)
    assert ignored == [(signal.SIGINT, signal.SIG_IGN)]
    assert third.closed


class DeadlyChunk(NamedTuple):
    """A chunk that ends every process but the one that the tests run in."""

    parent: int
    columns: tuple[str, ...] | None = COLUMNS

    def rows(self) -> list[Row]:
        """End like a process that the system kills for want of memory."""
        if os.getpid() != self.parent:
            os._exit(1)
        return []


def test_process_that_is_ended_is_told() -> None:
    """A process that the system ends is told with what to do, whether it is written to or read from."""
    deadly = (DeadlyChunk(os.getpid()) for _ in range(100))
    with pytest.raises(ConfigError, match="--jobs: a process was ended, perhaps for want of memory"):
        list(build_in_order(maker(), deadly, 2))


def test_process_that_has_ended_takes_no_chunk() -> None:
    """A chunk for a process that has ended is told in the same words."""
    with workers._workers(maker(), 1) as (worker,):
        worker._process.terminate()
        worker._process.join()
        with pytest.raises(ConfigError, match="--jobs: a process was ended"):
            worker.takes(next(chunks(1)), workers._Place())


def test_several_processes_need_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """``--jobs`` must be 1 on a system without fork."""
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    with pytest.raises(ConfigError, match="--jobs: must be 1"):
        next(build_in_order(maker(), chunks(1), 2))
