"""These tests hold what the PostgreSQL store does beside the contract of every store."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sites import NOW
from store_values import link_spec

from webhelper.links.stores.lists import Filter

if TYPE_CHECKING:
    from stores import PostgresqlStores

    from webhelper.links.stores.postgresql.store import PostgresqlStore


def test_time_is_that_of_the_database(store: PostgresqlStore, stores: PostgresqlStores) -> None:
    """The clock of the store is the database's, to half the time of its answer; it runs on this machine."""
    ((before,),) = stores.execute("SELECT extract(epoch FROM clock_timestamp())::double precision")
    asked = time.monotonic()
    now = store.clock()
    half_s = (time.monotonic() - asked) / 2
    ((after,),) = stores.execute("SELECT extract(epoch FROM clock_timestamp())::double precision")
    assert before - half_s <= now <= after + half_s
    assert time.time() >= before


def test_use_is_written_into_no_index(store: PostgresqlStore, stores: PostgresqlStores) -> None:
    """To count a use changes no indexed column, so that PostgreSQL writes it beside the row."""
    indexed = stores.execute(
        "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'links'::regclass"
    )
    assert len(indexed) == 8
    assert not any(
        word in str(text) for (text,) in indexed for word in ("uses", "last_used", "counts", "outcome")
    )


def test_text_with_a_character_that_the_database_cannot_keep_is_found_nowhere(store: PostgresqlStore) -> None:
    """U+0000 in what somebody typed is an answer of nothing, and no error."""
    link, _ = store.create(link_spec(label="Poster"), now=NOW)
    assert store.page(Filter(label="Poster\0"), now=NOW, limit=9).links == ()
    assert store.page(Filter(text="post\0er"), now=NOW, limit=9).links == ()
    assert store.page(Filter(text="poster"), now=NOW, limit=9).links == (link,)
