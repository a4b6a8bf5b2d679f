"""These tests make apps with ``create_app``, from settings and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from outcomes import faults_of
from sites import BASE_URL, HOLDER, KEY, TOKEN, projects, settings

import webhelper
from liveform import ConfigError, Project
from webhelper import create_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

LOOPBACK = "http://127.0.0.1:5000"


def test_package_has_no_other_names() -> None:
    """The package hands on ``create_app``, and has no name beside it."""
    assert webhelper.create_app is create_app
    with pytest.raises(AttributeError, match="create_apps"):
        getattr(webhelper, "create_apps")  # noqa: B009 - mypy knows the names


def test_store_of_a_simulator_is_beside_that_of_links(tmp_path: Path, make_app: Callable[..., Flask]) -> None:
    """The simulator of a site keeps its file beside the store, and keeps all in memory with ``sealed:``."""
    site = {"BASE_URL": LOOPBACK, "SIMULATOR": True, "PROJECTS": projects(f"{LOOPBACK}/simulator")}
    make_app(**site, STORE="sealed:")
    assert not list(tmp_path.iterdir())
    make_app(**site)
    assert (tmp_path / "simulator.db").exists()


def test_simulator_that_cannot_be_opened_is_an_error_at_once(tmp_path: Path) -> None:
    """``create_app`` refuses a file beside the store that is no simulator's, under the name SIMULATOR."""
    (tmp_path / "simulator.db").write_bytes(b"something else, and long enough for a header of SQLite")
    given = settings(tmp_path, BASE_URL=LOOPBACK, SIMULATOR=True, PROJECTS=projects(f"{LOOPBACK}/simulator"))
    assert set(faults_of(lambda: create_app(given))) == {"SIMULATOR"}


def test_app_of_no_settings_says_all_that_is_missing() -> None:
    """``create_app`` without settings names all four that are missing."""
    missing = ("BASE_URL", "SECRET_KEYS", "API_TOKENS", "PROJECTS")
    assert faults_of(lambda: create_app({})) == dict.fromkeys(missing, "is missing")


@pytest.mark.parametrize("clock", ["x", 5])
def test_clock_that_gives_no_time_is_refused_at_once(clock: Any, tmp_path: Path) -> None:
    """What cannot be asked for the time is refused when the app is made, and not by its first request."""
    assert set(faults_of(lambda: create_app(settings(tmp_path), clock=clock))) == {"clock"}


def test_refusal_names_settings_and_never_their_values(tmp_path: Path) -> None:
    """A refusal names the wrong settings and does not contain their values."""
    weak = settings(tmp_path, SECRET_KEYS=["weaksecret"], API_TOKENS={HOLDER: "weaktoken"}, COLOR="red")
    with pytest.raises(ConfigError) as caught:
        create_app(weak)
    assert {fault.setting for fault in caught.value.faults} == {
        "SECRET_KEYS",
        f"API_TOKENS.{HOLDER}",
        "COLOR",
    }
    assert not any(value in str(caught.value) for value in ("weaksecret", "weaktoken", "red"))


