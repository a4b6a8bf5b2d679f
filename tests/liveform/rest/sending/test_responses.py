"""Tests of answers: JSON, files, envelopes of Secure Data Transfer, and everything that is none of these."""

import gzip
import json
import time
import zlib
from dataclasses import replace
from typing import Any, NoReturn

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_clients import EMAIL, FILE, KEY, READ, WRITE

from liveform import MalformedError, VendorError, doctor
from liveform.data_transfer import SecureDataTransfer, TransferCipher
from liveform.rest.operation import Operation
from liveform.rest.sending.responses import FailedTry, Received, max_bytes, read_response, unpack
from liveform.rest.sending.retry import Happened
from liveform.rest.sending.setup import Setup, checked_setup

PLAIN = checked_setup(KEY, {}, sleep=time.sleep)
TRANSFER = checked_setup(KEY, {"secure_data_transfer": True}, sleep=time.sleep)
CIPHER = TransferCipher(SecureDataTransfer(), KEY)
JSON = "application/json"


def read(
    body: bytes,
    *,
    status: int = 200,
    media_type: str = JSON,
    operation: Operation[Any] = READ,
    setup: Setup = PLAIN,
    **headers: str,
) -> Any:
    """Return what the operation reads from such an answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return read_response(operation, Received(status, {"content-type": media_type, **named}, body), setup)


def failure(body: bytes, **named: Any) -> FailedTry:
    """Return why such an answer is not read."""
    with pytest.raises(FailedTry) as caught:
        read(body, **named)
    assert EMAIL not in caught.value.problem
    return caught.value


@pytest.mark.parametrize(
    "media_type",
    [
        JSON,
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "application/problem+json",
        "text/json",
        "text/plain",
        "application/octet-stream",
        "binary/octet-stream",
        "",
    ],
)
def test_json_is_read_under_each_usual_media_type(media_type: str) -> None:
    """JSON is read if the media type says so, says text or bytes, or is missing."""
    assert read(b'{"Items":[]}', media_type=media_type) == {"Items": []}


@pytest.mark.parametrize(
    "body", [b"[]", b"null", b"7", b'"text"', b' {"a": [1, {"b": null}]} \n', b"[" * 64 + b"]" * 64]
)
def test_json_may_be_any_value(body: bytes) -> None:
    """An answer is any JSON value; which one it must be is for the operation to say."""
    assert read(body) == json.loads(body)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"", JSON),
        (b"{", JSON),
        (b'{"a":1,"a":2}', JSON),
        (b'{"a":NaN}', JSON),
        (b"[Infinity]", JSON),
        (b"[1e999]", JSON),
        (b'"\xff"', JSON),
        (b'"\\ud800"', JSON),
        (b"[" * 100_000, JSON),
        (b"[" * 65 + b"]" * 65, JSON),
        (b'{"a":' * 300 + b"{}" + b"}" * 300, JSON),
        (b"{} {}", JSON),
        (b"\xef\xbb\xbf{}", JSON),
        (EMAIL.encode(), "text/plain"),
        (b"<html></html>", "text/html"),
        (b"{}", "text/html"),
        (b"{}", "image/png"),
        (b"{}", "application/pdf"),
        (b"{}", "application/xml"),
    ],
)
def test_other_body_is_unreadable(body: bytes, media_type: str) -> None:
    """A body that is not one strict JSON value of a fitting media type is unreadable."""
    failed = failure(body, media_type=media_type)
    assert failed.trouble.happened is Happened.UNREADABLE
    assert failed.status == 200


def test_success_that_is_a_failure_is_refused() -> None:
    """HTTP 200 with an error code is a refusal that is not sent again."""
    failed = failure(b'{"errorCode":"invalid_admin","message":"jane.doe@example.com"}')
    assert (failed.trouble.happened, failed.trouble.status) == (Happened.STATUS, 400)
    assert (failed.status, failed.code) == (200, "invalid_admin")


def test_refusal_says_its_status_its_code_and_its_words() -> None:
    """The text has the HTTP status, and the code and the vendor's words where there are any."""
    said = {
        b"{}": "the vendor refused it with HTTP 400",
        b'{"errorCode":"some_code"}': "the vendor refused it with HTTP 400, code some_code",
        b'{"message":"Invalid status"}': "the vendor refused it with HTTP 400: Invalid status",
        b'{"errorCode":"some_code","message":"Invalid status"}': (
            "the vendor refused it with HTTP 400, code some_code: Invalid status"
        ),
    }
    assert {body: failure(body, status=400).problem for body in said} == said


