"""Tests of the steps of background work: what each does, and how long it is until the next one."""

import logging
import re
from collections.abc import Callable

import pytest
from sites import NOW

from webhelper.errors import StoreError
from webhelper.jobs import IDLE_S, Job, JobLoop, Loop, Work, WorkLoop
from webhelper.links.stores.leases import LeaseStore

EVERY_S = 600.0


class Leases:
    """Leases in memory; ``asked`` has how long each lease was wanted for."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[str, float]] = {}
        self.asked: list[float] = []

    def acquire(self, job: str, holder: str, *, now: float, lease_s: float, longest_s: float = 0.0) -> bool:
        """See ``LeaseStore``."""
        self.asked.append(lease_s)
        other, until = self.held.get(job, (holder, 0.0))
        if other != holder and now < until:
            return False
        self.held[job] = (holder, now + lease_s)
        return True

    def release(self, job: str, holder: str) -> None:
        """See ``LeaseStore``."""
        if self.held.get(job, ("", 0.0))[0] == holder:
            del self.held[job]


def work_loop(
    do_one: Callable[[float], bool], *, jitter: float = 0.5, makes: tuple[str, ...] = ()
) -> WorkLoop:
    """Return a loop over work."""
    return WorkLoop(Work("some work", do_one, makes), lambda *names: None, lambda: jitter)


def job_loop(
    run: Callable[[float], None], leases: LeaseStore, holder: str = "one", *, exclusive: bool = True
) -> JobLoop:
    """Return a loop over a job of every ten minutes, without jitter."""
    return JobLoop(Job("some job", EVERY_S, run, exclusive), leases, lambda: holder, lambda: 0.0)


def test_work_goes_on_as_long_as_there_is_some() -> None:
    """A step that found work wants the next one at once; one that found none waits for some seconds."""
    left = [NOW, NOW]
    loop = work_loop(lambda now: bool(left) and left.pop() == now)
    assert [loop.step(NOW) for _ in range(3)] == [0, 0, IDLE_S]
    assert loop.due == NOW + IDLE_S


@pytest.mark.parametrize(("jitter", "wait_s"), [(0.0, 4.0), (1.0, 6.0)])
def test_idle_processes_look_at_different_moments(jitter: float, wait_s: float) -> None:
    """Without work, a look comes every four to six seconds."""
    assert work_loop(lambda now: False, jitter=jitter).step(NOW) == pytest.approx(wait_s)


def test_work_wakes_what_it_makes() -> None:
    """After each piece, the work that it made is woken; without a piece, nothing is."""
    woken: list[tuple[str, ...]] = []
    left = [1]
    loop = WorkLoop(
        Work("inbox", lambda now: bool(left) and bool(left.pop()), ("handlers", "url")),
        lambda *names: woken.append(names),
        lambda: 0.5,
    )
    assert (loop.step(NOW), loop.step(NOW)) == (0, IDLE_S)
    assert woken == [("handlers", "url")]


def test_failures_wait_longer_and_longer(caplog: pytest.LogCaptureFixture) -> None:
    """After each failure in a row the wait doubles, up to a minute; a success ends the row."""
    fails = [True] * 9 + [False, True]

    def do_one(_: float) -> bool:
        if fails.pop(0):
            raise ValueError("jane@example.com")
        return False

    loop = work_loop(do_one)
    with caplog.at_level(logging.ERROR, logger="webhelper"):
        waits = [loop.step(NOW) for _ in range(11)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, IDLE_S, 1]
    assert re.fullmatch(
        r"background: some work: ValueError: do_one:\d+ < _do:\d+ < step:\d+", caplog.records[0].getMessage()
    )
    assert caplog.records[0].name == "webhelper"
    assert "jane" not in caplog.text


def test_row_of_a_thousand_failures_still_waits_a_minute() -> None:
    """The wait has an upper bound, however long the store is away."""
    loop = work_loop(lambda now: bool(1 / 0))
    assert {loop.step(NOW) for _ in range(1_100)} == {1, 2, 4, 8, 16, 32, 60}


def test_exit_of_a_job_does_not_end_the_loop() -> None:
    """A handler that calls ``sys.exit`` is a failure like any other."""

    def leave(_: float) -> bool:
        raise SystemExit

    assert work_loop(leave).step(NOW) == 1


def test_cause_of_a_store_error_is_named(caplog: pytest.LogCaptureFixture) -> None:
    """A store that cannot be read is logged with the class of the database's error."""

    def do_one(_: float) -> bool:
        raise StoreError from OSError("/secret/path")

    work_loop(do_one).step(NOW)
    assert "StoreError from OSError" in caplog.text
    assert "secret" not in caplog.text


