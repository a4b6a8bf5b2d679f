"""Error handlers: they answer with a page or with JSON, and log a line without personal data."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Response, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import ClientDisconnected, HTTPException

from liveform import BadSignatureError, ExpiredError, FieldError, LiveformError, UntrustedInputError
from webhelper.api.operation import respond
from webhelper.api.schemas import ErrorAnswer, Problem
from webhelper.error_reports import place_of
from webhelper.errors import (
    CUT_BODY,
    ApiTokenError,
    CrossSiteError,
    EmptyPoolError,
    KeyReusedError,
    NotKeptError,
    RevokedError,
    ScopeError,
    SenderError,
    StoreError,
    TokenIdExpiredError,
    TooManyRequestsError,
    UnknownLinkError,
    UnknownProjectError,
    UnknownVisitError,
    UsedUpError,
)
from webhelper.web.error_words import words_of

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger("webhelper")

_RETRY_S: Final = "5"
_API: Final = "/api/"
_WEBHOOKS: Final = "/webhooks/"  # and a project; the console has pages further below
_FOR_SCRIPTS: Final = ("kiosk.new_code", "kiosk.code_states", "console.link_states")
_STAFF: Final = ("console", "new_link", "link_page", "console_webhooks", "kiosk_setup", "kiosk", "sign_ins")
# The first class that matches counts.
# Codes of ours that do not change with Python: 3.13 took the phrases of RFC 9110.
_NAMES: Final[dict[int, str]] = {
    413: "request_entity_too_large",
    414: "request_uri_too_long",
    416: "requested_range_not_satisfiable",
    422: "unprocessable_entity",
}
_STATUSES: Final[dict[type[LiveformError], HTTPStatus]] = {
    ApiTokenError: HTTPStatus.UNAUTHORIZED,
    CrossSiteError: HTTPStatus.FORBIDDEN,
    ScopeError: HTTPStatus.FORBIDDEN,
    TooManyRequestsError: HTTPStatus.TOO_MANY_REQUESTS,
    SenderError: HTTPStatus.FORBIDDEN,
    UnknownLinkError: HTTPStatus.NOT_FOUND,
    UnknownProjectError: HTTPStatus.NOT_FOUND,
    UnknownVisitError: HTTPStatus.NOT_FOUND,
    KeyReusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ExpiredError: HTTPStatus.GONE,
    UsedUpError: HTTPStatus.GONE,
    RevokedError: HTTPStatus.GONE,
    TokenIdExpiredError: HTTPStatus.GONE,
    BadSignatureError: HTTPStatus.NOT_FOUND,
    UntrustedInputError: HTTPStatus.BAD_REQUEST,
    NotKeptError: HTTPStatus.CONFLICT,
    FieldError: HTTPStatus.UNPROCESSABLE_ENTITY,
    EmptyPoolError: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(error: LiveformError) -> HTTPStatus:
    """Return the HTTP status of an error."""
    fitting = (status for kind, status in _STATUSES.items() if isinstance(error, kind))
    return next(fitting, HTTPStatus.INTERNAL_SERVER_ERROR)


def init_error_handlers(app: Flask) -> None:
    """Register the error handlers of ``app``."""
    app.register_error_handler(LiveformError, _answer_error)
    app.register_error_handler(ClientDisconnected, lambda _: _answer_error(CUT_BODY))
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(Exception, _answer_unexpected)


def wants_json() -> bool:
    """Return whether the answer must be JSON: for programs, for scripts of our pages, or by Accept."""
    best = request.accept_mimetypes.best_match(("text/html", "application/json"))
    for_scripts = _is_for_programs(request.path) or request.endpoint in _FOR_SCRIPTS
    return for_scripts or best == "application/json"


def _is_for_programs(path: str) -> bool:
    project = path.removeprefix(_WEBHOOKS).rstrip("/")
    return path.startswith(_API) or (path.startswith(_WEBHOOKS) and "/" not in project)


def _answer_error(error: LiveformError) -> Response:
    status = status_of(error)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        return _answer_unexpected(error)
    answer = problem(error, status) if wants_json() else page(status, text=_text_for_staff(error))
    if isinstance(error, TooManyRequestsError):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, ScopeError):
        answer.headers["WWW-Authenticate"] = _missing_scope(error)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        _log_unavailable(error)
        answer.headers["Retry-After"] = _RETRY_S
    if status is HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _text_for_staff(error: LiveformError) -> str | None:
    """Return what a page says of an error that only staff meet; None for what its status says."""
    return _("Your API token does not allow this.") if isinstance(error, ScopeError) else None


def _missing_scope(error: ScopeError) -> str:
    """Return the challenge of RFC 6750 section 3.1."""
    scope = "" if error.scope is None else f', scope="{error.scope}"'
    return f'Bearer error="{error.code}"{scope}'


def _log_unavailable(error: LiveformError) -> None:
    if isinstance(error, StoreError):
        log.error("the store cannot be read or written: %s", type(error.__cause__).__name__)
    else:
        log.warning("not available now: %s", error.code)


def problem(error: LiveformError, status: HTTPStatus, *, next_url: str | None = None) -> Response:
    """Return the JSON answer to an error."""
    field = error.field if isinstance(error, FieldError) else None
    members = Problem(code=error.code, message=str(error), field=field, next=next_url)
    return respond(ErrorAnswer(error=members), status)


def page(status: HTTPStatus, *, text: str | None = None) -> Response:
    """Return the error page of an HTTP status, with its own text or another one."""
    title, message = words_of(status)
    return make_response(
        render_template(
            "error.html",
            status=status.value,
            title=title,
            message=text or message,
            for_staff=request.blueprint in _STAFF,
        ),
        status,
    )


def answer_http(error: HTTPException) -> Response:
    """Return the answer to an error of HTTP itself, such as 404 and 405."""
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if wants_json():
        name = _NAMES.get(status) or status.phrase.lower().replace(" ", "_")
        answer = respond(ErrorAnswer(error=Problem(code=name, message=status.description)), status)
    else:
        answer = page(status)
    answer.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
    return answer


def _answer_unexpected(error: Exception) -> Response:
    log_unexpected(error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    if wants_json():
        text = "an unexpected error in the web helper; its log says where"
        return respond(ErrorAnswer(error=Problem(code="internal", message=text)), status)
    return page(status)


def log_unexpected(error: BaseException | None) -> None:
    """Log where an unexpected error was raised, without its message and values: they may be personal data."""
    place = place_of(error)
    log.error("unexpected %s in %s %s: %s", type(error).__name__, request.method, request.url_rule, place)
