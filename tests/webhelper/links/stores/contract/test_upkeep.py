"""These tests rotate keys in a store: which are needed, and what is sealed anew."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sites import KEY, NOW, OTHER_KEY, new_visit, open_store
from store_values import link_spec, new_event
from stores import Stores

from webhelper.links.stores.base import Store
from webhelper.links.stores.lists import Filter
from webhelper.links.stores.upkeep import KeyUse

OLD, NEW = KEY, OTHER_KEY
THIRD_KEY = "Zt8Wv2Lk5Qx9Rb3Nm7Hc1Jd6Fg4Ps0Ya-OeUiTqC"


@contextmanager
def opened(stores: Stores, *keys: str) -> Iterator[Store]:
    """Lend a store of these keys."""
    store = open_store(stores.place, keys=keys)
    yield store
    store.close()


@pytest.fixture
def filled(stores: Stores) -> Stores:
    """Return the place of a store in which the old key has sealed a row of every kind."""
    with opened(stores, OLD) as store:
        store.create(link_spec(fields={"userid": "Jane-1"}), now=NOW)
        link, _ = store.create(link_spec(unique_userid="u-", max_uses=3), now=NOW)
        store.visit(link, new_visit(link, userid="u-abc"), browser=b"b")
        store.visit(link, new_visit(link), browser=b"c")
        store.inbox.receive(new_event(), now=NOW)
        store.token_ids.add("shop", ["tok-1"], now=NOW)
        store.token_ids.registered("shop", ["tok-1"], now=NOW)
    return stores


def uses(store: Store) -> list[tuple[int | None, int, int, bool]]:
    """Return place, rows and links of each key, and whether it is needed."""
    return [(one.place, one.rows, one.links, one.is_needed) for one in store.upkeep.keys(now=NOW)]


def test_keys_are_counted_by_what_they_sealed_and_signed(filled: Stores) -> None:  # O6
    """Before anything is sealed anew, the old key is needed by all that it sealed, and by its links."""
    with opened(filled, NEW, OLD) as store:
        store.create(link_spec(), now=NOW)
        assert uses(store) == [(0, 1, 1, True), (1, 5, 2, True)]
        assert {len(one.key_id or b"") for one in store.upkeep.keys(now=NOW)} == {8}


def test_resealed_rows_open_without_the_old_key(filled: Stores) -> None:  # O6
    """After everything is sealed anew, the new key alone reads it, and finds it by its digests."""
    with opened(filled, NEW, OLD) as store:
        assert sum(store.upkeep.reseal()) == 5
        assert sum(store.upkeep.reseal()) == 0
    with opened(filled, NEW) as store:
        (hers,) = store.page(Filter(text="jane-1"), now=NOW, limit=9).links
        (many,) = store.page(Filter(text="u-abc"), now=NOW, limit=9).links
        assert hers.spec.userid == "Jane-1"
        assert "u-abc" in {visit.userid for visit in store.visits(many.id, limit=9)}
        kept = store.inbox.get(1)
        assert kept is not None
        assert kept.event.members["email"] == "jane@example.com"
        link, _ = store.create(link_spec(), now=NOW, draws_token_id=True)
        assert link.spec.token_id == "tok-1"


def test_old_key_is_needed_until_the_links_that_it_signed_expire(filled: Stores) -> None:  # O6
    """A printed code keeps the signature of the old key, whatever becomes of the rows."""
    with opened(filled, NEW, OLD) as store:
        sum(store.upkeep.reseal())
        assert uses(store) == [(0, 5, 0, True), (1, 0, 2, True)]
        expired = store.upkeep.keys(now=NOW + 900)
        assert [one.is_needed for one in expired] == [True, False]


def test_key_that_left_too_early_is_told_of(filled: Stores) -> None:  # O6
    """Rows of a key that is not in the settings are counted; with it, they are sealed anew."""
    with opened(filled, NEW) as store:
        assert sum(store.upkeep.reseal()) == 0
        assert uses(store) == [(0, 0, 0, False), (None, 5, 2, True)]
    with opened(filled, NEW, THIRD_KEY, OLD) as store:
        assert sum(store.upkeep.reseal()) == 5
        assert uses(store) == [(0, 5, 0, True), (1, 0, 0, False), (2, 0, 2, True)]


def test_reseal_goes_in_slices(stores: Stores) -> None:  # O6
    """A thousand rows are sealed anew in one commit, so that nobody waits for long."""
    with opened(stores, OLD) as store:
        link, _ = store.create(link_spec(max_uses=None, unique_userid="u-"), now=NOW)
        for number in range(1100):
            store.visit(link, new_visit(link, userid=f"u-{number}"), browser=None)
    with opened(stores, NEW, OLD) as store:
        assert [count for count in store.upkeep.reseal() if count] == [1, 1000, 100]
        assert {visit.userid for visit in store.visits(link.id, limit=2000)} == {
            f"u-{one}" for one in range(1100)
        }


def test_key_without_rows_and_links_is_not_needed() -> None:
    """A key is needed by rows or by links."""
    needed = [KeyUse(b"k", 0, rows, links).is_needed for rows, links in ((0, 0), (1, 0), (0, 1))]
    assert needed == [False, True, True]
