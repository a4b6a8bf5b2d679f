"""These tests register and delete token ids at a simulator of the vendor, one request at a time."""

from typing import Any

import pytest

from webhelper.testing import LocalSimulator
from webhelper.token_pool import vendor as vendor_module
from webhelper.token_pool.vendor import PER_REQUEST, Answered, VendorTokenIds

PATH = "/submission/tokens"
TOKEN_IDS = ["aaaaaaaa", "bbbbbbbb"]


@pytest.fixture
def token_ids(vendor: LocalSimulator) -> VendorTokenIds:
    """Return the token ids of the simulator's project."""
    return VendorTokenIds(vendor.project)


def is_registered(vendor: LocalSimulator, token_id: str) -> bool:
    """Return whether the vendor knows a token id."""
    return vendor.sandbox.token_ids.get(vendor.project.pid, token_id) is not None


def test_token_ids_are_registered_and_deleted(vendor: LocalSimulator, token_ids: VendorTokenIds) -> None:
    """What is registered is at the vendor, and what is deleted is there no longer."""
    assert token_ids.register(TOKEN_IDS) == Answered(TOKEN_IDS, None, 0.0)
    assert [is_registered(vendor, one) for one in TOKEN_IDS] == [True, True]
    assert token_ids.delete(TOKEN_IDS[:1]) == Answered(TOKEN_IDS[:1], None, 0.0)
    assert [is_registered(vendor, one) for one in TOKEN_IDS] == [False, True]


def test_those_that_are_gone_already_count_as_deleted(token_ids: VendorTokenIds) -> None:
    """A deletion whose answer got lost is done again, and finds nothing to delete."""
    assert token_ids.delete(TOKEN_IDS) == Answered(TOKEN_IDS, None, 0.0)


def test_those_that_are_refused_by_name_are_not_done(token_ids: VendorTokenIds) -> None:
    """Of a request in part refused, the others are done; the problem is the code of the refusal."""
    assert token_ids.register(["aaaaaaaa", "-wrong--", "bbbbbbbb"]) == Answered(
        TOKEN_IDS, "invalid_token_id_format", 0.0
    )


@pytest.mark.parametrize(
    ("kind", "options", "problem"),
    [
        ("status", {"status": 500}, "refused"),
        ("status", {"status": 503, "retry_after": "7"}, "refused"),
        ("reset", {}, "unreachable"),
        ("half_body", {}, "unreachable"),
        ("wrong_json", {}, "unreadable"),
    ],
)
def test_request_is_sent_once_whatever_happens(
    vendor: LocalSimulator, token_ids: VendorTokenIds, kind: str, options: dict[str, Any], problem: str
) -> None:
    """A request that fails is not sent again at once, since whoever fills a pool comes back later."""
    vendor.fail(kind, path=PATH, times=1, **options)
    assert token_ids.register(TOKEN_IDS)[:2] == ([], problem)
    assert token_ids.register(TOKEN_IDS).done == TOKEN_IDS


@pytest.mark.parametrize("status", [403, 429, 503])
def test_retry_after_of_the_vendor_is_handed_on(
    vendor: LocalSimulator, token_ids: VendorTokenIds, status: int
) -> None:
    """A refused request says how long the vendor wants to be left alone."""
    vendor.fail("status", path=PATH, status=status, retry_after="7")
    assert token_ids.register(TOKEN_IDS) == Answered([], "refused", 7.0)


def test_room_is_what_the_vendor_still_takes(
    vendor: LocalSimulator, token_ids: VendorTokenIds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The room is the vendor's limit without those that are registered, and never negative."""
    token_ids.register(TOKEN_IDS)
    assert token_ids.room() == 100_000 - 2
    monkeypatch.setattr(vendor_module, "MOST", 1)
    assert token_ids.room() == 0


def test_vendor_that_does_not_count_has_no_room(vendor: LocalSimulator, token_ids: VendorTokenIds) -> None:
    """If the vendor does not say how many there are, nothing more is registered for now."""
    vendor.fail("status", path=PATH, method="GET", status=500)
    assert token_ids.room() == 0


def test_request_takes_as_many_as_the_vendor_allows(token_ids: VendorTokenIds) -> None:
    """500 go out in one request."""
    many = [f"many-{number:05}" for number in range(PER_REQUEST)]
    assert token_ids.register(many).done == many
