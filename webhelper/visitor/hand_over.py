"""``/continue/<code>``: a check that began in one browser goes on in another.

The browser that began it reads how to open this page elsewhere. Another browser gets a button, which takes
the visit over; previews of the address take nothing.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from liveform import BadSignatureError, ExpiredError, LiveformError
from webhelper.errors import RevokedError, TokenIdExpiredError, UnknownLinkError, UsedUpError
from webhelper.links.browser_cookie import digest_of
from webhelper.services import services
from webhelper.visitor.in_app import in_app_of
from webhelper.visitor.typed_text import signed_value_in
from webhelper.web.cookies import browser_digest, remember_browser, this_browser
from webhelper.web.csrf import refuse_cross_site
from webhelper.web.error_handlers import problem, status_of, wants_json
from webhelper.web.i18n import chosen_language, remember_language
from webhelper.web.security_headers import FORM_LEADS_ON

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("hand_over", __name__, url_prefix="/continue")
blueprint.after_request(remember_language)
blueprint.before_request(refuse_cross_site)

_REFUSALS = (
    BadSignatureError,
    ExpiredError,
    UnknownLinkError,
    UsedUpError,
    RevokedError,
    TokenIdExpiredError,
)


@blueprint.get("/<path:code>")
def show(code: str) -> AnyResponse:
    """Say how to go on elsewhere, or offer to go on here."""
    code, browser = signed_value_in(code), browser_digest()
    try:
        hand_over = services().hand_overs.find(code)
        has_it = services().hand_overs.is_had_by(hand_over, browser)
        is_elsewhere = not hand_over.is_from(browser)
        if not (is_elsewhere or has_it):
            raise UsedUpError
    except _REFUSALS as error:
        return _refused(error)
    back = url_for("open_link.open_link", token=services().links.token(hand_over.link))
    if is_elsewhere and has_it:
        return redirect(back, HTTPStatus.SEE_OTHER)
    address = url_for("hand_over.take", code=code, lang=chosen_language())
    url = services().settings.origin + address
    if is_elsewhere:
        request.environ[FORM_LEADS_ON] = True
    return make_response(
        render_template(
            "link/continue.html",
            is_elsewhere=is_elsewhere,
            action=address,
            url=url,
            in_app=in_app_of(request.headers.get("User-Agent", ""), url),
            back=back,
            ends_at=hand_over.ends_at,
        )
    )


@blueprint.post("/<path:code>")
def take(code: str) -> AnyResponse:
    """Take the visit over into this browser, and redirect to the Liveform."""
    ours, browser = services().hand_overs, this_browser()
    try:
        hand_over = ours.find(signed_value_in(code))
        url = ours.take(hand_over, digest_of(browser), language=chosen_language())
    except _REFUSALS as error:
        return _refused(error)
    response = redirect(url, HTTPStatus.SEE_OTHER)
    remember_browser(response, browser)
    return response


def _refused(error: LiveformError) -> Response:
    if wants_json():
        return problem(error, status_of(error))
    return make_response(render_template("link/refused.html", reason="handed_over"), status_of(error))
