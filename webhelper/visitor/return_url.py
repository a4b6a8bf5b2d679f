"""The Return URL for the dashboard, ``/return/<project>``, and the result page for visitors."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from liveform import LiveformError, UntrustedInputError
from liveform.returns import is_error_code
from webhelper.links.outcomes import Level, Result, told_of
from webhelper.links.signing.purposes import Purpose
from webhelper.services import services
from webhelper.visitor.error_texts import can_start_again, error_text
from webhelper.visitor.next_url import host_of, next_of
from webhelper.web.cookies import browser_digest
from webhelper.web.error_handlers import page
from webhelper.web.i18n import remember_language

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from webhelper.links.models import Link, Visit
    from webhelper.links.outcomes import Outcome
    from webhelper.links.returns import ReceivedReturn
    from webhelper.links.stores.base import VisitedLink

_UNCLEAR: Final = "unclear"  # a return that said nothing
_GOOD: Final = (Result.APPROVED, Result.PENDING)

blueprint = Blueprint("return_url", __name__)
blueprint.after_request(remember_language)


@blueprint.get("/return/<project>")
def receive(project: str) -> AnyResponse:
    """Record what a return claims, and redirect to a URL without the claims."""
    try:
        source = "?" + request.query_string.decode(errors="replace")
        received = services().returns.receive(project, source, browser=browser_digest())
    except UntrustedInputError:
        return page(HTTPStatus.BAD_REQUEST)
    if received.own_link is not None:  # handed over to this browser, which has not come back itself
        token = services().links.token(received.own_link)
        return redirect(url_for("open_link.open_link", token=token), HTTPStatus.SEE_OTHER)
    if received.other_browser:
        text = render_template("other_browser.html", handed_over=received.handed_over)
        return make_response(text, HTTPStatus.FORBIDDEN)
    return redirect(_next(received) or _result_page(received), HTTPStatus.SEE_OTHER)


def _next(received: ReceivedReturn) -> str | None:
    """Return the link's ``next``; None without one that is allowed.

    The visit's result code is added for the server there, until it was used or has expired.
    """
    visited_link = received.visited_link
    url = None if visited_link is None else next_of(visited_link.link)
    if visited_link is None or url is None:
        return None
    code = services().result_codes.code(visited_link.visit)
    if code is None:
        return url
    address, hash_sign, fragment = url.partition("#")
    return f"{address}{'&' if '?' in address else '?'}result={code}{hash_sign}{fragment}"


def _result_page(received: ReceivedReturn) -> str:
    visit = None if received.visited_link is None else received.visited_link.visit
    return result_url(visit, received.shown_outcome, code=received.public_code)


def result_url(visit: Visit | None, outcome: Outcome, *, code: str | None = None) -> str:
    """Return the path of the result page of a visit, for an hour; ``code`` is an error code to show."""
    members = {"result": outcome.result, "code": code, "visit": None if visit is None else visit.id}
    return url_for("return_url.result", code=services().signed_values.sign(Purpose.RESULT_PAGE, members))


@blueprint.get("/result/<code>")
def result(code: str) -> Response:
    """Show what is known of the visit now; without one that is kept, what the return claimed."""
    try:
        members = services().signed_values.verify(Purpose.RESULT_PAGE, code)
    except LiveformError:
        members = {"result": None, "code": None}
    visited_link = _visited_link(members.get("visit"))
    # Addresses of earlier versions name the link.
    link = _link(members.get("link")) if visited_link is None else visited_link.link
    outcome = None if visited_link is None else told_of(visited_link.visit.outcomes)
    status, level = _shown(outcome, members["result"])
    error_code = members["code"] if is_error_code(members["code"]) and status not in _GOOD else None
    next_url = next_of(link) if link else None
    return make_response(
        render_template(
            "result.html",
            status=status,
            level=level,
            wait=_wait(visited_link, outcome),
            error_code=error_code,
            error_text=error_text(error_code),
            again_url=_again(link) if can_start_again(error_code) else None,
            next_url=next_url,
            next_host=host_of(next_url),
            kiosk_number=link.spec.kiosk_number if link else None,
        )
    )


def _shown(outcome: Outcome | None, claimed: str | None) -> tuple[str, Level]:
    """Return status and level of what is shown: news that came since then, or else what was claimed."""
    if outcome is None:
        return claimed or _UNCLEAR, Level.CLAIMED
    return outcome.result or _UNCLEAR, outcome.level


def _wait(visited_link: VisitedLink | None, outcome: Outcome | None) -> str | None:
    """Return the token with which the page waits; None if nothing more will come."""
    if visited_link is None or (outcome is not None and outcome.is_final):
        return None
    return services().waits.token_of_visit(visited_link.visit)


def _visited_link(visit_id: str | None) -> VisitedLink | None:
    try:
        return None if visit_id is None else services().links.store.visited_link(visit_id)
    except LiveformError:
        return None


def _link(link_id: str | None) -> Link | None:
    try:
        return None if link_id is None else services().links.store.get(link_id)
    except LiveformError:
        return None


def _again(link: Link | None) -> str | None:
    """Return the path of a link if this browser can open it again, else None."""
    if link is None:
        return None
    try:
        services().links.check_open(link, browser_digest())
    except LiveformError:
        return None
    return url_for("open_link.open_link", token=services().links.token(link))
