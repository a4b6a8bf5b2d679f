"""The URL of a link, ``/r/<token>``.

A reusable link redirects at once. A limited link shows a page, and its button redeems the link, because mail
scanners, chat previews and prefetch open links but do not send forms.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from liveform import BadSignatureError, ExpiredError, LiveformError
from webhelper.errors import RevokedError, TokenIdExpiredError, UnknownLinkError, UsedUpError
from webhelper.links.browser_cookie import digest_of
from webhelper.links.outcomes import Result, told_of
from webhelper.services import services
from webhelper.visitor.in_app import in_app_of
from webhelper.visitor.next_url import host_of, next_of
from webhelper.visitor.return_url import result_url
from webhelper.visitor.typed_text import token_in
from webhelper.web.cookies import browser_digest, is_a_visitor, remember_browser, this_browser
from webhelper.web.csrf import refuse_cross_site
from webhelper.web.error_handlers import problem, status_of, wants_json
from webhelper.web.fast_redirect import LINK
from webhelper.web.i18n import chosen_language, remember_language
from webhelper.web.security_headers import FORM_LEADS_ON

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from webhelper.links.models import Link

blueprint = Blueprint("open_link", __name__)
blueprint.after_request(remember_language)
blueprint.before_request(refuse_cross_site)

_DONE: Final = (Result.APPROVED, Result.PENDING, Result.UNKNOWN)
_REFUSALS: Final = (
    BadSignatureError,
    UnknownLinkError,
    ExpiredError,
    UsedUpError,
    RevokedError,
    TokenIdExpiredError,
)


@blueprint.get("/R/<path:token>")
@blueprint.get("/r/<path:token>")
@blueprint.get("/R/<token>")
@blueprint.get("/r/<token>")
def open_link(token: str) -> AnyResponse:
    """Redirect to the Liveform, or show the page of a limited link."""
    service, token = services().links, token_in(token)
    try:
        link = request.environ.get(LINK) or service.find(token)
        again = service.check_open(link, browser_digest())
        if not link.is_limited and is_a_visitor():
            return _to_the_form(link, HTTPStatus.FOUND)
    except _REFUSALS as error:
        return _refused(token, error)
    response = make_response((again and _done_page(link)) or _page_of(link, token, again=again))
    remember_browser(response, this_browser())
    return response


def _done_page(link: Link) -> str | None:
    """Return the page that leads to the result of a link of one use; None while its check may go on."""
    browser = browser_digest() if link.spec.max_uses == 1 else None
    visit = None if browser is None else services().links.earlier_visit(link, browser)
    outcome = None if visit is None else told_of(visit.outcomes)
    if visit is None or outcome is None or outcome.result not in _DONE:
        return None
    return render_template(
        "link/done.html",
        is_confirmed=outcome.is_final,
        result_url=result_url(visit, outcome),
        kiosk_number=link.spec.kiosk_number,
    )


def _page_of(link: Link, token: str, *, again: bool) -> str:
    """Return the page of a limited link; ``again`` if the browser comes back to a use that it had."""
    request.environ[FORM_LEADS_ON] = True
    address = url_for("open_link.redeem", token=token, lang=chosen_language())
    elsewhere = address
    code = services().hand_overs.code(link, browser_digest()) if again else None
    if code is not None:
        elsewhere = url_for("hand_over.show", code=code, lang=chosen_language())
    return render_template(
        "link/open.html",
        action=address,
        expires_at=link.spec.expires_at,
        again=again,
        has_token_id=link.spec.token_id is not None,
        kiosk_number=link.spec.kiosk_number,
        continue_url=None if code is None else elsewhere,
        in_app=in_app_of(request.headers.get("User-Agent", ""), services().settings.origin + elsewhere),
    )


@blueprint.post("/R/<path:token>")
@blueprint.post("/r/<path:token>")
@blueprint.post("/R/<token>")
@blueprint.post("/r/<token>")
def redeem(token: str) -> AnyResponse:
    """Count one use, and redirect to the Liveform."""
    token = token_in(token)
    try:
        return _to_the_form(services().links.find(token), HTTPStatus.SEE_OTHER)
    except _REFUSALS as error:
        return _refused(token, error)


def _to_the_form(link: Link, status: HTTPStatus) -> AnyResponse:
    """Count one use for this browser, and return the redirect to the Liveform."""
    browser = this_browser()
    url = services().links.redeem(link, digest_of(browser), language=chosen_language())
    response = redirect(url, status)
    remember_browser(response, browser)
    return response


def _refused(token: str, error: LiveformError) -> Response:
    """Return the answer that says why a link does not open, and how to go on."""
    status, next_url, reason, can_go_on = status_of(error), None, "unknown", False
    if status is HTTPStatus.GONE:
        link = services().links.find(token)
        next_url, reason = next_of(link), _reason(link, error)
        can_go_on = isinstance(error, UsedUpError) and services().hand_overs.is_possible(link)
    if wants_json():
        return problem(error, status, next_url=next_url)
    text = render_template(
        "link/refused.html",
        reason=reason,
        used_just_now=can_go_on,
        next_url=next_url,
        next_host=host_of(next_url),
    )
    return make_response(text, status)


def _reason(link: Link, error: LiveformError) -> str:
    """Return which words of the page say why a genuine link does not open."""
    in_private_mode = link.spec.token_id is not None
    return "used_token_id" if in_private_mode and isinstance(error, UsedUpError) else error.code
