"""The query of a list of links, and the filter of the store that it asks for."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from webhelper.links.models import LinkState
from webhelper.links.short_repr import short_repr
from webhelper.links.stores.lists import Filter

MAX_PAGE: Final = 100
MAX_SEARCH_CHARS: Final = 256


class ListQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Filter and page of a list of links."""

    __repr__ = short_repr

    state: LinkState | None = None
    label: Annotated[str, Meta(min_length=1, max_length=100, description="Exactly this label.")] | None = None
    search: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=MAX_SEARCH_CHARS,
                description="Without case: a part of the label or (four characters or more) of the id, or "
                "the whole user id of the link or of a visit.",
            ),
        ]
        | None
    ) = None
    unopened: Annotated[
        bool, Meta(description="Whether kiosks' codes that nobody has opened are listed too.")
    ] = False
    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = 20
    cursor: Annotated[int, Meta(ge=1, le=2**53)] | None = None


def filter_of(query: ListQuery, projects: frozenset[str] | None) -> Filter:
    """Return the filter that a query asks for, for links of these projects; None for all."""
    return Filter(query.state, query.label, query.search, query.unopened, projects)
