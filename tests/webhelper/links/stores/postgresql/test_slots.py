"""These tests give slots to threads in the order in which they ask."""

from __future__ import annotations

import threading
from typing import Any

from racing import PATIENCE_S

from webhelper.links.stores.postgresql.slots import Slots


def test_slot_that_is_free_is_given_at_once() -> None:
    """As many slots are given as there are; then nobody gets one until one is given back."""
    slots = Slots(2)
    assert [slots.acquire(timeout_s=0) for _ in range(3)] == [True, True, False]
    slots.release()
    assert [slots.acquire(timeout_s=0) for _ in range(2)] == [True, False]


def test_slots_are_given_in_the_order_of_asking() -> None:
    """Who gives a slot back and asks at once stands behind those who wait, and all of them get one."""
    slots = Slots(1)
    assert slots.acquire(timeout_s=0)
    order: list[int] = []

    def ask(place: int) -> None:
        assert slots.acquire(timeout_s=PATIENCE_S)
        order.append(place)
        slots.release()

    threads = []
    for place in range(4):
        threads.append(threading.Thread(target=ask, args=(place,)))
        threads[-1].start()
        while len(slots._waiting) < place + 1:
            pass
    slots.release()
    ask(4)
    for one in threads:
        one.join()
    assert order == [0, 1, 2, 3, 4]
    assert slots.acquire(timeout_s=0)


def test_who_waits_no_more_is_given_none() -> None:
    """A slot goes to the next who waits, past one who has given up."""
    slots = Slots(1)
    assert slots.acquire(timeout_s=0)
    assert not slots.acquire(timeout_s=0.001)
    slots.release()
    assert slots.acquire(timeout_s=0)


def test_slot_that_comes_in_the_last_moment_is_kept() -> None:
    """Who is given a slot just as the time is over has it: it is not lost."""
    slots = Slots(1)
    assert slots.acquire(timeout_s=0)
    known: Any = slots._changing

    class Late:
        """A lock before whose second use the slot is given back."""

        uses = 0

        def __enter__(self) -> None:
            self.uses += 1
            if self.uses == 2:
                slots._changing = known
                slots.release()
            known.acquire()

        def __exit__(self, *_: object) -> None:
            known.release()

    slots._changing = Late()  # type: ignore[assignment]
    assert slots.acquire(timeout_s=0.001)
    assert not slots.acquire(timeout_s=0)
