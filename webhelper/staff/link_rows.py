"""Links in pages for staff: template filters, and the members that a page's script updates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import ngettext

from webhelper.errors import UnknownLinkError
from webhelper.services import services

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Blueprint

    from webhelper.links.models import Link, LinkState
    from webhelper.links.visit_counts import VisitCounts


def add_filters(blueprint: Blueprint) -> None:
    """Add template filters for the token, URL, state and uses of a link."""
    for name, function in (
        ("link_token", link_token),
        ("link_url", link_url),
        ("link_state", link_state),
        ("uses_text", uses_text),
        ("returned_text", returned_text),
    ):
        blueprint.add_app_template_filter(function, name)


def link_token(link: Link) -> str:
    """Return the token of a link."""
    return services().links.token(link)


def link_url(link: Link) -> str:
    """Return the URL that opens a link."""
    return services().url(link)


def link_state(link: Link) -> LinkState:
    """Return the state of a link at this moment."""
    return link.state(services().links.clock())


def uses_text(link: Link) -> str:
    """Return how often a link was used, in words."""
    if link.spec.max_uses is None:
        return str(ngettext("opened %(num)s time", "opened %(num)s times", link.uses))
    return str(_("%(uses)s of %(most)s uses", uses=link.uses, most=link.spec.max_uses))


def returned_text(counts: VisitCounts) -> str:
    """Return from how many visits a browser came back, in words."""
    return str(_("%(count)s came back", count=counts.returned))


def changes_of(link: Link) -> dict[str, object]:
    """Return the members of a link that change over time, for the script of a page that shows it."""
    return {
        "id": link.id,
        "state": link_state(link),
        "uses": link.uses,
        "uses_text": uses_text(link),
        "outcome": link.outcome.result if link.outcome else None,
        "level": link.outcome.level if link.outcome else None,
        "counts": _counts(link.counts) if link.counts else None,
    }


def _counts(counts: VisitCounts) -> dict[str, object]:
    return {"returned_text": returned_text(counts), "kinds": counts.kinds()}


def existing_links(ids: Iterable[str]) -> list[Link]:
    """Return the links of these ids that are in the store."""
    found = []
    for link_id in ids:
        try:
            found.append(services().links.store.get(link_id))
        except UnknownLinkError:
            continue
    return found
