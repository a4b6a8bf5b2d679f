"""One decorator for an operation of the API: it reads the body, writes the answer, and documents both.

What an operation is documented to take is what it is given, checked; so the document cannot drift.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from flask import Blueprint, Response, request

from liveform import MalformedError
from webhelper.api.auth import require_token
from webhelper.api.parsing import convert_text, read_json

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

MAX_BODY_BYTES: Final = 65_536
JSON: Final = "application/json"


class Operation(NamedTuple):
    """One method of one path.

    Attributes:
        method, path, name: ``path`` in Flask's writing.
        about: what it does.
        body: what it takes, or None.
        query: its query parameters, or None.
        status, answer: what it answers when all is well; ``answer`` is None for an empty one.
        errors: the other statuses that it may answer with.
        token: whether it needs an API token.
        headers: further request headers, and what they do.
    """

    method: str
    path: str
    name: str
    about: str
    body: type[Any] | None
    query: type[Any] | None
    status: HTTPStatus
    answer: type[Any] | None
    errors: tuple[HTTPStatus, ...]
    token: bool
    headers: dict[str, str]


class Api:
    """A blueprint of operations."""

    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint = blueprint
        self.operations: list[Operation] = []

    def operation(  # noqa: PLR0913 - what an operation is made of
        self,
        method: str,
        path: str,
        *,
        body: type[Any] | None = None,
        query: type[Any] | None = None,
        status: HTTPStatus = HTTPStatus.OK,
        answer: type[Any] | None = None,
        errors: tuple[HTTPStatus, ...] = (),
        token: bool = True,
        headers: dict[str, str] | None = None,
    ) -> Callable[[F], F]:
        """Return a decorator for a view, which is called with the path's values and the body or query.

        The view returns the answer, or the answer and headers.
        """

        def register(view: F) -> F:
            about = (view.__doc__ or "").strip().split("\n")[0]
            self.operations.append(
                Operation(
                    method,
                    path,
                    view.__name__,
                    about,
                    body,
                    query,
                    status,
                    answer,
                    errors,
                    token,
                    headers or {},
                )
            )

            @wraps(view)
            def answering(**values: Any) -> Response:  # noqa: ANN401 - the path's own
                if token:
                    require_token()
                if body is not None:
                    values["body"] = read_json(request.get_data(), body)  # cached, for Idempotency-Key
                if query is not None:
                    values["query"] = read_query(query)
                return respond(view(**values), status)

            self.blueprint.add_url_rule(path, view.__name__, answering, methods=[method])
            return view

        return register


def read_query(wanted: type[T]) -> T:
    """Return the query of the request as ``wanted``.

    Raises:
        MalformedError: a parameter given twice.
        FieldError: it does not fit.
    """
    pairs = list(request.args.items(multi=True))
    if len(dict(pairs)) < len(pairs):
        raise MalformedError("a query parameter is given twice")
    return convert_text(dict(pairs), wanted)


def respond(answer: object, status: HTTPStatus) -> Response:
    """Return ``answer`` as JSON; of a pair, the second are headers."""
    answer, headers = answer if isinstance(answer, tuple) else (answer, {})
    if answer is not None:
        return Response(msgspec.json.encode(answer), status, headers, mimetype=JSON)
    empty = Response(status=status, headers=headers)
    del empty.headers["Content-Type"]
    return empty
