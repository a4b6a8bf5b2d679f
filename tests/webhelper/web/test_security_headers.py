"""These tests check the security headers on every answer of every route."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from sites import TOKEN, projects, settings

from webhelper import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

LOOPBACK = "http://127.0.0.1:5000"
KEPT = {"static", "simulator.static", "qr.svg", "qr.png"}


@pytest.fixture(scope="module", params=["shop", "simulator"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A site with real forms, and one with the simulator, which has more routes."""
    simulated = {"BASE_URL": LOOPBACK, "SIMULATOR": True, "PROJECTS": projects(f"{LOOPBACK}/simulator")}
    changes = simulated if request.param == "simulator" else {}
    app = create_app(settings(tmp_path_factory.mktemp("site"), **changes))
    yield app
    app.extensions["webhelper"].links.store.close()


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    """A visitor's browser, on each of the two sites."""
    return site.test_client()


@pytest.fixture(scope="module")
def answers(site: Flask) -> list[tuple[str, TestResponse]]:
    """Return every answer of every route: to visitors and staff, with good and bad values, by any method."""
    app, program = site, site.test_client(use_cookies=False)
    program.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    link = program.post("/api/links", json={"pipeline": "id_document", "project": "shop"}).get_json()
    staff = app.test_client()
    staff.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    token = urlsplit(link["url"]).path.rpartition("/")[2]
    good = {
        "token": token,
        "link_id": link["id"],
        "project": "shop",
        "filename": "site.css",
        "kind": "missing-pid",
        "number": "1",
    }
    found: list[tuple[str, TestResponse]] = []
    for rule in app.url_map.iter_rules():
        for values in (good, {}):
            path = rule.rule.replace("<path:", "<").replace("<int:", "<")
            for name in rule.arguments:
                path = path.replace(f"<{name}>", values.get(name, "x"))
            for method in sorted({*(rule.methods or set()), "PATCH"}):
                staff.post("/sign-in", data={"token": TOKEN})
                found += [
                    (rule.endpoint, client.open(path, method=method, buffered=True))
                    for client in (app.test_client(), staff)
                ]
    for client in (app.test_client(), staff):
        found += [("", client.get(path)) for path in ("/nothing", "/api/nothing", "/static/nothing", "/r/")]
    return found


def policy_of(answer: TestResponse) -> dict[str, list[str]]:
    """Return the sources of the answer's Content-Security-Policy, by directive."""
    directives = [part.split() for part in answer.headers["Content-Security-Policy"].split(";")]
    return {name: sources for name, *sources in directives}


def test_every_answer_has_every_header(answers: list[tuple[str, TestResponse]]) -> None:
    """Every answer has every security header, whether it is a page, JSON, an image or an error."""
    statuses = {answer.status_code for _, answer in answers}
    assert {200, 204, 303, 400, 401, 403, 404, 405, 422} <= statuses
    for endpoint, answer in answers:
        headers = answer.headers
        where = (endpoint, answer.request.method, answer.request.path, answer.status_code)
        assert headers["Referrer-Policy"] == "no-referrer", where
        assert headers["X-Content-Type-Options"] == "nosniff", where
        assert headers["X-Robots-Tag"] == "noindex", where
        assert headers["X-Frame-Options"] == "DENY", where
        assert "Server" not in headers, where
        policy = policy_of(answer)
        assert policy["default-src"] == ["'none'"], where
        assert policy["frame-ancestors"] == ["'none'"], where
        assert policy["base-uri"] == ["'none'"], where
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"], where
        assert "unsafe" not in headers["Content-Security-Policy"], where


def test_site_with_https_asks_browsers_to_stay_with_it(
    site: Flask, answers: list[tuple[str, TestResponse]]
) -> None:
    """Every answer of a site with https has HSTS for a year, without its subdomains; none has it on http."""
    is_https = site.extensions["webhelper"].settings.is_https
    wanted = "max-age=31536000" if is_https else None
    assert {answer.headers.get("Strict-Transport-Security") for _, answer in answers} == {wanted}


def test_nothing_is_kept_but_images_and_static_files(answers: list[tuple[str, TestResponse]]) -> None:
    """Caches may keep images and static files with status 200, and nothing else."""
    kept = set()
    for endpoint, answer in answers:
        if answer.headers["Cache-Control"] != "no-store":
            kept.add(endpoint)
            assert answer.status_code == 200, (endpoint, answer.request.path)
    assert {"static", "qr.svg", "qr.png"} <= kept <= KEPT


