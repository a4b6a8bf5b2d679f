"""These tests check that the log holds routes, statuses and holders, and no personal data or secret."""

from __future__ import annotations

import io
import logging
import os
import re
import sys
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sites import HOLDER, KEY, RETURN_HOST, TOKEN, VENDOR_KEY
from werkzeug.test import run_wsgi_app

from webhelper.errors import StoreError
from webhelper.web import error_handlers as problems
from webhelper.web.access_log import ROUTE, AccessLog
from webhelper.web.log_output import log_to_stderr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask import Flask
    from flask.testing import FlaskClient

    from webhelper.services import Services

PLANTED = {
    "email": "jane.planted@example.com",
    "userid": "user_planted_12345",
    "cf1": "Jane Planted, room 42",
    "cf2": "plantedsecretnote",
}
PERSONAL = (*PLANTED.values(), "planted", "submission-4711", "order-planted", "Planted Street")
LINK_REQUEST = {"pipeline": "id_document", "project": "shop"}
SECRETS = (TOKEN, KEY, VENDOR_KEY, "wrong-token-of-somebody-planted")


@pytest.fixture
def own_logger() -> Iterator[logging.Logger]:
    """Return the package's logger as it is before a server starts, and restore it afterwards."""
    logger = logging.getLogger("webhelper")
    before = (logger.handlers[:], logger.level, logger.propagate)
    logger.handlers.clear()
    logger.propagate = True
    yield logger
    logger.handlers, logger.level, logger.propagate = before
    logger.setLevel(before[1])


