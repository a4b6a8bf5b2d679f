"""These tests lend a schema of its own in a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sites import NOW, open_store
from store_values import link_spec

from webhelper.errors import StoreError
from webhelper.links.stores.postgresql import own_schema as lending
from webhelper.links.stores.postgresql.own_schema import own_schema

if TYPE_CHECKING:
    from stores import PostgresqlStores

SCHEMAS = "SELECT count(*) FROM pg_namespace WHERE starts_with(nspname, 'lent')"


@pytest.mark.parametrize("query", ["", "?application_name=shop", "?pool_size=2"])
def test_store_in_a_schema_of_its_own_is_apart(query: str, stores: PostgresqlStores) -> None:
    """What is in the schema is not in the database's own tables, and is gone in the end."""
    stores.open().create(link_spec(), now=NOW)
    with own_schema(f"{stores.place}{query}", "lent") as (url, version):
        assert version.split(".")[0].isdigit()
        store = open_store(url)
        store.create(link_spec(), now=NOW)
        store.create(link_spec(), now=NOW)
        store.close()
        assert stores.execute("SELECT count(*) FROM links") == [(1,)]
        assert stores.execute(SCHEMAS) == [(1,)]
    assert stores.execute(SCHEMAS) == [(0,)]


def test_schema_is_deleted_after_an_error(stores: PostgresqlStores) -> None:
    """Whatever ends its use, the schema is deleted."""
    with pytest.raises(KeyboardInterrupt), own_schema(stores.place, "lent"):
        raise KeyboardInterrupt
    assert stores.execute(SCHEMAS) == [(0,)]


def test_connection_that_cannot_choose_its_schema_is_an_error(
    stores: PostgresqlStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a pooler leaves the option out, nothing is written among the tables of others."""
    monkeypatch.setattr(lending, "quote", lambda _: "-cwork_mem%3D4MB")
    with pytest.raises(StoreError), own_schema(stores.place, "lent"):
        pytest.fail("lent")
    assert stores.execute(SCHEMAS) == [(0,)]