def test_no_answer_with_a_cookie_is_kept(answers: list[tuple[str, TestResponse]]) -> None:
    """An answer that sets a cookie is kept by no cache, whoever is signed in."""
    with_cookie = [(endpoint, answer) for endpoint, answer in answers if "Set-Cookie" in answer.headers]
    assert {"console.home", "link_page.show"} <= {endpoint for endpoint, _ in with_cookie}
    assert {answer.headers["Cache-Control"] for _, answer in with_cookie} == {"no-store"}


def test_no_answer_is_a_server_error(answers: list[tuple[str, TestResponse]]) -> None:
    """No method and no value makes a route answer 5xx, except 503."""
    assert [
        (endpoint, answer.request.method, answer.request.path)
        for endpoint, answer in answers
        if answer.status_code >= 500 and answer.status_code != 503
    ] == []


def test_pages_hold_nothing_that_the_policy_forbids(answers: list[tuple[str, TestResponse]]) -> None:
    """A page has no inline script, style or handler, and loads nothing from other hosts."""
    pages = [answer.text for _, answer in answers if answer.mimetype == "text/html" and answer.data]
    assert len(pages) > 20
    for page in pages:
        Look(page)


class Look(HTMLParser):
    """Fails the test if a page holds anything that the policy forbids."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._in_script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Refuse inline styles, handlers and scripts, and whatever is loaded from another host."""
        assert tag != "style"
        assert not [name for name, _ in attrs if name == "style" or name.startswith("on")]
        for name in ("src", "srcset", "data", "poster") + (("href",) if tag == "link" else ()):
            address = dict(attrs).get(name)
            assert address is None or re.match(r"/[^/]|data:(image/|,)", address), (tag, address)
        self._in_script = tag == "script"
        assert not self._in_script or dict(attrs).get("src")

    def handle_endtag(self, tag: str) -> None:
        """Record that a script has ended."""
        self._in_script = False

    def handle_data(self, data: str) -> None:
        """Refuse a script whose code is inside the page."""
        assert not self._in_script


def test_forms_lead_to_this_site_but_for_the_form_that_redeems_a_link(  # L1
    app: Flask, make_link: Callable[..., dict[str, Any]]
) -> None:
    """A page has form-action 'self'; the page of a link has none, for the vendor's form may lead anywhere."""
    link, client = make_link(), app.test_client()
    pages = ["/sign-in", "/", "/result/x", f"{link['path']}/poster", "/r/forged", "/healthz"]
    assert all(policy_of(client.get(page))["form-action"] == ["'self'"] for page in pages)
    with_form = policy_of(client.get(link["path"]))
    assert "form-action" not in with_form
    assert with_form | {"form-action": ["'self'"]} == policy_of(client.get("/sign-in"))
    client.post(link["path"])
    assert "form-action" not in policy_of(client.get(link["path"]))
    assert policy_of(app.test_client().get(link["path"]))["form-action"] == ["'self'"]


def test_simulated_form_may_lead_to_next(make_app: Callable[..., Flask]) -> None:
    """The directive form-action of a site with the simulator also lists RETURN_HOSTS and RETURN_SCHEMES."""
    simulated = {"BASE_URL": LOOPBACK, "SIMULATOR": True, "PROJECTS": projects(f"{LOOPBACK}/simulator")}
    app = make_app(RETURN_SCHEMES=["myapp"], **simulated)
    sources = policy_of(app.test_client().get("/sign-in"))["form-action"]
    assert set(sources) == {"'self'", "http://app.example.com", "https://app.example.com", "myapp:"}


def test_module_for_frontends_can_be_imported_from_other_sites(client: FlaskClient) -> None:
    """Pages of any origin may import ``/static/liveform.js``."""
    answer = client.get("/static/liveform.js", buffered=True)
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_static_files_have_no_way_out(client: FlaskClient) -> None:
    """A path that leads out of the static files answers 404."""
    for path in (
        "../settings.py",
        "..%2fsettings.py",
        "%2e%2e/settings.py",
        "/etc/passwd",
        "..\\settings.py",
    ):
        assert client.get(f"/static/{path}").status_code == 404