def test_job_runs_at_its_interval() -> None:
    """A job gets the time, and the next run is its interval later, or up to a tenth more."""
    ran: list[float] = []
    loop = job_loop(ran.append, Leases())
    assert loop.step(NOW) == EVERY_S
    assert (ran, loop.due) == ([NOW], NOW + EVERY_S)
    late = JobLoop(Job("some job", EVERY_S, ran.append), Leases(), lambda: "one", lambda: 1.0)
    assert late.step(NOW) == pytest.approx(EVERY_S * 1.1)


def test_exclusive_job_is_done_by_one_process_alone() -> None:
    """The process that does a job keeps it; another one takes over twice the interval after its last run."""
    ran: list[str] = []
    leases = Leases()
    one = job_loop(lambda now: ran.append("one"), leases)
    other = job_loop(lambda now: ran.append("other"), leases, "other")
    for round_ in range(3):
        one.step(NOW + round_ * EVERY_S)
        assert other.step(NOW + round_ * EVERY_S + 1) == EVERY_S
    assert ran == ["one"] * 3
    assert leases.asked[0] == 2 * EVERY_S
    other.step(NOW + 4 * EVERY_S - 1)
    assert ran == ["one"] * 3
    other.step(NOW + 4 * EVERY_S)
    assert ran == ["one"] * 3 + ["other"]


def test_short_job_has_a_lease_of_a_minute() -> None:
    """A job of every few seconds may take longer than its interval."""
    leases = Leases()
    JobLoop(Job("some job", 1.0, lambda now: None), leases, lambda: "one", lambda: 0.0).step(NOW)
    assert leases.asked == [60]


def test_job_of_every_process_needs_no_lease() -> None:
    """A job that is not exclusive runs in each process."""
    ran: list[float] = []
    leases = Leases()
    for holder in ("one", "other"):
        loop = job_loop(ran.append, leases, holder, exclusive=False)
        loop.step(NOW)
        loop.release()
    assert (len(ran), leases.asked, leases.held) == (2, [], {})


def test_job_that_was_not_done_here_is_not_released() -> None:
    """A process that ends before its first run leaves the leases alone."""

    class Untouched(Leases):
        def release(self, job: str, holder: str) -> None:
            raise AssertionError

    loop = job_loop(lambda now: None, Untouched())
    assert loop.due == 0
    loop.release()


def test_released_job_is_done_by_another_process_at_once() -> None:
    """A process that ends gives up the job that it did, and only that."""
    leases = Leases()
    one, other = job_loop(lambda now: None, leases), job_loop(lambda now: None, leases, "other")
    one.step(NOW)
    other.step(NOW)
    other.release()
    assert leases.held["some job"][0] == "one"
    one.release()
    other.step(NOW)
    assert leases.held["some job"][0] == "other"


def test_job_that_fails_comes_again_sooner_than_its_interval() -> None:
    """A failing job is tried again after a second, then ever later, and at last at its interval."""

    def fail(_: float) -> None:
        raise ValueError

    loop: Loop = job_loop(fail, Leases())
    assert [loop.step(NOW) for _ in range(12)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]
