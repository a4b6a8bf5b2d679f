"""The console's page for a new link."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from liveform import SetupError
from webhelper.api.permissions import may, own_projects, require_named_project, require_project
from webhelper.config.scopes import Scope
from webhelper.errors import EmptyPoolError
from webhelper.services import services
from webhelper.staff import new_link_form
from webhelper.staff.form_check import faults_in
from webhelper.staff.problem_texts import problem_text
from webhelper.staff.session import require_sign_in, signed_in
from webhelper.web.csrf import refuse_cross_site
from webhelper.web.i18n import remember_language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as AnyResponse

    from webhelper.links.link_request import LinkRequest

blueprint = Blueprint("new_link", __name__, url_prefix="/links")
blueprint.after_request(remember_language)
blueprint.before_request(refuse_cross_site)
blueprint.before_request(require_sign_in)


@blueprint.get("/new")
def show() -> str:
    """Show the form."""
    return _form({})


@blueprint.post("")
def create() -> AnyResponse | tuple[str, HTTPStatus]:
    """Create a link from the form."""
    links, values = services().links, request.form.to_dict()
    require_project(values.get("project"))
    errors = _errors(new_link_form.read_members(values))
    if errors:
        return _form(values, errors=errors), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        link, _is_new = links.create(_request(new_link_form.read_members(values)), by=str(signed_in()))
    except SetupError as error:
        about = problem_text("", str(error))
        return _form(values, about_all=about), HTTPStatus.UNPROCESSABLE_ENTITY
    except EmptyPoolError:
        about = _("No token id is ready for this project. More are being registered: please try again soon.")
        return _form(values, about_all=about), HTTPStatus.SERVICE_UNAVAILABLE
    if not links.store.keeps_links or not may(Scope.READ):  # who cannot open its page later
        return render_template("console/link.html", link=link, created=True), HTTPStatus.CREATED
    return redirect(url_for("link_page.show", link_id=link.id, created=1), HTTPStatus.SEE_OTHER)


def _request(members: Mapping[str, str]) -> LinkRequest:
    return new_link_form.link_request(members, unlimited=bool(request.form.get("unlimited")))


def _errors(members: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with each field, in the reader's language and in the order of the form."""
    faults = faults_in(members, _check)
    return {
        name: problem_text(name, faults[name].problem)
        for name in new_link_form.in_order(faults)
        if not new_link_form.needs_another(faults[name], faults)
    }


def _check(members: Mapping[str, str]) -> None:
    require_named_project(members.get("project"))
    services().links.check(_request(members), by=str(signed_in()))


def _form(
    values: Mapping[str, str], *, errors: Mapping[str, str] | None = None, about_all: str | None = None
) -> str:
    return render_template(
        "console/new_link.html",
        projects=own_projects(),
        pipelines=new_link_form.pipelines(),
        needed=new_link_form.needed_fields(),
        groups=new_link_form.groups(),
        hosts=sorted(services().settings.return_hosts),
        values=values,
        errors=errors or {},
        about_all=about_all,
        keeps_links=services().links.store.keeps_links,
    )
