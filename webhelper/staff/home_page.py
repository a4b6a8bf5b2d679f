"""The console's first page: the list of links, and the form that sets up a kiosk."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from flask import render_template, request

from liveform import FieldError
from webhelper.api.list_query import MAX_SEARCH_CHARS, ListQuery
from webhelper.api.parsing import convert_text
from webhelper.api.permissions import may, own_projects, permissions
from webhelper.config.scopes import Scope
from webhelper.links.models import LinkState
from webhelper.links.short_repr import short_repr
from webhelper.links.stores.lists import Filter, Page
from webhelper.services import services
from webhelper.staff.new_link_form import pipelines

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class Search(NamedTuple):
    """What the list is asked for.

    Attributes:
        state: of the links; None for all.
        text: a part of a label or id, or a user id; empty for all.
        unopened: whether kiosks' codes that nobody has opened are listed too.
        limit: how many links at most.
        cursor: where the page before ended.
    """

    state: LinkState | None = None
    text: str = ""
    unopened: bool = False
    limit: int = ListQuery().limit
    cursor: int | None = None

    def __repr__(self) -> str:
        """Return the name of the class alone: a search may have a user id."""
        return short_repr(self)

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves links out that a list without a choice shows."""
        return self.state is not None or bool(self.text)

    @property
    def members(self) -> dict[str, str]:
        """The members of the query that asks for the same, without the cursor."""
        chosen = {"state": self.state, "search": self.text, "unopened": "true" if self.unopened else None}
        return {name: value for name, value in chosen.items() if value}


def home_page(*, kiosk: Mapping[str, str] = _NOTHING, kiosk_errors: Mapping[str, str] = _NOTHING) -> str:
    """Return the page.

    Args:
        kiosk: what was filled in of the form for a kiosk.
        kiosk_errors: what is wrong with it, by the names of its fields.
    """
    store, asked = services().links.store, _search()
    return render_template(
        "console/home.html",
        page=_page(asked) if store.keeps_links and may(Scope.READ) else None,
        keeps_links=store.keeps_links,
        asked=asked,
        max_search=MAX_SEARCH_CHARS,
        states=list(LinkState),
        projects=own_projects(),
        pipelines=pipelines(),
        kiosk=kiosk,
        kiosk_errors=kiosk_errors,
    )


def _page(asked: Search) -> Page:
    wanted = Filter(
        asked.state, text=asked.text or None, unopened=asked.unopened, projects=permissions().projects
    )
    links = services().links
    return links.store.page(wanted, now=links.clock(), limit=asked.limit, cursor=asked.cursor)


def _search() -> Search:
    """Return what the query asks for; as far as it can be read, because people edit URLs."""
    text = (request.args.get("search") or request.args.get("label") or "").strip()[:MAX_SEARCH_CHARS]
    names = ("state", "unopened", "limit", "cursor")
    try:
        query = convert_text({name: value for name in names if (value := request.args.get(name))}, ListQuery)
    except FieldError:
        return Search(text=text)
    return Search(query.state, text, query.unopened, query.limit, query.cursor)
