"""These tests ask whether a process should get requests."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from webhelper.readiness import State

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from flask import Flask

    from webhelper.services import Services


def of(app: Flask) -> Services:
    """Return the services of an app."""
    services: Services = app.extensions["webhelper"]
    return services


def answer(app: Flask) -> tuple[int, str]:
    """Return status and word of ``/readyz``."""
    got = app.test_client().get("/readyz")
    return got.status_code, got.get_json()["status"]


def test_process_that_works_is_ready(make_app: Callable[..., Flask]) -> None:
    """A process whose store and background work should get requests."""
    app = make_app(BACKGROUND_JOBS=True)
    assert answer(app) == (200, "ok")
    assert any(thread.name.startswith("liveform ") for thread in threading.enumerate())


def test_process_without_background_needs_none(app: Flask) -> None:
    """A process with BACKGROUND_JOBS off is ready without threads, and asking starts none."""
    before = threading.active_count()
    assert answer(app) == (200, "ok")
    assert threading.active_count() == before


def test_process_that_is_told_to_stop_is_not_ready(app: Flask) -> None:
    """Draining comes before every other reason, lasts, and begins once; the process lives meanwhile."""
    assert of(app).readiness.drain()
    assert not of(app).readiness.drain()
    assert answer(app) == (503, "draining")
    assert app.test_client().get("/healthz").status_code == 200


def test_process_whose_background_was_stopped_is_not_ready(make_app: Callable[..., Flask]) -> None:
    """A process whose threads have ended works no webhooks, and is not ready."""
    app = make_app(BACKGROUND_JOBS=True)
    of(app).background.start()
    of(app).background.stop()
    assert answer(app) == (503, "background stopped")


def test_process_that_gets_no_threads_is_not_ready_until_it_does(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that cannot start threads is not ready; each question tries again."""

    def refuse(_: object) -> None:
        raise RuntimeError

    app = make_app(BACKGROUND_JOBS=True)
    with monkeypatch.context() as patch:
        patch.setattr("webhelper.background.Thread.start", refuse)
        assert answer(app) == (503, "background stopped")
    assert answer(app) == (200, "ok")


def test_process_without_its_store_is_not_ready(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process whose store cannot be written is not ready."""
    monkeypatch.setattr(of(app).links.store, "is_ready", lambda: False)
    assert answer(app) == (503, "store unavailable")
    assert of(app).readiness.state() is State.NO_STORE
