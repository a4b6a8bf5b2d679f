"""Operation -> the request that httpx2 sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

import httpx2

from liveform.errors import ConfigError, FieldError
from liveform.rest.sending.failures import Sent
from liveform.wire.json_object import write_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveform.rest.operation import FormPart, Operation
    from liveform.rest.sending.setup import Setup

_USER_AGENT: Final = "liveform-python"
_CONNECT_S: Final = 10.0
# The words of the API's paths are in codes too, such as invalid_submissionId (vendor-api row 6.3).
_PATH_WORDS: Final = frozenset(
    (
        *("aml", "applicant", "faceauth", "image", "migration", "monitor", "partial", "projection"),
        *("projects", "report", "review", "settings", "submission", "tokens"),
    )
)


def build_request(operation: Operation[Any], setup: Setup) -> httpx2.Request:
    """Return the request, which may be sent several times.

    Secure Data Transfer turns the query into one parameter ``data`` (vendor-api row 2.13), and a JSON body
    into ciphertext (row 10.3). A form is never encrypted, for no page says how (row 4.6).

    Raises:
        ConfigError: the operation needs a key that the client does not have.
        FieldError: a value cannot be sent.
    """
    headers = {
        "x-api-key": _key(operation, setup),
        "accept": "*/*",
        "accept-encoding": "gzip",
        "user-agent": _USER_AGENT,
    }
    content = None
    if operation.body is not None:
        content, headers["content-type"] = _body(operation, setup)
    request = httpx2.Request(
        operation.method,
        _parsed(_url(operation, setup)),
        headers=headers,
        content=content,
        files=[_part(part) for part in operation.form] or None,
        extensions={"timeout": _timeouts(setup.timeout)},
    )
    request.read()  # a form as bytes too, so that either client may send it, and more than once
    return request


def sent_by(operation: Operation[Any], setup: Setup) -> Sent:
    """Return what a request holds, so that no text repeats it."""
    names, values = set(operation.query), [*operation.query.values(), *filter(None, setup.keys.values())]
    values += [segment for segment in operation.path.split("/") if segment not in _PATH_WORDS]
    for part in operation.form:
        names.add(part.name)
        values += [part.content] if isinstance(part.content, str) else []
    for name, value in _members(operation.body):
        names.add(name)
        values.append(value)
    return Sent(names, [value for value in values if value])


def _members(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for inner_name, inner in value.items():
            yield inner_name, ""
            yield from _members(inner, inner_name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _members(inner, name)
    elif isinstance(value, str):
        yield name, value


def _key(operation: Operation[Any], setup: Setup) -> str:
    key = setup.keys[operation.key]
    if key is None:
        raise ConfigError((operation.key, f"is needed for {operation.name}; this client has none"))
    return key


def _url(operation: Operation[Any], setup: Setup) -> str:
    path = operation.path
    if not {".", ".."}.isdisjoint(path.split("/")):
        raise FieldError("path", "an id must not be '.' or '..', which would lead to another address")
    query = operation.query
    if query and operation.transfer and setup.transfer is not None:
        query = setup.transfer.encrypt_query(query)
    try:
        text = f"?{urlencode(query, quote_via=quote)}" if query else ""
    except UnicodeEncodeError:
        raise FieldError("query", "must be Unicode, without lone surrogates") from None
    return f"{setup.base_url}{path}{text}"


def _parsed(url: str) -> httpx2.URL:
    try:
        return httpx2.URL(url)
    except httpx2.InvalidURL:  # more than 65,536 characters
        raise FieldError("query", "holds a text that is too long for a URL") from None


def _body(operation: Operation[Any], setup: Setup) -> tuple[bytes, str]:
    members = operation.body or {}
    if operation.transfer and setup.transfer is not None:
        return setup.transfer.encrypt_request(members)
    return write_object(members), "application/json"


def _part(part: FormPart) -> tuple[str, Any]:
    """A part as httpx2 takes it; without a file name, it is a text field."""
    if part.media_type is None:
        return part.name, (part.filename, part.content)
    return part.name, (part.filename, part.content, part.media_type)


def _timeouts(timeout: float) -> dict[str, float]:
    """The time-outs of the steps. A connection has half of the time, to know that it never opened."""
    connect = min(_CONNECT_S, timeout / 2)
    return {"connect": connect, "pool": connect, "read": timeout, "write": timeout}
