"""These tests open reusable links without Flask, and check that Flask gets all other requests."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import pytest

from webhelper.errors import StoreError
from webhelper.links.stores import visit_buffer

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    from webhelper.services import Services


@pytest.fixture
def asked(app: Flask) -> list[str]:
    """Return a list that collects the methods of the requests that reach Flask."""
    methods: list[str] = []
    flask = app.wsgi_app._app._app._app._app  # type: ignore[attr-defined]

    def note(environ: Any, start_response: Any) -> Any:
        methods.append(environ["REQUEST_METHOD"])
        return flask(environ, start_response)

    app.wsgi_app._app._app._app._app = note  # type: ignore[attr-defined]
    return methods


@pytest.mark.parametrize("prefix", ["/r/", "/R/"])
def test_reusable_link_redirects_without_flask(
    client: FlaskClient,
    make_link: Callable[..., dict[str, Any]],
    sent: Callable[..., dict[str, Any]],
    asked: list[str],
    caplog: pytest.LogCaptureFixture,
    prefix: str,
) -> None:
    """A reusable link redirects without Flask, with security headers and a log line without the token."""
    link = make_link(max_uses=None, fields={"userid": "user_1"})
    asked.clear()
    caplog.set_level(logging.INFO, logger="webhelper.access")
    caplog.clear()
    answer = client.get(link["path"].replace("/r/", prefix))
    assert (answer.status_code, answer.data, asked) == (302, b"", [])
    assert sent(answer.headers["Location"])["userid"] == "user_1"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Content-Security-Policy" in answer.headers
    (line,) = [re.sub(r"[0-9.]+ ms", "0 ms", message) for message in caplog.messages]
    assert line == f"GET {prefix}<token> 302 0 ms"


def test_redirect_names_the_browser_to_which_the_state_is_bound(  # A3
    app: Flask, make_link: Callable[..., dict[str, Any]], asked: list[str]
) -> None:
    """A reusable link sets the browser's cookie, and sets the same one again when it is opened again."""
    link = make_link(max_uses=None)
    asked.clear()
    client, other = app.test_client(), app.test_client()
    first, again, another = (one.get(link["path"]) for one in (client, client, other))
    (cookie,) = first.headers.getlist("Set-Cookie")
    assert re.fullmatch(
        r"__Host-browser=[\w-]{22}; Max-Age=86400; Secure; HttpOnly; Path=/; SameSite=Lax", cookie
    )
    assert again.headers.getlist("Set-Cookie") == [cookie]
    assert another.headers.getlist("Set-Cookie") != [cookie]
    assert asked == []


@pytest.mark.parametrize(
    ("method", "query", "headers", "status"),
    [
        ("HEAD", "", {}, 200),
        ("OPTIONS", "", {}, 200),
        ("GET", "lang=ko", {}, 302),
        ("GET", "", {"Sec-Purpose": "prefetch"}, 200),
        ("GET", "", {"Purpose": "prefetch"}, 200),
        ("GET", "", {"X-Purpose": "preview"}, 200),
        ("GET", "", {"X-Moz": "prefetch"}, 200),
        ("POST", "", {}, 303),
    ],
)
def test_what_is_not_a_plain_opening_is_left_to_flask(  # L4, L7
    client: FlaskClient,
    make_link: Callable[..., dict[str, Any]],
    asked: list[str],
    method: str,
    query: str,
    headers: dict[str, str],
    status: int,
) -> None:
    """Flask answers other methods, requests with a query, chosen languages, and what is sent ahead."""
    link = make_link(max_uses=None)
    asked.clear()
    answer = client.open(link["path"], method=method, query_string=query, headers=headers)
    assert (answer.status_code, asked) == (status, [method])


def test_language_that_was_chosen_is_left_to_flask(  # L4
    client: FlaskClient, make_link: Callable[..., dict[str, Any]], asked: list[str]
) -> None:
    """Flask answers a browser that has the cookie of a language."""
    link = make_link(max_uses=None)
    client.set_cookie("lang", "ko")
    asked.clear()
    assert "&lang=ko" in client.get(link["path"]).headers["Location"]
    assert asked == ["GET"]


def test_limited_link_is_left_to_flask_and_not_used_up(
    client: FlaskClient, api: FlaskClient, make_link: Callable[..., dict[str, Any]], asked: list[str]
) -> None:
    """Flask answers a limited link with its page, and no use is counted."""
    link = make_link()
    asked.clear()
    assert client.get(link["path"]).status_code == 200
    assert asked == ["GET"]
    assert api.get(f"/api/links/{link['id']}").get_json()["uses"] == 0


def test_link_that_does_not_open_is_explained_by_flask(
    client: FlaskClient, api: FlaskClient, make_link: Callable[..., dict[str, Any]]
) -> None:
    """A revoked link answers 410, a forged one 404, and a path below a link its own answer."""
    link = make_link(max_uses=None)
    assert client.get(link["path"]).status_code == 302
    assert client.get(f"{link['path']}/qr.svg").status_code == 200
    api.delete(f"/api/links/{link['id']}")
    assert client.get(link["path"]).status_code == 410
    assert client.get("/r/" + "A" * 30).status_code == 404
    assert api.get(f"/api/links/{link['id']}").get_json()["uses"] == 1


def test_failure_on_the_way_is_flasks_to_tell(
    client: FlaskClient,
    services: Services,
    make_link: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A store that fails during a redirect answers 500, and the server gets no exception."""
    link = make_link(max_uses=None)

    def fail(*_: object) -> Any:
        raise KeyError(link["path"])

    monkeypatch.setattr(services.links.store, "find", fail)
    assert client.get(link["path"]).status_code == 500


def test_opening_that_is_refused_is_not_counted(
    client: FlaskClient,
    make_link: Callable[..., dict[str, Any]],
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # F8
    """While openings cannot be written, those answered with 503 are counted neither here nor in Flask."""
    link = make_link(max_uses=None)
    store: Any = services.links.store
    monkeypatch.setattr(visit_buffer, "_MOST", 5)

    def fail(_: object) -> None:
        raise StoreError

    with monkeypatch.context() as broken:
        broken.setattr(store._visit_buffer, "_write", fail)
        answers = [client.get(link["path"]).status_code for _ in range(10)]
    assert answers == [302] * 5 + [503] * 5
    store._visit_buffer.flush()
    assert store.get(link["id"]).uses == 5
