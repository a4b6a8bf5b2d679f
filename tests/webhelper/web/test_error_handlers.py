"""These tests turn errors into pages and JSON, without any personal data in either."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from sites import TOKEN

from liveform import (
    BadSignatureError,
    ConfigError,
    DecryptError,
    ExpiredError,
    FieldError,
    LiveformError,
    MalformedError,
    UnexpectedValueError,
)
from webhelper.errors import (
    ApiTokenError,
    CrossSiteError,
    EmptyPoolError,
    KeyReusedError,
    NotKeptError,
    RevokedError,
    ScopeError,
    SenderError,
    StoreError,
    TooManyRequestsError,
    UnknownLinkError,
    UnknownProjectError,
    UnknownVisitError,
    UsedUpError,
)
from webhelper.visitor import open_link
from webhelper.web.error_handlers import status_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

    from webhelper.services import Services

JSON = {"Accept": "application/json"}
SECRET = "jane@example.com"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ApiTokenError(), 401),
        (CrossSiteError(), 403),
        (ScopeError(scope="read"), 403),
        (TooManyRequestsError(0.5), 429),
        (SenderError(), 403),
        (UnknownLinkError(), 404),
        (UnknownVisitError(), 404),
        (UnknownProjectError(), 404),
        (BadSignatureError(), 404),
        (KeyReusedError(), 422),
        (ExpiredError(), 410),
        (UsedUpError(), 410),
        (RevokedError(), 410),
        (MalformedError("x"), 400),
        (DecryptError(), 400),
        (UnexpectedValueError("x", "y"), 400),
        (NotKeptError("x"), 409),
        (FieldError("x", "y"), 422),
        (EmptyPoolError(), 503),
        (StoreError(), 503),
        (ConfigError(("x", "y")), 500),
        (LiveformError(), 500),
    ],
)
def test_every_error_has_its_status(error: LiveformError, status: int) -> None:
    """An error of the caller answers 4xx, a wrong setting 500, and a broken store 503."""
    assert status_of(error) == status


def test_every_error_of_the_helper_has_a_code_of_its_own() -> None:
    """Each error class of the web helper has its own code, so that callers can branch on it."""
    errors = (
        *(CrossSiteError, KeyReusedError, NotKeptError, StoreError, ApiTokenError, UnknownLinkError),
        *(EmptyPoolError, SenderError, UnknownProjectError, UnknownVisitError, ScopeError),
        TooManyRequestsError,
    )
    assert len({error.code for error in errors}) == len(errors)


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        (None, "text/html"),
        ("", "text/html"),
        ("*/*", "text/html"),
        ("text/html", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "text/html"),
        ("application/json", "application/json"),
        ("application/json, text/plain, */*", "application/json"),
        ("text/html;q=0.5, application/json", "application/json"),
        ("application/json;q=0.5, text/html", "text/html"),
        ("image/png", "text/html"),
        ("nonsense", "text/html"),
    ],
)
def test_accept_header_chooses_between_page_and_json(
    client: FlaskClient, accept: str | None, mimetype: str
) -> None:
    """An error answers JSON to a client that prefers it, and a page to everybody else."""
    headers = {} if accept is None else {"Accept": accept}
    for path in ("/nothing", "/r/forged"):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.mimetype) == (404, mimetype)


@pytest.mark.parametrize(
    ("path", "method", "code"),
    [
        ("/nothing", "GET", "not_found"),
        ("/r/forged", "GET", "bad_signature"),
        ("/kiosk/start/x", "GET", "bad_signature"),
        ("/sign-out", "GET", "method_not_allowed"),
        ("/api/links", "GET", "unauthorized"),
    ],
)
def test_error_in_json_has_one_shape(client: FlaskClient, path: str, method: str, code: str) -> None:
    """An error in JSON consists of a fixed code and a message."""
    answer = client.open(path, method=method, headers=JSON)
    assert answer.get_json() == {"error": {"code": code, "message": answer.get_json()["error"]["message"]}}
    assert answer.get_json()["error"]["message"]


def test_page_of_an_error_says_what_it_is(client: FlaskClient) -> None:
    """The page of an error names it in words and with its number."""
    page = client.get("/nothing").text
    assert "<h1>Page not found</h1>" in page
    assert "Error 404" in page


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("error", [ValueError(SECRET), ConfigError((SECRET, SECRET)), KeyError(SECRET)])
def test_unexpected_error_tells_nothing_outside(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, services: Services, error: Exception, accept: str
) -> None:
    """An unexpected error answers 500 without its message, which may hold personal data."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(services.links, "find", fail)
    answer = client.get("/r/whatever", headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (500, accept)
    assert SECRET not in answer.text + str(answer.headers)
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_store_that_is_down_is_503(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, services: Services, accept: str
) -> None:
    """A broken store answers 503 with "Retry-After: 5", as a page and in JSON."""

    def fail(*_: object) -> None:
        raise StoreError from OSError(SECRET)

    monkeypatch.setattr(services.links, "find", fail)
    answer = client.get("/r/whatever", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert SECRET not in answer.text


@pytest.mark.parametrize("query", ["\x80", "lang=\xff", "id=\x80", "preset=\xe9", "\xf0\x9f\x92"])
def test_query_of_any_bytes_is_answered(
    app: Flask, make_link: Callable[..., dict[str, Any]], query: str
) -> None:
    """A query of any bytes never makes a route answer 5xx."""
    client = app.test_client()
    client.post("/sign-in", data={"token": TOKEN})
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    for path in (
        "/",
        "/healthz",
        "/nothing",
        "/sign-in",
        "/links/state",
        "/api/links",
        "/return/shop",
        "/result/x",
        "/static/site.css",
        make_link()["path"],
        f"{make_link()['path']}/qr.svg",
    ):
        answer = client.get(path, environ_overrides={"QUERY_STRING": query}, buffered=True)
        assert answer.status_code in (200, 303, 400, 404, 422), path


def test_query_in_utf_8_is_read_escaped_or_not(app: Flask, make_link: Callable[..., dict[str, Any]]) -> None:
    """A query in UTF-8 has the same meaning with and without percent escapes."""
    make_link(label="포스터 1")
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    for query in ("label=포스터+1".encode().decode("latin-1"), "label=%ED%8F%AC%EC%8A%A4%ED%84%B0%201"):
        answer = client.get("/api/links", environ_overrides={"QUERY_STRING": query})
        assert [link["label"] for link in answer.get_json()["links"]] == ["포스터 1"]


def test_path_of_any_bytes_is_answered(client: FlaskClient) -> None:
    """A path of invalid UTF-8 answers 200, 303 or 404, and never 5xx."""
    for path in ("/r/%80", "/links/%ff", "/%80", "/result/%c3%28"):
        assert client.get(path).status_code in (200, 303, 404)


def test_error_page_that_fails_itself_is_still_an_answer(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error page that fails itself answers 500 without the message of the failure."""

    def fail(*_: object, **__: object) -> str:
        raise ValueError(SECRET)

    monkeypatch.setattr(open_link, "_refused", fail)
    answer = client.get("/r/forged")
    assert answer.status_code == 500
    assert SECRET not in answer.text


def test_body_beyond_the_cap_is_413_for_people_too(client: FlaskClient) -> None:
    """A form of 70,000 bytes answers 413 with a page."""
    answer = client.post("/sign-in", data={"token": "x" * 70_000})
    assert (answer.status_code, answer.mimetype) == (413, "text/html")


# Ways on


TO_THE_CONSOLE = 'href="/">Go to the console</a>'


@pytest.mark.parametrize(
    "path", ["/links/AAAAAAAAAAAAAAAA", "/webhooks/events/99", "/kiosk/start/x", "/nothing", "/r/AAAA/poster"]
)
def test_error_page_of_staff_leads_on(client: FlaskClient, path: str) -> None:  # C7
    """Every error page that staff see has a link to the console."""
    client.post("/sign-in", data={"token": TOKEN})
    answer = client.get(path)
    assert answer.status_code in (404, 410)
    assert TO_THE_CONSOLE in answer.text


def test_error_page_of_a_tablet_leads_to_the_console(client: FlaskClient) -> None:  # C7
    """Who opens a used ticket on a tablet, where nobody is signed in, is led to the console."""
    assert TO_THE_CONSOLE in client.get("/kiosk/start/x").text


@pytest.mark.parametrize("path", ["/nothing", "/return/shop?x"])
def test_error_page_of_a_visitor_does_not_speak_of_the_console(client: FlaskClient, path: str) -> None:
    """Visitors are not sent to the sign-in of staff."""
    assert "console" not in client.get(path).text


@pytest.mark.parametrize(("method", "is_offered"), [("GET", True), ("POST", False)])
def test_page_that_may_work_in_a_moment_can_be_tried_again(
    make_app: Callable[..., Flask], method: str, is_offered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that failed at the site offers to try it again; a form that failed is not sent again."""
    app = make_app()

    def fail(*_: object) -> None:
        raise StoreError

    monkeypatch.setattr(app.extensions["webhelper"].links.store, "find", fail)
    token = app.extensions["webhelper"].links._tokens.sign(bytes(10))
    answer = app.test_client().open(f"/r/{token}", method=method)
    assert answer.status_code == 503
    assert ('<a class="button" href="">' in answer.text) is is_offered


@pytest.mark.parametrize("path", ["/api/returns", "/sign-in"])
def test_body_that_is_cut_short_is_malformed(client: FlaskClient, path: str) -> None:
    """A client that leaves in the middle of its request is answered as one whose request cannot be read."""
    cut = {"input_stream": BytesIO(b"{"), "environ_overrides": {"CONTENT_LENGTH": "99"}}
    kind = "application/json" if path.startswith("/api/") else "application/x-www-form-urlencoded"
    answer = client.post(path, content_type=kind, headers={"Accept": "application/json"}, **cut)
    assert answer.status_code == 400
    assert answer.get_json()["error"] == {
        "code": "malformed",
        "message": "the body of the request is cut short, or its chunks are wrong",
    }
