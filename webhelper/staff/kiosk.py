"""The kiosk: a tablet on a counter that shows a new QR code for each customer.

Staff choose the placement in the console, open the URL of its ticket on the tablet, and press the button
there. The tablet then has a cookie that can create links of this placement, and nothing else.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec
from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from msgspec.structs import replace

from liveform import UntrustedInputError
from webhelper.config.scopes import Scope
from webhelper.errors import ApiTokenError, UsedUpError
from webhelper.links.models import ID_BYTES
from webhelper.links.signing.base32 import random_id
from webhelper.links.signing.purposes import Purpose
from webhelper.links.stores.sessions import SessionKind
from webhelper.services import services
from webhelper.sessions import PAGE_BYTES
from webhelper.staff.kiosk_placement import Kiosk, Placement
from webhelper.staff.link_rows import existing_links, link_state
from webhelper.staff.session import is_current, mark_of, sign_out
from webhelper.web.cookies import read_cookie, set_cookie
from webhelper.web.csrf import refuse_cross_site
from webhelper.web.i18n import remember_language

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from webhelper.links.models import Link

RENEW_AT: Final = 0.75  # of a code's lifetime, so that a customer who has just scanned it can open it
MAX_STATES: Final = 20

blueprint = Blueprint("kiosk", __name__, url_prefix="/kiosk")
blueprint.after_request(remember_language)
blueprint.before_request(refuse_cross_site)


def ticket(placement: Placement, holder: str) -> str:
    """Return the signed value that makes a tablet a kiosk; it works once, within 15 minutes.

    Args:
        placement: what the kiosk's links open, and for which store.
        holder: who sets it up; the kiosk works as long as the holder's API token.
    """
    kiosk = Kiosk(placement=placement, holder=holder, mark=mark_of(holder))
    members = {"id": random_id(ID_BYTES), "kiosk": msgspec.to_builtins(kiosk)}
    return services().signed_values.sign(Purpose.KIOSK_TICKET, members)


@blueprint.get("/start/<ticket>")
def start(ticket: str) -> AnyResponse | str:
    """Show the store of a ticket and a button, and change nothing: chats open addresses for previews.

    A tablet that is this kiosk already goes on to its screen, also when the ticket was used or has expired.
    The page has a random text, by which a second press of its button is known.
    """
    if _is_kiosk_of(ticket):
        return redirect(url_for("kiosk.screen"), HTTPStatus.SEE_OTHER)
    members = services().signed_values.verify(Purpose.KIOSK_TICKET, ticket)
    kiosk = msgspec.convert(members["kiosk"], Kiosk)
    return render_template(
        "kiosk_start.html", store=kiosk.placement.store, ticket=ticket, page=random_id(PAGE_BYTES)
    )


@blueprint.post("/start/<ticket>")
def become(ticket: str) -> AnyResponse:
    """Make this tablet a kiosk, and use up the ticket; a kiosk of this ticket goes on to its screen."""
    response = redirect(url_for("kiosk.screen"), HTTPStatus.SEE_OTHER)
    if _is_kiosk_of(ticket):  # the button was pressed again
        return response
    members = services().signed_values.verify(Purpose.KIOSK_TICKET, ticket)
    kiosk = msgspec.convert(members["kiosk"], Kiosk)
    code = services().sessions.begin_by_ticket(
        members["id"], kiosk.holder, about=kiosk.placement.store, page=request.form.get("page", "")
    )
    if code is None:
        raise UsedUpError
    sign_out()  # of the console: a tablet on a counter is everybody's
    _keep_signed_in(response, replace(kiosk, session=code))
    return response


@blueprint.get("")
def screen() -> AnyResponse:
    """Show the kiosk's screen."""
    try:
        kiosk = _kiosk()
    except ApiTokenError:
        return redirect(url_for("console.home"), HTTPStatus.SEE_OTHER)
    sign_out()
    response = Response(render_template("kiosk.html", store=kiosk.placement.store))
    # The cookie's lifetime starts again with each use; one of an earlier version becomes one of today's.
    _keep_signed_in(response, kiosk if kiosk.session else _with_session(kiosk))
    return response


@blueprint.post("/codes")
def new_code() -> tuple[Response, HTTPStatus]:
    """Create a link for the next code."""
    kiosk = _kiosk()
    services().limits.kiosk_code(kiosk.session or kiosk.placement.name)
    placement = kiosk.placement
    link, _is_new = services().links.create(placement.link_request(), by=placement.name, gets_number=True)
    return jsonify(
        id=link.id,
        number=link.spec.kiosk_number,
        url=services().url(link),
        qr_svg=url_for("qr.svg", token=services().links.token(link)),
        expires_in=placement.expires_in,
        renew_in=placement.expires_in * RENEW_AT,
    ), HTTPStatus.CREATED


@blueprint.get("/state")
def code_states() -> Response:
    """Return how far the customers of this kiosk's links are, as JSON, and not how it went for them."""
    name = _kiosk().placement.name
    links = existing_links(request.args.getlist("id")[:MAX_STATES])
    return jsonify(links=[_progress(link) for link in links if link.spec.created_by == name])


def _progress(link: Link) -> dict[str, object]:
    """Return the members of a link that its tablet may know, which anybody at the counter can read."""
    stage = "opened" if link.uses > 0 else "waiting"
    outcome = services().waits.told_of_link(link)
    if outcome is not None:
        stage = "confirmed" if outcome.is_final else "returned"
    return {
        "id": link.id,
        "number": link.spec.kiosk_number,
        "state": link_state(link),
        "uses": link.uses,
        "stage": stage,
    }


def _kiosk() -> Kiosk:
    """Return the kiosk of this tablet.

    Raises:
        ApiTokenError: the tablet is not a kiosk, or no longer.
    """
    try:
        members = services().signed_values.verify(Purpose.KIOSK, read_cookie("kiosk"))
    except UntrustedInputError:
        raise ApiTokenError from None
    kiosk = msgspec.convert(members, Kiosk)
    if not is_current(kiosk.holder, kiosk.mark, Scope.CREATE) or not _goes_on(kiosk):
        raise ApiTokenError
    return kiosk


def _is_kiosk_of(ticket: str) -> bool:
    """Return whether this tablet is the kiosk that a ticket makes, set up by the same holder."""
    try:
        members = services().signed_values.verify(Purpose.KIOSK_TICKET, ticket, may_be_over=True)
        kiosk = _kiosk()
    except UntrustedInputError:
        return False
    return replace(kiosk, session="") == msgspec.convert(members["kiosk"], Kiosk)


def _goes_on(kiosk: Kiosk) -> bool:
    """Return whether nobody has ended the tablet's session, and its project is one of the holder's.

    The cookie of a tablet that an earlier version set up has no session, and ends by its own time alone.
    """
    ours, holder = services(), kiosk.holder
    if not ours.settings.permissions_of(holder).include(kiosk.placement.project):
        return False
    return not kiosk.session or ours.sessions.is_open(SessionKind.KIOSK, kiosk.session, holder, since=0.0)


def _with_session(kiosk: Kiosk) -> Kiosk:
    """Return a kiosk with a session that the site keeps, and that its holder can end."""
    code = services().sessions.begin(SessionKind.KIOSK, kiosk.holder, about=kiosk.placement.store)
    return replace(kiosk, session=code)


def _keep_signed_in(response: AnyResponse, kiosk: Kiosk) -> None:
    value = services().signed_values.sign(Purpose.KIOSK, msgspec.to_builtins(kiosk))
    set_cookie(response, "kiosk", value, lifetime_s=Purpose.KIOSK.lifetime_s)
