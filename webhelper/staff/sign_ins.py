"""The console's page of sign-ins: browsers that are signed in, and tablets; each can be ended."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, url_for

from liveform import MalformedError
from webhelper.links.signing.base32 import from_base32, to_base32
from webhelper.links.stores.sessions import SessionKind
from webhelper.services import services
from webhelper.sessions import key_of
from webhelper.staff.session import require_sign_in, session_code, sign_out_everywhere, signed_in
from webhelper.web.csrf import refuse_cross_site
from webhelper.web.i18n import remember_language

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

blueprint = Blueprint("sign_ins", __name__, url_prefix="/sign-ins")
blueprint.after_request(remember_language)
blueprint.before_request(refuse_cross_site)
blueprint.before_request(require_sign_in)
blueprint.add_app_template_filter(to_base32, "base32")


@blueprint.get("")
def page() -> str:
    """List the browsers that are signed in with this API token, and the tablets that it set up."""
    ours, holder = services(), str(signed_in())
    sessions = ours.sessions.of_holder(holder)
    return render_template(
        "console/sign_ins.html",
        holder=holder,
        are_kept=ours.sessions.are_kept,
        browsers=[one for one in sessions if one.kind is SessionKind.CONSOLE],
        tablets=[one for one in sessions if one.kind is SessionKind.KIOSK],
        own_key=key_of(str(session_code())),
        hours=ours.settings.session_hours,
        idle_minutes=ours.settings.session_idle_minutes,
    )


@blueprint.post("/end")
def end_all() -> AnyResponse:
    """Sign every browser of this API token out, this one too."""
    sign_out_everywhere()
    return redirect(url_for("console.sign_in"), HTTPStatus.SEE_OTHER)


@blueprint.post("/<key>/end")
def end(key: str) -> AnyResponse:
    """End one session; what is none of the holder's has ended before."""
    with suppress(MalformedError):
        services().sessions.end_of_key(from_base32(key), str(signed_in()))
    return redirect(url_for(".page"), HTTPStatus.SEE_OTHER)
