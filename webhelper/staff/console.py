"""The console: pages for staff, who sign in with an API token."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from liveform import FieldError, SetupError
from liveform.qr import make_qr
from webhelper.api.parsing import convert_text
from webhelper.api.schemas import ListQuery
from webhelper.errors import ApiTokenError, EmptyPoolError, NotKeptError
from webhelper.links.models import LinkState
from webhelper.links.stores.base import Filter
from webhelper.services import services
from webhelper.staff.kiosk import ticket
from webhelper.staff.kiosk_placement import Placement
from webhelper.staff.link_rows import add_filters, changes_of, existing_links
from webhelper.staff.new_link_form import groups, pipelines, read_link_request
from webhelper.staff.session import require_sign_in, signed_in
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
    if request.endpoint == "console.sign_in":
        return None
    if request.endpoint == "console.link_states" and signed_in() is None:
        raise ApiTokenError
    return require_sign_in()


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> AnyResponse | tuple[str, HTTPStatus] | str:
    """Show the sign-in form, or sign in with an API token."""
    if request.method == "GET":
        return render_template("console/sign_in.html", failed=False)
    if sign_browser_in(request.form.get("token", "")):
        return redirect(url_for("console.home"), HTTPStatus.SEE_OTHER)
    return render_template("console/sign_in.html", failed=True), HTTPStatus.FORBIDDEN


@blueprint.post("/sign-out")
def sign_out() -> AnyResponse:
    """Sign out."""
    sign_browser_out()
    return redirect(url_for("console.sign_in"), HTTPStatus.SEE_OTHER)


@blueprint.get("/")
def home() -> str:
    """List links, and show the form that sets up a kiosk."""
    return _home(None)


def _home(error: SetupError | None) -> str:
    query = _query()
    kept = True
    try:
        page = services().links.store.page(
            Filter(query.state, query.label),
            now=services().links.clock(),
            limit=query.limit,
            cursor=query.cursor,
        )
        links, next_cursor = page
    except NotKeptError:
        links, next_cursor, kept = (), None, False
    return render_template(
        "console/home.html",
        links=links,
        state=query.state,
        label=query.label,
        states=list(LinkState),
        next_cursor=next_cursor,
        projects=list(services().settings.projects),
        pipelines=pipelines(),
        kiosk_ready=kept,
        kiosk_error=None if error is None else str(error),
    )


def _query() -> ListQuery:
    """Return the filter of the list; the default if it cannot be read, because people edit URLs."""
    filled = {name: request.args[name] for name in ListQuery.__struct_fields__ if request.args.get(name)}
    try:
        return convert_text(filled, ListQuery)
    except FieldError:
        return ListQuery()


@blueprint.get("/links/new")
def new_link() -> str:
    """Show the form for a new link."""
    return _form({}, None)


@blueprint.post("/links")
def create_link() -> AnyResponse | tuple[str, HTTPStatus]:
    """Create a link from the form."""
    try:
        link, _is_new = services().links.create(read_link_request(request.form), by=str(signed_in()))
    except SetupError as error:
        return _form(request.form.to_dict(), error), HTTPStatus.UNPROCESSABLE_ENTITY
    except EmptyPoolError as error:
        return _form(request.form.to_dict(), error), HTTPStatus.SERVICE_UNAVAILABLE
    if not services().links.store.keeps_links:
        return render_template("console/link.html", link=link, created=True), HTTPStatus.CREATED
    return redirect(url_for("link_page.show", link_id=link.id, created=1), HTTPStatus.SEE_OTHER)


def _form(values: dict[str, Any], error: SetupError | EmptyPoolError | None) -> str:
    errors, about_all = {}, None
    if isinstance(error, FieldError):
        errors = {error.field.partition(".")[2] or error.field: error.problem}
    elif isinstance(error, EmptyPoolError):
        about_all = _(
            "No token id is ready for this project. More are being registered: please try again soon."
        )
    elif error is not None:
        about_all = str(error)
    return render_template(
        "console/new_link.html",
        projects=list(services().settings.projects),
        pipelines=pipelines(),
        groups=groups(),
        values=values,
        errors=errors,
        error=about_all,
    )


@blueprint.get("/links/state")
def link_states() -> Response:
    """Return the states of links as JSON, for the script of a page."""
    return jsonify(
        links=[changes_of(link) for link in existing_links(request.args.getlist("id")[:MAX_STATES])]
    )


@blueprint.post("/kiosks")
def start_kiosk() -> str | tuple[str, HTTPStatus]:
    """Set up a kiosk: show the URL that makes a tablet a kiosk."""
    if not services().links.store.keeps_links:
        raise NotKeptError("a kiosk needs a store that keeps links; set STORE to sqlite:///FILE")
    members = {name: value for name, value in request.form.items() if value}
    try:
        placement = convert_text(members, Placement)
        services().links.check(placement.link_request(), by=placement.name)
    except SetupError as error:
        return _home(error), HTTPStatus.UNPROCESSABLE_ENTITY
    code = ticket(placement, str(signed_in()))
    url = services().settings.origin + url_for("kiosk.start", ticket=code)
    qr_svg = make_qr(url).to_svg(title=_("QR code for the tablet"))
    return render_template("console/kiosk.html", ticket_url=url, store=placement.store, qr_svg=qr_svg)
