"""These tests hold pages of links, however they are filtered, to a plain look at every link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sites import NOW
from store_values import link_spec, put_many

from webhelper.links.models import Link, LinkState
from webhelper.links.stores.lists import Filter

if TYPE_CHECKING:
    from stores import Stores

LABELS = ["a", "ab", "B", None]
Kind = tuple[str | None, int, bool, bool]  # label, seconds until it expires, whether used, whether revoked


def fits(link: Link, wanted: Filter) -> bool:
    """Whether a plain look says that a link is wanted."""
    spec = link.spec
    return (
        (wanted.state is None or link.state(NOW) is wanted.state)
        and (wanted.label is None or spec.label == wanted.label)
        and (wanted.text is None or wanted.text.lower() in (spec.label or "").lower())
    )


@given(
    st.lists(
        st.tuples(st.sampled_from(LABELS), st.sampled_from([-5, 5]), st.booleans(), st.booleans()),
        max_size=12,
    ),
    st.builds(
        Filter,
        state=st.sampled_from([None, *LinkState]),
        label=st.sampled_from(LABELS),
        text=st.sampled_from([None, "a", "B", "ab", "c"]),
    ),
    st.sampled_from([1, 3, 600]),
    st.sampled_from([1, 90]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_show_every_link_that_fits_and_no_other(
    stores: Stores, kinds: list[Kind], wanted: Filter, limit: int, times: int
) -> None:
    """The pages of any filter hold all links that fit, each once and the newest first, at every page size."""
    stores.empty()
    store = stores.open()
    put_many(store, (link_spec(label=label, expires_at=int(NOW) + s) for label, s, _, _ in kinds * times))
    change = "UPDATE links SET uses = ?, revoked_at = ? WHERE seq = ?"
    changes = [
        (int(is_used), NOW if is_revoked else None, number)
        for number, (_, _, is_used, is_revoked) in enumerate(kinds * times, 1)
    ]
    stores.execute_many(change, changes)
    every = store.page(Filter(), now=NOW, limit=10_000).links
    assert len(every) == len(kinds) * times
    seen: list[str] = []
    cursor = None
    while True:
        page = store.page(wanted, now=NOW, limit=limit, cursor=cursor)
        seen += [link.id for link in page.links]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [link.id for link in every if fits(link, wanted)]
