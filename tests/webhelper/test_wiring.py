"""Tests of how a site's objects are put together: what runs in the background, and where messages go."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from faulty_server import faulty_server, http
from messages import SPEC, outcome_of
from outcomes import faults_of
from sites import NOW, new_visit, settings

from webhelper import create_app
from webhelper.links.outcomes import Result, Source
from webhelper.messages.signals import OutcomeMessage, outcome_confirmed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask

    from webhelper.services import Services

OUTGOING = {"OUTGOING_SECRETS": ["whsec_YW4gZXhhbXBsZSBvZiBhIHNlY3JldCBvZiAzMiBiLi4="]}


@pytest.fixture
def heard() -> Iterator[list[OutcomeMessage]]:
    """A handler is connected; the list has its messages."""
    messages: list[OutcomeMessage] = []

    def keep(project: str, message: OutcomeMessage) -> None:
        messages.append(message)

    outcome_confirmed.connect(keep)
    yield messages
    outcome_confirmed.disconnect(keep)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory on the path; its modules are forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def services_of(app: Flask) -> Services:
    """Return the services of an app."""
    services: Services = app.extensions["webhelper"]
    return services


def confirm_an_outcome(services: Services) -> None:
    """Record what the API says of a new visit."""
    store: Any = services.links.store
    link, _ = store.create(SPEC, now=NOW)
    visit = store.visit(link, new_visit(link), browser=None)
    store.record(visit.id, outcome_of(Result.APPROVED, Source.API, at=NOW))


def test_confirmed_outcome_reaches_handlers_that_connect_after_create_app(
    app: Flask, heard: list[OutcomeMessage]
) -> None:
    """Without any setting, a handler of this process hears of an outcome."""
    services = services_of(app)
    confirm_an_outcome(services)
    services.background.run_pending(NOW)
    assert [message.status for message in heard] == [Result.APPROVED]
    assert services.links.store.outbox.waiting() == 0


def test_confirmed_outcome_reaches_the_url_of_the_site(
    make_app: Callable[..., Flask], heard: list[OutcomeMessage]
) -> None:
    """With OUTGOING_URL, a message goes to the URL and to the handlers."""
    with faulty_server(http(204, b"")) as server:
        services = services_of(make_app(OUTGOING_URL=server.base_url, **OUTGOING))
        confirm_an_outcome(services)
        services.background.run_pending(NOW)
    assert (len(server.requests), len(heard)) == (1, 1)
    assert f"webhook-id: {heard[0].id}".encode() in server.requests[0]
    assert services.links.store.outbox.waiting() == 0


def test_site_without_a_store_has_no_background(make_app: Callable[..., Flask]) -> None:
    """A site that keeps nothing has nothing to do in the background."""
    background = services_of(make_app(STORE="sealed:")).background
    background.run_pending(NOW)
    assert background.soon(lambda: None)


def test_create_app_starts_no_thread(tmp_path: Path) -> None:
    """A server may fork after ``create_app``, so no thread runs by then."""
    app = create_app(settings(tmp_path, BACKGROUND_JOBS=True))
    services = services_of(app)
    assert services.background._process().threads == {}
    services.links.store.close()


def test_modules_of_handlers_are_imported(packages: Path, make_app: Callable[..., Flask]) -> None:
    """The modules of HANDLERS are imported by ``create_app``."""
    (packages / "shop_handlers.py").write_text("IMPORTED = True\n")
    make_app(HANDLERS=["shop_handlers"])
    assert sys.modules["shop_handlers"].IMPORTED


def test_missing_module_of_handlers_is_an_error_at_once(tmp_path: Path) -> None:
    """``create_app`` names a module of HANDLERS that cannot be imported."""
    faults = faults_of(lambda: create_app(settings(tmp_path, HANDLERS=["shop_missing"])))
    assert faults == {"HANDLERS": "shop_missing cannot be imported: there is no module shop_missing"}


def test_entry_point_gets_the_app(packages: Path, make_app: Callable[..., Flask]) -> None:
    """An installed package with an entry point gets the app, whose services it can use."""
    (packages / "shop_plugin.py").write_text("APPS = []\n\ndef connect(app):\n    APPS.append(app)\n")
    info = packages / "shop-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shop\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[liveform.webhelper]\nshop = shop_plugin:connect\n")
    app = make_app()
    (connected,) = sys.modules["shop_plugin"].APPS
    assert connected is app
