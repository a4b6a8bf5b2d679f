"""An operation of the vendor's REST API as a value: what to send, and how to read what comes back.

Functions beside this module build operations and do no I/O. ``client.py`` and ``async_client.py`` send them.
A page of a list names the operation that asks for the next one; work of several calls is a generator that
yields operations, gets what they read, and returns its result.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from liveform.wire.json_object import JsonValue  # noqa: TC001 - for hints at run time

T = TypeVar("T")
Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
KeyName: TypeAlias = Literal["api_key", "face_auth_key"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the vendor answered with success, already decrypted.

    Attributes:
        value: the JSON value; for a file, None.
        content: the bytes of a file; for JSON, empty.
        media_type: the Content-Type, without its parameters.
    """

    value: JsonValue = None
    content: bytes = b""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class FormPart:
    """A part of a multipart/form-data body (RFC 7578).

    Attributes:
        name: the vendor's name of the part.
        content: text, or the bytes of a file.
        filename: None for text, which must have none (PIMG).
        media_type: the type of a file.
    """

    name: str
    content: str | bytes = field(repr=False)
    filename: str | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[T]):
    """One call of the API.

    Attributes:
        name: what the caller called, such as ``submissions.get``; for messages and logs.
        method: the HTTP method.
        path: below the base URL, such as ``/submission``; its segments are percent-encoded already.
        read: what to make of a successful answer. It raises ``VendorError`` with the reason ``unreadable``
            if the answer has another shape.
        query: the query parameters, by the vendor's names, as text.
        body: the JSON object to send; None sends none.
        form: the parts to send instead, as multipart/form-data.
        repeatable: whether sending it twice has the effect of sending it once.
        transfer: whether Secure Data Transfer covers it (vendor-api rows 2.13, 10.7).
        key: which key goes into x-api-key.
        is_file: whether the answer is a file and not JSON.
    """

    name: str
    method: Method
    path: str
    read: Callable[[Answer], T]
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, object] | None = field(default=None, repr=False)
    form: tuple[FormPart, ...] = ()
    repeatable: bool = False
    transfer: bool = False
    key: KeyName = "api_key"
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list.

    Attributes:
        items: what it lists.
        next: asks for the next page; None after the last one.
    """

    items: tuple[T, ...]
    next: Operation[Page[T]] | None = None


# Work of several calls. The loop sends what is yielded, and sends back what ``read`` made of the answer, or
# throws the VendorError in.
Steps: TypeAlias = Generator[Operation[Any], Any, T]
