"""The console's pages of webhooks: what the vendor sent, how far the work on it is, and what was refused."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, render_template, request, url_for

from webhelper.api.permissions import own_projects, permissions, require_scope
from webhelper.config.scopes import Scope
from webhelper.links.stores.inbox import EventFilter, EventState
from webhelper.services import services
from webhelper.staff.session import require_sign_in
from webhelper.web.csrf import refuse_cross_site
from webhelper.web.i18n import remember_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response as AnyResponse

    from webhelper.links.stores.inbox import KeptEvent, RefusedCount

SHOWN_EVENTS: Final = 50
REFUSED_DAYS: Final = 7
_MAX_DIGITS: Final = 15  # of an event's number; what is longer fits no integer of the store

blueprint = Blueprint("console_webhooks", __name__, url_prefix="/webhooks")
blueprint.after_request(remember_language)
blueprint.before_request(refuse_cross_site)
blueprint.before_request(require_sign_in)


@blueprint.get("")
def page() -> str:
    """List the events in the inbox, the newest first, and count the deliveries that were refused."""
    ours, wanted = services(), _filter()
    events: Sequence[KeptEvent] = ()
    refused: Sequence[RefusedCount] = ()
    if ours.links.store.keeps_links:
        events = ours.links.store.inbox.page(wanted, limit=SHOWN_EVENTS + 1, before=_number("before"))
        refused = [one for one in ours.inbox.refused(days=REFUSED_DAYS) if _is_shown(one.project)]
    return render_template(
        "console/webhooks.html",
        kept=ours.links.store.keeps_links,
        events=events[:SHOWN_EVENTS],
        older=events[SHOWN_EVENTS - 1].number if len(events) > SHOWN_EVENTS else None,
        refused=refused,
        wanted=wanted,
        states=list(EventState),
        addresses={name: f"{ours.settings.base_url}/webhooks/{name}" for name in own_projects()},
    )


def _is_shown(project: str) -> bool:
    """Return whether the count of a project is shown; what was for no project, to those who see all."""
    return permissions().include(project)


def _filter() -> EventFilter:
    """Return which events are wanted; a value that there is not shows all, because people edit URLs.

    An API token for some projects sees one of them at a time.
    """
    project, states = request.args.get("project"), {state.value: state for state in EventState}
    own = list(own_projects())
    otherwise = None if permissions().projects is None else own[0]
    return EventFilter(
        project=project if project in own else otherwise,
        state=states.get(request.args.get("state", "")),
    )


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS else None


@blueprint.get("/events/<int:number>")
def event(number: int) -> str:
    """Show one event; its members, which are personal, only when asked for."""
    kept = _kept(number)
    store = services().links.store
    visited_link = None if kept.visit_id is None else store.visited_link(kept.visit_id)
    body = None
    if "body" in request.args:
        require_scope(Scope.RESULTS)
        body = json.dumps(dict(kept.event.members), ensure_ascii=False, indent=2)
    return render_template(
        "console/webhook.html",
        kept=kept,
        body=body,
        link=None if visited_link is None else visited_link.link,
        replayed="replayed" in request.args,
    )


@blueprint.post("/events/<int:number>/replay")
def replay(number: int) -> AnyResponse:
    """Have an event worked again."""
    services().links.store.inbox.replay(_kept(number).number, now=services().links.clock())
    return redirect(url_for(".event", number=number, replayed=1), HTTPStatus.SEE_OTHER)


def _kept(number: int) -> KeptEvent:
    kept = services().links.store.inbox.get(number) if len(str(number)) <= _MAX_DIGITS else None
    if kept is None or not permissions().include(kept.event.project):
        abort(HTTPStatus.NOT_FOUND)
    return kept
