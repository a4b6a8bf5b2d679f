"""These tests kill workers, hosts and the database of a site while clients create links and redeem them."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults import kills

KILLS = {
    "sqlite": Counter({"worker": 2, "host": 1}),
    "postgresql": Counter({"PostgreSQL": 1, "worker": 1, "host": 1}),
}


@pytest.mark.parametrize("store", kills.STORES)
def test_nothing_acknowledged_is_missing_or_works_twice(store: str) -> None:
    """With kill -9 at random moments every acknowledged link and use is kept, and no link opens twice."""
    found = kills.run(store, requests=300, kills=3)
    assert (found.created, found.kills, found.others) == (150, KILLS[store], 0)
    assert (found.missing_links, found.missing_uses, found.twice, found.too_many) == (0, 0, 0, 0)
    assert found.redeemed <= 150
