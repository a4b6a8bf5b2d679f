"""These tests read log lines that are JSON."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from sites import HOLDER

from webhelper.web.json_lines import JsonLines
from webhelper.web.log_output import log_to_stderr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Return a reader of the lines that a server writes to stderr, and restore the logger afterwards."""
    logger = logging.getLogger("webhelper")
    before = (logger.handlers[:], logger.level, logger.propagate)
    logger.handlers.clear()
    log_to_stderr()  # as webhelper.wsgi does before it knows the settings
    log_to_stderr("json")
    handler = logger.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.stream = io.StringIO()

    def read() -> list[dict[str, Any]]:
        handler.flush()
        return [json.loads(line) for line in handler.stream.getvalue().splitlines()]

    yield read
    logger.handlers, logger.level, logger.propagate = before
    logger.setLevel(before[1])


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """Return a site that writes JSON."""
    return make_app(LOG_FORMAT="json")


def test_line_of_a_request_has_its_members(
    client: FlaskClient, api: FlaskClient, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    """The line of a request has route, status, time, id, and the holder of the API token."""
    ids = [client.get("/r/planted?x=planted").headers["X-Request-Id"]]
    ids.append(api.get("/api/links").headers["X-Request-Id"])
    seen = lines()
    assert [line.pop("request_id") for line in seen] == ids
    assert all(isinstance(line.pop("ms"), float) and line.pop("time").endswith("Z") for line in seen)
    shared = {"level": "info", "logger": "webhelper.access", "method": "GET"}
    assert seen == [
        shared | {"route": "/r/<token>", "status": 404},
        shared | {"route": "/api/links", "status": 200, "holder": HOLDER},
    ]


def test_line_of_something_else_has_a_message(lines: Callable[[], list[dict[str, Any]]]) -> None:
    """Other lines have their text, on one line whatever it has, and no id outside of a request."""
    logging.getLogger("webhelper").error("two\nlines of %s", "텍스트")
    (line,) = lines()
    del line["time"]
    assert line == {"level": "error", "logger": "webhelper", "message": "two\nlines of 텍스트"}


def test_error_inside_a_request_has_its_id(
    app: Flask, lines: Callable[[], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line of an error and the line of its request have the same id."""

    def fail() -> Any:
        raise ValueError("planted")

    app.view_functions["health.healthz"] = fail
    request_id = app.test_client().get("/healthz").headers["X-Request-Id"]
    error, access = lines()
    assert error["request_id"] == access["request_id"] == request_id
    assert (error["level"], access["status"]) == ("error", 500)
    assert "planted" not in str(error)


def test_time_is_that_of_the_record_in_utc() -> None:
    """The time of a line is RFC 3339 with milliseconds."""
    record = logging.LogRecord("webhelper", logging.WARNING, "", 0, "late", None, None)
    record.created = 1_800_000_000.25
    assert json.loads(JsonLines().format(record))["time"] == "2027-01-15T08:00:00.250Z"


def test_record_of_the_access_log_that_is_no_line_of_a_request_has_a_message() -> None:
    """What somebody else writes to the logger of requests is a message."""
    record = logging.LogRecord("webhelper.access", logging.INFO, "", 0, "hello", None, None)
    assert json.loads(JsonLines().format(record))["message"] == "hello"
