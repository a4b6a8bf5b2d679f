"""These tests lend a schema of its own in a database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sites import NOW, open_store
from store_values import link_spec

from webhelper.errors import StoreError
from webhelper.links.stores.postgresql import own_schema as lending
from webhelper.links.stores.postgresql.own_schema import own_schema

if TYPE_CHECKING:
    from stores import PostgresqlStores

SCHEMAS = "SELECT count(*) FROM pg_namespace WHERE starts_with(nspname, 'lent')"


@pytest.mark.parametrize("query", ["", "?application_name=shop", "?pool_size=2", "?"])
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


@pytest.mark.parametrize("query", ["?options=-cwork_mem%3D4MB", "?options=-crefused%3D1"])
def test_connection_that_cannot_choose_its_schema_is_an_error(
    query: str, stores: PostgresqlStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a pooler leaves the option out, or refuses it, nothing is written among the tables of others."""
    monkeypatch.setattr(lending, "of_schema", lambda url, *_, **__: f"{url}{query}")
    with (
        pytest.raises(StoreError, match="a pooler does not let a connection choose"),
        own_schema(stores.place, "lent"),
    ):
        pytest.fail("lent")
    assert stores.execute(SCHEMAS) == [(0,)]


def test_schema_that_may_not_be_made_is_an_error(stores: PostgresqlStores) -> None:
    """A user without the right to make a schema is told which right that is."""
    stores.execute("DROP ROLE IF EXISTS guest")
    stores.execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    with (
        pytest.raises(StoreError, match="GRANT CREATE ON DATABASE"),
        own_schema(re.sub("//.*@", "//guest:guest@", stores.place), "lent"),
    ):
        pytest.fail("lent")
    stores.execute("DROP ROLE guest")


def test_store_of_a_schema_has_the_options_of_the_url(stores: PostgresqlStores) -> None:
    """Options of the URL hold for a store in a schema of its own too."""
    with own_schema(f"{stores.place}?options=-cwork_mem%3D5MB%20-cgeqo%3Doff", "lent") as (url, _):
        store: Any = open_store(url)
        assert store._connections.call(lambda one: one.execute("SHOW work_mem").fetchone()) == ("5MB",)
        assert store._connections.call(lambda one: one.execute("SHOW geqo").fetchone()) == ("off",)
        store.create(link_spec(), now=NOW)
        store.close()