@pytest.mark.parametrize(("status", "inner", "tells"), [(200, 503, 503), (400, 500, 400), (503, 400, 503)])
def test_status_in_a_body_counts_where_http_has_none(status: int, inner: int, tells: int) -> None:
    """The retry table asks for the HTTP status, and for the one in the body if that is a success."""
    failed = failure(json.dumps({"message": "x", "statusCode": inner}).encode(), status=status)
    assert failed.trouble.status == tells
    assert failed.status == status


@pytest.mark.parametrize("status", [301, 302, 304, 307, 400, 403, 404, 413, 429, 500, 502, 503])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"<html>", EMAIL.encode(), b'{"message":"x"}', b"[]"]
)
def test_every_other_status_is_refused(status: int, body: bytes) -> None:
    """A status that is no success is a refusal, whatever the body holds."""
    failed = failure(body, status=status, media_type="text/html")
    assert (failed.trouble.happened, failed.trouble.status, failed.status) == (
        Happened.STATUS,
        status,
        status,
    )
    assert f"HTTP {status}" in failed.problem


def test_retry_after_is_read_from_a_refusal() -> None:
    """The wait that an answer asks for is kept."""
    assert failure(b"{}", status=429, retry_after="7").trouble.retry_after_s == 7


def test_too_long_answer_is_not_read() -> None:
    """An answer has at most 64 MiB, a file 32 MiB; a longer failure is a failure all the same."""
    assert (max_bytes(READ), max_bytes(FILE)) == (64 * 2**20, 32 * 2**20)
    with pytest.raises(FailedTry, match="67,108,864 bytes") as caught:
        read_response(READ, Received(200, {}, b"", is_whole=False), PLAIN)
    assert caught.value.trouble.happened is Happened.OTHER_SHAPE
    with pytest.raises(FailedTry, match="HTTP 500"):
        read_response(READ, Received(500, {}, b"", is_whole=False), PLAIN)


PACKED = gzip.compress(b'{"a":1}', mtime=0)


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", " GZIP "])
def test_gzip_is_unpacked(encoding: str) -> None:
    """The one encoding that a request asks for is unpacked; nothing at all is nothing in any encoding."""
    answer = httpx2.Response(200, headers={"content-encoding": encoding})
    assert unpack(answer, PACKED, 7).body == b'{"a":1}'
    assert not unpack(answer, PACKED, 6).is_whole
    assert unpack(answer, b"", 7).body == b""


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", PACKED[:-1]),
        ("gzip", PACKED[:-9]),
        ("gzip", PACKED + b"x"),
        ("gzip", b'{"a":1}'),
        ("gzip, gzip", gzip.compress(PACKED, mtime=0)),
        ("br", b'{"a":1}'),
        ("deflate", zlib.compress(b'{"a":1}')),
        ("something", b'{"a":1}'),
    ],
)
def test_half_gzip_and_other_encodings_are_refused(encoding: str, body: bytes) -> None:
    """Half of a packed answer is none; and gzip inside gzip could keep a processor busy for hours."""
    with pytest.raises(httpx2.DecodingError):
        unpack(httpx2.Response(200, headers={"content-encoding": encoding}), body, 1_000)


def test_envelope_is_opened() -> None:
    """With Secure Data Transfer an encrypted answer is opened, and one in clear is read as it is."""
    envelope = CIPHER.encrypt_answer({"Items": [EMAIL]})
    assert read(json.dumps(envelope).encode(), setup=TRANSFER) == {"Items": [EMAIL]}
    assert read(json.dumps({**envelope, "isEncrypted": True}).encode(), setup=TRANSFER) == {"Items": [EMAIL]}
    assert read(b'{"Items":[]}', setup=TRANSFER) == {"Items": []}


def test_failure_in_an_envelope_is_a_failure() -> None:
    """An error code is found inside an envelope, under HTTP 200 and under another status."""
    body = json.dumps(CIPHER.encrypt_answer({"errorCode": "invalid_admin"})).encode()
    for status in (200, 400):
        assert failure(body, status=status, setup=TRANSFER).code == "invalid_admin"
    assert failure(body, status=400).code is None


def test_envelope_without_transfer_names_the_setting() -> None:
    """An encrypted answer to a client without Secure Data Transfer says what to switch on."""
    failed = failure(json.dumps(CIPHER.encrypt_answer({})).encode())
    assert failed.trouble.happened is Happened.OTHER_SHAPE
    assert "switch on the client's secure_data_transfer" in failed.problem