@pytest.fixture
def written(
    own_logger: logging.Logger, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Callable[[], str]:
    """Return a reader of everything that is logged at any level, and of stderr and stdout."""
    caplog.set_level(logging.DEBUG)
    for name in ("webhelper", "webhelper.access", "werkzeug", "flask.app"):
        caplog.set_level(logging.DEBUG, logger=name)
    seen: list[str] = []

    def read() -> str:
        seen.extend(capfd.readouterr())
        records = [
            f"{record.name} {record.getMessage()} {record.__dict__} {record.exc_info and caplog.text}"
            for record in caplog.records
        ]
        return "\n".join([*records, caplog.text, *seen])

    return read


def assert_nobody_is_in(text: str, *more: str) -> None:
    """Fail if the text holds planted personal data, a secret, or anything of ``more``."""
    for secret in (*PERSONAL, *SECRETS, *more):
        for form in (
            secret,
            secret.replace(" ", "%20"),
            secret.replace(" ", "+"),
            secret.replace("@", "%40"),
        ):
            assert form.lower() not in text.lower()


def err_at_the_api(api: FlaskClient) -> None:
    """Send the API link requests that it refuses."""
    for changes in ({"fields": {"userid": [PLANTED["userid"]]}}, {"planted": 1}, {"pipeline": "planted"}):
        api.post("/api/links", json=LINK_REQUEST | changes, headers={"Idempotency-Key": "order-planted"})
    api.post("/api/links", data=b'{"planted": ')


def go_through_the_console(app: Flask) -> str:
    """Use every part of the console, with mistakes, and return the ticket of a kiosk."""
    staff = app.test_client()
    staff.post("/sign-in", data={"token": "wrong-token-of-somebody-planted"})
    staff.get("/api/links", headers={"Authorization": "Bearer wrong-token-of-somebody-planted"})
    staff.post("/sign-in", data={"token": TOKEN})
    form = {**LINK_REQUEST, "expires_in": "900", "max_uses": "1", **PLANTED}
    shown = staff.post("/links", data=form).headers["Location"]
    staff.get(shown)
    staff.post("/links", data=form | {"label": "x" * 200, "next": "https://planted.example.com"})
    staff.get("/", query_string={"label": "order-planted"})
    staff.post(f"{shown.partition('?')[0]}/revoke")
    placement = {"store": "plantedstore", "project": "shop", "expires_in": "180"}
    page = staff.post("/kiosks", data=placement).text
    (ticket,) = re.findall(r"/kiosk/start/([A-Za-z0-9._-]+)<", page)
    tablet = app.test_client()
    tablet.get(f"/kiosk/start/{ticket}")
    tablet.post(f"/kiosk/start/{ticket}")
    tablet.get("/kiosk")
    tablet.post("/kiosk/codes")
    tablet.get("/kiosk/state?id=planted")
    for path in ("/planted", "/r/planted", "/planted/%00", "/links/planted", "/return/planted?a=planted"):
        for method in ("GET", "POST", "DELETE"):
            staff.open(path, method=method, headers={"Referer": "https://planted/", "User-Agent": "planted"})
    return str(ticket)


def test_what_would_be_written_is_seen(written: Callable[[], str]) -> None:
    """Personal data in any log or on stderr is found, so the other tests mean something."""
    for name in ("webhelper", "webhelper.access", "flask.app", "somebody.else"):
        logging.getLogger(name).debug("%s", PLANTED["email"])
        with pytest.raises(AssertionError):
            assert_nobody_is_in(written())
    sys.stderr.write("planted\n")
    assert "planted\n" in written()


def test_log_of_a_whole_run_holds_nobodys_data(
    app: Flask,
    api: FlaskClient,
    make_link: Callable[..., dict[str, Any]],
    sent: Callable[..., dict[str, Any]],
    return_path: Callable[..., str],
    written: Callable[[], str],
) -> None:
    """The log of a run through every route holds no personal data, link, code or secret."""
    secrets: list[str] = []
    for project in ("plain", "shop", "signup"):
        browser = app.test_client()
        link = make_link(
            project=project,
            label="order-planted",
            next=f"https://{RETURN_HOST}/Planted%20Street",
            fields={name: PLANTED[name] for name in ("email", "userid", "cf1", "cf2")},
        )
        browser.get(link["path"])
        for what in ("qr.svg", "qr.png?preset=print", "poster", "qr.svg?preset=planted"):
            browser.get(f"{link['path']}/{what}")
        location = browser.post(link["path"]).headers["Location"]
        state = sent(location, project)["cf3"]
        claims = {"kycStatus": "approved", "submissionId": "submission-4711", "cf3": state, **PLANTED}
        code = ""
        for encrypt in (None, False):
            path = return_path(project, claims, encrypt=encrypt)
            app.test_client().get(path)
            answer = browser.get(path)
            code = parse_qs(urlsplit(answer.headers.get("Location", "")).query).get("result", [code])[0]
            api.post("/api/results", json={"code": code})
            api.post("/api/results", json={"code": code + "planted"})
            query = "?" + urlsplit(path).query
            browser.post("/api/returns", json={"project": project, "query": query})
            browser.post("/api/returns", json={"project": project, "query": query[:-3]})
            browser.get(path[:-3] + "planted")
            secrets += [code, *parse_qs(urlsplit(path).query).get("encrypted", [])]
        browser.get(return_path(project, {"errorCode": "planted", "cf3": state}))
        browser.get(f"/result/{code}")
        api.get(f"/api/links/{link['id']}")
        api.get("/api/links", query_string={"label": "order-planted"})
        api.get("/api/links", query_string={"state": "planted"})
        api.delete(f"/api/links/{link['id']}")
        browser.get(link["path"])
        secrets += [link["path"].rpartition("/")[2], state]
        secrets += parse_qs(urlsplit(location).query).get("encrypted", [])
    err_at_the_api(api)
    secrets.append(go_through_the_console(app))
    text = written()
    assert_nobody_is_in(text, *secrets)
    lines = [line for line in text.splitlines() if line.startswith("webhelper.access GET")]
    assert "webhelper.access GET /api/links 200 " in text
    assert f" by {HOLDER}" in text
    assert len(lines) > 50


def test_line_of_a_request_is_its_route_status_time_and_holder(
    client: FlaskClient, api: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A log line has method, route, status, time and holder, and never the path."""
    caplog.set_level(logging.INFO, logger="webhelper.access")
    client.get("/r/planted?x=planted")
    client.get("/planted")
    api.get("/api/links?label=planted")
    client.open("/healthz", method="PLÄNTED")
    lines = [re.sub(r"[0-9.]+ ms", "0 ms", record.getMessage()) for record in caplog.records]
    assert lines == [
        "GET /r/<token> 404 0 ms",
        "GET (no route) 404 0 ms",
        f"GET /api/links 200 0 ms by {HOLDER}",
        "- (no route) 405 0 ms",
    ]


def test_line_of_what_flask_was_not_asked_has_the_route_that_it_was_given(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A log line without Flask has the route from the environ, or "(no route)"."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("418 I'M A TEAPOT", [])
        return []

    caplog.set_level(logging.INFO, logger="webhelper.access")
    for environ in ({}, {ROUTE: "/r/<token>"}):
        run_wsgi_app(AccessLog(answer), {"REQUEST_METHOD": "GET", "PATH_INFO": "/planted", **environ})
    lines = [re.sub(r"[0-9.]+ ms", "0 ms", record.getMessage()) for record in caplog.records]
    assert lines == ["GET (no route) 418 0 ms", "GET /r/<token> 418 0 ms"]


def test_line_that_nobody_wants_is_not_written(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """A logger at the level WARNING writes no lines of requests."""
    caplog.set_level(logging.WARNING, logger="webhelper.access")
    client.get("/healthz")
    assert caplog.records == []


def store_error() -> StoreError:
    """Return the store's own error, raised because of one that quotes a value."""
    error = StoreError()
    error.__cause__ = ValueError(PLANTED["email"])
    return error


@pytest.mark.parametrize("error", [ValueError(PLANTED["email"]), KeyError(PLANTED["email"]), store_error()])
@pytest.mark.parametrize("place", ["view", "store", "error page", "after the view"])
def test_unexpected_error_is_logged_by_its_kind_and_place_alone(
    app: Flask,
    services: Services,
    make_link: Callable[..., dict[str, Any]],
    written: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    place: str,
) -> None:
    """An unexpected error is logged with its class and place, without message, path or values."""
    link = make_link(fields={"email": PLANTED["email"]})

    def fail(*_: object, **__: object) -> Any:
        raise error from OSError(PLANTED["userid"])

    def fail_once(*_: object, **__: object) -> Any:
        monkeypatch.undo()
        fail()

    if place == "view":
        app.view_functions["open_link.open_link"] = fail
    elif place == "store":
        monkeypatch.setattr(services.links.store, "find", fail)
    elif place == "error page":
        app.view_functions["open_link.open_link"] = fail
        monkeypatch.setattr(problems, "render_template", fail_once)
        monkeypatch.setattr(problems, "respond", fail_once)
    else:
        app.after_request_funcs[None].append(_once(fail))
    answer = app.test_client().get(f"{link['path']}?a=planted")
    assert answer.status_code in (500, 503)
    text = written()
    assert_nobody_is_in(text + answer.text + str(answer.headers), link["path"].rpartition("/")[2])
    if place == "after the view" or not isinstance(error, StoreError):
        assert f"unexpected {type(error).__name__} in GET /r/<token>: fail:" in text


def _once(fail: Callable[..., Any]) -> Callable[..., Any]:
    """Return a call that fails the first time and passes on its argument after that."""
    calls: list[object] = []

    def call(response: object) -> object:
        calls.append(response)
        return fail() if len(calls) == 1 else response

    return call


def test_server_that_leaves_logging_alone_gets_lines_on_stderr(
    own_logger: logging.Logger, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server without logging of its own writes one line for each request to stderr."""
    log_to_stderr()
    handler = own_logger.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    assert handler.stream is sys.stderr
    client.get("/healthz")
    client.get("/healthz")
    handler.flush()
    line = r"[0-9-]{10} [0-9:,]{12} INFO webhelper\.access GET /healthz 200 [0-9.]+ ms\n"
    assert re.fullmatch(line + line, capsys.readouterr().err)


class Timers:
    """Stands for ``threading.Timer``: collects what is to be called, and when."""

    def __init__(self) -> None:
        self.set: list[tuple[float, Callable[[], object]]] = []

    def __call__(self, seconds: float, function: Callable[[], object]) -> Timers:
        """Keep the timer, so that the test runs it when it wants."""
        self.set.append((seconds, function))
        return self

    def start(self) -> None:
        """Do nothing: the test calls the function."""


def test_lines_are_written_together_a_tenth_of_a_second_later(
    own_logger: logging.Logger,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Lines wait for one timer, and an error is written at once with all that wait."""
    timers = Timers()
    monkeypatch.setattr("webhelper.web.log_output.threading.Timer", timers)
    log_to_stderr()
    for number in range(3):
        own_logger.info("line %s", number)
    assert [seconds for seconds, _ in timers.set] == [0.1]
    assert capsys.readouterr().err == ""
    timers.set[0][1]()
    assert re.findall(r"line \d", capsys.readouterr().err) == ["line 0", "line 1", "line 2"]
    own_logger.info("line 3")
    assert len(timers.set) == 2
    own_logger.error("line 4")
    assert re.findall(r"line \d", capsys.readouterr().err) == ["line 3", "line 4"]
    timers.set[1][1]()
    assert capsys.readouterr().err == ""


def test_more_than_ten_thousand_lines_are_written_at_once(
    own_logger: logging.Logger, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The 10,000th line that waits is written with all before it."""
    monkeypatch.setattr("webhelper.web.log_output.threading.Timer", Timers())
    log_to_stderr()
    for _ in range(9999):
        own_logger.info("a line")
    assert capsys.readouterr().err == ""
    own_logger.info("a line")
    assert capsys.readouterr().err.count("a line\n") == 10_000


def test_log_that_cannot_be_written_stops_nothing(
    own_logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines for a closed stderr are lost, and nothing else happens."""
    timers = Timers()
    monkeypatch.setattr("webhelper.web.log_output.threading.Timer", timers)
    log_to_stderr()
    handler = own_logger.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.stream = io.StringIO()
    handler.stream.close()
    own_logger.info("a line")
    timers.set[0][1]()
    own_logger.error("another line")
    handler.stream = io.StringIO()
    own_logger.error("a third line")
    assert "a third line" in handler.stream.getvalue()
    assert "another line" not in handler.stream.getvalue()


def test_forked_process_has_a_timer_of_its_own(
    own_logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child process whose parent had set a timer sets another one."""
    timers = Timers()
    monkeypatch.setattr("webhelper.web.log_output.threading.Timer", timers)
    log_to_stderr()
    own_logger.info("in the parent")
    monkeypatch.setattr(os, "getpid", lambda: -1)
    own_logger.info("in the child")
    own_logger.info("in the child")
    assert len(timers.set) == 2


def test_line_of_a_process_that_ends_is_written_at_once(
    own_logger: logging.Logger, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no thread can be started any more, as in an interpreter that ends, no line waits for one."""

    def fail(_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(threading.Thread, "start", fail)
    log_to_stderr()
    for number in range(2):
        own_logger.info("line %s", number)
        assert re.findall(r"line \d", capsys.readouterr().err) == [f"line {number}"]


def test_line_has_the_time_of_its_record(own_logger: logging.Logger) -> None:
    """A log line has the time of its record, exactly as logging's own formatter writes it."""
    log_to_stderr()
    ours = own_logger.handlers[0]
    usual = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    for moment in (1_800_000_000.25, 1_800_000_000.9996, 1_800_000_001.0, 1_700_000_000.005):
        record = logging.LogRecord("webhelper", logging.ERROR, "", 0, "%s lost", ("nothing",), None)
        record.created, record.msecs = moment, moment % 1 * 1000
        assert ours.format(record) == usual.format(record)


def test_logging_that_was_set_up_is_left_alone(own_logger: logging.Logger) -> None:
    """Setting up the log twice, or beside another handler, adds no handler."""
    log_to_stderr()
    log_to_stderr()
    assert len(own_logger.handlers) == 1
    mine = logging.NullHandler()
    own_logger.handlers[:] = [mine]
    log_to_stderr()
    assert own_logger.handlers == [mine]
