"""The console: pages for staff, who sign in with an API token."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for

from webhelper.api.permissions import permissions
from webhelper.errors import TooManyRequestsError
from webhelper.services import services
from webhelper.staff.home_page import home_page
from webhelper.staff.link_rows import add_filters, changes_of, existing_links
from webhelper.staff.session import has_unsent_form, require_sign_in, wanted_address
from webhelper.staff.session import sign_in as sign_browser_in
from webhelper.staff.session import sign_out as sign_browser_out
from webhelper.web.csrf import refuse_cross_site
from webhelper.web.i18n import remember_language

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

MAX_STATES: Final = 100

blueprint = Blueprint("console", __name__)
blueprint.after_request(remember_language)
blueprint.before_request(refuse_cross_site)
add_filters(blueprint)


@blueprint.before_request
def check_sign_in() -> AnyResponse | None:
    """Let only browsers that are signed in past the sign-in page."""
    return None if request.endpoint == "console.sign_in" else require_sign_in()


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> AnyResponse | tuple[str, HTTPStatus] | str:
    """Show the sign-in form, or sign in with an API token and go where one wanted to.

    Wrong API tokens alone are counted, so that no guesses of others keep anybody out who has a right one.
    """
    if request.method == "GET":
        return render_template("console/sign_in.html", unsent=has_unsent_form())
    wanted = wanted_address()
    if sign_browser_in(request.form.get("token", "")):
        return redirect(wanted or url_for("console.home"), HTTPStatus.SEE_OTHER)
    try:
        services().limits.failed_sign_in(request.environ)
    except TooManyRequestsError as error:
        return _told_to_wait(error.retry_after_s)
    return render_template("console/sign_in.html", failed=True), HTTPStatus.FORBIDDEN


def _told_to_wait(seconds: int) -> Response:
    """Return the sign-in form with how long to wait, in whole minutes."""
    text = render_template("console/sign_in.html", wait_minutes=math.ceil(seconds / 60))
    answer = make_response(text, HTTPStatus.TOO_MANY_REQUESTS)
    answer.headers["Retry-After"] = str(seconds)
    return answer


@blueprint.post("/sign-out")
def sign_out() -> AnyResponse:
    """Sign out."""
    sign_browser_out()
    return redirect(url_for("console.sign_in"), HTTPStatus.SEE_OTHER)


@blueprint.get("/")
def home() -> str:
    """List links, and show the form that sets up a kiosk."""
    return home_page()


@blueprint.get("/links/state")
def link_states() -> Response:
    """Return the states of links as JSON, for the script of a page."""
    found = existing_links(request.args.getlist("id")[:MAX_STATES])
    allowed = permissions()
    return jsonify(links=[changes_of(link) for link in found if allowed.include(link.spec.project)])
