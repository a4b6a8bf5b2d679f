"""The bytes of an answer -> what the operation reads, or what is wrong with them."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar, cast

import httpx2

from liveform.data_transfer import is_envelope
from liveform.errors import DecryptError, MalformedError, UntrustedInputError, VendorError
from liveform.rest.operation import Answer
from liveform.rest.sending.failures import explain, is_failure
from liveform.rest.sending.requests import sent_by
from liveform.rest.sending.retry import Happened, Trouble, read_retry_after
from liveform.wire.json_object import is_deeper, read_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liveform.rest.operation import Operation
    from liveform.rest.sending.setup import Setup
    from liveform.wire.json_object import JsonValue

T = TypeVar("T")

MAX_JSON_BYTES: Final = 64 * 2**20  # a list has up to 2,000 submissions (row 2.4)
MAX_FILE_BYTES: Final = 32 * 2**20
MAX_JSON_DEPTH: Final = 64  # the vendor's samples have 8; deeper ones end in Python's limit of recursion
_GZIP: Final = zlib.MAX_WBITS | 16  # zlib's way to say that a gzip header comes first
_JSON_TYPES: Final = frozenset(
    ("", "application/json", "text/json", "text/plain", "application/octet-stream", "binary/octet-stream")
)
_PAGE_TYPES: Final = frozenset(("text/html", "application/xhtml+xml"))
_ENVELOPE_START: Final = b"{"
_TRANSFER: Final = "secure_data_transfer"
_SWITCH_ON: Final = (
    "the answer is encrypted: Secure Data Transfer is on in the dashboard, so switch on the client's "
    f"{_TRANSFER} too"
)
_RUN_DOCTOR: Final = (
    f"the answer does not open with this key and {_TRANSFER}; run `liveform doctor` with one such body"
)


class Received(NamedTuple):
    """An answer as it came.

    Attributes:
        status: the HTTP status.
        headers: by their names, whatever the case.
        body: the decoded bytes.
        is_whole: False if there were more bytes than may be.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool = True


class FailedTry(Exception):  # noqa: N818 - it never leaves this package: exchange.py makes a VendorError of it
    """A try that failed.

    Attributes:
        trouble: what the retry table asks for.
        problem: a text that a person may read.
        status, code: as in ``VendorError``.
    """

    def __init__(
        self, trouble: Trouble, problem: str, *, status: int | None = None, code: str | None = None
    ) -> None:
        super().__init__(problem)
        self.trouble = trouble
        self.problem = problem
        self.status = status
        self.code = code


def max_bytes(operation: Operation[T]) -> int:
    """Return how long an answer may be."""
    return MAX_FILE_BYTES if operation.is_file else MAX_JSON_BYTES


def unpack(response: httpx2.Response, body: bytes, max_bytes: int) -> Received:
    """Return an answer whose body came whole, without its Content-Encoding.

    Raises:
        httpx2.DecodingError: the body is not one whole gzip file (RFC 1952), or is in another encoding, none
            of which a request asks for. Several on top of each other could unpack for hours.
    """
    status, headers = response.status_code, response.headers
    encoding = headers.get("content-encoding", "").strip().lower()
    if not body or encoding in ("", "identity"):
        return Received(status, headers, body)
    unpacker = zlib.decompressobj(_GZIP)
    try:
        unpacked = unpacker.decompress(body, max_bytes + 1) if encoding in ("gzip", "x-gzip") else b""
    except zlib.error:
        raise httpx2.DecodingError("not gzip") from None
    if len(unpacked) > max_bytes:
        return too_long(response)
    if not unpacker.eof or unpacker.unused_data:
        raise httpx2.DecodingError("not one whole gzip file")
    return Received(status, headers, unpacked)


def too_long(response: httpx2.Response) -> Received:
    """Return an answer that has more bytes than may be."""
    return Received(response.status_code, response.headers, b"", is_whole=False)


def read_response(operation: Operation[T], received: Received, setup: Setup) -> T:
    """Return what the operation reads from an answer.

    Raises:
        FailedTry: the vendor answered with a failure, or the answer cannot be read.
    """
    if not 200 <= received.status < 300:
        raise _refused(operation, received, _value_of_failure(received, setup), setup)
    if not received.is_whole:
        raise _failed(
            received, Happened.OTHER_SHAPE, f"the answer has more than {max_bytes(operation):,} bytes"
        )
    answer = (_file if operation.is_file else _json)(operation, received, setup)
    try:
        return operation.read(answer)
    except VendorError as error:
        failed = _not_read(received, error)
    except UntrustedInputError as error:
        failed = _failed(received, Happened.OTHER_SHAPE, str(error))
    raise failed


