"""Tests of the background threads: they wait for what happens by events, not by time."""

from __future__ import annotations

import atexit
import logging
import os
import threading
from functools import partial
from threading import Event, Semaphore, Thread
from typing import TYPE_CHECKING, Any

import pytest
from racing import processes, work_on_both_sides_of_a_fork
from sites import NOW, Clock

from webhelper import background as module
from webhelper.background import MOST_SOON, Background, Job, Work
from webhelper.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WAIT_S = 30


class Leases:
    """Leases that everybody gets; ``released`` has the names of those that were given back."""

    def __init__(self, error: Exception | None = None) -> None:
        self.released: list[str] = []
        self._error = error

    def acquire(self, job: str, holder: str, *, now: float, lease_s: float) -> bool:
        """See ``LeaseStore``."""
        return True

    def release(self, job: str, holder: str) -> None:
        """See ``LeaseStore``."""
        self.released.append(job)
        if self._error is not None:
            raise self._error


class Counted:
    """Work of which there is a given number of pieces, and which says when it was looked at."""

    def __init__(self, pieces: int = 0) -> None:
        self.looked = Semaphore(0)
        self.pieces = pieces
        self.times: list[float] = []

    def do_one(self, now: float) -> bool:
        """Do a piece, if there is one left."""
        self.times.append(now)
        self.pieces -= 1
        self.looked.release()
        return self.pieces >= 0

    def wait(self) -> None:
        """Return once it has been looked at once more."""
        assert self.looked.acquire(timeout=WAIT_S)


@pytest.fixture
def make() -> Iterator[Callable[..., Background]]:
    """Return a maker of backgrounds, all of which are stopped at the end."""
    made: list[Background] = []

    def one(*works: Work, **options: Any) -> Background:
        jobs, leases = options.pop("jobs", ()), options.pop("leases", Leases())
        made.append(Background(works, jobs, leases=leases, clock=Clock(), **options))
        return made[-1]

    yield one
    for each in made:
        each.stop()


def threads() -> set[str]:
    """Return the names of the running threads of any background."""
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("liveform ")}


def test_nothing_runs_before_the_start(make: Callable[..., Background]) -> None:
    """A background that was made starts no thread."""
    work = Counted(3)
    make(Work("work", work.do_one))
    assert threads() == set()
    assert work.times == []


def test_start_does_what_waits_and_a_wake_looks_again(make: Callable[..., Background]) -> None:
    """The threads do all work at the start, with the time of the site, and look again when they are woken."""
    work = Counted(2)
    one = make(Work("work", work.do_one))
    one.start()
    for _ in range(3):
        work.wait()
    one.wake()
    work.wait()
    one.wake("work")
    work.wait()
    assert work.times == [NOW] * 5


def test_wake_starts_the_threads_once(make: Callable[..., Background]) -> None:
    """The first wake starts a thread for each piece of work, and later ones start none."""
    work = Counted()
    one = make(Work("work", work.do_one))
    one.wake()
    work.wait()
    before = {thread for thread in threading.enumerate() if thread.name == "liveform work"}
    one.start()
    one.wake("work", "unknown")
    work.wait()
    assert {thread for thread in threading.enumerate() if thread.name == "liveform work"} == before
    assert len(before) == 1


def test_wake_by_name_leaves_other_work_alone(make: Callable[..., Background]) -> None:
    """Work that is not named is not looked at."""
    named, other = Counted(), Counted()
    one = make(Work("named", named.do_one), Work("other", other.do_one))
    one.start()
    named.wait()
    other.wait()
    one.wake("named")
    named.wait()
    assert len(other.times) == 1


def test_slow_work_holds_up_no_other(make: Callable[..., Background]) -> None:
    """While one piece of work hangs, the others go on."""
    begun, ended = Event(), Event()

    def hang(_: float) -> bool:
        begun.set()
        return not ended.wait(WAIT_S)

    work = Counted(5)
    one = make(Work("slow", hang), Work("work", work.do_one))
    one.start()
    assert begun.wait(WAIT_S)
    for _ in range(6):
        work.wait()
    ended.set()


def test_error_is_logged_and_the_thread_goes_on(
    make: Callable[..., Background], caplog: pytest.LogCaptureFixture
) -> None:
    """A thread that meets an error goes on, and the error's message is in no log."""
    looked = Semaphore(0)

    def fail(_: float) -> bool:
        looked.release()
        raise ValueError("jane@example.com")

    one = make(Work("work", fail))
    one.start()
    for _ in range(3):
        assert looked.acquire(timeout=WAIT_S)
        one.wake()
    one.stop()
    assert "background: work: ValueError" in caplog.text
    assert "jane" not in caplog.text


