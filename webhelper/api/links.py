"""The operations of ``/api/links``: create, list, look up and revoke links, with an API token."""

from __future__ import annotations

from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Blueprint, g, request, url_for

from liveform import FieldError
from webhelper.api.list_query import ListQuery, filter_of
from webhelper.api.operation import Api, Operation
from webhelper.api.permissions import permissions, require_named_project, require_project
from webhelper.api.schemas import LinkAnswer, LinkDetails, LinkList
from webhelper.api.serializers import answer_of, details_of
from webhelper.config.scopes import Scope
from webhelper.errors import UnknownLinkError
from webhelper.links.link_request import LinkRequest
from webhelper.links.stores.base import IdempotencyKey
from webhelper.services import services

if TYPE_CHECKING:
    from webhelper.links.models import Link

MAX_KEY_CHARS: Final = 255
SHOWN_VISITS: Final = 100
_REFUSED: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.UNPROCESSABLE_ENTITY)
_NEEDS_STORE: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)

api = Api(Blueprint("api_links", __name__))


@api.operation(
    Operation(
        "POST",
        "/api/links",
        body=LinkRequest,
        status=HTTPStatus.CREATED,
        answer=LinkAnswer,
        errors=(*_REFUSED, HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        scope=Scope.CREATE,
        headers={"Idempotency-Key": "For a day, a repeated request with the same key returns the same link."},
    )
)
def create_link(body: LinkRequest) -> tuple[LinkAnswer, dict[str, str]]:
    """Create a link, and check its fields."""
    require_project(body.project)
    require_named_project(body.project)
    idempotency_key = _idempotency_key()
    link, is_new = services().links.create(body, by=g.holder, idempotency_key=idempotency_key)
    headers = {"Location": url_for("api_links.get_link", link_id=link.id)}
    return answer_of(link), headers if is_new else headers | {"Idempotency-Replayed": "true"}


def _idempotency_key() -> IdempotencyKey | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= MAX_KEY_CHARS:
        raise FieldError("Idempotency-Key", f"must be 1 to {MAX_KEY_CHARS} characters")
    return IdempotencyKey(g.holder, key, sha256(request.get_data()).digest())


@api.operation(
    Operation(
        "GET",
        "/api/links",
        query=ListQuery,
        answer=LinkList,
        errors=(*_REFUSED, HTTPStatus.CONFLICT),
        scope=Scope.READ,
    )
)
def list_links(query: ListQuery) -> LinkList:
    """List links, the newest first."""
    service = services().links
    wanted = filter_of(query, permissions().projects)
    page = service.store.page(wanted, now=service.clock(), limit=query.limit, cursor=query.cursor)
    return LinkList(links=[answer_of(link) for link in page.links], next_cursor=page.next_cursor)


@api.operation(
    Operation("GET", "/api/links/<link_id>", answer=LinkDetails, errors=_NEEDS_STORE, scope=Scope.READ)
)
def get_link(link_id: str) -> LinkDetails:
    """Return one link with its visits, and all that was said of each."""
    store = services().links.store
    return details_of(_own_link(link_id), store.visits(link_id, limit=SHOWN_VISITS))


@api.operation(
    Operation(
        "DELETE",
        "/api/links/<link_id>",
        status=HTTPStatus.NO_CONTENT,
        errors=_NEEDS_STORE,
        scope=Scope.REVOKE,
    )
)
def revoke_link(link_id: str) -> None:
    """Revoke a link. This cannot be undone; a repeated request has no effect."""
    service = services().links
    service.store.revoke(_own_link(link_id).id, now=service.clock())


def _own_link(link_id: str) -> Link:
    """Return a link of a project that the API token is for; another one's is not told from none."""
    link = services().links.store.get(link_id)
    if not permissions().include(link.spec.project):
        raise UnknownLinkError
    return link
