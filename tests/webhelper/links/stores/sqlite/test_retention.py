"""This test gives space back to the system; ../contract/test_retention.py has what is deleted when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sites import NOW
from store_values import link_spec, put_many

from webhelper.links.purging import purge

if TYPE_CHECKING:
    from pathlib import Path

    from webhelper.links.stores.sqlite.store import SqliteStore

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
