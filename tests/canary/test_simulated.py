"""These tests run through the simulator of a demo, which shows everything and logs nothing of it."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import pytest
from html_forms import Form

from liveform import Project
from tests.canary.replays import failing_view
from tests.canary.site import Site, watched_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BASE_URL: Final = "http://127.0.0.1:5000"
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a site with a simulator of its own."""
    project = Project("shoppid001", base_url=f"{BASE_URL}/simulator", api_key="an example of an API key")
    store = f"sqlite:///{(tmp_path / 'links.db').as_posix()}"
    changes = {"BASE_URL": BASE_URL, "SIMULATOR": True, "PROJECTS": {"shop": project}, "TOKEN_POOLS": {}}
    with watched_site(store, **changes) as one:
        yield one


def test_whole_way_through_the_simulated_form_logs_nothing(site: Site) -> None:
    """Neither the simulated form nor its inbox or API put into a log, trace or metric who went through."""
    its, client = site.canaries, site.app.test_client()
    values = {name: its[name] for name in ("userid", "email", "cf1")}
    shown = client.get("/simulator/", query_string={"pid": "shoppid001", **values})
    assert shown.status_code == 200
    (action,) = set(re.findall(r'action="(/simulator[^"]*)"', shown.text))
    filled = {name: value or "" for name, value in Form(shown.text).values.items()}
    ended = client.post(action.replace("&amp;", "&"), data=filled | {"outcome": "approved"}).text
    (back,) = set(re.findall(rf'href="{BASE_URL}(/return/shop[^"]*)"', ended))
    assert client.get(html.unescape(back)).status_code < 400
    assert its.found_in(client.get("/simulator/inbox").text) >= {"email", "userid"}
    assert its.found_in(site.everything_written()) == set()


def test_every_route_of_the_simulator_logs_nothing(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    """No route of the simulator logs what is in an address, a header or a body, when it fails either."""
    its, client = site.canaries, site.app.test_client()
    names = ("email", "userid", "cf1", "cf2", "name", "phone", "api key", "token", "submission_id")
    given = {name: its[name] if name in its.names else its["path"] for name in names}
    rules = [rule for rule in site.app.url_map.iter_rules() if rule.rule.startswith("/simulator")]
    assert len(rules) > 20
    for rule in rules:
        path = re.sub(r"<[^>]*>", its["path"], rule.rule)
        for method in METHODS:
            for headers in ({"x-api-key": its["api key"]}, {"x-api-key": "an example of an API key"}):
                client.open(f"{path}?{urlencode(given)}", method=method, headers=headers, json=given)
                client.open(path, method=method, headers=headers, data=f"{json.dumps(given)}?")
            with failing_view(site.app, rule.endpoint, its):
                client.open(f"{path}?{urlencode(given)}", method=method, json=given)
    token = {"Authorization": f"Bearer {its['metrics token']}"}
    metrics = client.get("/metrics", headers=token).text
    assert its.found_in(site.everything_written(), metrics, *capfd.readouterr()) == set()
