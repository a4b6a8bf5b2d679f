"""These tests run a whole site on PostgreSQL: its pages, its hosts, and its days without a database."""

from __future__ import annotations

import builtins
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import psycopg
import pytest
from outcomes import faults_of
from postgresql_server import PostgresqlServer
from sites import TOKEN, settings
from stores import PostgresqlStores

from liveform import ConfigError
from webhelper import create_app
from webhelper.links.stores.postgresql import limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

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


def test_site_without_its_database_says_so_and_recovers(make_site: Callable[..., Flask]) -> None:
    """Without its database a site answers 503 with Retry-After, but opens sealed links of earlier days."""
    server = PostgresqlServer()
    try:
        server.start()
        client = make_site(server.url()).test_client()
        link = client.post("/api/links", json=LINK, headers=BEARER).get_json()
        path = link["url"].removeprefix("https://shop.example.com")
        before = make_site("sealed:").test_client()
        sealed = before.post("/api/links", json=LINK | {"max_uses": None}, headers=BEARER).get_json()
        sealed_path = sealed["url"].removeprefix("https://shop.example.com")
        assert client.get("/readyz").status_code == 200
        server.stop()
        for _ in range(2):
            stateless = client.get(sealed_path)
            assert stateless.status_code == 302
            assert stateless.location.startswith("https://form.argosidentity.com/")
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


@pytest.mark.parametrize("prepare", ["yes", "no"])
@pytest.mark.parametrize(
    "limited",
    [limits.Limits(lock_ms=100, statement_ms=1500), limits.Limits(lock_ms=1000, statement_ms=200)],
    ids=["lock_timeout", "statement_timeout"],
)
def test_lock_that_somebody_holds_is_503(
    limited: limits.Limits,
    prepare: str,
    make_site: Callable[..., Flask],
    database: str,
    postgresql_server: PostgresqlServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A request that meets a held lock ends by a limit of the server with Retry-After, and works later."""
    app = make_site(postgresql_server.url(prepare=prepare, database=database.rsplit("/", 1)[1]))
    client = app.test_client()
    link = client.post("/api/links", json=LINK, headers=BEARER).get_json()
    path = link["url"].removeprefix("https://shop.example.com")
    monkeypatch.setattr(limits, "IN_REQUEST", limited)
    with psycopg.connect(database) as holder:
        holder.execute("LOCK TABLE links IN ACCESS EXCLUSIVE MODE")
        answers = [client.get(path), client.post(path), client.post("/api/links", json=LINK, headers=BEARER)]
        answers.append(client.get(f"/api/links/{link['id']}", headers=BEARER))
        assert [(one.status_code, one.headers["Retry-After"]) for one in answers] == [(503, "5")] * 4
        assert client.get("/readyz").status_code == 503
    assert client.get("/readyz").status_code == 200
    assert client.post(path).status_code == 303


def result_code(client: FlaskClient) -> str:
    """Return the code of a visit that came back approved."""
    link = client.post("/api/links", json=LINK | {"project": "plain"}, headers=BEARER).get_json()
    opened = client.post(link["url"].removeprefix("https://shop.example.com"))
    ((_, state),) = [pair for pair in parse_qsl(urlsplit(opened.location).query) if pair[0] == "cf3"]
    query = f"?{urlencode({'kycStatus': 'approved', 'submissionId': 's-17', 'cf3': state})}"
    code: str = client.post("/api/returns", json={"project": "plain", "query": query}).get_json()["code"]
    return code


def test_result_code_outlives_a_lock_that_somebody_holds(
    database: str, make_site: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A code whose exchange was told 503 is not used up, and is exchanged when it is asked for again."""
    monkeypatch.setattr(limits, "IN_REQUEST", limits.Limits(lock_ms=100, statement_ms=1500))
    client = make_site(database).test_client()
    code = result_code(client)
    with psycopg.connect(database) as holder:
        holder.execute("SELECT 1 FROM visits FOR UPDATE")
        assert client.post("/api/results", json={"code": code}, headers=BEARER).status_code == 503
    answers = [client.post("/api/results", json={"code": code}, headers=BEARER) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 410]


def test_server_that_hangs_costs_the_first_request_its_time_alone(
    make_site: Callable[..., Flask], caplog: pytest.LogCaptureFixture
) -> None:
    """One request waits for a server that hangs, the next ones are told at once, and it goes on by itself."""
    server = PostgresqlServer()
    try:
        server.start()
        client = make_site(server.url()).test_client()
        link = client.post("/api/links", json=LINK, headers=BEARER).get_json()
        path = link["url"].removeprefix("https://shop.example.com")
        caplog.clear()
        server.freeze()
        try:
            answers = [client.post("/api/links", json=LINK, headers=BEARER) for _ in range(2)]
            answers += [client.get(path), client.get("/readyz")]
        finally:
            server.thaw()
        assert [one.status_code for one in answers] == [503] * 4
        assert "NoAnswerError" in caplog.messages[0]  # of the throttle: this alone was waited for
        causes = [message.rpartition(": ")[2] for message in caplog.messages[1:]]
        assert causes == ["TimeIsUpError", "DownError", "DownError"]
        while client.get("/readyz").status_code == 503:
            pass
        assert client.get(path).status_code == 200
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
