"""These tests read the metrics as Prometheus does, and look for people in them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from operating import fail, new_event
from prometheus_client.parser import text_string_to_metric_families
from sites import KEY, TOKEN, VENDOR_KEY

from liveform import ConfigError, Project
from webhelper.errors import StoreError
from webhelper.web import observed
from webhelper.web.metrics import Metrics
from webhelper.web.state_metrics import StateMetrics

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from webhelper.services import Services

METRICS_TOKEN = "met-Zm9yIHRlc3RzIG9ubHksIGFuZCBzdHJvbmcu"
PERSONAL = ("jane.planted@example.com", "user_planted_12345", "planted")
COUNT_ONE = """
import sys
from webhelper.web.metrics import Metrics
Metrics(None).observe(method="GET", route="/r/<token>", status="302", seconds=0.002)
"""


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """Return a site with metrics."""
    return make_app(METRICS_TOKEN=METRICS_TOKEN)


def text_of(app: Flask) -> str:
    """Return the metrics as they are served."""
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    return answer.text


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Return the value of each sample by its name and its labels, in the order of their names."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_are_counted_by_route_method_and_status(app: Flask, make_link: Callable[..., Any]) -> None:
    """Answers are counted by route, whoever gave them, and their seconds are measured."""
    path = make_link(max_uses=None)["path"]
    client = app.test_client()
    for _ in range(3):
        client.get(path)
    client.get("/nowhere")
    client.open("/healthz", method="BREW")
    found = samples(text_of(app))
    assert found["liveform_requests_total", "GET", "/r/<token>", "302"] == 3
    assert found["liveform_requests_total", "POST", "/api/links", "201"] == 1
    assert found["liveform_requests_total", "GET", "(no route)", "404"] == 1
    assert found["liveform_requests_total", "other", "(no route)", "405"] == 1
    assert found["liveform_request_seconds_count", "/r/<token>"] == 3
    assert found["liveform_request_seconds_bucket", "+Inf", "/r/<token>"] == 3


def test_metrics_hold_nobodys_data(app: Flask, api: FlaskClient, make_link: Callable[..., Any]) -> None:
    """Neither a link nor a person, a label of staff, a token nor a key is in the metrics."""
    link = make_link(fields={"email": PERSONAL[0], "userid": PERSONAL[1]}, label="planted", max_uses=None)
    client = app.test_client()
    client.get(
        f"{link['path']}?planted=planted", headers={"User-Agent": "planted", "Referer": "https://planted/"}
    )
    client.get(f"/return/shop?email={PERSONAL[0]}&userid={PERSONAL[1]}")
    client.get("/planted/jane.planted@example.com")
    client.post("/webhooks/planted", json={"planted": 1})
    api.get("/api/links?label=planted")
    text = text_of(app).lower()
    for secret in (*PERSONAL, link["id"], link["path"][3:], TOKEN, KEY, VENDOR_KEY, METRICS_TOKEN):
        assert secret.lower() not in text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": f"Bearer {TOKEN}"},
        {"Authorization": f"Basic {METRICS_TOKEN}"},
        {"Authorization": "Bearer "},
        {"Authorization": METRICS_TOKEN},
        {"Authorization": "Bearer 텍스트"},
    ],
)
def test_metrics_are_for_who_has_their_token(app: Flask, headers: dict[str, str]) -> None:
    """Nobody else reads the metrics, whoever may use the API."""
    answer = app.test_client().get("/metrics", headers=headers)
    assert answer.status_code == 401
    assert "liveform_requests" not in answer.text


def test_metrics_token_opens_nothing_else(app: Flask) -> None:
    """The token of the metrics makes and lists no links."""
    answer = app.test_client().get("/api/links", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    assert answer.status_code == 401


def test_site_without_the_setting_has_no_metrics(make_app: Callable[..., Flask]) -> None:
    """Without METRICS_TOKEN there is no such page, and no request is counted."""
    plain = make_app()
    assert (
        plain.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 404
    )


def test_state_of_the_store_is_read_when_it_is_asked_for(
    make_app: Callable[..., Flask], services: Services
) -> None:
    """The metrics say what waits: webhooks, messages, token ids."""
    private = {"members": Project("memberpid1", api_key="an example of an API key")}
    app = make_app(METRICS_TOKEN=METRICS_TOKEN, PROJECTS=private, TOKEN_POOLS={"members": 20})
    for number in range(3):
        services.links.store.inbox.receive(new_event(number), now=services.links.clock())
    fail(services.links.store, 1, now=services.links.clock())
    found = samples(text_of(app))
    assert found["liveform_store_ready",] == 1
    assert found["liveform_webhooks", "waiting"] == 2
    assert found["liveform_webhooks", "failed"] == 1
    assert found["liveform_messages_waiting",] == 0
    assert found["liveform_token_ids_ready", "members"] == 0


def test_store_that_cannot_be_read_leaves_the_rest(
    app: Flask, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Metrics of requests are there while the store is not, and say so."""
    store = app.extensions["webhelper"].links.store
    monkeypatch.setattr(store, "is_ready", lambda: False)
    found = samples(text_of(app))
    assert found["liveform_store_ready",] == 0
    assert ("liveform_messages_waiting",) not in found

    def refuse() -> int:
        raise StoreError

    monkeypatch.undo()
    monkeypatch.setattr(type(store.outbox), "waiting", lambda _: refuse())
    found = samples(text_of(app))
    assert found["liveform_store_ready",] == 1
    assert ("liveform_messages_waiting",) not in found


def test_sealed_site_has_nothing_that_waits(make_app: Callable[..., Flask]) -> None:
    """A site that keeps nothing has metrics of requests alone."""
    found = samples(text_of(make_app(METRICS_TOKEN=METRICS_TOKEN, STORE="sealed:")))
    assert found["liveform_store_ready",] == 1
    assert ("liveform_messages_waiting",) not in found


def test_processes_count_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, services: Services
) -> None:
    """With a directory that they share, each process shows what all of them counted."""
    shared = tmp_path / "metrics"
    shared.mkdir()
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(shared))
    for _ in range(2):
        subprocess.run(
            [sys.executable, "-c", COUNT_ONE],
            check=True,
            env={"PYTHONPATH": ":".join(sys.path), "PROMETHEUS_MULTIPROC_DIR": str(shared)},
        )
    metrics = Metrics(StateMetrics(services.links.store, ()))
    assert samples(metrics.text().decode())["liveform_requests_total", "GET", "/r/<token>", "302"] == 2
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR")
    assert ("liveform_requests_total", "GET", "/r/<token>", "302") not in samples(metrics.text().decode())


@pytest.mark.parametrize("setting", ["METRICS_TOKEN", "TRACES"])
def test_setting_whose_package_is_missing_is_told_with_its_extra(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    """A site does not start with a setting whose extra is not installed."""
    monkeypatch.setattr(observed, "find_spec", lambda _: None)
    with pytest.raises(ConfigError) as caught:
        make_app(**{setting: METRICS_TOKEN if setting == "METRICS_TOKEN" else True})
    ((name, problem),) = caught.value.faults
    assert name == setting
    assert "liveform[" in problem