def test_environment_is_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``create_app`` ignores LIVEFORM_ and FLASK_ variables."""
    for name, value in (
        ("BASE_URL", "https://evil.example.com"),
        ("SIMULATOR", "true"),
        ("STORE", "sealed:"),
    ):
        monkeypatch.setenv(f"LIVEFORM_{name}", value)
        monkeypatch.setenv(f"FLASK_{name}", value)
    monkeypatch.setenv("FLASK_SECRET_KEY", "x")
    app = create_app(settings(tmp_path))
    checked = app.extensions["webhelper"].settings
    assert (checked.base_url, checked.simulator) == (BASE_URL, False)
    assert app.config["SECRET_KEY"] is None  # signers hold the keys; Flask needs none
    app.extensions["webhelper"].links.store.close()


def test_mapping_of_settings_is_not_changed(tmp_path: Path, make_app: Callable[..., Flask]) -> None:
    """``create_app`` does not change the mapping of settings that it gets."""
    given = settings(tmp_path)
    before = {name: value.copy() if hasattr(value, "copy") else value for name, value in given.items()}
    create_app(given).extensions["webhelper"].links.store.close()
    assert given == before


def test_two_apps_in_one_process_know_nothing_of_each_other(
    tmp_path: Path, make_app: Callable[..., Flask], make_link: Callable[..., dict[str, Any]]
) -> None:
    """Two apps in one process share neither links nor names."""
    (tmp_path / "other").mkdir()
    other = make_app(
        STORE=f"sqlite:///{(tmp_path / 'other' / 'links.db').as_posix()}",
        BASE_URL="https://other.example.com",
        SECRET_KEYS=[KEY[::-1]],
        SITE_NAME="Other",
    )
    link = make_link()
    assert other.test_client().get(link["path"]).status_code == 404
    assert "Other" in other.test_client().get("/sign-in").text


def test_links_outlive_the_app(
    make_app: Callable[..., Flask], make_link: Callable[..., dict[str, Any]], app: Flask
) -> None:
    """A link and its uses survive a restart of the app."""
    link = make_link()
    app.extensions["webhelper"].links.store.close()
    client = make_app().test_client()
    assert client.post(link["path"]).status_code == 303
    assert make_app().test_client().post(link["path"]).status_code == 410


def test_store_that_cannot_be_opened_is_an_error_at_once(tmp_path: Path) -> None:
    """``create_app`` refuses a store that it cannot open, under the name STORE."""
    missing = settings(tmp_path, STORE=f"sqlite:///{tmp_path / 'missing' / 'links.db'}")
    assert set(faults_of(lambda: create_app(missing))) == {"STORE"}


def test_simulator_is_there_in_demos_alone(make_app: Callable[..., Flask]) -> None:
    """The simulator's routes exist only on a site with SIMULATOR."""
    assert make_app().test_client().get("/simulator/").status_code == 404
    app = make_app(BASE_URL=LOOPBACK, SIMULATOR=True, PROJECTS=projects(f"{LOOPBACK}/simulator"))
    assert any(rule.rule.startswith("/simulator/") for rule in app.url_map.iter_rules())
    assert app.test_client().get("/simulator/knowledge").status_code in (200, 303)


def test_simulated_form_returns_to_this_site_and_to_listed_pages(
    make_app: Callable[..., Flask],
    api_of: Callable[..., FlaskClient],
) -> None:
    """The simulated form offers this site's Return URL and the pages of CORS_ORIGINS."""
    app = make_app(
        BASE_URL=LOOPBACK,
        SIMULATOR=True,
        PROJECTS=projects(f"{LOOPBACK}/simulator"),
        CORS_ORIGINS=["http://localhost:3000"],
    )
    api = api_of(app)
    link_request = {"pipeline": "id_document", "project": "plain", "max_uses": None}
    link = api.post("/api/links", json=link_request).get_json()
    location = api.get(link["url"].removeprefix(LOOPBACK)).headers["Location"]
    page = api.get(location.removeprefix(LOOPBACK)).text
    assert f"{LOOPBACK}/return/plain" in page
    assert "http://localhost:3000/" in page


@pytest.mark.parametrize(
    ("senders", "url"),
    [
        (["127.0.0.1", "::1"], f"{LOOPBACK}/webhooks/shop"),
        (["127.0.0.0/8"], f"{LOOPBACK}/webhooks/shop"),
        (["::1"], None),
        (["52.78.194.237"], None),
    ],
)
def test_simulator_sends_webhooks_to_a_site_that_takes_them(
    make_app: Callable[..., Flask], senders: list[str], url: str | None
) -> None:
    """The simulator sends webhooks, some seconds late, if the site takes them from this machine."""
    app = make_app(
        BASE_URL=LOOPBACK,
        SIMULATOR=True,
        PROJECTS=projects(f"{LOOPBACK}/simulator"),
        WEBHOOK_SENDERS=senders,
    )
    dashboard = app.extensions["simulator"].sandbox.dashboards["shop"]
    assert dashboard.webhook_url == url
    assert 2 <= dashboard.event_delay.total_seconds() <= 3


