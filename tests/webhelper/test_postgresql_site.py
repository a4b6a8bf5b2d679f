"""These tests run a whole site on PostgreSQL: its pages, its hosts, and its days without a database."""

from __future__ import annotations

import builtins
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from outcomes import faults_of
from postgresql_server import PostgresqlServer
from sites import TOKEN, settings
from stores import PostgresqlStores

from liveform import ConfigError
from webhelper import create_app
from webhelper.links.stores.postgresql import pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask

BEARER = {"Authorization": f"Bearer {TOKEN}"}
LINK = {"pipeline": "id_document", "project": "shop"}


@pytest.fixture
def database(postgresql_server: PostgresqlServer) -> str:
    """Return the URL of an empty database."""
    stores = PostgresqlStores(postgresql_server)
    stores.empty()
    return stores.place


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Return a maker of sites, each like one on a host of its own, with the time of the database."""
    made: list[Flask] = []

    def make(store: str, **changes: object) -> Flask:
        made.append(create_app(settings(tmp_path, STORE=store, **changes)))
        return made[-1]

    yield make
    for app in made:
        app.extensions["webhelper"].background.stop()
        app.extensions["webhelper"].links.store.close()


def test_hosts_share_links_uses_and_outcomes(database: str, make_site: Callable[..., Flask]) -> None:
    """A link that one host made is used up on another, and both see its visit."""
    one, other = (make_site(database).test_client() for _ in range(2))
    link = one.post("/api/links", json=LINK, headers=BEARER).get_json()
    path = link["url"].removeprefix("https://shop.example.com")
    assert other.get(path).status_code == 200
    assert other.post(path).status_code == 303
    assert one.post(path).status_code == 410
    for host in (one, other):
        answer = host.get(f"/api/links/{link['id']}", headers=BEARER).get_json()
        assert (answer["state"], answer["uses"]) == ("used_up", 1)


def test_site_without_its_database_says_so_and_recovers(
    make_site: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages and answers of a site whose database is down are 503 with Retry-After, until it is back."""
    monkeypatch.setattr(pool, "_LEND_S", 0.3)
    server = PostgresqlServer()
    try:
        server.start()
        client = make_site(server.url()).test_client()
        link = client.post("/api/links", json=LINK, headers=BEARER).get_json()
        path = link["url"].removeprefix("https://shop.example.com")
        assert client.get("/readyz").status_code == 200
        server.stop()
        page = client.get(path, headers={"Accept": "text/html"})
        answer = client.post("/api/links", json=LINK, headers=BEARER)
        assert (page.status_code, answer.status_code) == (503, 503)
        assert page.headers["Retry-After"] == answer.headers["Retry-After"] == "5"
        assert "Please try again in a few seconds." in page.text
        assert answer.get_json()["error"]["code"] == "store_unavailable"
        assert [client.get(one).status_code for one in ("/healthz", "/readyz")] == [200, 503]
        assert server.password not in page.text + answer.text
        server.start()
        assert client.get(path).status_code == 200
        assert client.get("/readyz").status_code == 200
    finally:
        server.remove()


def test_time_of_a_site_is_the_databases(
    database: str, make_site: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host whose clock is a day behind makes links by the clock of the database."""
    app = make_site(database)
    services = app.extensions["webhelper"]
    right = services.links.clock()
    monkeypatch.setattr("time.time", lambda: right - 86_400)
    link = app.test_client().post("/api/links", json=LINK, headers=BEARER).get_json()
    assert services.links.store.get(link["id"]).created_at >= right


@pytest.mark.parametrize(
    ("parameter", "problem"),
    [
        ("pool_size=0", "must be a URL of libpq, with pool_size=1 to 999 and prepare=yes or no if need be"),
        ("colour=red", "must be a URL of libpq, with pool_size=1 to 999 and prepare=yes or no if need be"),
    ],
)
def test_url_that_cannot_be_read_is_told_by_the_name_of_its_setting(
    parameter: str, problem: str, tmp_path: Path
) -> None:
    """A parameter that neither we nor libpq know is refused at the start; the URL is not shown."""
    store = f"postgresql://liveform:planted@127.0.0.1/links?{parameter}"
    faults = faults_of(lambda: create_app(settings(tmp_path, STORE=store)))
    assert faults == {"STORE": problem}


def test_tables_of_another_version_are_refused_at_the_start(
    database: str, make_site: Callable[..., Flask], tmp_path: Path, postgresql_server: PostgresqlServer
) -> None:
    """A site does not start on tables that it does not know."""
    make_site(database)
    postgresql_server.execute("UPDATE liveform_schema SET version = 0")
    with pytest.raises(ConfigError, match=r"^STORE: cannot be used: "):
        create_app(settings(tmp_path, STORE=database))


@pytest.mark.parametrize("missing", ["psycopg", "psycopg_pool"])
def test_extra_that_is_missing_is_named(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the driver, the setting says with which extra it comes."""
    there = builtins.__import__

    def without(name: str, *arguments: Any) -> Any:
        if name.partition(".")[0] == missing:
            raise ModuleNotFoundError(name=name)
        return there(name, *arguments)

    for name in [name for name in sys.modules if name.startswith("webhelper.links.stores.postgresql")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    faults = faults_of(lambda: create_app(settings(tmp_path, STORE="postgresql://host/db")))
    assert faults == {"STORE": "needs psycopg, which comes with the extra liveform[postgres]"}


@pytest.mark.parametrize("missing", ["address", "store"])
def test_module_that_is_missing_in_the_driver_is_no_fault_of_the_setting(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module of somebody else that is missing is told as it is."""
    monkeypatch.setitem(sys.modules, f"webhelper.links.stores.postgresql.{missing}", None)
    with pytest.raises(ModuleNotFoundError):
        create_app(settings(tmp_path, STORE="postgresql://host/db"))


def test_driver_is_imported_only_when_the_setting_asks() -> None:
    """A site on SQLite does not import the driver."""
    code = "import sys, webhelper.app; print(any(name.startswith('psycopg') for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
