"""An operation of the vendor's REST API as a value: what to send, and how to read what comes back.

Functions beside this module build operations and do no I/O. ``client.py`` and ``async_client.py`` send them.
A page of a list names the operation that asks for the next one; work of several calls is a generator that
yields operations, gets what they read, and returns its result.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar, get_args

from liveform.errors import FieldError
from liveform.wire.json_object import JsonValue, is_unicode

T = TypeVar("T")
Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
KeyName: TypeAlias = Literal["api_key", "face_auth_key"]

_METHODS: Final[tuple[Method, ...]] = get_args(Method)
_KEY_NAMES: Final[tuple[KeyName, ...]] = get_args(KeyName)


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

    Raises:
        FieldError: an attribute is of another type.
    """

    name: str
    content: str | bytes = field(repr=False)
    filename: str | None = None
    media_type: str | None = None

    def __post_init__(self) -> None:
        is_content = isinstance(self.content, bytes) or _is_text(self.content)
        _check("name", "printable text", is_right=_is_printable(self.name))
        _check("content", "Unicode text or bytes", is_right=is_content)
        for name in ("filename", "media_type"):
            value = getattr(self, name)
            _check(name, "printable text, or None", is_right=value is None or _is_printable(value))


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

    Raises:
        FieldError: an attribute is of another type, an unknown method or key, or a path without ``/``.
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

    def __post_init__(self) -> None:
        has_path = _is_text(self.path) and self.path.startswith("/")
        has_form = isinstance(self.form, tuple) and all(isinstance(part, FormPart) for part in self.form)
        _check("name", "Unicode text", is_right=_is_text(self.name))
        _check("method", f"one of {', '.join(_METHODS)}", is_right=self.method in _METHODS)
        _check("path", "Unicode text that begins with /", is_right=has_path)
        _check("read", "a function of an Answer", is_right=callable(self.read))
        _check("query", "a mapping of text to text", is_right=_has_texts(self.query))
        _check("body", "a mapping, or None", is_right=isinstance(self.body, Mapping | None))
        _check("form", "a tuple of FormPart", is_right=has_form)
        _check("key", f"one of {', '.join(_KEY_NAMES)}", is_right=self.key in _KEY_NAMES)


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


def checked_operation(operation: Operation[T]) -> Operation[T]:
    """Return what a client was given to send.

    Raises:
        FieldError: not an operation.
    """
    _check("operation", "an Operation of liveform.rest", is_right=isinstance(operation, Operation))
    return operation


def checked_steps(steps: Steps[T]) -> Steps[T]:
    """Return what a client was given to run.

    Raises:
        FieldError: not a generator.
    """
    wanted = "a generator of operations, such as check_steps(project)"
    _check("steps", wanted, is_right=isinstance(steps, Generator))
    return steps


def _has_texts(query: object) -> bool:
    return isinstance(query, Mapping) and all(
        isinstance(text, str) for pair in query.items() for text in pair
    )


def _is_printable(value: object) -> bool:
    return isinstance(value, str) and value.isprintable()


def _is_text(value: object) -> bool:
    return isinstance(value, str) and is_unicode(value)


def _check(name: str, wanted: str, *, is_right: bool) -> None:
    if not is_right:
        raise FieldError(name, f"must be {wanted}")