def test_simulator_has_the_private_mode_of_the_pools(make_app: Callable[..., Flask]) -> None:
    """A project with a pool of token ids is in private mode at the simulator too, and no other is."""
    form = f"{LOOPBACK}/simulator"
    private = Project("shoppid001", base_url=form, api_key="an API key", api_url=f"{form}/v3")
    app = make_app(
        BASE_URL=LOOPBACK,
        SIMULATOR=True,
        PROJECTS={**projects(form), "shop": private},
        TOKEN_POOLS={"shop": 2},
        BACKGROUND_JOBS=False,
    )
    dashboards = app.extensions["simulator"].sandbox.dashboards
    assert {name: one.private_mode for name, one in dashboards.items()} == {
        "plain": False,
        "shop": True,
        "signup": False,
    }


def test_sandbox_leads_back_to_the_console(make_app: Callable[..., Flask]) -> None:
    """The sandbox of a site has a link to the site's console."""
    app = make_app(BASE_URL=LOOPBACK, SIMULATOR=True, PROJECTS=projects(f"{LOOPBACK}/simulator"))
    assert f'<a href="{LOOPBACK}/">Back to the console</a>' in app.test_client().get("/simulator/inbox").text


def test_badge_of_the_demo_is_shown_in_demos_alone(make_app: Callable[..., Flask]) -> None:
    """The console shows the badge of a demo, and leads to the sandbox, only on a site with SIMULATOR."""
    demo = make_app(BASE_URL=LOOPBACK, SIMULATOR=True, PROJECTS=projects(f"{LOOPBACK}/simulator"))
    for app, shown in ((make_app(), False), (demo, True)):
        client = app.test_client()
        client.post("/sign-in", data={"token": TOKEN})
        page = client.get("/").text
        assert ('<span class="demo-badge">Demo</span>' in page) is shown
        assert ('href="/simulator/inbox">Sandbox</a>' in page) is shown


def test_pages_say_who_asks(make_app: Callable[..., Flask]) -> None:
    """A page names SITE_NAME, escaped, or else the host of the site."""
    assert (
        "<b>"
        not in make_app(SITE_NAME="<b>Shop</b>").test_client().get("/sign-in").text.partition("<main")[2]
    )
    assert "shop.example.com" in make_app().test_client().get("/sign-in").text


@pytest.mark.parametrize("simulator", [False, True])
def test_no_answer_holds_the_host_that_was_asked_for(
    make_app: Callable[..., Flask], simulator: bool, make_link: Callable[..., dict[str, Any]]
) -> None:
    """No answer of any route contains the Host, Forwarded or X-Forwarded-Host of its request."""
    changes: dict[str, object] = {}
    if simulator:
        changes = {
            "BASE_URL": LOOPBACK,
            "SIMULATOR": True,
            "PROJECTS": projects(f"{LOOPBACK}/simulator"),
        }
    app = make_app(**changes)
    token = make_link()["path"].rpartition("/")[2]
    headers = {
        "Host": "evil.example.com",
        "X-Forwarded-Host": "evil.example.com",
        "Forwarded": "host=evil.example.com",
        "Authorization": f"Bearer {TOKEN}",
    }
    for rule in app.url_map.iter_rules():
        path = rule.rule.replace("<path:filename>", "site.css").replace("<token>", token)
        for name in rule.arguments:
            path = path.replace(f"<{name}>", "shop").replace(f"<int:{name}>", "1")
        for address in {path, path + "/", path.rstrip("/") or "/", path[0] + path[1:].replace("/", "//")}:
            for method in ("GET", "POST"):
                answer = app.test_client().open(address, method=method, headers=headers, buffered=True)
                assert b"evil" not in answer.data + str(answer.headers).encode(), (method, address)
