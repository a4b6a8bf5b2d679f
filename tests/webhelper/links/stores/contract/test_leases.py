"""These tests lend each job to one process at a time."""

import pytest
from racing import in_threads
from sites import NOW

from webhelper.links.stores.base import Store


def test_job_is_held_by_one_until_its_lease_ends(store: Store) -> None:
    """Nobody else gets a job before its lease ends, and anybody does from then on."""
    assert store.leases.acquire("reconcile", "a", now=NOW, lease_s=60)
    assert store.leases.acquire("reconcile", "b", now=NOW + 59.999, lease_s=60) is False
    assert store.leases.acquire("reconcile", "b", now=NOW + 60, lease_s=60)
    assert not store.leases.acquire("reconcile", "a", now=NOW + 60, lease_s=60)


def test_job_is_held_longer_by_its_holder(store: Store) -> None:
    """Who holds a job gets a longer lease."""
    store.leases.acquire("reconcile", "a", now=NOW, lease_s=60)
    assert store.leases.acquire("reconcile", "a", now=NOW + 30, lease_s=60)
    assert not store.leases.acquire("reconcile", "b", now=NOW + 89, lease_s=60)


def test_jobs_are_held_apart(store: Store) -> None:
    """One job does not keep another from anybody."""
    assert store.leases.acquire("reconcile", "a", now=NOW, lease_s=60)
    assert store.leases.acquire("token pool shop", "b", now=NOW, lease_s=60)


def test_job_released_is_free(store: Store) -> None:
    """A job that its holder releases is free; nobody else can release it."""
    store.leases.acquire("reconcile", "a", now=NOW, lease_s=60)
    store.leases.release("reconcile", "b")
    assert not store.leases.acquire("reconcile", "b", now=NOW, lease_s=60)
    store.leases.release("reconcile", "a")
    assert store.leases.acquire("reconcile", "b", now=NOW, lease_s=60)


def test_job_is_acquired_by_one_of_many_threads(store: Store) -> None:
    """Of eight threads, one gets a job, also when its lease has just run out."""
    for now in (NOW, NOW + 60):
        won = in_threads(
            8,
            lambda number, now=now: store.leases.acquire("reconcile", f"{now} {number}", now=now, lease_s=60),  # type: ignore[misc]
        )
        assert won.count(True) == 1


@pytest.mark.parametrize("back_s", [3601.0, 86_400.0, 400 * 86_400.0])
def test_job_is_not_held_for_as_long_as_the_clock_was_set_back(store: Store, back_s: float) -> None:
    """A lease that ends later than any can was taken before the clock was set back, and is over."""
    store.leases.acquire("reconcile", "a", now=NOW, lease_s=60)
    assert store.leases.acquire("reconcile", "b", now=NOW - back_s, lease_s=60)
    assert not store.leases.acquire("reconcile", "a", now=NOW - back_s, lease_s=60)


def test_job_is_held_although_clocks_differ_a_little(store: Store) -> None:
    """A host whose clock is up to a minute behind takes no job from another one."""
    store.leases.acquire("reconcile", "a", now=NOW, lease_s=60)
    assert not store.leases.acquire("reconcile", "b", now=NOW - 60, lease_s=60)
    assert store.leases.acquire("reconcile", "b", now=NOW - 60.001, lease_s=60)


def test_job_is_held_for_its_longest_lease(store: Store) -> None:
    """Who asks for a job shortly does not take it from who may have it for longer."""
    store.leases.acquire("token pool shop", "a", now=NOW, lease_s=600)
    assert not store.leases.acquire("token pool shop", "b", now=NOW, lease_s=60, longest_s=600)
    assert not store.leases.acquire("token pool shop", "b", now=NOW - 60, lease_s=60, longest_s=600)
    assert store.leases.acquire("token pool shop", "b", now=NOW - 61, lease_s=60, longest_s=600)
