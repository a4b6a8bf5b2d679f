"""These tests pack the labels and ids of full blocks of links, and search them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sites import NOW
from store_values import link_spec, purge_old, put_many

from webhelper.links.stores.lists import Filter
from webhelper.links.stores.sqlite import packing, texts
from webhelper.links.stores.sqlite.schema import BLOCK_LINKS

if TYPE_CHECKING:
    from webhelper.links.stores.sqlite.store import SqliteStore

DAY_S = 86_400


def packed(store: SqliteStore) -> dict[int, list[bytes]]:
    """Return the labels of each packed block, without those of links that are gone."""
    with store._connections.reading() as connection:
        rows = connection.execute("SELECT block, labels, ids FROM link_texts ORDER BY block").fetchall()
    assert all(row["ids"].count(b"\n") == row["labels"].count(b"\n") == BLOCK_LINKS - 1 for row in rows)
    return {row["block"]: [label for label in row["labels"].split(b"\n") if label] for row in rows}


def found(store: SqliteStore, text: str, limit: int = 10_000) -> list[str | None]:
    """Return the labels of the links with a text."""
    return [link.spec.label for link in store.page(Filter(text=text), now=NOW, limit=limit).links]


def put_blocks(store: SqliteStore, count: float) -> list[str]:
    """Put so many blocks of links into the store, with their numbers as labels, and return their ids."""
    first = len(store.page(Filter(), now=NOW, limit=10**6).links)
    numbers = range(first, first + round(count * BLOCK_LINKS))
    return put_many(store, (link_spec(label=f"Order {number}") for number in numbers))


@pytest.mark.parametrize("blocks", [0, 0.5, 1, 4.5, 70])
def test_full_blocks_are_packed_before_a_search_once_there_are_four(
    store: SqliteStore, blocks: float
) -> None:
    """A search packs full blocks, however many, once there are four; all links are found before and after."""
    put_blocks(store, blocks)
    count = round(blocks * BLOCK_LINKS)
    assert len(found(store, "ORDER", 10**6)) == count
    full = count // BLOCK_LINKS
    assert set(packed(store)) == (set(range(full)) if full >= 4 else set())
    assert found(store, "order 0") == (["Order 0"] if count else [])


def test_full_blocks_are_packed_by_the_hourly_purge(store: SqliteStore) -> None:
    """The purge packs the blocks that are full, and not the one of the newest link."""
    put_blocks(store, 1.5)
    purge_old(store, now=NOW)
    assert set(packed(store)) == {0}
    put_blocks(store, 1)
    purge_old(store, now=NOW)
    assert set(packed(store)) == {0, 1}


def test_search_goes_on_from_any_place(store: SqliteStore) -> None:
    """The pages of a search show each link once, the newest first, over packed blocks and the rest."""
    put_blocks(store, 5.25)
    seen: list[str | None] = []
    cursor = None
    for _ in range(100):
        page = store.page(Filter(text="order"), now=NOW, limit=100, cursor=cursor)
        seen += [link.spec.label for link in page.links]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [f"Order {number}" for number in reversed(range(round(5.25 * BLOCK_LINKS)))]


def test_label_of_a_deleted_link_is_not_kept(store: SqliteStore) -> None:
    """When links are deleted, their labels leave the packed texts, and a block without links goes wholly."""
    put_many(
        store, (link_spec(label=f"old {number}", expires_at=int(NOW)) for number in range(BLOCK_LINKS + 99))
    )
    put_blocks(store, 5)
    store.page(Filter(text="x"), now=NOW, limit=1)
    assert packed(store)[0][0] == b"old 0"
    purge_old(store, now=NOW + 90 * DAY_S + 1)
    after = packed(store)
    assert 0 not in after
    assert not any(label.startswith(b"old") for labels in after.values() for label in labels)
    assert found(store, "old") == []


def test_block_that_was_packed_meanwhile_shows_no_link_twice(store: SqliteStore) -> None:
    """A search that is under way while a block is packed shows each link once."""
    put_blocks(store, 2.5)
    with store._connections.reading() as connection:
        search = texts.Needle("order").links(connection, 2**62)
        first = next(search)
        with store._connections.writing() as other:
            packing.pack_what_is_full(other)
        seqs = [first, *search]
    assert len(seqs) == len(set(seqs)) == round(2.5 * BLOCK_LINKS)
    assert seqs == sorted(seqs, reverse=True)
