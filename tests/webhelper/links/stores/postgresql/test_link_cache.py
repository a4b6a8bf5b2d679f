"""These tests hold that no cached link outlives, anywhere, the moment at which it is said to be revoked."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from racing import in_threads
from sites import NOW, new_visit
from store_values import link_spec

from webhelper.errors import RevokedError
from webhelper.links.stores.postgresql.link_cache import LOOK_EVERY_S, MAX_LINKS, LinkCache

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stores import PostgresqlStores

    from webhelper.links.models import Link
    from webhelper.links.stores.postgresql.store import PostgresqlStore


class Database:
    """A count of changes, a clock, and pauses that only move the clock."""

    def __init__(self) -> None:
        self.changes, self.now, self.looks = 0, 0.0, 0
        self.paused: list[float] = []

    def look(self) -> int:
        """Return the count of changes."""
        self.looks += 1
        return self.changes

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self.paused.append(seconds)
        self.now += seconds

    def cache(self) -> LinkCache:
        """Return a cache of one process."""
        return LinkCache(self.look, clock=lambda: self.now, pause=self.pause)


@pytest.fixture
def database() -> Database:
    """Return a database without changes."""
    return Database()


@pytest.fixture
def link(store: PostgresqlStore) -> Link:
    """Return a reusable link of the store."""
    return store.create(link_spec(max_uses=None), now=NOW)[0]


def test_changes_are_looked_at_every_tenth_of_a_second(database: Database) -> None:
    """Between two looks, links are used without asking the database."""
    cache = database.cache()
    assert [cache.version() for _ in range(3)] == [0, 0, 0]
    database.changes, database.now = 1, LOOK_EVERY_S - 0.001
    assert (cache.version(), database.looks) == (0, 1)
    database.now = LOOK_EVERY_S
    assert (cache.version(), database.looks) == (1, 2)


def test_link_is_returned_at_the_version_at_which_it_was_read(database: Database, link: Link) -> None:
    """A link that was read before a change is not used after it."""
    cache = database.cache()
    cache.put(link.payload, link, 0)
    assert cache.get(link.payload, 0) is link
    assert cache.get(link.payload, 1) is None
    cache.put(b"limited", replace(link, spec=replace(link.spec, max_uses=2)), 0)
    assert cache.get(b"limited", 0) is None
    cache.forget()
    assert cache.get(link.payload, 0) is None


def test_who_takes_a_link_out_of_use_waits_until_every_cache_has_looked(database: Database) -> None:
    """After the pause, no other process uses what it knew before; this one looks at once."""
    ours, theirs = database.cache(), database.cache()
    database.now = 10.0
    assert [one.version() for one in (ours, theirs)] == [0, 0]
    database.changes = 1
    ours.wait_for_others()
    assert [LOOK_EVERY_S < pause < 2 * LOOK_EVERY_S for pause in database.paused] == [True]
    assert [one.version() for one in (ours, theirs)] == [1, 1]


def test_change_is_looked_at_by_one_thread_for_all(database: Database) -> None:
    """Threads that come at the same moment cause one look."""
    cache = database.cache()
    assert in_threads(8, lambda _: cache.version()) == [0] * 8
    assert database.looks == 1


def test_thread_that_waited_for_the_look_of_another_does_not_look_again(database: Database) -> None:
    """Whoever gets the lock after another thread has looked uses what that one saw."""
    cache = database.cache()
    looked = cache._lock

    @contextmanager
    def after_another_thread() -> Iterator[None]:
        cache._lock = looked
        cache.version()
        yield

    cache._lock = cast("Any", after_another_thread())
    assert (cache.version(), database.looks) == (0, 1)


def test_cache_holds_1024_links_at_most(database: Database, link: Link) -> None:
    """The cache starts anew when 1,024 links are in it."""
    cache = database.cache()
    for number in range(MAX_LINKS):
        cache.put(number.to_bytes(10), link, 0)
    assert cache.get((0).to_bytes(10), 0) is link
    cache.put(b"one more", link, 0)
    assert cache.get((0).to_bytes(10), 0) is None


def test_cache_in_a_forked_process_starts_empty(
    database: Database, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child looks for itself, whatever lock a thread of its parent held."""
    cache = database.cache()
    cache.put(link.payload, link, cache.version())
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert (cache.version(), database.looks) == (0, 2)
    assert cache.get(link.payload, 0) is None


def test_link_found_again_is_not_read_again(store: PostgresqlStore, link: Link) -> None:
    """The store reads a reusable link once for as long as nothing is written, and again after openings."""
    first = store.find(link.payload)
    assert store.find(link.payload) is first
    store.visit(link, new_visit(link), browser=None)
    store.get(link.id)
    assert store.find(link.payload).uses == 1


def test_link_revoked_on_another_host_does_not_open(
    store: PostgresqlStore, stores: PostgresqlStores, link: Link
) -> None:
    """From the moment that a revocation is answered, no other host opens the link."""
    other = cast("PostgresqlStore", stores.open())
    for one in (store, other, store, other):
        one.find(link.payload).check_open(NOW)
    other.revoke(link.id, now=NOW)
    for one in (store, other):
        with pytest.raises(RevokedError):
            one.find(link.payload).check_open(NOW)
