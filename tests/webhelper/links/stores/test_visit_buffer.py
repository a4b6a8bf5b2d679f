"""These tests buffer visits without a database: the contract holds what becomes of them in each."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, ClassVar

import pytest
from racing import PATIENCE_S
from sites import NOW, open_store

from webhelper.errors import StoreError
from webhelper.links.models import Visit
from webhelper.links.stores import visit_buffer
from webhelper.links.stores.visit_buffer import VisitBuffer
from webhelper.links.visit_ids import new_visit_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

LINKS = "A" * 16, "B" * 16


def visit_of(link_id: str, at: float = NOW) -> Visit:
    """Return a visit of a link."""
    return Visit(id=new_visit_id(link_id, at), link_id=link_id, at=at)


class Timer:
    """A timer that never ends: a test writes by itself."""

    set: ClassVar[list[float]] = []

    def __init__(self, seconds: float, _: object) -> None:
        self.set.append(seconds)

    def start(self) -> None:
        """Do nothing."""


@pytest.fixture
def timers(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds of the timers that were set; none of them ends."""
    monkeypatch.setattr(threading, "Timer", Timer)
    monkeypatch.setattr(Timer, "set", [])
    return Timer.set


class Written(list[dict[str, list[Visit]]]):
    """What a buffer writes, instead of a database."""

    def write(self, visits: Mapping[str, Sequence[Visit]]) -> None:
        """Keep what is written at once."""
        self.append({link_id: list(of_link) for link_id, of_link in visits.items()})


def test_visits_are_written_by_their_links_in_their_order() -> None:
    """What waits is written at once: the visits of each link in the order in which they came."""
    written = Written()
    buffer = VisitBuffer(written.write)
    first, second, third = visit_of(LINKS[0]), visit_of(LINKS[1]), visit_of(LINKS[0], NOW + 1)
    for visit in (first, second, third):
        buffer.add(visit)
    buffer.flush()
    buffer.flush()
    assert written == [{LINKS[0]: [first, third], LINKS[1]: [second]}]


def test_openings_of_the_parent_are_not_written_by_the_child(
    monkeypatch: pytest.MonkeyPatch, timers: list[float]
) -> None:
    """After a fork, the child writes its own visits and not those that the parent buffered."""
    written = Written()
    buffer = VisitBuffer(written.write)
    buffer.add(visit_of(LINKS[0]))
    monkeypatch.setattr(os, "getpid", lambda: -1)
    own = visit_of(LINKS[0])
    buffer.add(own)
    buffer.flush()
    assert written == [{LINKS[0]: [own]}]
    assert len(timers) == 2


class Database:
    """What a buffer writes to, and which can be down."""

    def __init__(self) -> None:
        self.is_down = True
        self.tries = 0
        self.written: list[Visit] = []

    def write(self, visits: Mapping[str, Sequence[Visit]]) -> None:
        """Keep the visits, unless it is down."""
        self.tries += 1
        if self.is_down:
            raise StoreError from OSError("planted")
        self.written += [visit for of_link in visits.values() for visit in of_link]


def accepted(buffer: VisitBuffer, visits: Sequence[Visit]) -> list[Visit]:
    """Add visits, and return those that were not refused."""
    taken = []
    for visit in visits:
        with suppress(StoreError):
            buffer.add(visit)
            taken.append(visit)
    return taken


@pytest.mark.usefixtures("timers")
def test_opening_that_is_refused_is_not_kept() -> None:  # F8
    """While the database is down 10,000 openings are kept; those that are refused are not counted later."""
    database = Database()
    buffer = VisitBuffer(database.write)
    visits = [visit_of(LINKS[0], NOW + number) for number in range(12_000)]
    assert accepted(buffer, visits) == visits[:10_000]
    assert len(buffer._waiting) == 10_000
    assert database.tries == 1  # the others are refused at once
    database.is_down = False
    buffer.flush()
    assert database.written == visits[:10_000]
    assert accepted(buffer, visits[10_000:]) == visits[10_000:]