def _not_read(received: Received, error: VendorError) -> FailedTry:
    """What an operation says of its answer: another shape, or a refusal that HTTP does not tell."""
    code = error.code if error.code != error.reason else None
    if error.reason == "unreadable":
        return _failed(received, Happened.OTHER_SHAPE, error.problem, code)
    return FailedTry(Trouble(Happened.STATUS, 400), error.problem, status=received.status, code=code)


def _file(operation: Operation[T], received: Received, setup: Setup) -> Answer:
    media_type = _media_type(received)
    if not received.body:
        raise _failed(received, Happened.UNREADABLE, "the answer is empty and not a file")
    if media_type in _PAGE_TYPES:
        raise _failed(received, Happened.UNREADABLE, "the answer is a web page and not a file")
    if received.body.lstrip()[:1] == _ENVELOPE_START:
        value = _value_of_failure(received, setup)
        if is_failure(value):
            raise _refused(operation, received, value, setup)
    return Answer(content=received.body, media_type=media_type)


def _json(operation: Operation[T], received: Received, setup: Setup) -> Answer:
    media_type = _media_type(received)
    if media_type not in _JSON_TYPES and not media_type.endswith("+json"):
        raise _failed(received, Happened.UNREADABLE, "the answer is of another media type than JSON")
    if not received.body:
        raise _failed(received, Happened.UNREADABLE, "the answer is empty and not JSON")
    try:
        value = _opened(_json_value(received.body), received, setup)
    except MalformedError:
        text = "the answer is not strict JSON in UTF-8 (RFC 7493)"
        raise _failed(received, Happened.UNREADABLE, text) from None
    if is_deeper(value, MAX_JSON_DEPTH):
        text = f"the answer is nested more than {MAX_JSON_DEPTH} deep"
        raise _failed(received, Happened.UNREADABLE, text)
    if is_failure(value):
        raise _refused(operation, received, value, setup)
    return Answer(value=value, media_type=media_type)


def _opened(value: JsonValue, received: Received, setup: Setup) -> JsonValue:
    """The JSON value of an answer, out of its envelope if it came in one.

    Raises:
        FailedTry: it does not open, or Secure Data Transfer is off.
    """
    if not isinstance(value, dict) or not is_envelope(value):
        return value
    if setup.transfer is None:
        raise _failed(received, Happened.OTHER_SHAPE, _SWITCH_ON)
    try:
        return setup.transfer.decrypt_answer(value)
    except (DecryptError, MalformedError):
        found = diagnosis(received.body, setup)
        text = _RUN_DOCTOR if found is None else f"{_RUN_DOCTOR}; it fits: {found}"
    raise _failed(received, Happened.OTHER_SHAPE, text)


def diagnosis(body: bytes, setup: Setup) -> str | None:
    """Return which settings would open an encrypted body, found in memory, or None."""
    from liveform.doctor import diagnose_body  # which only a failure needs

    return diagnose_body(body, setup.transfer_keys)


def _value_of_failure(received: Received, setup: Setup) -> JsonValue:
    """What the body of a failure says, read as far as it can be: JSON, an envelope, or a text."""
    if not received.is_whole:
        return None
    try:
        value = _json_value(received.body)
    except MalformedError:
        return received.body[:1_000].decode("ascii", "replace") or None
    if isinstance(value, dict) and is_envelope(value) and setup.transfer is not None:
        try:
            return setup.transfer.decrypt_answer(value)
        except (DecryptError, MalformedError):
            return None
    return value


def _json_value(body: bytes) -> JsonValue:
    return cast("JsonValue", read_json(body))


def _refused(operation: Operation[T], received: Received, value: JsonValue, setup: Setup) -> FailedTry:
    explained = explain(received.status, value, sent_by(operation, setup))
    status = received.status if explained.status is None or received.status >= 300 else explained.status
    status = 400 if status < 300 else status  # HTTP 200 with a failure
    words = [f"the vendor refused it with HTTP {received.status}"]
    if explained.code is not None:
        words[0] += f", code {explained.code}"
    if explained.text:
        words.append(explained.text)
    trouble = Trouble(Happened.STATUS, status, _retry_after(received, setup))
    return FailedTry(trouble, ": ".join(words), status=received.status, code=explained.code)


def _retry_after(received: Received, setup: Setup) -> float | None:
    return read_retry_after(received.headers.get("retry-after"), setup.timing.now())


def _failed(received: Received, happened: Happened, problem: str, code: str | None = None) -> FailedTry:
    return FailedTry(Trouble(happened), problem, status=received.status, code=code)


def _media_type(received: Received) -> str:
    return received.headers.get("content-type", "").partition(";")[0].strip().lower()
