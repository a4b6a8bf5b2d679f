"""The OpenAPI 3.1 document, made from the operations (https://spec.openapis.org/oas/v3.1.1)."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec

from webhelper.api.openapi_links import links_of
from webhelper.api.operation import JSON
from webhelper.api.schemas import ErrorAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webhelper.api.operation import Operation

_REF: Final = "#/components/schemas/{name}"
_PATH_VALUE: Final = re.compile(r"<(\w+)>")
_STORE_IS_DOWN: Final = HTTPStatus.SERVICE_UNAVAILABLE  # possible for every operation
_WITH_SCOPE: Final = (HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
_RETRY_AFTER: Final = {
    "description": "In how many seconds to try again.",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}
_SCHEME: Final = "apiToken"
_SCOPES: Final = "The scope beside it is what the API token must allow; see API_SCOPES."


def document(operations: Sequence[Operation], *, server: str) -> dict[str, Any]:
    """Return the OpenAPI document of ``operations`` as JSON data.

    Args:
        operations: the operations of all blueprints.
        server: the address of this site.
    """
    schemas, components = msgspec.json.schema_components(_types(operations), ref_template=_REF)
    by_type = dict(zip(_types(operations), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path = _PATH_VALUE.sub(r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, by_type, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "liveform web helper",
            "version": "1",
            "summary": "Create signed links to ARGOS ID check Liveforms, and read the returns.",
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {_SCHEME: {"type": "http", "scheme": "bearer", "description": _SCOPES}},
        },
    }


def _types(operations: Sequence[Operation]) -> list[type[Any]]:
    wanted = {ErrorAnswer: None}
    for operation in operations:
        for part in (operation.body, operation.query, operation.answer):
            if part is not None:
                wanted[part] = None
    return list(wanted)


def _operation(
    operation: Operation, by_type: dict[type[Any], Any], components: dict[str, Any]
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": _parameters(operation, by_type, components),
        "responses": {str(operation.status.value): _answer(operation, by_type)}
        | {str(error.value): _error(error, by_type) for error in _errors(operation)},
    }
    if operation.body is not None:
        schema = by_type[operation.body]
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    described["security"] = _security(operation)
    return described


def _errors(operation: Operation) -> list[HTTPStatus]:
    with_scope = () if operation.scope is None else _WITH_SCOPE
    return sorted({*operation.errors, *with_scope, _STORE_IS_DOWN})


def _security(operation: Operation) -> list[dict[str, Any]]:
    """Return the security requirements: of an API token, the scope; none where it may be left out."""
    if operation.scope is None:
        return [{}]
    needed = {_SCHEME: [operation.scope.value]}
    return [needed] if operation.token else [{}, needed]


def _parameters(
    operation: Operation, by_type: dict[type[Any], Any], components: dict[str, Any]
) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PATH_VALUE.findall(operation.path)
    ]
    if operation.query is not None:
        # A query has no null; an optional parameter is left out.
        query = components[by_type[operation.query]["$ref"].rpartition("/")[2]]
        parameters += [
            {"name": name, "in": "query", "schema": _without_null(schema)}
            for name, schema in query["properties"].items()
        ]
    parameters += [
        {"name": name, "in": "header", "description": about, "schema": {"type": "string", "maxLength": 255}}
        for name, about in operation.headers.items()
    ]
    return parameters


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    return options[0] if len(options) == 1 else schema


def _answer(operation: Operation, by_type: dict[type[Any], Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"description": operation.status.phrase}
    if operation.answer is not None:
        described["content"] = {JSON: {"schema": by_type[operation.answer]}}
    links = links_of(operation.name)
    return described | ({"links": links} if links else {})


def _error(status: HTTPStatus, by_type: dict[type[Any], Any]) -> dict[str, Any]:
    described = {"description": status.phrase, "content": {JSON: {"schema": by_type[ErrorAnswer]}}}
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        described["headers"] = {"Retry-After": _RETRY_AFTER}
    return described