def test_what_is_done_soon_is_done_in_a_thread(
    make: Callable[..., Background], caplog: pytest.LogCaptureFixture
) -> None:
    """A call that nobody waits for is done in a thread, in order, also after one that fails."""
    one = make()
    names: list[str] = []
    done = Event()

    def note() -> None:
        names.append(threading.current_thread().name)

    def fail() -> None:
        raise ValueError

    assert all(one.soon(run) for run in (note, note, done.set))
    assert done.wait(WAIT_S)
    assert names == ["liveform soon"] * 2
    done.clear()
    assert one.soon(fail)
    assert one.soon(done.set)
    assert done.wait(WAIT_S)
    assert "background: soon: ValueError" in caplog.text


def test_no_more_than_a_hundred_calls_wait(make: Callable[..., Background]) -> None:
    """Calls that nobody waits for are dropped when too many wait already, and the caller is told."""
    one = make(is_on=False)
    ran: list[int] = []
    taken = [one.soon(partial(ran.append, number)) for number in range(MOST_SOON + 2)]
    assert taken == [True] * MOST_SOON + [False] * 2
    one.run_pending(NOW)
    assert ran == list(range(MOST_SOON))


def test_job_runs_soon_after_the_start(make: Callable[..., Background]) -> None:
    """A job runs within seconds after the start, at a random moment."""
    ran = Event()
    one = make(jobs=[Job("job", 3600, lambda now: ran.set())], random=lambda: 0.0)
    one.start()
    assert ran.wait(WAIT_S)


def test_switched_off_background_starts_nothing(make: Callable[..., Background]) -> None:
    """With BACKGROUND_JOBS off, nothing is started; what waits can still be done by hand."""
    work = Counted(1)
    one = make(Work("work", work.do_one), is_on=False)
    one.start()
    one.wake()
    assert one.soon(lambda: None)
    assert threads() == set()
    one.run_pending(NOW)
    assert len(work.times) == 2


def test_pending_work_is_done_step_by_step(make: Callable[..., Background]) -> None:
    """``run_pending`` does all work each time, and a job when it is due."""
    work, ran = Counted(2), list[float]()
    one = make(Work("work", work.do_one), jobs=[Job("job", 600, ran.append)], random=lambda: 0.0)
    one.run_pending(NOW)
    assert (len(work.times), ran) == (3, [NOW])
    one.run_pending(NOW + 599)
    assert (len(work.times), ran) == (4, [NOW])
    one.run_pending(NOW + 600)
    assert ran == [NOW, NOW + 600]
    assert threads() == set()


def test_pending_work_of_any_order_is_done(make: Callable[..., Background]) -> None:
    """Work that other work, a job or a call makes is done too, whatever their order."""
    first, left = list[str](), ["a", "b"]

    def do_first(_: float) -> bool:
        return bool(first) and bool(first.pop())

    def do_last(_: float) -> bool:
        if left:
            first.append(left.pop())
            return True
        return False

    one = make(
        Work("first", do_first),
        Work("last", do_last, ("first",)),
        jobs=[Job("job", 60, lambda now: left.append("c"))],
    )
    one.soon(lambda: left.append("d"))
    one.run_pending(NOW)
    assert (first, left) == ([], [])


def test_stop_ends_all_threads_and_gives_jobs_back(make: Callable[..., Background]) -> None:
    """A stop ends idle threads at once, releases the jobs of this process, and is final."""
    leases, ran, work = Leases(), Event(), Counted()
    jobs = [Job("done", 3600, lambda now: ran.set()), Job("shared", 3600, lambda now: None, exclusive=False)]
    one = make(Work("work", work.do_one), jobs=jobs, leases=leases, random=lambda: 0.0)
    one.start()
    assert ran.wait(WAIT_S)
    one.stop()
    assert threads() == set()
    assert leases.released == ["done"]
    looked = len(work.times)
    one.start()
    one.wake()
    assert threads() == set()
    assert len(work.times) == looked


def test_stop_lets_a_running_job_finish(make: Callable[..., Background]) -> None:
    """A job that runs is not torn off: the stop waits for its end."""
    begun, ended, finished = Event(), Event(), Event()

    def run(_: float) -> None:
        begun.set()
        ended.wait(WAIT_S)
        finished.set()

    one = make(jobs=[Job("job", 3600, run)], random=lambda: 0.0)
    one.start()
    assert begun.wait(WAIT_S)
    Thread(target=ended.set).start()
    one.stop()
    assert finished.is_set()


