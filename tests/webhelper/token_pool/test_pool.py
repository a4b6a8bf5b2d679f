"""These tests fill and sweep a pool of token ids, with a simulator in private mode as the vendor."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
from racing import processes
from sites import NOW, link_service
from token_pools import SHOP, fill_up, made_by

from webhelper.simulator.sandbox import token_ids as vendor_token_ids
from webhelper.token_pool import vendor as vendor_module
from webhelper.token_pool.pool import DEAD_FOR_S, FIRST_WAIT_S, LEASE_S, LOW, MOST_WAIT_S, TokenPool
from webhelper.token_pool.pools import TokenPools
from webhelper.token_pool.vendor import PER_REQUEST, Answered, VendorTokenIds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from webhelper.links.service import LinkService
    from webhelper.links.stores.base import Store
    from webhelper.testing import LocalSimulator

PATH = "/submission/tokens"
DAY_S = 86_400


class Crash(BaseException):
    """The process ends here."""


class CrashingBefore(VendorTokenIds):
    """The process ends before the request is sent."""

    def register(self, token_ids: Sequence[str]) -> Answered:
        """Crash."""
        raise Crash


class CrashingAfter(VendorTokenIds):
    """The process ends when the vendor has answered, before that is noted."""

    def register(self, token_ids: Sequence[str]) -> Answered:
        """Register, and crash."""
        super().register(token_ids)
        raise Crash


def at_vendor(vendor: LocalSimulator) -> int:
    """Return how many token ids are registered."""
    return vendor.sandbox.token_ids.count(vendor.project.pid)


def fill_all(pool: TokenPool, now: float = NOW) -> int:
    """Fill a pool until it wants no more, and return how many requests that took."""
    requests = 0
    while pool.fill(now):
        requests += 1
    return requests


def draw(service: LinkService, count: int) -> None:
    """Make links that draw token ids."""
    for _ in range(count):
        made_by(service)


@pytest.fixture
def service(tmp_path: Path, store: Store, vendor: LocalSimulator, clock: Any) -> LinkService:
    """Return a link service whose links of ``shop`` draw token ids."""
    of_projects = {SHOP: vendor.project}
    pools = TokenPools({SHOP: 10}, of_projects, store, wake=lambda _: None)
    return link_service(tmp_path, clock, store, of_projects=of_projects, pools=pools)


class TestFill:
    """These tests fill a pool."""

    def test_empty_pool_is_filled_up_to_the_wanted_number(
        self, vendor: LocalSimulator, store: Store, pool_of: Callable[..., TokenPool]
    ) -> None:
        """As many token ids are ready as wanted, each registered, in requests of 500."""
        pool = pool_of(1200)
        assert fill_all(pool) == 3
        assert store.token_ids.count(SHOP) == (0, 1200, 0, 0)
        assert at_vendor(vendor) == 1200
        assert not pool.fill(NOW)

    def test_pool_is_filled_again_below_four_fifths(
        self, store: Store, service: LinkService, pool_of: Callable[..., TokenPool]
    ) -> None:
        """Nothing happens while 80 % are ready; with one less the pool is filled up to the mark."""
        pool = pool_of(10)
        fill_all(pool)
        assert LOW == 0.8
        draw(service, 2)
        assert not pool.fill(NOW)
        draw(service, 1)
        assert fill_all(pool) == 1
        assert store.token_ids.count(SHOP) == (0, 10, 3, 0)

    def test_filling_goes_on_above_four_fifths(self, store: Store, pool_of: Callable[..., TokenPool]) -> None:
        """A pool that was low is filled up to the mark, also after a request that took it above 80 %."""
        pool = pool_of(600)
        assert pool.fill(NOW)
        assert store.token_ids.count(SHOP).ready == 500
        assert pool.fill(NOW)
        assert store.token_ids.count(SHOP).ready == 600

    def test_pool_that_another_process_filled_meanwhile_wants_nothing(
        self, vendor: LocalSimulator, store: Store, pool_of: Callable[..., TokenPool]
    ) -> None:
        """A process that saw a low pool, and then gets the lease of one that filled it, registers nothing."""
        seen = pool_of(10)
        acquire = store.leases.acquire

        def acquire_late(job: str, process_name: str, **lease: float) -> bool:
            store.leases.acquire = acquire  # type: ignore[method-assign]
            fill_all(pool_of(10))
            return acquire(job, process_name, **lease)

        store.leases.acquire = acquire_late  # type: ignore[method-assign]
        assert seen.fill(NOW)
        assert not seen.fill(NOW)
        assert at_vendor(vendor) == 10


class TestCrash:
    """These tests let a process end at the worst moments."""

    @pytest.mark.parametrize(("kind", "left"), [(CrashingBefore, 0), (CrashingAfter, 10)])
    def test_another_process_registers_what_was_left(
        self,
        vendor: LocalSimulator,
        store: Store,
        pool_of: Callable[..., TokenPool],
        kind: type[VendorTokenIds],
        left: int,
    ) -> None:
        """Of a process that ended before or after the request, another one registers the same token ids."""
        with pytest.raises(Crash):
            pool_of(10, kind(vendor.project)).fill(NOW)
        assert store.token_ids.count(SHOP) == (10, 0, 0, 0)
        assert at_vendor(vendor) == left
        kept = set(store.token_ids.new(SHOP, limit=99))
        assert not pool_of(10).fill(NOW + LEASE_S - 1)  # it may still be at work
        fill_all(pool_of(10), NOW + LEASE_S)
        assert store.token_ids.count(SHOP) == (0, 10, 0, 0)
        registered = vendor.sandbox.token_ids.page(vendor.project.pid)
        assert {one.token_id for one in registered} == kept

    def test_more_that_were_left_than_are_missing_are_registered(
        self, store: Store, pool_of: Callable[..., TokenPool]
    ) -> None:
        """Those left new are registered before any is made, also if they are more than are wanted."""
        store.token_ids.add(SHOP, [f"left-{number:04}" for number in range(600)], now=NOW)
        pool = pool_of(10)
        assert fill_all(pool) == 1
        assert store.token_ids.count(SHOP) == (100, PER_REQUEST, 0, 0)


class TestFailure:
    """These tests let the vendor fail."""

    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "status", "status": 500},
            {"kind": "status", "status": 500, "after": True},
            {"kind": "reset", "after": True},
            {"kind": "wrong_json"},
            {"kind": "half_body"},
        ],
        ids=["500", "500 after it was done", "lost answer", "no JSON", "half an answer"],
    )
    def test_same_token_ids_are_registered_later(
        self,
        vendor: LocalSimulator,
        store: Store,
        pool_of: Callable[..., TokenPool],
        fault: dict[str, Any],
    ) -> None:
        """After a failure the pool waits, and then registers the same token ids, done or not."""
        pool = pool_of(10)
        vendor.fail(path=PATH, method="POST", **fault)
        assert not pool.fill(NOW)
        kept = list(store.token_ids.new(SHOP, limit=99))
        assert len(kept) == 10
        assert not pool.fill(NOW + FIRST_WAIT_S - 1)
        fill_all(pool, NOW + FIRST_WAIT_S)
        assert store.token_ids.count(SHOP) == (0, 10, 0, 0)
        assert at_vendor(vendor) == 10

    def test_no_other_process_tries_during_the_wait(
        self, vendor: LocalSimulator, pool_of: Callable[..., TokenPool]
    ) -> None:
        """The wait after a failure holds for all processes."""
        vendor.fail("status", status=500, path=PATH)
        assert not pool_of(10).fill(NOW)
        other = pool_of(10)
        assert not other.fill(NOW + FIRST_WAIT_S - 1)
        assert other.fill(NOW + FIRST_WAIT_S)

    def test_waits_grow_and_end_with_the_first_success(
        self, vendor: LocalSimulator, pool_of: Callable[..., TokenPool]
    ) -> None:
        """Each failure doubles the wait, up to ten minutes; after a success it is short again."""
        pool, now, waits = pool_of(10), NOW, []
        vendor.fail("status", status=500, path=PATH, times=8)
        for _ in range(8):
            assert not pool.fill(now)
            wait_s = next(s for s in range(1, 700) if pool.may_be_filled(now + s))
            waits.append(wait_s)
            now += wait_s
        assert waits == [10, 20, 40, 80, 160, 320, MOST_WAIT_S, MOST_WAIT_S]
        assert pool.fill(now)
        assert pool.may_be_filled(now)

    @pytest.mark.parametrize(("asked", "wait_s"), [("3", FIRST_WAIT_S), ("77", 77.0), ("9999", MOST_WAIT_S)])
    def test_wait_that_the_vendor_asks_for_is_kept(
        self, vendor: LocalSimulator, pool_of: Callable[..., TokenPool], asked: str, wait_s: float
    ) -> None:
        """A Retry-After makes the wait longer, up to ten minutes."""
        pool = pool_of(10)
        vendor.fail("status", status=429, retry_after=asked, path=PATH)
        pool.fill(NOW)
        assert [pool.may_be_filled(NOW + wait_s - 1), pool.may_be_filled(NOW + wait_s)] == [False, True]

    def test_wait_is_not_as_long_as_the_clock_was_set_back(
        self, vendor: LocalSimulator, pool_of: Callable[..., TokenPool]
    ) -> None:
        """A wait that ends later than the longest can was begun before the clock was set back."""
        pool = pool_of(10)
        vendor.fail("status", status=500, path=PATH)
        assert not pool.fill(NOW)
        assert pool.fill(NOW - 86_400)

    def test_failures_are_logged_once(
        self,
        vendor: LocalSimulator,
        store: Store,
        pool_of: Callable[..., TokenPool],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Several failures in a row are one line in the log, with a code and without a token id."""
        pool = pool_of(10)
        vendor.fail("status", status=500, path=PATH, times=3)
        with caplog.at_level(logging.DEBUG):
            for number in range(3):
                pool.fill(NOW + number * MOST_WAIT_S)
        (line,) = [record.getMessage() for record in caplog.records if record.name == "webhelper"]
        assert line == "token ids of shop cannot be registered: refused"
        assert not [one for one in store.token_ids.new(SHOP, limit=99) if one in caplog.text]

    def test_few_that_are_refused_stop_nothing(
        self, store: Store, vendor: LocalSimulator, pool_of: Callable[..., TokenPool]
    ) -> None:
        """One that the vendor refuses stays new, and no more than that one is missing in the pool."""
        store.token_ids.add(SHOP, ["-refused-"], now=NOW)
        fill_all(pool_of(1000))
        assert store.token_ids.count(SHOP) == (1, 999, 0, 0)
        assert at_vendor(vendor) == 999

    def test_pool_that_has_refused_ones_alone_waits(
        self, store: Store, pool_of: Callable[..., TokenPool]
    ) -> None:
        """If most of a request are refused, the pool waits as after any failure."""
        store.token_ids.add(SHOP, ["-refused-", "-another-"], now=NOW)
        pool = pool_of(3)
        assert not pool.fill(NOW)
        assert store.token_ids.count(SHOP) == (2, 1, 0, 0)
        assert not pool.may_be_filled(NOW)


