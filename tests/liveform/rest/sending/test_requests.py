"""Tests of the requests that operations become."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from rest_clients import EMAIL, FORM, KEY, READ, WRITE

from liveform import ConfigError, FieldError
from liveform.rest.operation import FormPart, Operation
from liveform.rest.sending.requests import build_request, sent_by
from liveform.rest.sending.setup import Setup, checked_setup

BASE = "https://rest-api.argosidentity.com/v3"
PLAIN = checked_setup(KEY, {}, sleep=time.sleep)


def transferring(text: str | bool = True) -> Setup:
    """Return the setup of a client with Secure Data Transfer."""
    return checked_setup(KEY, {"secure_data_transfer": text}, sleep=time.sleep)


def test_query_is_percent_encoded() -> None:
    """Whatever has a meaning in a query is percent-encoded, a plus sign and a space too (RFC 3986)."""
    operation: Operation[Any] = replace(READ, query={"email": "jane+x@example.com", "q": "a b&c=d%ü"})
    url = str(build_request(operation, PLAIN).url)
    assert url == f"{BASE}/thing?email=jane%2Bx%40example.com&q=a%20b%26c%3Dd%25%C3%BC"


def test_json_body_is_compact_with_its_media_type() -> None:
    """A body is sent as application/json, with the key in x-api-key."""
    request = build_request(WRITE, PLAIN)
    assert request.content == b'{"email":"jane.doe@example.com"}'
    assert request.headers["content-type"] == "application/json"
    assert request.headers["x-api-key"] == KEY
    assert request.headers["host"] == "rest-api.argosidentity.com"


def test_headers_are_these_alone() -> None:
    """A request says what it takes and who sends it; no default of httpx2 comes in."""
    assert dict(build_request(READ, PLAIN).headers) == {
        "host": "rest-api.argosidentity.com",
        "x-api-key": KEY,
        "accept": "*/*",
        "accept-encoding": "gzip",
        "user-agent": "liveform-python",
    }


def test_read_sends_no_body() -> None:
    """A GET has neither a body nor a media type."""
    request = build_request(READ, PLAIN)
    assert request.content == b""
    assert "content-type" not in request.headers


def test_text_part_of_a_form_has_no_file_name() -> None:
    """Text parts of a form have no file name, files have theirs, and httpx2 sets the media type (PIMG)."""
    request = build_request(FORM, PLAIN)
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    text, file = request.content.split(b"\r\n--")[:2]
    assert b'name="email"\r\n\r\njane.doe@example.com' in text
    assert b"filename" not in text
    assert b"Content-Type" not in text
    assert b'name="face"; filename="face.jpg"\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8' in file


@pytest.mark.parametrize(
    ("text", "wrapper", "media_type"),
    [
        ("bare base64 / cbc iv16+ciphertext, base64", None, "text/plain"),
        ("body base64 / cbc iv16+ciphertext, base64", "body", "application/json"),
        ("data base64 / cbc iv16+ciphertext, base64", "data", "application/json"),
    ],
)
def test_body_is_encrypted_if_transfer_covers_it(text: str, wrapper: str | None, media_type: str) -> None:
    """A covered body is ciphertext in the wrapper that the settings name."""
    request = build_request(replace(WRITE, transfer=True), transferring(text))
    assert EMAIL.encode() not in request.content
    assert request.headers["content-type"] == media_type
    if wrapper is not None:
        assert list(json.loads(request.content)) == [wrapper]


def test_query_is_one_encrypted_parameter_if_transfer_covers_it() -> None:
    """A covered query is the one parameter ``data`` (GET), also beside a body."""
    for operation in (replace(READ, transfer=True), replace(WRITE, query=READ.query, transfer=True)):
        url = build_request(operation, transferring()).url
        assert list(url.params) == ["data"]
        assert EMAIL not in str(url)
        assert "+" not in str(url)


def test_nothing_else_is_encrypted() -> None:
    """An operation that Secure Data Transfer does not cover is sent in clear; so is a form."""
    assert build_request(READ, transferring()).url.params["email"] == EMAIL
    assert EMAIL.encode() in build_request(WRITE, transferring()).content
    assert EMAIL.encode() in build_request(replace(FORM, transfer=True), transferring()).content
    assert str(build_request(replace(READ, query={}, transfer=True), transferring()).url) == f"{BASE}/thing"


def test_face_auth_has_its_own_key() -> None:
    """FaceAuth calls send the key of the add-on; a client without one refuses them."""
    operation: Operation[Any] = replace(READ, key="face_auth_key")
    with pytest.raises(ConfigError, match="face_auth_key"):
        build_request(operation, PLAIN)
    setup = checked_setup(KEY, {"face_auth_key": "face"}, sleep=time.sleep)
    assert build_request(operation, setup).headers["x-api-key"] == "face"


@pytest.mark.parametrize("path", ["/thing/..", "/thing/../project", "/thing/.", "/./thing"])
def test_path_leads_to_no_other_address(path: str) -> None:
    """An id that is a dot segment is refused, for it would lead to another endpoint."""
    with pytest.raises(FieldError):
        build_request(replace(READ, path=path), PLAIN)


@pytest.mark.parametrize("transfer", [False, True])
def test_lone_surrogate_is_refused(transfer: bool) -> None:
    """Text that is not Unicode is a FieldError, in a query and in a body."""
    for operation in (replace(READ, query={"q": "\ud800"}), replace(WRITE, body={"q": "\ud800"})):
        with pytest.raises(FieldError):
            build_request(replace(operation, transfer=transfer), transferring())


@pytest.mark.parametrize("transfer", [False, True])
def test_query_that_no_url_can_hold_is_refused(transfer: bool) -> None:
    """A value too long for a URL is a FieldError, which does not show it."""
    operation = replace(READ, query={"q": "jane" * 20_000}, transfer=transfer)
    with pytest.raises(FieldError, match="too long") as caught:
        build_request(operation, transferring())
    assert "jane" not in str(caught.value)


@pytest.mark.parametrize(("timeout", "connect"), [(30.0, 10.0), (4.0, 2.0), (0.1, 0.05)])
def test_connection_has_half_of_the_time(timeout: float, connect: float) -> None:
    """A connection must open within 10 seconds, and within half of the time-out."""
    setup = checked_setup(KEY, {"timeout": timeout}, sleep=time.sleep)
    times = build_request(READ, setup).extensions["timeout"]
    assert times == {"connect": connect, "pool": connect, "read": timeout, "write": timeout}


def test_names_and_values_of_a_request_are_known() -> None:
    """Names that a message may show, and values that it may not, come from every part of a request."""
    operation: Operation[Any] = replace(
        WRITE,
        path="/thing/abc",
        query={"q": "one"},
        body={"a": "two", "b": [{"c": "three"}, ("four",)], "d": 5, "e": ""},
        form=(FormPart("f", "six"), FormPart("g", b"seven", "g.jpg")),
    )
    sent = sent_by(operation, PLAIN)
    assert {"q", "a", "b", "c", "d", "f", "g"} <= set(sent.names)
    assert {"one", "two", "three", "four", "six", "abc", KEY} <= set(sent.values)
    assert "" not in sent.values


def test_words_of_a_path_may_be_shown() -> None:
    """An id in a path may not be shown; the API's own words may, since codes have them too (row 6.3)."""
    operation = replace(READ, query={}, path="/submission/aml/monitor/worklist-1/record-1")
    assert set(sent_by(operation, PLAIN).values) == {"worklist-1", "record-1", KEY}
