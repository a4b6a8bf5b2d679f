"""These tests buffer visits without a database: the contract holds what becomes of them in each."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from sites import NOW

from webhelper.errors import StoreError
from webhelper.links.models import Visit
from webhelper.links.stores.visit_buffer import VisitBuffer
from webhelper.links.visit_ids import new_visit_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pytest

LINKS = "A" * 16, "B" * 16


def visit_of(link_id: str, at: float = NOW) -> Visit:
    """Return a visit of a link."""
    return Visit(id=new_visit_id(link_id, at), link_id=link_id, at=at)


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


def test_openings_of_the_parent_are_not_written_by_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a fork, the child writes its own visits and not those that the parent buffered."""
    timers: list[Any] = []

    class Timer:
        def __init__(self, *_: object) -> None:
            timers.append(self)

        def start(self) -> None:
            """Do nothing: a test writes by itself."""

    monkeypatch.setattr(threading, "Timer", Timer)
    written = Written()
    buffer = VisitBuffer(written.write)
    buffer.add(visit_of(LINKS[0]))
    monkeypatch.setattr(os, "getpid", lambda: -1)
    own = visit_of(LINKS[0])
    buffer.add(own)
    buffer.flush()
    assert written == [{LINKS[0]: [own]}]
    assert len(timers) == 2


def test_process_that_has_ended_does_not_try_for_ever(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:  # F8
    """When the process waits for its last openings alone in vain, the log has their number."""

    def fail(_: object) -> None:
        raise StoreError

    class Ended:
        """A main thread that has ended."""

        def is_alive(self) -> bool:
            """Return False."""
            return False

    buffer = VisitBuffer(fail)
    buffer._waiting.append(Visit(id="v" * 37, link_id="A" * 16, at=NOW))
    monkeypatch.setattr(threading, "main_thread", Ended)
    buffer._try_to_flush()
    assert [record.getMessage() for record in caplog.records] == [
        "1 visits are lost: they could not be written"
    ]