class TestLimit:
    """These tests reach the most token ids that the vendor keeps for a project."""

    @pytest.fixture(autouse=True)
    def _limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the vendor keep 12."""
        monkeypatch.setattr(vendor_token_ids, "MAX_TOKENS", 12)
        monkeypatch.setattr(vendor_module, "MOST", 12)

    def test_as_many_as_fit_are_registered(
        self, vendor: LocalSimulator, store: Store, pool_of: Callable[..., TokenPool]
    ) -> None:
        """If not all fit, those that do are registered; then the pool waits."""
        pool = pool_of(20)
        assert pool.fill(NOW)
        assert store.token_ids.count(SHOP) == (8, 12, 0, 0)
        assert not pool.fill(NOW)
        assert not pool.may_be_filled(NOW)
        assert at_vendor(vendor) == 12

    def test_full_vendor_is_swept_first(
        self, store: Store, service: LinkService, clock: Any, pool_of: Callable[..., TokenPool]
    ) -> None:
        """Token ids of links that died unused make room for new ones."""
        pool = pool_of(10)
        fill_all(pool)
        draw(service, 10)
        clock.advance(900 + DEAD_FOR_S)
        assert fill_all(pool, clock()) == 1
        assert store.token_ids.count(SHOP) == (0, 10, 0, 0)

    def test_full_vendor_is_logged_once(
        self, pool_of: Callable[..., TokenPool], caplog: pytest.LogCaptureFixture
    ) -> None:
        """The log says once that the vendor takes no more."""
        pool = pool_of(20)
        for number in range(3):
            fill_all(pool, NOW + number * MOST_WAIT_S)
        lines = [record.getMessage() for record in caplog.records if record.name == "webhelper"]
        assert lines == ["token ids of shop cannot be registered: token_limit_exceeded"]


class TestSweep:
    """These tests delete the token ids that nobody needs."""

    def test_token_ids_of_dead_links_are_deleted(
        self,
        vendor: LocalSimulator,
        store: Store,
        service: LinkService,
        clock: Any,
        pool_of: Callable[..., TokenPool],
    ) -> None:
        """The token id of a link that died unused is deleted at the vendor and here, five minutes later."""
        pool = pool_of(10)
        fill_all(pool)
        dead, living = made_by(service, expires_in=60), made_by(service, expires_in=DAY_S)
        clock.advance(60 + DEAD_FOR_S - 1)
        assert not pool.sweep(clock())
        assert at_vendor(vendor) == 10
        clock.advance(1)
        assert not pool.sweep(clock())
        known = [
            vendor.sandbox.token_ids.get(vendor.project.pid, str(link.spec.token_id))
            for link in (dead, living)
        ]
        assert [one is not None for one in known] == [False, True]
        assert store.token_ids.count(SHOP) == (0, 8, 1, 0)

    def test_expired_ones_are_deleted(
        self, vendor: LocalSimulator, store: Store, pool_of: Callable[..., TokenPool]
    ) -> None:
        """A token id that the vendor says has expired is deleted there, and forgotten here."""
        pool = pool_of(10)
        fill_all(pool)
        (one, *_) = vendor.sandbox.token_ids.page(vendor.project.pid)
        store.token_ids.expire(SHOP, one.token_id, now=NOW)
        assert not pool.sweep(NOW)
        assert at_vendor(vendor) == 9
        assert store.token_ids.count(SHOP) == (0, 9, 0, 0)

    def test_many_are_deleted_in_several_calls(
        self, vendor: LocalSimulator, store: Store, pool_of: Callable[..., TokenPool]
    ) -> None:
        """A call sends one request of 500, and says whether to call again."""
        pool = pool_of(600)
        fill_all(pool)
        for one in vendor.sandbox.token_ids.page(vendor.project.pid):
            store.token_ids.expire(SHOP, one.token_id, now=NOW)
        assert [pool.sweep(NOW), pool.sweep(NOW)] == [True, False]
        assert at_vendor(vendor) == 0
        assert sum(store.token_ids.count(SHOP)) == 0

    def test_failed_deletion_is_tried_again_by_the_next_sweep(
        self,
        vendor: LocalSimulator,
        store: Store,
        pool_of: Callable[..., TokenPool],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """What the vendor did not delete is kept here; the log has a code and no token id."""
        pool = pool_of(1)
        fill_all(pool)
        (one,) = vendor.sandbox.token_ids.page(vendor.project.pid)
        store.token_ids.expire(SHOP, one.token_id, now=NOW)
        vendor.fail("reset", path=PATH, method="DELETE", after=True)
        assert not pool.sweep(NOW)
        assert store.token_ids.count(SHOP).expired == 1
        assert "token ids of shop cannot be deleted: unreachable" in caplog.text
        assert one.token_id not in caplog.text
        assert not pool.sweep(NOW)
        assert store.token_ids.count(SHOP).expired == 0

    def test_one_that_is_refused_keeps_no_other(
        self,
        vendor: LocalSimulator,
        store: Store,
        pool_of: Callable[..., TokenPool],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Of token ids of which the vendor refuses one, the others are deleted."""
        store.token_ids.add(SHOP, ["-refused-"], now=NOW)
        pool = pool_of(2)
        assert pool.fill(NOW)
        (accepted,) = vendor.sandbox.token_ids.page(vendor.project.pid)
        for one in ("-refused-", accepted.token_id):
            store.token_ids.expire(SHOP, one, now=NOW)
        assert not pool.sweep(NOW)
        assert list(store.token_ids.unused(SHOP, now=NOW, limit=9)) == ["-refused-"]
        assert "cannot be deleted: invalid_token_id_format" in caplog.text


def test_two_processes_fill_one_pool_together(vendor: LocalSimulator, store: Store, tmp_path: Path) -> None:
    """Processes that fill a pool at once register as many as are wanted, and none twice."""
    with processes(2) as start:
        requests = start(fill_up, tmp_path, f"{vendor.base_url}/v3", vendor.api_key, 3000)
    assert store.token_ids.count(SHOP) == (0, 3000, 0, 0)
    assert at_vendor(vendor) == 3000
    sent = vendor.sandbox.requests.newest(limit=100)
    assert (len(sent), sum(requests) >= 6) == (6, True)