@pytest.mark.usefixtures("timers")
def test_openings_do_not_wait_for_each_others_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waited while another thread could not write a full buffer is refused without a try of its own."""
    monkeypatch.setattr(visit_buffer, "_MOST", 3)
    database = Database()
    buffer = VisitBuffer(database.write)

    @contextmanager
    def others_turn() -> Iterator[None]:
        buffer._is_stuck = True
        yield

    monkeypatch.setattr(buffer, "_writing", others_turn())
    assert len(accepted(buffer, [visit_of(LINKS[0])] * 4)) == 3
    assert (len(buffer._waiting), database.tries) == (3, 0)


def test_openings_count_as_waiting_while_they_are_written(
    monkeypatch: pytest.MonkeyPatch, timers: list[float]
) -> None:
    """A write that takes long makes no room, and sets no further timers."""
    monkeypatch.setattr(visit_buffer, "_MOST", 3)

    def write(_: object) -> None:
        buffer._is_stuck = True  # so that nobody writes inside this write
        late.extend(accepted(buffer, [visit_of(LINKS[1])] * 3))
        raise StoreError

    late: list[Visit] = []
    buffer = VisitBuffer(write)
    accepted(buffer, [visit_of(LINKS[0])] * 2)
    buffer._try_to_flush()
    assert len(late) == 1
    assert len(buffer._waiting) == 3
    assert timers == [visit_buffer.LATER_S, 1.0]


def test_opening_that_comes_during_a_write_gets_a_timer(timers: list[float]) -> None:
    """What comes while the others are written is written a tenth of a second later."""
    written = Written()

    def write(visits: Mapping[str, Sequence[Visit]]) -> None:
        if not written:
            buffer.add(visit_of(LINKS[1]))
        written.write(visits)

    buffer = VisitBuffer(write)
    buffer.add(visit_of(LINKS[0]))
    for _ in range(2):
        buffer._try_to_flush()
    assert [list(one) for one in written] == [[LINKS[0]], [LINKS[1]]]
    assert timers == [visit_buffer.LATER_S] * 2


class Ended:
    """A main thread that has ended."""

    def is_alive(self) -> bool:
        """Say that the main thread has ended."""
        return False


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no thread start, as an interpreter does that ends."""

    def fail(_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(threading.Thread, "start", fail)


@pytest.mark.usefixtures("no_threads")
def test_opening_of_a_process_that_ends_is_written_at_once() -> None:
    """Where no timer can be started any more, each opening is written before it is answered."""
    written = Written()
    buffer = VisitBuffer(written.write)
    for link_id in LINKS:
        buffer.add(visit_of(link_id))
    assert [list(one) for one in written] == [[LINKS[0]], [LINKS[1]]]


@pytest.mark.usefixtures("no_threads")
def test_opening_of_a_process_that_ends_is_said_to_be_lost(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:  # F8
    """Where no timer can be started and nothing be written, openings are lost if the process ends."""

    def fail(_: object) -> None:
        raise StoreError

    VisitBuffer(fail).add(visit_of(LINKS[0]))
    monkeypatch.setattr(threading, "main_thread", Ended)
    VisitBuffer(fail).add(visit_of(LINKS[0]))
    assert [record.getMessage() for record in caplog.records] == [
        "visits cannot be written yet: NoneType",
        "1 visits are lost: they could not be written",
    ]


ENDING = """
import sys, threading, time
from pathlib import Path
from sites import Clock, HOLDER, link_request, link_service, new_visit, open_store

store = open_store(Path(sys.argv[1]))
link, _ = link_service(Path(sys.argv[1]), Clock(), store).create(link_request(max_uses=None), by=HOLDER)

def open_it():
    threading.main_thread().join()
    store.visit(link, new_visit(link), browser=None)

threading.Thread(target=open_it).start()
print(link.id)
"""


def test_opening_after_the_end_of_the_main_thread_is_written(tmp_path: Path) -> None:
    """A request that is answered while the process waits for its threads is noted, on each Python."""
    done = subprocess.run(
        [sys.executable, "-c", ENDING, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    store = open_store(tmp_path)
    assert store.get(done.stdout.strip()).uses == 1
    assert done.stderr == ""
    store.close()


def test_process_that_has_ended_does_not_try_for_ever(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:  # F8
    """When the process waits for its last openings alone in vain, the log has their number."""

    def fail(_: object) -> None:
        raise StoreError

    buffer = VisitBuffer(fail)
    buffer._waiting.append(Visit(id="v" * 37, link_id="A" * 16, at=NOW))
    monkeypatch.setattr(threading, "main_thread", Ended)
    buffer._try_to_flush()
    assert [record.getMessage() for record in caplog.records] == [
        "1 visits are lost: they could not be written"
    ]
