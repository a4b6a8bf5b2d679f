"""``/api/returns`` for frontends at a Return URL of their own, and ``/api/results`` for their servers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, request

from liveform import FieldError, KycStatus, MalformedError, UntrustedInputError
from webhelper.api.operation import Api, Operation
from webhelper.api.schemas import ResultAnswer, ResultBody, ReturnAnswer, ReturnBody
from webhelper.errors import UnknownLinkError, UsedUpError
from webhelper.links.models import Result
from webhelper.links.signing.purposes import Purpose
from webhelper.services import services

if TYPE_CHECKING:
    from webhelper.links.models import Outcome

_UNREADABLE: Final = "the return cannot be read"
_CORS: Final = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "86400",
}

api = Api(Blueprint("api_returns", __name__))


@api.operation(
    Operation(
        "POST",
        "/api/returns",
        body=ReturnBody,
        answer=ReturnAnswer,
        errors=(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNPROCESSABLE_ENTITY,
        ),
        token=False,
    )
)
def read_return(body: ReturnBody) -> ReturnAnswer:
    """Read what a return claims, for a page without a key; every unreadable return gets the same error."""
    if body.query is not None and body.encrypted is not None:
        raise FieldError("encrypted", "must not be given together with query; send one of them")
    source = body.query or {"encrypted": body.encrypted or ""}
    try:
        received = services().returns.receive(_project(body.project), source)
    except UnknownLinkError:
        raise FieldError("project", "is not a project of this site") from None
    except UntrustedInputError:
        raise MalformedError(_UNREADABLE) from None
    return ReturnAnswer(**_claims(received.outcome), state_ok=received.state_ok)


@api.operation(
    Operation(
        "POST",
        "/api/results",
        body=ResultBody,
        answer=ResultAnswer,
        errors=(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.GONE,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNPROCESSABLE_ENTITY,
        ),
    )
)
def exchange_result(body: ResultBody) -> ResultAnswer:
    """Exchange the result code that a browser brought to ``next``; a code works once, for ten minutes."""
    service, members = services().links, services().signed_values.verify(Purpose.RESULT, body.code)
    visited_link = service.store.visited_link(members["visit"])
    if visited_link is None or visited_link.visit.outcome is None:
        raise UnknownLinkError
    if not service.store.use_once(members["id"], now=service.clock()):
        raise UsedUpError
    return ResultAnswer(
        **_claims(visited_link.visit.outcome),
        state_ok=True,
        link_id=visited_link.link.id,
        label=visited_link.link.spec.label,
        userid=visited_link.userid,
    )


def _project(name: str | None) -> str:
    projects = list(services().settings.projects)
    return projects[0] if name is None and len(projects) == 1 else name or ""


def _claims(outcome: Outcome) -> dict[str, Any]:
    return {
        "status": None if outcome.result in (None, Result.ERROR) else KycStatus(outcome.result),
        "submission_id": outcome.submission_id,
        "error_code": outcome.error_code,
    }


@api.blueprint.after_request
def allow_listed_origins(response: Response) -> Response:
    """Allow pages of the listed origins to call ``/api/returns`` (CORS, Fetch standard)."""
    if request.path == "/api/returns":
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin in services().settings.cors_origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            if request.method == "OPTIONS":
                response.headers.update(_CORS)
    return response
