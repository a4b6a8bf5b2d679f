"""Links, as the console shows them."""

from datetime import datetime
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webhelper.errors import UnknownLinkError
from webhelper.links.models import Link, LinkState, Result, Visit, at
from webhelper.services import services


class VisitView(NamedTuple):
    """One opening of a link."""

    userid: str | None
    at: datetime
    outcome: Result | None
    error_code: str | None
    returned_at: datetime | None


class LinkView(NamedTuple):
    """A link, for a template."""

    id: str
    url: str
    qr_svg_url: str
    qr_png_url: str
    poster_url: str
    project: str
    pipeline: str
    label: str | None
    state: LinkState
    uses_text: str
    created_at: datetime
    expires_at: datetime
    created_by: str
    last_used_at: datetime | None
    outcome: Result | None
    fields: list[str]
    next: str | None
    visits: list[VisitView]


def view_of(link: Link, visits: tuple[Visit, ...] = ()) -> LinkView:
    """Return a link as a template shows it."""
    spec, token = link.spec, services().links.token(link)
    return LinkView(
        id=link.id,
        url=services().url(link),
        qr_svg_url=url_for("qr.svg", token=token),
        qr_png_url=url_for("qr.png", token=token, preset="print"),
        poster_url=url_for("qr.poster", token=token),
        project=spec.project,
        pipeline=spec.pipeline,
        label=spec.label,
        state=link.state(services().links.clock()),
        uses_text=uses_text(link),
        created_at=at(link.created_at),
        expires_at=at(spec.expires_at),
        created_by=spec.created_by,
        last_used_at=at(link.last_used_at),
        outcome=link.outcome.result if link.outcome else None,
        fields=list(spec.fields),
        next=spec.next,
        visits=[_visit(visit) for visit in visits],
    )


def state_of(link: Link) -> dict[str, object]:
    """Return what of a link changes while somebody looks, for a page's script."""
    return {
        "id": link.id,
        "state": link.state(services().links.clock()),
        "uses": link.uses,
        "uses_text": uses_text(link),
        "outcome": link.outcome.result if link.outcome else None,
    }


def uses_text(link: Link) -> str:
    """Say how often a link was used."""
    if link.spec.max_uses is None:
        return str(ngettext("opened %(num)s time", "opened %(num)s times", link.uses))
    return str(_("%(uses)s of %(most)s uses", uses=link.uses, most=link.spec.max_uses))


def existing(ids: list[str]) -> list[Link]:
    """Return the links of these ids that are (still) in the store."""
    found = []
    for link_id in ids:
        try:
            found.append(services().links.store.get(link_id))
        except UnknownLinkError:
            continue
    return found


def _visit(visit: Visit) -> VisitView:
    outcome = visit.outcome
    return VisitView(
        userid=visit.userid,
        at=at(visit.at),
        outcome=outcome.result if outcome else None,
        error_code=outcome.error_code if outcome else None,
        returned_at=at(outcome.at) if outcome else None,
    )
