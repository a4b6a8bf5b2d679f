"""The console sets up a kiosk: it shows the address that makes a tablet one."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from liveform import FieldError
from liveform.qr import make_qr
from webhelper.api.parsing import convert_text
from webhelper.api.permissions import require_project
from webhelper.errors import NotKeptError
from webhelper.services import services
from webhelper.staff.form_check import faults_in
from webhelper.staff.home_page import home_page
from webhelper.staff.kiosk import ticket
from webhelper.staff.kiosk_placement import Placement
from webhelper.staff.problem_texts import problem_text
from webhelper.staff.session import require_sign_in, signed_in
from webhelper.web.csrf import refuse_cross_site
from webhelper.web.i18n import remember_language

if TYPE_CHECKING:
    from collections.abc import Mapping

blueprint = Blueprint("kiosk_setup", __name__)
blueprint.after_request(remember_language)
blueprint.before_request(refuse_cross_site)
blueprint.before_request(require_sign_in)

_NEEDED: Final = ("store", "project")


@blueprint.post("/kiosks")
def start() -> str | tuple[str, HTTPStatus]:
    """Show the address that makes a tablet a kiosk, and its QR code."""
    if not services().links.store.keeps_links:
        raise NotKeptError("a kiosk needs a store that keeps links; set STORE to sqlite:///FILE")
    members = {name: value for name, value in request.form.items() if value}
    require_project(members.get("project"))
    faults = faults_in(members, _check)
    if faults:
        errors = {name: problem_text(name, error.problem) for name, error in faults.items()}
        return home_page(kiosk=members, kiosk_errors=errors), HTTPStatus.UNPROCESSABLE_ENTITY
    placement = convert_text(members, Placement)
    code = ticket(placement, str(signed_in()))
    url = services().settings.origin + url_for("kiosk.start", ticket=code)
    qr_svg = make_qr(url).to_svg(title=_("QR code for the tablet"))
    return render_template("console/kiosk.html", ticket_url=url, store=placement.store, qr_svg=qr_svg)


def _check(members: Mapping[str, str]) -> None:
    """Check a placement, and the links that its kiosk would create."""
    for name in _NEEDED:
        if name not in members:
            raise FieldError(name, "is missing")
    placement = convert_text(members, Placement)
    services().links.check(placement.link_request(), by=placement.name)
