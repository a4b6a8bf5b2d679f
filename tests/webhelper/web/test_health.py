"""These tests ask ``/healthz`` and ``/readyz``, as a load balancer does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from webhelper.services import Services


@pytest.fixture
def broken(services: Services, tmp_path: Path) -> None:
    """Break the store of the site by putting a directory in place of its file."""
    services.links.store.close()
    (tmp_path / "links.db").unlink()
    (tmp_path / "links.db").mkdir()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_site_that_works_answers_200(client: FlaskClient, path: str) -> None:
    """A working site answers 200 with the status "ok" and nothing else."""
    answer = client.get(path)
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


def test_site_without_its_store_lives_but_is_not_ready(client: FlaskClient, broken: None) -> None:
    """A site with a broken store is healthy but answers 503 when asked whether it is ready."""
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "links.db" not in answer.text


def test_sealed_site_is_always_ready(make_app: Callable[..., Flask]) -> None:
    """A site without a store is ready as soon as it runs."""
    assert make_app(STORE="sealed:").test_client().get("/readyz").status_code == 200
