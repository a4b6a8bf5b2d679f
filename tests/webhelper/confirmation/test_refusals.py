"""These tests count refused webhooks without a write for each."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, cast

import pytest
from racing import in_threads
from sites import NOW, open_store

from webhelper.confirmation.refusals import WRITTEN_EVERY_S, Refusals
from webhelper.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from webhelper.links.stores.inbox import InboxStore


class CountingStore:
    """A store that adds counts up, and can be out of order."""

    def __init__(self) -> None:
        self.writes = 0
        self.is_down = False
        self.total: Counter[tuple[str, str]] = Counter()

    def count_refused(self, counts: Mapping[tuple[str, str], int], *, now: float) -> None:
        """Add counts up."""
        if self.is_down:
            raise StoreError
        self.writes += 1
        self.total.update(counts)


@pytest.fixture
def store() -> CountingStore:
    """Return a store."""
    return CountingStore()


@pytest.fixture
def refusals(store: CountingStore) -> Refusals:
    """Return counts over the store."""
    return Refusals(cast("InboxStore", store))


def test_first_refusal_is_written_at_once(store: CountingStore, refusals: Refusals) -> None:
    """The first refusal can be read at once, so that an operator sees why nothing arrives."""
    refusals.count("shop", "malformed", now=NOW)
    assert store.total == {("shop", "malformed"): 1}


@pytest.mark.parametrize(("later_s", "written"), [(0, 1), (59.9, 1), (60, 2), (3600, 2), (-3600, 2)])
def test_counts_are_written_once_a_minute(
    store: CountingStore, refusals: Refusals, later_s: float, written: int
) -> None:
    """The next write is a minute later at the earliest, or when the clock was set back."""
    refusals.count("shop", "malformed", now=NOW)
    refusals.count("shop", "malformed", now=NOW + later_s)
    assert (store.writes, store.total["shop", "malformed"]) == (written, written)


def test_flush_writes_what_waits_and_nothing_else(store: CountingStore, refusals: Refusals) -> None:
    """A flush writes all counts once, and writes nothing where nothing was refused."""
    refusals.flush(now=NOW)
    assert store.writes == 0
    for _ in range(3):
        refusals.count("shop", "malformed", now=NOW)
        refusals.count("", "wrong_sender", now=NOW)
    refusals.flush(now=NOW)
    refusals.flush(now=NOW)
    assert store.writes == 2
    assert store.total == {("shop", "malformed"): 3, ("", "wrong_sender"): 3}


def test_flood_from_many_threads_loses_no_count(store: CountingStore, refusals: Refusals) -> None:
    """Many threads that refuse at once lose no count, and write a handful of times."""

    def refuse(thread: int) -> None:
        for number in range(1000):
            refusals.count("shop", f"reason {thread % 3}", now=NOW + number / 1000)

    in_threads(8, refuse)
    refusals.flush(now=NOW)
    assert store.total.total() == 8000
    assert store.writes <= 2


def test_counts_wait_for_a_store_that_is_down(
    store: CountingStore, refusals: Refusals, caplog: pytest.LogCaptureFixture
) -> None:
    """What cannot be written is kept, tried again a minute later, and logged; nobody gets an error."""
    store.is_down = True
    with caplog.at_level(logging.ERROR):
        refusals.count("shop", "malformed", now=NOW)
    told = "refused webhooks cannot be counted yet: NoneType"
    assert caplog.record_tuples == [("webhelper", logging.ERROR, told)]
    refusals.count("shop", "malformed", now=NOW + 1)
    with pytest.raises(StoreError):
        refusals.flush(now=NOW + 2)
    store.is_down = False
    refusals.count("shop", "malformed", now=NOW + WRITTEN_EVERY_S)
    assert (store.writes, store.total) == (1, {("shop", "malformed"): 3})


def test_number_of_keys_is_bounded(store: CountingStore, refusals: Refusals) -> None:
    """What would be one key too many is counted together, so that no flood of reasons fills the memory."""
    store.is_down = True
    for number in range(1500):
        refusals.count("shop", f"reason {number}", now=NOW)
    store.is_down = False
    refusals.flush(now=NOW)
    assert len(store.total) == 1000 + 1
    assert store.total["", "other"] == 500


def test_site_without_a_store_counts_nothing(tmp_path: Path) -> None:
    """A site that keeps nothing drops its counts."""
    refusals = Refusals(open_store(tmp_path, "sealed").inbox)
    refusals.count("shop", "malformed", now=NOW)
    refusals.flush(now=NOW)
