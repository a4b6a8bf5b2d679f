"""These tests number the codes of kiosks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racing import in_threads
from sites import NOW
from store_values import link_spec

if TYPE_CHECKING:
    from stores import Stores

    from webhelper.links.stores.base import Store


def number(store: Store, kiosk: str = "kiosk a") -> int | None:
    """Return the number of the next code of a kiosk."""
    link, _ = store.create(link_spec(created_by=kiosk), now=NOW, gets_number=True)
    assert store.get(link.id).spec == link.spec
    return link.spec.kiosk_number


def test_codes_of_a_kiosk_are_numbered_in_turn(store: Store) -> None:  # K3
    """Each kiosk numbers its codes from 1 on, and links of others have no number."""
    assert [number(store) for _ in range(3)] == [1, 2, 3]
    assert [number(store, "kiosk b"), number(store)] == [1, 4]
    assert store.create(link_spec(), now=NOW)[0].spec.kiosk_number is None


def test_numbers_begin_again_after_999(store: Store, stores: Stores) -> None:
    """A number stays short: after 999 comes 1."""
    number(store)
    stores.execute("UPDATE kiosk_numbers SET number = 998")
    assert [number(store) for _ in range(3)] == [999, 1, 2]


def test_two_codes_at_once_get_two_numbers(store: Store) -> None:
    """Codes that several threads ask for at once all have other numbers."""
    numbers = in_threads(8, lambda _: number(store))
    assert (len(numbers), set(numbers)) == (8, set(range(1, 9)))
