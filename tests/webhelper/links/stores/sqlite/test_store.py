"""These tests hold what the SQLite store does beside the contract of every store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sites import NOW, new_visit
from store_values import link_spec
from vector_files import signed_values, vector_name

from webhelper.errors import StoreError
from webhelper.links.stores.lists import OpenVisits
from webhelper.links.stores.sqlite import statements

if TYPE_CHECKING:
    from webhelper.links.stores.sqlite.store import SqliteStore


def test_link_that_is_open_and_yet_was_not_counted_is_not_a_visit(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A visit whose use could not be counted is refused with a StoreError."""
    link, _ = store.create(link_spec(), now=NOW)
    monkeypatch.setattr(
        "webhelper.links.stores.sqlite.statements.COUNT",
        "UPDATE links SET uses = uses WHERE :now AND id = :id || 'x'",
    )
    with pytest.raises(StoreError):
        store.visit(link, new_visit(link), browser=None)
    assert store.visits(link.id, limit=5) == []


def test_visit_whose_link_is_deleted_while_it_is_read_is_not_there(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A visit is not found if its link is deleted after the visit was read, and before the link is."""
    link, _ = store.create(link_spec(), now=NOW)
    visit = store.visit(link, new_visit(link), browser=None)
    monkeypatch.setattr(statements, "SELECT_LINK", f"{statements.SELECT_LINK} AND FALSE")
    assert store.visited_link(visit.id) is None
    assert store.open_visits(OpenVisits(since=NOW, limit=5)) == []


@pytest.mark.parametrize("entry", signed_values("rows")[-1:], ids=vector_name)
def test_tables_have_the_columns_of_the_known_rows_and_no_others(
    entry: dict[str, Any], store: SqliteStore
) -> None:
    """Whatever column is new in a later version, a known row says what an earlier file has in it."""
    gone = {"result", "submission_id", "error_code", "returned_at"}  # since version 5
    with store._connections.reading() as connection:
        for table, row in (("links", {"counts": None} | entry["link"]), ("visits", entry["visit"])):
            stored = {column["name"] for column in connection.execute(f"PRAGMA table_info({table})")}
            assert stored == {name.removesuffix("_hex") for name in row} - gone
