"""The console's page of one link: its QR code, its state, its visits, and what was said of each."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, request, url_for

from webhelper.api.permissions import may, permissions
from webhelper.config.scopes import Scope
from webhelper.errors import UnknownLinkError, UnknownVisitError
from webhelper.services import services
from webhelper.staff.session import require_sign_in
from webhelper.staff.visit_history import history_of
from webhelper.web.csrf import refuse_cross_site
from webhelper.web.i18n import remember_language

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from webhelper.links.models import Link

SHOWN_VISITS: Final = 50

blueprint = Blueprint("link_page", __name__, url_prefix="/links/<link_id>")
blueprint.after_request(remember_language)
blueprint.before_request(refuse_cross_site)
blueprint.before_request(require_sign_in)


@blueprint.get("")
def show(link_id: str) -> str:
    """Show one link, with its QR code and its visits."""
    store, link = services().links.store, _own_link(link_id)
    return render_template(
        "console/link.html",
        link=link,
        histories=[
            history_of(visit, partial(store.inbox.submissions_of, visit.id))
            for visit in store.visits(link_id, limit=SHOWN_VISITS)
        ],
        can_ask=_can_ask(link),
        asked=request.args.get("asked"),
        created="created" in request.args,
    )


@blueprint.post("/revoke")
def revoke(link_id: str) -> AnyResponse:
    """Revoke a link."""
    services().links.store.revoke(_own_link(link_id).id, now=services().links.clock())
    return redirect(url_for(".show", link_id=link_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/visits/<visit_id>/ask")
def ask_vendor(link_id: str, visit_id: str) -> AnyResponse:
    """Ask the vendor's API about a visit, and keep what it says."""
    _own_link(link_id)
    visited_link = services().links.store.visited_link(visit_id)
    if visited_link is None or visited_link.link.id != link_id:
        raise UnknownVisitError
    checked = services().confirmer.confirm(visited_link)
    return redirect(url_for(".show", link_id=link_id, asked=checked.api_check), HTTPStatus.SEE_OTHER)


def _own_link(link_id: str) -> Link:
    """Return a link of a project that the API token is for; another one's is not told from none."""
    link = services().links.store.get(link_id)
    if not permissions().include(link.spec.project):
        raise UnknownLinkError
    return link


def _can_ask(link: Link) -> bool:
    """Return whether the link's project, if the settings still have it, has an API key, and may be asked."""
    project = services().settings.projects.get(link.spec.project)
    return project is not None and bool(project.api_keys()) and may(Scope.RESULTS)
