"""The API's answers, made from links and visits."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from webhelper.api.outcome_schemas import counts_of, outcome_of
from webhelper.api.schemas import LinkAnswer, LinkDetails, VisitAnswer, VisitDetails
from webhelper.links.models import LinkSpec, as_datetime
from webhelper.services import services

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webhelper.confirmation.confirming import ApiCheck
    from webhelper.links.models import Link, Visit
    from webhelper.links.stores.base import VisitedLink

_TIMES: Final = ("expires_at",)
# Members that an answer takes from the spec unchanged.
_SHARED: Final = tuple(
    field.name
    for field in fields(LinkSpec)
    if field.name in LinkAnswer.__struct_fields__ and field.name not in _TIMES
)


def answer_of(link: Link) -> LinkAnswer:
    """Return the answer for a link."""
    return LinkAnswer(**_members(link))


def details_of(link: Link, visits: Sequence[Visit]) -> LinkDetails:
    """Return the answer for a link with its visits."""
    return LinkDetails(**_members(link), visits=[VisitAnswer(**_visit_members(visit)) for visit in visits])


def visit_details_of(visited_link: VisitedLink, api_check: ApiCheck | None) -> VisitDetails:
    """Return the answer for a visit by itself, and what came of asking the vendor's API, if it was asked."""
    link = visited_link.link
    return VisitDetails(
        **_visit_members(visited_link.visit),
        link_id=link.id,
        project=link.spec.project,
        label=link.spec.label,
        api_check=api_check,
    )


def _visit_members(visit: Visit) -> dict[str, Any]:
    return {
        "id": visit.id,
        "at": as_datetime(visit.at),
        "userid": visit.userid,
        "outcome": None if visit.outcome is None else outcome_of(visit.outcome),
        "outcomes": [outcome_of(outcome) for outcome in visit.outcomes],
    }


def _members(link: Link) -> dict[str, Any]:
    ours, spec = services(), link.spec
    shared = {name: getattr(spec, name) for name in _SHARED}
    url = ours.url(link)
    return shared | {
        "id": link.id,
        "url": url,
        "qr_svg": f"{url}/qr.svg",
        "qr_png": f"{url}/qr.png",
        "poster": f"{url}/poster",
        "wait": ours.waits.token_of_link(link),
        "state": link.state(ours.links.clock()),
        "uses": link.uses,
        "field_names": list(spec.fields),
        "created_at": as_datetime(link.created_at),
        "expires_at": as_datetime(spec.expires_at),
        "last_used_at": as_datetime(link.last_used_at),
        "revoked_at": as_datetime(link.revoked_at),
        "outcome": None if link.outcome is None else outcome_of(link.outcome),
        "counts": counts_of(link),
    }
