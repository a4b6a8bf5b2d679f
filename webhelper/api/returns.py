"""``/api/returns`` for frontends at a Return URL of their own, and ``/api/results`` for their servers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, request

from liveform import FieldError, MalformedError, UntrustedInputError
from webhelper.api.auth import has_api_token
from webhelper.api.operation import Api, Operation
from webhelper.api.permissions import permissions, require_project
from webhelper.api.schemas import ResultAnswer, ResultBody, ReturnAnswer, ReturnBody, ReturnedClaims
from webhelper.config.scopes import Scope
from webhelper.links.browser_cookie import digest_of
from webhelper.links.outcomes import Level, Result
from webhelper.services import services

if TYPE_CHECKING:
    from webhelper.links.returns import ReceivedReturn

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
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNPROCESSABLE_ENTITY,
        ),
        scope=Scope.RESULTS,
        token=False,
    )
)
def read_return(body: ReturnBody) -> ReturnAnswer:
    """Read a return: without an API token to one of five words, with one to all that it claims."""
    with_token = has_api_token(Scope.RESULTS)
    if body.query is not None and body.encrypted is not None:
        raise FieldError("encrypted", "must not be given together with query; send one of them")
    project = _project(body.project)
    if with_token:
        require_project(project)
    source = body.query or {"encrypted": body.encrypted or ""}
    try:
        received = services().returns.receive(project, source, browser=_browser())
    except UntrustedInputError:
        raise MalformedError(_UNREADABLE) from None
    visited_link = received.visited_link
    return ReturnAnswer(
        status=received.shown_outcome.result or Result.UNKNOWN,
        state_ok=received.state_ok,
        code=None if visited_link is None else services().result_codes.code(visited_link.visit),
        wait=None if visited_link is None else services().waits.token_of_visit(visited_link.visit),
        claims=_claims(received) if with_token else None,
    )


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
        scope=Scope.RESULTS,
    )
)
def exchange_result(body: ResultBody) -> ResultAnswer:
    """Exchange the result code that a browser brought to ``next``; a code works once, for ten minutes.

    It is used up before the vendor's API is asked, so that no code makes a second call.
    """
    exchanged, claimed = services().result_codes.exchange(body.code, allows=permissions().include)
    visited_link, api_check = services().confirmer.confirm_once(exchanged)
    outcome = claimed if visited_link.visit.outcome is None else visited_link.visit.outcome
    return ResultAnswer(
        status=outcome.result or Result.UNKNOWN,
        level=outcome.level,
        claimed=outcome.level is Level.CLAIMED,
        api_check=api_check,
        submission_id=outcome.submission_id,
        error_code=outcome.error_code,
        link_id=visited_link.link.id,
        label=visited_link.link.spec.label,
        userid=visited_link.userid,
        visit_id=visited_link.visit.id,
    )


def _project(name: str | None) -> str:
    """Return the name of the project.

    Raises:
        FieldError: none is named, on a site with several. That there is one of another name is not said.
    """
    projects = list(services().settings.projects)
    if name is None and len(projects) > 1:
        raise FieldError("project", "is needed on a site with several projects")
    return projects[0] if name is None else name


def _browser() -> bytes | None:
    """Return the digest of the browser's cookie, if the page that asks may use it; else None."""
    origin = request.headers.get("Origin")
    settings = services().settings
    if origin is not None and origin != settings.origin and origin not in settings.cors_origins:
        return None
    value = services().browser_cookie.read(request.headers.get("Cookie", ""))
    return None if value is None else digest_of(value)


def _claims(received: ReceivedReturn) -> ReturnedClaims:
    claims = received.claims
    return ReturnedClaims(**{name: getattr(claims, name) for name in ReturnedClaims.__struct_fields__})


@api.blueprint.before_request
def count_returns() -> None:
    """Count the returns that clients send without an API token, before anything of them is read."""
    is_asked = request.endpoint == "api_returns.read_return" and request.method == "POST"
    if is_asked and "Authorization" not in request.headers:
        services().limits.read_return(request.environ)


@api.blueprint.after_request
def allow_listed_origins(response: Response) -> Response:
    """Allow pages of the listed origins to call ``/api/returns`` (CORS, Fetch standard)."""
    if request.path == "/api/returns":
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin in services().settings.cors_origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Credentials"] = "true"  # the cookie names the browser
            if request.method == "OPTIONS":
                response.headers.update(_CORS)
            else:
                response.headers["Access-Control-Expose-Headers"] = "Retry-After"
    return response
