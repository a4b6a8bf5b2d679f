"""Tests of what is done before the first request of a process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from webhelper.web.first_request import at_first_request

if TYPE_CHECKING:
    import pytest


def test_first_request_runs_it_once_and_is_answered() -> None:
    """The first request runs what is asked for, and all requests are answered as usual."""
    app = Flask("bare")
    app.add_url_rule("/", "page", lambda: "a page")
    usual = app.wsgi_app
    ran: list[str] = []
    at_first_request(app, lambda: ran.append("ran"))
    assert ran == []
    assert [app.test_client().get("/").text for _ in range(2)] == ["a page"] * 2
    assert ran == ["ran"]
    assert app.wsgi_app == usual


def test_two_first_requests_are_both_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests that arrive together may both run it, and both are answered."""
    app = Flask("bare")
    app.add_url_rule("/", "page", lambda: "a page")
    at_first_request(app, lambda: None)
    first = app.wsgi_app
    assert app.test_client().get("/").text == "a page"
    app.wsgi_app = first  # type: ignore[method-assign]  # the other request has entered before
    assert app.test_client().get("/").text == "a page"
