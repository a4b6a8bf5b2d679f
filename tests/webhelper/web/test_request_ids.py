"""These tests give requests their ids: in the answer, on the error page, and from a proxy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from webhelper.web.request_ids import current_request_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

HEADER = "X-Request-Id"
GIVEN = "0f8fad5b-d9cb-469f-a165-70867728950e"
MADE = re.compile("[0-9a-f]{32}")


@pytest.fixture
def client(make_app: Callable[..., Flask]) -> FlaskClient:
    """Return a client of a site with request ids, behind one proxy."""
    return make_app(LOG_FORMAT="json", PROXIES=1).test_client()


def test_answer_has_an_id_of_its_own(client: FlaskClient) -> None:
    """Each answer has another id, also where Flask is not asked and where there is no page."""
    ids = [client.get(path).headers[HEADER] for path in ("/healthz", "/healthz", "/nowhere", "/r/x")]
    assert all(map(MADE.fullmatch, ids))
    assert len(set(ids)) == 4


@pytest.mark.parametrize("given", [GIVEN, "0123456789abcdef" * 2, "req_0123456789AB", "x" * 64])
def test_id_of_a_proxy_is_taken(client: FlaskClient, given: str) -> None:
    """The id that a proxy made is that of the request."""
    assert client.get("/healthz", headers={HEADER: given}).headers[HEADER] == given


@pytest.mark.parametrize(
    "given",
    [
        "",
        "short",
        "x" * 65,
        "jane.doe@example.com",
        "a b" * 8,
        '0123456789abcdef"}',
        "é" * 20,
        f"{GIVEN},{GIVEN}",
    ],
)
def test_id_that_is_none_is_replaced(client: FlaskClient, given: str) -> None:
    """What is too short, too long, or has other characters than ids have, is not taken."""
    assert MADE.fullmatch(client.get("/healthz", headers={HEADER: given}).headers[HEADER])


def test_id_of_a_client_without_a_proxy_is_not_taken(make_app: Callable[..., Flask]) -> None:
    """Without a proxy, nobody chooses the ids in the log."""
    client = make_app(LOG_FORMAT="json").test_client()
    assert client.get("/healthz", headers={HEADER: GIVEN}).headers[HEADER] != GIVEN


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Error 404 · request"), ("ko", "오류 404 · 요청 번호")]
)
def test_error_page_shows_the_id(client: FlaskClient, language: str, words: str) -> None:
    """Who sees an error page can tell the operator which request it was."""
    answer = client.get(f"/nowhere?lang={language}")
    assert f"{words} {answer.headers[HEADER]}</p>" in answer.text


def test_site_without_ids_has_none(app: Flask) -> None:
    """With text logs there are no ids, neither in headers nor on pages."""
    answer = app.test_client().get("/nowhere", headers={HEADER: GIVEN})
    assert HEADER not in answer.headers
    assert "Error 404</p>" in answer.text
    assert current_request_id() is None


def test_id_ends_with_its_request(client: FlaskClient) -> None:
    """What a thread does after a request has no id."""
    client.get("/healthz")
    assert current_request_id() is None
