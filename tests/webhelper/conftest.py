"""These fixtures give each test a site of its own, a browser, and a program with an API token."""

import os
import secrets
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias, cast
from urllib.parse import parse_qsl, urlsplit

import pytest
from confirmed_sites import ConfirmedSite
from flask import Flask
from flask.testing import FlaskClient
from many_apps import share_what_stays
from sites import BASE_URL, TOKEN, Clock, projects, settings

from webhelper import create_app
from webhelper.services import Services
from webhelper.simulate import LocalSimulator

MakeApp: TypeAlias = Callable[..., Flask]


@pytest.fixture(scope="session", autouse=True)
def shared_by_apps() -> Iterator[None]:
    """Compile templates and routes once for all apps; making an app takes most of the time of many tests."""
    with pytest.MonkeyPatch.context() as patch:
        share_what_stays(patch)
        yield


@pytest.fixture
def clock() -> Clock:
    """The clock of the app."""
    return Clock()


@pytest.fixture
def system_time(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Clock:
    """The clock of the app, which the system shows too."""
    monkeypatch.setattr(time, "time", clock)
    return clock


@pytest.fixture
def counted_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make random bytes count up from 00, as they do in ``tests/vectors/signed-values.json``."""

    def count(size: int) -> bytes:
        return bytes(range(size))

    monkeypatch.setattr(os, "urandom", count)
    monkeypatch.setattr(secrets, "token_bytes", count)


@pytest.fixture
def uncompressed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write codes without compression, because builds of zlib differ in what they write."""
    monkeypatch.setattr(zlib, "compress", lambda data: data)


@pytest.fixture
def make_app(tmp_path: Path, clock: Clock) -> Iterator[MakeApp]:
    """Return a maker of apps that share one database file; ``changes`` are settings."""
    made: list[Flask] = []

    def make(**changes: object) -> Flask:
        app = create_app(settings(tmp_path, **changes), clock=clock)
        made.append(app)
        return app

    yield make
    for app in made:
        app.extensions["webhelper"].background.stop()
        app.extensions["webhelper"].links.store.close()
        if "simulator" in app.extensions:
            app.extensions["simulator"].close()


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    """Return a site with https, a store and three projects."""
    return make_app()


@pytest.fixture
def services(app: Flask) -> Services:
    """Return the services that the views of ``app`` work with."""
    return cast("Services", app.extensions["webhelper"])


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a browser of a visitor, with cookies."""
    return app.test_client()


@pytest.fixture
def api_of() -> Callable[[Flask], FlaskClient]:
    """Return a maker of programs, which are clients that send an API token."""

    def make(app: Flask, token: str = TOKEN) -> FlaskClient:
        client = app.test_client(use_cookies=False)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    return make


@pytest.fixture
def api(app: Flask, api_of: Callable[[Flask], FlaskClient]) -> FlaskClient:
    """Return a program that sends an API token and keeps no cookies."""
    return api_of(app)


@pytest.fixture
def make_link(api: FlaskClient) -> Callable[..., dict[str, Any]]:
    """Return a maker of links: what the API answers, and the path of the link as ``path``."""

    def make(program: FlaskClient = api, **link_request: Any) -> dict[str, Any]:
        answer = program.post(
            "/api/links", json={"pipeline": "id_document", "project": "shop"} | link_request
        )
        assert answer.status_code == 201, answer.text
        link: dict[str, Any] = answer.get_json()
        return link | {"path": urlsplit(link["url"]).path}

    return make


@pytest.fixture
def sent() -> Callable[[str, str], dict[str, Any]]:
    """Return a reader of form URLs: what the vendor sees of ``project`` in ``location``."""

    def read(location: str, project: str = "shop") -> dict[str, Any]:
        parts = urlsplit(location)
        assert f"{parts.scheme}://{parts.netloc}" == "https://form.argosidentity.com"
        plain = dict(parse_qsl(parts.query, strict_parsing=True))
        encrypted = plain.pop("encrypted", None)
        return plain if encrypted is None else plain | projects()[project].decrypt(encrypted)

    return cast("Callable[[str, str], dict[str, Any]]", read)


@pytest.fixture
def return_path() -> Callable[..., str]:
    """Return a writer of Return URLs as the vendor opens them, without scheme and host."""

    def write(project: str, claims: Mapping[str, str | None], *, encrypt: bool | None = None) -> str:
        url = projects()[project].build_return(f"{BASE_URL}/return/{project}", claims, encrypt=encrypt)
        return url.removeprefix(BASE_URL)

    return write


@pytest.fixture
def simulator() -> Iterator[LocalSimulator]:
    """Yield the vendor."""
    with LocalSimulator(return_url=f"{BASE_URL}/return/shop") as running:
        yield running


@pytest.fixture
def confirmed_site(simulator: LocalSimulator, tmp_path: Path, clock: Clock) -> Iterator[ConfirmedSite]:
    """Yield a site whose project is at the simulator, and has an API key."""
    one = ConfirmedSite(tmp_path, simulator.project, clock)
    yield one
    one.close()
