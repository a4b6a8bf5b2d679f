"""These tests hold that a cached link is never older than the last commit to its database."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest
from sites import HOLDER, NOW, Clock, link_request, link_service, open_store
from store_values import use_code

from webhelper.errors import RevokedError, StoreError
from webhelper.links.stores.sqlite.link_cache import LinkCache

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from webhelper.links.models import Link
    from webhelper.links.stores.sqlite.store import SqliteStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """Return an SQLite store, and close it afterwards."""
    one = cast("SqliteStore", open_store(tmp_path))
    yield one
    one.close()


@pytest.fixture
def link(tmp_path: Path, store: SqliteStore) -> Link:
    """Return a reusable link of the store."""
    made, _ = link_service(tmp_path, Clock(), store).create(link_request(max_uses=None), by=HOLDER)
    return made


class Seconds:
    """A clock that a test turns."""

    now = 0.0

    def __call__(self) -> float:
        """Return the seconds that the clock shows."""
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    """Return the clock of the cache."""
    return Seconds()


@pytest.fixture
def cache(store: SqliteStore, tmp_path: Path, seconds: Seconds) -> Iterator[LinkCache]:
    """Return a cache over the store's database."""
    one = LinkCache(store._connections, tmp_path / "links.db", seconds)
    yield one
    one.close()


def test_cached_link_is_returned_until_its_process_commits(
    store: SqliteStore, cache: LinkCache, link: Link
) -> None:
    """A cached link is good at the version at which it was read, and at no later one."""
    version = cache.version()
    assert cache.get(link.payload, version) is None
    cache.put(link.payload, link, version)
    assert cache.version() == version
    assert cache.get(link.payload, version) is link
    use_code(store, "a code", now=NOW)
    assert cache.version() != version
    assert cache.get(link.payload, cache.version()) is None


def test_link_put_after_a_revocation_is_not_returned(
    store: SqliteStore, cache: LinkCache, link: Link
) -> None:
    """A link that was read before a revocation and cached after it stays out of use."""
    before = cache.version()
    store.revoke(link.id, now=NOW)
    cache.put(link.payload, link, before)
    assert cache.get(link.payload, cache.version()) is None


def test_link_found_again_is_not_read_again(
    store: SqliteStore, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store reads a link once for as long as nothing is written."""
    first = store.find(link.payload)
    monkeypatch.setattr(store._connections, "reading", lambda: pytest.fail("the link was read again"))
    assert store.find(link.payload) is first


def test_limited_link_is_read_each_time(store: SqliteStore, cache: LinkCache, link: Link) -> None:
    """A link whose uses are counted down is never cached."""
    version = cache.version()
    limited = replace(link, spec=replace(link.spec, max_uses=2))
    cache.put(link.payload, limited, version)
    assert cache.get(link.payload, version) is None


def test_link_revoked_by_another_process_does_not_open(
    store: SqliteStore, link: Link, tmp_path: Path
) -> None:
    """From the moment that a revocation is answered, no other process opens the link."""
    other = cast("SqliteStore", open_store(tmp_path))
    for one in (store, other, store, other):
        one.find(link.payload).check_open(NOW)
    other.revoke(link.id, now=NOW)
    for one in (store, other):
        with pytest.raises(RevokedError):
            one.find(link.payload).check_open(NOW)
    other.close()


def test_commit_of_another_program_is_seen_a_tenth_of_a_second_later(
    cache: LinkCache, link: Link, tmp_path: Path, seconds: Seconds
) -> None:
    """A program that knows nothing of the site may write to the database as well."""
    version = cache.version()
    cache.put(link.payload, link, version)
    with sqlite3.connect(tmp_path / "links.db", isolation_level=None) as foreign:
        foreign.execute("UPDATE links SET revoked_at = 1.0")
    foreign.close()
    seconds.now = 0.099
    assert cache.version() == version
    seconds.now = 0.1
    assert cache.version() != version
    assert cache.get(link.payload, cache.version()) is None


def test_cache_holds_1024_links_at_most(cache: LinkCache, link: Link) -> None:
    """The cache starts anew when 1,024 links are in it."""
    version = cache.version()
    for number in range(1024):
        cache.put(number.to_bytes(10), link, version)
    assert cache.get((0).to_bytes(10), version) is link
    cache.put(b"one more", link, version)
    assert cache.get((0).to_bytes(10), version) is None
    assert cache.get(b"one more", version) is link


def test_cache_that_was_closed_starts_anew(cache: LinkCache, link: Link) -> None:
    """A closed cache forgets its links, and asks by a new connection."""
    version = cache.version()
    cache.put(link.payload, link, version)
    cache.close()
    assert cache.get(link.payload, version) is None
    assert cache.version().data_version > 0
    cache.close()
    cache.close()


@pytest.mark.parametrize("closes", [False, True])
def test_cache_in_a_forked_process_uses_no_connection_of_its_parent(
    closes: bool, cache: LinkCache, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child process opens its own connection, starts empty, and closes nothing of its parent's."""
    version = cache.version()
    cache.put(link.payload, link, version)
    parents = cache._connection
    assert parents is not None
    monkeypatch.setattr(os, "getpid", lambda: -1)
    if closes:
        cache.close()
    cache.version()
    assert cache._connection is not parents
    assert cache.get(link.payload, version) is None
    assert parents.execute("SELECT 1").fetchone()[0] == 1
    parents.close()


def test_cache_of_a_database_that_fails_raises_store_error(cache: LinkCache, seconds: Seconds) -> None:
    """An error of SQLite leaves the cache as the store's own error."""
    cache.version()
    assert cache._connection is not None
    cache._connection.close()
    seconds.now = 1.0
    with pytest.raises(StoreError) as caught:
        cache.version()
    assert isinstance(caught.value.__cause__, sqlite3.Error)
