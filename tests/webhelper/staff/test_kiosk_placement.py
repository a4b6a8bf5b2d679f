"""These tests check where a kiosk can be placed, and which link requests its placement makes."""

from typing import Any

import msgspec
import pytest
from vector_files import signed_values

from liveform import Pipeline
from webhelper.links.link_request import LinkRequest
from webhelper.staff.kiosk_placement import Kiosk, Placement

(KNOWN,) = (entry["members"] for entry in signed_values("codes") if entry["name"] == "kiosk")


def test_kiosk_of_a_known_placement_has_the_known_members() -> None:
    """The members of a kiosk cookie are written and read the same in every later version."""
    placement = Placement(store="store 17", project="shop", pipeline=Pipeline.ID_DOCUMENT, expires_in=180)
    kiosk = Kiosk(placement=placement, holder="tests", mark="14f85a2cd41af9a7")
    assert msgspec.to_builtins(kiosk) == KNOWN
    assert msgspec.convert(KNOWN, Kiosk) == kiosk


def test_placement_requests_one_use_that_carries_the_store() -> None:
    """A placement requests a link of one use with the store in cf1 and in the label."""
    placement = Placement(store="Seoul 3", project="shop", pipeline=Pipeline.KNOWLEDGE, expires_in=60)
    assert placement.link_request() == LinkRequest(
        project="shop",
        pipeline=Pipeline.KNOWLEDGE,
        fields={"cf1": "Seoul 3"},
        expires_in=60,
        max_uses=1,
        label="kiosk Seoul 3",
    )
    assert placement.name == "kiosk Seoul 3"


def test_placement_requests_the_same_link_each_time() -> None:
    """A change to the fields of one link request of a placement does not reach the next."""
    placement = Placement(store="Seoul 3", project="shop")
    placement.link_request().fields["userid"] = "jane"
    assert placement.link_request().fields == {"cf1": "Seoul 3"}


def test_placement_codes_live_three_minutes_unless_said() -> None:
    """The codes of a placement live 180 seconds by default."""
    assert Placement(store="a", project="shop").link_request().expires_in == 180


@pytest.mark.parametrize(
    "changes",
    [
        {"store": "x"},
        {"store": "x" * 60},
        {"store": "강남점 2층"},
        {"expires_in": 60},
        {"expires_in": 3600},
        {"pipeline": "injection"},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_placement_within_its_limits_is_read_and_so_is_its_link_request(changes: dict[str, Any]) -> None:
    """A placement within its limits makes a valid link request."""
    placement = msgspec.convert({"store": "a", "project": "shop"} | changes, Placement)
    link_request = msgspec.to_builtins(placement.link_request())
    assert msgspec.convert(link_request, LinkRequest) == placement.link_request()
    assert msgspec.convert(msgspec.to_builtins(placement), Placement) == placement


@pytest.mark.parametrize(
    "changes",
    [
        {"store": ""},
        {"store": "x" * 61},
        {"store": "a\nb"},
        {"store": "a\n"},
        {"store": "\x7f"},
        {"store": None},
        {"project": None},
        {"pipeline": "other"},
        {"expires_in": 59},
        {"expires_in": 3601},
        {"expires_in": "180"},
        {"max_uses": 5},
        {"fields": {}},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_placement_beyond_its_limits_is_refused(changes: dict[str, Any]) -> None:
    """A placement refuses a store, lifetime or pipeline out of bounds, and any other member."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"store": "a", "project": "shop"} | changes, Placement)