OTHER_KEY = json.dumps(TransferCipher(SecureDataTransfer(), "other").encrypt_answer({"a": EMAIL})).encode()


@pytest.mark.parametrize(
    "body", [pytest.param(OTHER_KEY, id="another key"), b'{"data":""}', b'{"data":"?"}', b'{"data":"AAAA"}']
)
def test_envelope_that_does_not_open_names_the_doctor(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """An envelope of another key or layout advises ``liveform doctor``, with what it found if it did."""
    monkeypatch.setattr(doctor, "diagnose_body", lambda *_: None, raising=False)
    failed = failure(body, setup=TRANSFER)
    assert failed.trouble.happened is Happened.OTHER_SHAPE
    assert "liveform doctor" in failed.problem
    assert "fits" not in failed.problem
    seen: list[Any] = []

    def diagnose(*arguments: Any) -> str:
        seen.append(arguments)
        return "CBC iv16 hex, previous key"

    monkeypatch.setattr(doctor, "diagnose_body", diagnose, raising=False)
    assert "it fits: CBC iv16 hex, previous key" in failure(body, setup=TRANSFER).problem
    assert seen == [(body, TRANSFER.transfer_keys)]
    assert failure(body, status=400, setup=TRANSFER).code is None
    monkeypatch.undo()  # the doctor itself finds nothing that fits
    assert "fits" not in failure(body, setup=TRANSFER).problem


@pytest.mark.parametrize("media_type", ["image/jpeg", "application/pdf", "", "text/plain", JSON])
def test_file_is_its_bytes(media_type: str) -> None:
    """A file is read as its bytes, under any media type but that of a web page."""
    assert read(b"\xff\xd8\x00", operation=FILE, media_type=media_type) == b"\xff\xd8\x00"
    assert read(b'{"a":1}', operation=FILE, media_type=media_type) == b'{"a":1}'


def test_other_answer_is_no_file() -> None:
    """No bytes, a web page, and the JSON of a failure are not files."""
    pages = [(b"<p>", "text/html"), (b"<p>", "Text/HTML; charset=utf-8"), (b"<p>", "application/xhtml+xml")]
    for body, media_type in [(b"", "image/png"), *pages]:
        failed = failure(body, operation=FILE, media_type=media_type)
        assert failed.trouble.happened is Happened.UNREADABLE
    assert failure(b' {"errorCode":"NOT_FOUND"}', operation=FILE).code == "NOT_FOUND"


def raising(error: Exception) -> Operation[Any]:
    """Return an operation whose ``read`` raises this error."""

    def refuse(_: object) -> NoReturn:
        raise error

    return replace(WRITE, read=refuse)


def test_operation_may_find_another_shape() -> None:
    """An answer of another shape than documented is not asked for again, and keeps its status and code."""
    for error, code in (
        (VendorError("no id", reason="unreadable"), None),
        (VendorError("no id", reason="unreadable", code="no_id"), "no_id"),
        (MalformedError("no id"), None),
    ):
        failed = failure(b"{}", operation=raising(error))
        assert (failed.trouble.happened, failed.status, failed.code) == (Happened.OTHER_SHAPE, 200, code)
        assert failed.problem == "no id"


def test_operation_may_find_a_refusal() -> None:
    """A refusal that only the body tells is one, and is not sent again."""
    failed = failure(b"{}", operation=raising(VendorError("unknown", reason="refused", code="not_found")))
    assert (failed.trouble.happened, failed.trouble.status) == (Happened.STATUS, 400)
    assert (failed.status, failed.code) == (200, "not_found")


@given(
    st.binary(max_size=60) | st.text(max_size=40).map(str.encode),
    st.integers(100, 599),
    st.sampled_from([JSON, "text/html", "", "image/png"]),
    st.booleans(),
    st.booleans(),
)
def test_any_answer_is_read_or_a_failed_try(
    body: bytes, status: int, media_type: str, is_file: bool, transfer: bool
) -> None:
    """Whatever bytes come under whatever status, they are read or refused, and nothing else happens."""
    operation: Any = FILE if is_file else READ
    try:
        read(
            body,
            status=status,
            media_type=media_type,
            operation=operation,
            setup=TRANSFER if transfer else PLAIN,
        )
    except FailedTry:
        return
    assert 200 <= status < 300
