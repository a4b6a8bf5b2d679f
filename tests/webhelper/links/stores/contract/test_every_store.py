"""These tests hold what every store does, also one that keeps nothing: it opens reusable links."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sites import NOW, new_visit
from store_values import claimed, link_spec

from liveform import ExpiredError
from webhelper.errors import UnknownLinkError
from webhelper.links.stores.lists import OpenVisits

if TYPE_CHECKING:
    from webhelper.links.models import Link
    from webhelper.links.stores.base import Store

BROWSER = b"b" * 32
FIELDS = {"userid": "u", "cf1": "매장", "ageLimit": False, "nested": [1, None, {"a": 1.5}]}


def add(store: Store) -> Link:
    """Return a new reusable link."""
    link, is_new = store.create(link_spec(max_uses=None, fields=FIELDS, created_by=""), now=NOW)
    assert is_new
    return link


def test_link_comes_back_as_it_was_ordered(every_store: Store) -> None:
    """A reusable link comes back by its payload, with its fields, project, form and expiry."""
    link = add(every_store)
    assert link.spec.fields == FIELDS
    assert replace(every_store.find(link.payload), counts=None) == replace(link, counts=None)


def test_link_that_nobody_made_is_unknown(every_store: Store) -> None:
    """A payload that the store did not give is unknown, whatever its size."""
    for payload in (b"", b"\0" * 10, b"x" * 1000):
        with pytest.raises(UnknownLinkError):
            every_store.find(payload)


@pytest.mark.parametrize(("now", "opens"), [(NOW + 899.999, True), (NOW + 900, False)])
def test_link_opens_until_it_expires(now: float, opens: bool, every_store: Store) -> None:
    """Each opening of a reusable link is a visit of its own, until the link expires."""
    link = every_store.find(add(every_store).payload)
    if opens:
        made = [new_visit(link, at=now) for _ in range(2)]
        assert [every_store.visit(link, one, browser=BROWSER) for one in made] == made
    else:
        with pytest.raises(ExpiredError):
            every_store.visit(link, new_visit(link, at=now), browser=BROWSER)


def test_visit_that_nobody_made_is_nowhere(every_store: Store) -> None:
    """What is not kept is not found, not handed over, and not listed."""
    link = add(every_store)
    unknown = new_visit(link).id
    assert every_store.visited_link(unknown) is None
    assert every_store.record(unknown, claimed()) is None
    assert every_store.visit_of(link, BROWSER, now=NOW) is None
    assert not every_store.hand_over(link, unknown, holder=BROWSER[:8], browser=b"o" * 32, now=NOW)
    assert list(every_store.visits(link.id, limit=9)) == []
    assert list(every_store.open_visits(OpenVisits(since=NOW, limit=9))) == []


def test_store_that_works_is_ready_and_tells_the_time(every_store: Store) -> None:
    """A store is ready as soon as it is open, and has a clock for the site."""
    assert every_store.is_ready()
    first, second = every_store.clock(), every_store.clock()
    assert 0 < first <= second
