"""``GET /api/visits/<id>``: what is known of a visit, and on demand what the vendor's API says now."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint

from webhelper.api.operation import Api, Operation
from webhelper.api.permissions import permissions, require_scope
from webhelper.api.schemas import VisitDetails, VisitQuery
from webhelper.api.serializers import visit_details_of
from webhelper.config.scopes import Scope
from webhelper.errors import UnknownVisitError
from webhelper.services import services

api = Api(Blueprint("api_visits", __name__))


@api.operation(
    Operation(
        "GET",
        "/api/visits/<visit_id>",
        query=VisitQuery,
        answer=VisitDetails,
        errors=(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.UNPROCESSABLE_ENTITY,
        ),
        scope=Scope.READ,
    )
)
def get_visit(visit_id: str, query: VisitQuery) -> VisitDetails:
    """Return one visit with all that was said of it; ``confirm=true`` asks first, and needs results too."""
    if query.confirm:
        require_scope(Scope.RESULTS)
    visited_link = services().links.store.visited_link(visit_id)
    if visited_link is None or not permissions().include(visited_link.link.spec.project):
        raise UnknownVisitError
    if not query.confirm:
        return visit_details_of(visited_link, None)
    return visit_details_of(*services().confirmer.confirm(visited_link))
