"""Operations of the API: one description each, for reading requests and for the OpenAPI document.

Both use the same types, so the document always shows what is validated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import msgspec
from flask import Blueprint, Response, request

from liveform import MalformedError
from webhelper.api.auth import require_api_token
from webhelper.api.parsing import convert_text, read_json

if TYPE_CHECKING:
    from webhelper.config.scopes import Scope

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

MAX_BODY_BYTES: Final = 65_536
JSON: Final = "application/json"


class Operation(NamedTuple):
    """An operation of the API: one method of one path.

    Attributes:
        method: HTTP method.
        path: URL rule of Flask.
        body: type of the request body; None for no body.
        query: type of the query; None for no parameters.
        status: status of a successful answer.
        answer: type of its body; None for an empty one.
        errors: statuses of the other answers, beside those that every operation of its kind has.
        scope: what an API token must allow; None if it makes no difference.
        token: whether an API token is required; False if the answer only says more with one.
        headers: descriptions of further request headers, by name.
        name: name of the view, set by ``Api.operation``.
        summary: first line of the view's docstring, set by ``Api.operation``.
    """

    method: str
    path: str
    body: type[Any] | None = None
    query: type[Any] | None = None
    status: HTTPStatus = HTTPStatus.OK
    answer: type[Any] | None = None
    errors: tuple[HTTPStatus, ...] = ()
    scope: Scope | None = None
    token: bool = True
    headers: Mapping[str, str] = MappingProxyType({})
    name: str = ""
    summary: str = ""


class Api:
    """A blueprint whose views are operations of the API."""

    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint = blueprint
        self.operations: list[Operation] = []

    def operation(self, operation: Operation) -> Callable[[F], F]:
        """Return a decorator that registers a view for ``operation``.

        The view is called with the values of the path, and with ``body`` and ``query`` if there are any.
        It returns the answer, or a pair of the answer and headers.
        """

        def register(view: F) -> F:
            summary = (view.__doc__ or "").strip().split("\n")[0]
            self.operations.append(operation._replace(name=view.__name__, summary=summary))

            @wraps(view)
            def endpoint(**values: object) -> Response:
                if operation.scope is not None and operation.token:
                    require_api_token(operation.scope)
                if operation.body is not None:
                    # get_data() caches the bytes, which Idempotency-Key needs again.
                    values["body"] = read_json(request.get_data(), operation.body)
                if operation.query is not None:
                    values["query"] = read_query(operation.query)
                return respond(view(**values), operation.status)

            self.blueprint.add_url_rule(operation.path, view.__name__, endpoint, methods=[operation.method])
            return view

        return register


def read_query(wanted: type[T]) -> T:
    """Return the query of the request as a value of the type ``wanted``.

    Raises:
        MalformedError: a parameter is given twice.
        FieldError: a parameter is unknown or not allowed; ``.field`` names it.
    """
    pairs = list(request.args.items(multi=True))
    if len(dict(pairs)) < len(pairs):
        raise MalformedError("a query parameter is given twice")
    return convert_text(dict(pairs), wanted)


def respond(answer: object, status: HTTPStatus) -> Response:
    """Return a response with ``answer`` as JSON; a pair is an answer and headers, None an empty answer."""
    answer, headers = answer if isinstance(answer, tuple) else (answer, {})
    if answer is not None:
        return Response(msgspec.json.encode(answer), status, headers, mimetype=JSON)
    empty = Response(status=status, headers=headers)
    del empty.headers["Content-Type"]
    return empty
