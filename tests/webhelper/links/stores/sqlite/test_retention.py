"""These tests give space back to the system; ../contract/test_retention.py has what is deleted when."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from sites import NOW, open_store
from store_values import link_spec, put_many

from webhelper.links.purging import purge
from webhelper.links.stores.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

DAY_S = 86_400


def test_file_shrinks(tmp_path: Path, store: SqliteStore) -> None:  # F4
    """After the links of a busy day have been deleted, the file gives their space back."""
    put_many(store, [link_spec(label="a label of some length " * 9)] * 9000)
    store.upkeep.shrink()
    before = (tmp_path / "links.db").stat().st_size
    pauses: list[None] = []
    purge(store.upkeep, now=NOW + 200 * DAY_S, pause=lambda: pauses.append(None))
    assert not store.upkeep.shrink()
    assert len(pauses) < 9 + 1 + before / 1024 / 4000
    assert (tmp_path / "links.db").stat().st_size < before / 2


def test_purge_of_a_file_that_cannot_shrink_ends(tmp_path: Path) -> None:  # F4
    """A file whose layout is older keeps its free pages, and nobody asks it to shrink forever."""
    with closing(sqlite3.connect(tmp_path / "links.db")) as connection:
        connection.executescript("PRAGMA page_size = 1024; PRAGMA auto_vacuum = NONE; VACUUM")
        connection.executescript("CREATE TABLE one (x); DROP TABLE one")
    store = open_store(tmp_path)
    assert isinstance(store, SqliteStore)
    put_many(store, [link_spec(label="a label of some length " * 9)] * 9000)
    pauses: list[None] = []
    purge(store.upkeep, now=NOW + 200 * DAY_S, pause=lambda: pauses.append(None))
    with store._connections.reading() as connection:
        assert connection.execute("PRAGMA auto_vacuum").fetchone()[0] == 0
        assert connection.execute("PRAGMA freelist_count").fetchone()[0] > 1000
    assert len(pauses) < 12
    assert not store.upkeep.shrink()
    store.close()
