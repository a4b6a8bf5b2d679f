"""These tests check what a link is, when it opens, and what its visits are called."""

from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import NOW
from vector_files import signed_values, vector_name

from liveform import ExpiredError, Pipeline
from webhelper.errors import RevokedError, UsedUpError
from webhelper.links.models import ID_BYTES, Link, LinkSpec, LinkState
from webhelper.links.visit_ids import earliest_visit_id, link_id_of, new_visit_id

END = int(NOW) + 900


def link(*, max_uses: int | None = 2, uses: int = 0, revoked_at: float | None = None, **fields: Any) -> Link:
    """Return a link that expires at END."""
    spec = LinkSpec(
        project="shop",
        pipeline=Pipeline.ID_DOCUMENT,
        fields=fields,
        expires_at=END,
        max_uses=max_uses,
        next="https://app.example.com/jane",
    )
    return Link(
        id="A" * 16,
        payload=bytes(ID_BYTES),
        spec=spec,
        created_at=NOW,
        uses=uses,
        revoked_at=revoked_at,
    )


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (NOW, LinkState.ACTIVE),
        (END - 0.001, LinkState.ACTIVE),
        (END, LinkState.EXPIRED),
        (END + 0.001, LinkState.EXPIRED),
        (END + 10**9, LinkState.EXPIRED),
        (0.0, LinkState.ACTIVE),
    ],
)
def test_link_lasts_to_its_expiry_and_no_longer(now: float, state: LinkState) -> None:
    """A link is active until a millisecond before its expiry, and expired from that moment on."""
    assert link().state(now) is state


@pytest.mark.parametrize(
    ("max_uses", "uses", "state"),
    [
        (1, 0, LinkState.ACTIVE),
        (1, 1, LinkState.USED_UP),
        (2, 1, LinkState.ACTIVE),
        (2, 3, LinkState.USED_UP),
        (None, 10**6, LinkState.ACTIVE),
    ],
)
def test_link_is_used_up_by_its_last_use(max_uses: int | None, uses: int, state: LinkState) -> None:
    """A link is used up after its last use, and a reusable link is never used up."""
    assert link(max_uses=max_uses, uses=uses).state(NOW) is state


@pytest.mark.parametrize("now", [NOW, END + 1])
@pytest.mark.parametrize("uses", [0, 2])
def test_link_revoked_is_revoked_before_all_else(now: float, uses: int) -> None:
    """A link is revoked before it is expired, and expired before it is used up."""
    assert link(uses=uses, revoked_at=NOW).state(now) is LinkState.REVOKED
    assert link(uses=2).state(END) is LinkState.EXPIRED


@pytest.mark.parametrize(
    ("one", "now", "error"),
    [
        (link(revoked_at=0.0), NOW, RevokedError),
        (link(), float(END), ExpiredError),
        (link(uses=2), NOW, UsedUpError),
    ],
)
def test_link_that_is_not_active_says_why(one: Link, now: float, error: type[Exception]) -> None:
    """A link that does not open raises the error of its state, even if revoked at time 0."""
    with pytest.raises(error):
        one.check_open(now)


def test_link_that_is_active_opens() -> None:
    """An active link opens without an error, and counts no use."""
    one = link()
    one.check_open(NOW)
    assert one.uses == 0


@pytest.mark.parametrize(("max_uses", "limited"), [(1, True), (10, True), (None, False)])
def test_link_is_limited_by_a_number_of_uses(max_uses: int | None, limited: bool) -> None:
    """A link is limited if it has a number of uses, and reusable if that is None."""
    assert link(max_uses=max_uses).is_limited is limited


@pytest.mark.parametrize(
    ("fields", "userid"), [({"userid": "u1"}, "u1"), ({"email": "a@b.c"}, None), ({"userid": None}, None)]
)
def test_spec_user_id_is_that_of_its_fields(fields: dict[str, Any], userid: str | None) -> None:
    """The user id of a link spec is the value of its field ``userid``, or None."""
    assert link(**fields).spec.userid == userid


def test_link_repr_shows_nothing_personal() -> None:
    """The repr of a link shows neither its fields, its next nor its payload."""
    text = repr(link(userid="jane", email="jane@example.com"))
    assert "jane" not in text
    assert "payload" not in text


def test_link_is_frozen() -> None:
    """A link cannot be changed, only replaced."""
    one = link()
    with pytest.raises(FrozenInstanceError):
        one.uses = 1  # type: ignore[misc]
    assert replace(one, uses=1).uses == 1


@pytest.mark.parametrize("entry", signed_values("visit ids"), ids=vector_name)
def test_visit_id_of_a_known_moment_is_the_known_text(entry: dict[str, Any], counted_bytes: None) -> None:
    """The same link, moment and random bytes give the same visit id in every version."""
    made = new_visit_id(entry["link_id"], entry["at"])
    assert made == entry["visit_id"]
    assert made == earliest_visit_id(entry["link_id"], entry["at"]) + entry["random_hex"]
    assert link_id_of(entry["visit_id"]) == entry["link_id"]


def test_visit_ids_lead_to_their_link_and_are_never_the_same() -> None:
    """A visit id has 37 characters and starts with its link's id; 2,000 of one moment differ."""
    made = {new_visit_id("A" * 16, NOW) for _ in range(2000)}
    assert len(made) == 2000
    assert {len(one) for one in made} == {37}
    assert {link_id_of(one) for one in made} == {"A" * 16}


@given(st.floats(0, 8e9), st.floats(0, 8e9))
def test_visit_ids_of_a_link_sort_by_time(one: float, other: float) -> None:
    """The visit ids of a link sort by time, to the millisecond."""
    earlier, later = sorted([one, other])
    assert earliest_visit_id("A" * 16, earlier) <= new_visit_id("A" * 16, earlier)
    if int(earlier * 1000) < int(later * 1000):
        assert new_visit_id("A" * 16, earlier) < earliest_visit_id("A" * 16, later)