def test_stop_does_not_wait_for_ever(
    make: Callable[..., Background], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that hangs delays the end of the process by a moment, and is not released."""
    monkeypatch.setattr(module, "STOP_S", 0.01)
    begun, ended, leases = Event(), Event(), Leases()

    def hang(_: float) -> None:
        begun.set()
        ended.wait(WAIT_S)

    one = make(jobs=[Job("job", 3600, hang)], random=lambda: 0.0, leases=leases)
    one.start()
    assert begun.wait(WAIT_S)
    (thread,) = (each for each in threading.enumerate() if each.name == "liveform job")
    assert thread.daemon
    one.stop()
    assert leases.released == []
    ended.set()
    thread.join(WAIT_S)


def test_stop_by_a_handler_does_not_wait_for_itself(make: Callable[..., Background]) -> None:
    """A thread of the background may stop it."""
    stopped = Event()
    one = make()

    def stop() -> None:
        one.stop()
        stopped.set()

    one.soon(stop)
    assert stopped.wait(WAIT_S)


def test_job_that_cannot_be_released_is_logged(
    make: Callable[..., Background], caplog: pytest.LogCaptureFixture
) -> None:
    """A store that is away at the end does not stop the process from ending."""
    ran = Event()
    one = make(
        jobs=[Job("job", 3600, lambda now: ran.set())], leases=Leases(StoreError()), random=lambda: 0.0
    )
    one.start()
    assert ran.wait(WAIT_S)
    one.stop()
    assert "background: job cannot be released: StoreError" in caplog.text


def test_end_of_the_process_stops_the_threads(
    make: Callable[..., Background], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The threads are stopped when the interpreter ends, unless they have been before."""
    registered: list[Callable[[], None]] = []
    monkeypatch.setattr(atexit, "register", registered.append)
    monkeypatch.setattr(atexit, "unregister", registered.remove)
    one = make()
    one.start()
    assert registered == [one.stop]
    one.stop()
    assert registered == []
    monkeypatch.undo()


def test_missing_thread_is_logged_and_tried_again(
    make: Callable[..., Background], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A process that gets no further thread answers its request all the same, and tries again later."""
    work = Counted()
    one = make(Work("work", work.do_one))
    usual = Thread.start

    def fail(thread: Thread) -> None:
        if thread.name == "liveform work":
            raise RuntimeError("can't start new thread")
        usual(thread)

    monkeypatch.setattr(Thread, "start", fail)
    with caplog.at_level(logging.ERROR, logger="webhelper"):
        one.wake()
    assert "a thread cannot be started" in caplog.text
    assert threads() == {"liveform soon"}
    monkeypatch.setattr(Thread, "start", usual)
    one.wake()
    work.wait()
    assert threads() == {"liveform soon", "liveform work"}
    assert len([each for each in threading.enumerate() if each.name == "liveform soon"]) == 1


def test_two_starts_at_once_start_one_set_of_threads(make: Callable[..., Background]) -> None:
    """Requests that arrive together start the threads once."""
    one = make(Work("work", Counted().do_one))
    process = one._process()
    with process.lock:
        racers = [Thread(target=one.start) for _ in range(2)]
        for racer in racers:
            racer.start()
    for racer in racers:
        racer.join(WAIT_S)
    assert len([each for each in threading.enumerate() if each.name == "liveform work"]) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_both_sides_of_a_fork_go_on() -> None:
    """After a fork with running threads, child and parent work, each with threads of its own."""
    with processes(1) as start:
        assert start(work_on_both_sides_of_a_fork) == [(0, 1)]


def test_forked_process_starts_its_own_threads(
    make: Callable[..., Background], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that was forked has neither the threads nor the calls that wait of its parent."""
    work = Counted()
    one = make(Work("work", work.do_one), is_on=True)
    one.start()
    work.wait()
    parent = one._process()
    parent.soon.append(lambda: pytest.fail("the parent's"))
    monkeypatch.setattr(os, "getpid", lambda: 4_711)
    one.wake()
    work.wait()
    child = one._process()
    assert child is not parent
    assert child.name != parent.name
    assert child.threads["work"] is not parent.threads["work"]
    assert len(child.soon) == 0
    one.stop()
    assert not child.threads["work"].is_alive()
    assert parent.threads["work"].is_alive()
    parent.soon.clear()
    monkeypatch.undo()
