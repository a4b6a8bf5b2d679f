"""These tests let the error page fail too: the answer is a constant page, and the log has no address."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client

from webhelper.web import error_handlers
from webhelper.web.security_headers import SecurityHeaders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Flask
    from werkzeug.test import TestResponse

EMAIL = "jane@example.com"
ADDRESS = f"/return/shop?email={EMAIL}"


@pytest.fixture
def ask(make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> Callable[..., TestResponse]:
    """Return a caller of a site whose error page fails with personal data in its message."""

    def fail(*_: object, **__: object) -> str:
        raise RuntimeError(EMAIL)

    monkeypatch.setattr(error_handlers, "render_template", fail)
    app = make_app()

    def served(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # A server takes the error as the reason for another answer; Werkzeug's client raises it.
        return app(environ, lambda status, headers, _=None: start_response(status, headers))

    return Client(served).open


def test_failed_error_page_is_a_constant_page_and_one_line(
    ask: Callable[..., TestResponse], caplog: pytest.LogCaptureFixture
) -> None:
    """When the error page fails too, visitors get a constant page, and the log a line without address."""
    caplog.set_level(logging.ERROR)
    answer = ask(ADDRESS)
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert "Something went wrong" in answer.text
    assert "문제가 발생했습니다" in answer.text
    last = caplog.messages[-1]
    assert last.startswith("unexpected RuntimeError, and no error page: fail:")
    assert EMAIL not in caplog.text + answer.text
    assert "Traceback" not in caplog.text


def test_failed_error_page_has_the_headers_of_every_answer(ask: Callable[..., TestResponse]) -> None:
    """The constant page has every security header, and is not kept."""
    headers = ask(ADDRESS).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Strict-Transport-Security"]


def test_failed_error_page_is_in_the_access_log(
    ask: Callable[..., TestResponse], caplog: pytest.LogCaptureFixture
) -> None:
    """A request whose error page failed is counted like every other."""
    caplog.set_level(logging.INFO, logger="webhelper.access")
    ask(ADDRESS)
    assert [record.args[2] for record in caplog.records if record.name == "webhelper.access"] == ["500"]  # type: ignore[index]


def test_failed_error_page_of_head_has_no_body(ask: Callable[..., TestResponse]) -> None:
    """HEAD gets the headers of the constant page alone."""
    answer = ask(ADDRESS, method="HEAD")
    assert (answer.status_code, answer.data) == (500, b"")
    assert int(answer.headers["Content-Length"]) > 0


def test_answer_that_has_begun_is_replaced_as_pep_3333_says() -> None:
    """An app that fails after it named a status has its answer replaced."""
    begun: list[tuple[str, bool]] = []

    def app(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        raise RuntimeError

    def start(status: str, _: object, failure: object = None) -> Callable[[bytes], object]:
        begun.append((status[:3], failure is not None))
        return lambda _: None

    environ = {"PATH_INFO": "/", "REQUEST_METHOD": "GET"}
    (page,) = SecurityHeaders(app, form_addresses=[])(environ, start)
    assert page
    assert begun == [("200", False), ("500", True)]
