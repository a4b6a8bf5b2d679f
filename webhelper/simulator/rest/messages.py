"""A request as it came, and an answer as it goes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from webhelper.simulator.rest.calls import Reply
    from webhelper.simulator.rest.refusals import Refused

_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Incoming:
    """A request as it came.

    Attributes:
        method, path, query: the path begins behind ``/v3``.
        headers: names in lower case.
        body: empty if it is too large.
        too_large: whether the body is larger than the gateway takes.
        address: of the client.
        form: reads a multipart body: its texts and its files.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    too_large: bool
    address: str
    form: Callable[[], tuple[dict[str, str], dict[str, bytes]]]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Outgoing:
    """An answer: what is sent, and what the log keeps of it."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    plain: bytes


def success(reply: Reply, sealed: object) -> Outgoing:
    """Return the answer of a handler; ``sealed`` is what is sent of it."""
    headers = {"Content-Type": reply.media_type}
    if reply.file_name is not None:
        headers["Content-Disposition"] = f"attachment; filename={reply.file_name}"
    return Outgoing(
        status=HTTPStatus.OK, body=_bytes(sealed, reply), headers=headers, plain=_bytes(reply.body, reply)
    )


def refusal(refused: Refused) -> Outgoing:
    """Return the answer that refuses a request."""
    body = json.dumps(refused.body).encode()
    headers = {"Content-Type": _JSON, **refused.headers}
    return Outgoing(status=refused.status, body=body, headers=headers, plain=body)


def _bytes(body: object, reply: Reply) -> bytes:
    if reply.media_type != _JSON and isinstance(body, bytes):
        return body
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
