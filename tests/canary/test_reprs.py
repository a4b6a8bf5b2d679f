"""These tests look at the reprs of what holds personal data and secrets: crash reports show them."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest
from flask import request

from liveform import Pipeline
from liveform.webhooks import EVENTS
from tests.canary.site import RETURN_HOST, Site, watched_site
from tests.canary.story import Story
from webhelper.api.list_query import ListQuery
from webhelper.api.schemas import LinkDetails, ResultBody, ReturnBody, ReturnedClaims
from webhelper.api.serializers import details_of, visit_details_of
from webhelper.links.browser_cookie import digest_of
from webhelper.links.link_request import LinkRequest
from webhelper.links.stores.base import IdempotencyKey
from webhelper.links.stores.inbox import EventFilter, EventLease, NewEvent
from webhelper.links.stores.lists import Filter
from webhelper.messages.contents import _Whose
from webhelper.staff.home_page import Search
from webhelper.staff.kiosk_placement import Kiosk, Placement
from webhelper.token_pool.vendor import Answered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_OURS: Final = ("liveform.", "webhelper.")
# Staff and callers choose these, and docs say that they are kept in clear.
CHOSEN: Final = {"label", "kiosk"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a site that everybody has used."""
    directory: Path = tmp_path_factory.mktemp("reprs")
    with watched_site(f"sqlite:///{(directory / 'links.db').as_posix()}") as one:
        Story(one).tell()
        yield one


def request_of(site: Site) -> LinkRequest:
    """Return a request that has everything."""
    its = site.canaries
    return LinkRequest(
        pipeline=Pipeline.ID_DOCUMENT,
        project="plain",
        fields={name: its[name] for name in ("email", "cf1", "cf2")},
        unique_userid=its["userid prefix"],
        note=its["note"],
        next=f"https://{RETURN_HOST}/{its['next']}",
        label=its["label"],
        max_uses=None,
    )


def values_of(site: Site) -> Iterator[Any]:
    """Yield one of each value that a request or a job holds for a moment."""
    its, ours = site.canaries, site.services
    asked = request_of(site)
    link, _ = ours.links.create(asked, by="office")
    ours.links.redeem(link, digest_of(its["browser cookie"]))
    (visit,) = ours.links.store.visits(link.id, limit=1)
    visited = ours.links.store.visited_link(visit.id)
    assert visited is not None
    yield from (asked, link, link.spec, visit, visited)
    yield from (details_of(link, [visit]), visit_details_of(visited, None))
    yield from (ResultBody(code=its["result code"]), ReturnBody(query=its["email"], encrypted=its["return"]))
    claims = dict.fromkeys(ReturnedClaims.__struct_fields__, its["email"])
    yield msgspec.convert(claims | {"encrypted": True}, ReturnedClaims)
    placement = Placement(store=its["kiosk"], project="shop")
    yield Kiosk(placement=placement, holder="office", mark="m", session=its["wait token"])
    for one in ours.links.store.inbox.page(EventFilter(), limit=99):
        kept = ours.links.store.inbox.get(one.number)
        assert kept is not None
        yield from (kept, kept.event, EventLease(kept, 1, 2.0))
        if kept.event.trigger in EVENTS:
            yield EVENTS[kept.event.trigger].read(kept.event.members)
    yield from (ours, ours.settings, *ours.settings.projects.values(), *site.told)


def test_value_shows_nothing(site: Site) -> None:
    """No value that a request holds for a moment shows personal data or a secret in its repr."""
    with site.app.test_request_context(f"/r/{site.canaries['link token']}?email={site.canaries['email']}"):
        values = [*values_of(site), request._get_current_object()]  # type: ignore[attr-defined]
        shown = {type(one).__name__: site.canaries.found_in(repr(one)) - CHOSEN for one in values}
    assert len(shown) > 20
    assert {name: names for name, names in shown.items() if names} == {}


@pytest.fixture
def any_number() -> Iterator[None]:
    """Let numbers of any length be written out: those of a large QR code have thousands of digits."""
    most = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    yield
    sys.set_int_max_str_digits(most)


@pytest.mark.usefixtures("any_number")
def test_object_that_lives_shows_nothing(site: Site) -> None:
    """No object of ours that is alive after a whole run shows personal data or a secret in its repr."""
    ours = [one for one in gc.get_objects() if str(type(one).__module__).startswith(_OURS)]
    shown = {type(one).__qualname__: site.canaries.found_in(repr(one)) - CHOSEN for one in ours}
    assert len(ours) > 100
    assert {name: names for name, names in shown.items() if names} == {}


@pytest.mark.parametrize(
    "make",
    [
        lambda text: Filter(text=text),
        lambda text: Search(text=text),
        lambda text: ListQuery(search=text),
        lambda text: IdempotencyKey("office", text, text.encode()),
        lambda text: NewEvent("shop", "k", "approved", None, None, {"email": text}),
        lambda text: Answered([text], None, 0.0),
        lambda text: _Whose(None, text),
    ],
)
def test_small_value_shows_its_class_alone(site: Site, make: Callable[[str], object]) -> None:
    """Searches, keys, members and token ids are not in the repr of what holds them."""
    value = make(site.canaries["userid"])
    assert repr(value) == f"{type(value).__name__}(...)"


def test_answer_is_read_as_before(site: Site) -> None:
    """Values that hide their members in the repr are compared and encoded with all of them."""
    asked = request_of(site)
    assert asked == request_of(site)
    assert msgspec.json.decode(msgspec.json.encode(asked))["note"] == site.canaries["note"]
    assert repr(asked) == "LinkRequest(...)"
    assert LinkDetails.__struct_config__.frozen
