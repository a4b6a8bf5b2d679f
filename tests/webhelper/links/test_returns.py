"""These tests receive returns, and match them with the visits that they belong to."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import HOLDER, KEY, NOW, OTHER_KEY, Clock, link_request, link_service, projects

from liveform import DecryptError, LiveformError, MalformedError, UnexpectedValueError, UntrustedInputError
from webhelper.errors import UnknownLinkError
from webhelper.links.models import Link, Outcome, Result
from webhelper.links.returns import ReceivedReturn, Returns
from webhelper.links.service import LinkService
from webhelper.links.signing.visit_state import VisitStates
from webhelper.links.stores.base import Store

PROJECTS = projects()
RETURN_URL = "https://shop.example.com/return/shop"


@pytest.fixture
def returns(clock: Clock, store: Store) -> Returns:
    """Return a reader of returns over the store of the test."""
    return Returns(PROJECTS, VisitStates([KEY], clock), "cf3", store, clock)


def opened(service: LinkService, project: str = "shop", /, **changes: Any) -> tuple[Link, str]:
    """Return a link that somebody opened, and the visit state that was sent."""
    link, _ = service.create(link_request(**{"project": project, "max_uses": None} | changes), by=HOLDER)
    return link, sent(service, link)["cf3"]


def sent(service: LinkService, link: Link) -> Mapping[str, Any]:
    """Return what the vendor reads when a link is opened."""
    plain = {name: value for name, (value,) in parse_qs(urlsplit(service.redeem(link)).query).items()}
    if "encrypted" not in plain:
        return plain
    return plain | PROJECTS[link.spec.project].decrypt(plain["encrypted"])


def returned(project: str = "shop", /, **claims: str | None) -> str:
    """Return the Return URL that the vendor opens; None leaves a claim out."""
    url = f"https://shop.example.com/return/{project}"
    return PROJECTS[project].build_return(url, {"kycStatus": "approved"} | claims)


@pytest.mark.parametrize("project", ["plain", "shop", "signup"])
def test_return_of_a_visit_is_noted_for_it(
    project: str, service: LinkService, returns: Returns, store: Store, clock: Clock
) -> None:
    """A return, plain or encrypted, writes its outcome and its time to the visit and the link."""
    link, state = opened(service, project, fields={"userid": "user_1"})
    clock.advance(90)
    received = returns.receive(
        project, returned(project, cf3=state, userid="user_1", submissionId="sub-1", kycStatus="pending")
    )
    assert received.outcome == Outcome(
        result=Result.PENDING, submission_id="sub-1", error_code=None, at=NOW + 90
    )
    assert received.state_ok is True
    assert received.visited_link is not None
    assert received.visited_link.link.id == link.id
    assert store.get(link.id).outcome == received.visited_link.visit.outcome == received.outcome


def test_return_is_noted_for_the_right_visit_only(
    service: LinkService, clock: Clock, returns: Returns, store: Store
) -> None:
    """A return writes its outcome to its own visit and to no other visit or link."""
    link, first = opened(service, unique_userid="guest-")
    other, _ = opened(service)
    clock.advance(1)
    second = sent(service, link)
    received = returns.receive("shop", returned(cf3=second["cf3"], userid=second["userid"]))
    assert received.visited_link is not None
    assert received.visited_link.userid == second["userid"]
    assert [visit.outcome for visit in store.visits(link.id, limit=9)] == [received.outcome, None]
    assert store.get(other.id).outcome is None
    assert first != second["cf3"]


def test_return_without_a_user_id_is_matched_by_its_state(service: LinkService, returns: Returns) -> None:
    """A return without a user id is matched by its visit state, and gets the link's user id."""
    _, state = opened(service, fields={"userid": "user_1"})
    received = returns.receive("shop", returned(cf3=state))
    assert received.state_ok
    assert received.visited_link is not None
    assert received.visited_link.userid == "user_1"


@pytest.mark.parametrize("userid", ["user_2", "USER_1", "user_1 ", "-"])
def test_return_with_another_user_id_is_not_noted(
    userid: str, service: LinkService, returns: Returns, store: Store
) -> None:
    """A return with another user id keeps its claims, but writes no outcome."""
    link, state = opened(service, fields={"userid": "user_1"})
    received = returns.receive("shop", returned(cf3=state, userid=userid))
    assert received == ReceivedReturn(outcome=received.outcome, state_ok=False, visited_link=None)
    assert received.outcome.result is Result.APPROVED
    assert store.get(link.id).outcome is None


def test_return_with_a_user_id_of_a_link_without_one_is_not_noted(
    service: LinkService, returns: Returns, store: Store
) -> None:
    """A return with a user id for a link without one writes no outcome."""
    link, state = opened(service)
    assert not returns.receive("shop", returned(cf3=state, userid="user_1")).state_ok
    assert store.get(link.id).outcome is None


@pytest.mark.parametrize(
    "state", [None, "x", "order-17", "A" * 300, "ABCDEFGHIJKLMNOP.-.9999999999." + "A" * 43]
)
def test_return_without_a_state_of_ours_is_not_noted(
    state: str | None, service: LinkService, returns: Returns, store: Store
) -> None:
    """A return without a genuine visit state writes no outcome."""
    link, _ = opened(service)
    received = returns.receive("shop", returned(cf3=state))
    assert (received.state_ok, received.visited_link) == (False, None)
    assert store.get(link.id).outcome is None


def test_return_with_the_state_in_another_field_is_not_noted(service: LinkService, returns: Returns) -> None:
    """A visit state in another field than STATE_FIELD does not count."""
    _, state = opened(service)
    assert not returns.receive("shop", returned(cf1=state, cf2=state)).state_ok


@pytest.mark.parametrize("state_field", ["cf1", "cf2"])
def test_return_is_matched_by_the_field_of_the_settings(
    state_field: str, tmp_path: Path, store: Store, clock: Clock
) -> None:
    """A return is matched by the visit state in STATE_FIELD."""
    service = link_service(tmp_path, clock, store, state_field=state_field)
    link, _ = service.create(link_request(), by=HOLDER)
    state = sent(service, link)[state_field]
    received = Returns(PROJECTS, VisitStates([KEY]), state_field, store, clock).receive(
        "shop", returned(**{state_field: state})
    )
    assert received.visited_link is not None
    assert received.visited_link.link.id == link.id


def test_return_to_another_project_is_not_noted(service: LinkService, returns: Returns, store: Store) -> None:
    """A return to another project than the visit's writes no outcome."""
    link, state = opened(service, "shop")
    assert not returns.receive("signup", returned("signup", cf3=state)).state_ok
    assert store.get(link.id).outcome is None


def test_return_of_another_site_is_not_noted(service: LinkService, store: Store, clock: Clock) -> None:
    """A visit state that another key signed does not count."""
    _, state = opened(service)
    other = Returns(PROJECTS, VisitStates([OTHER_KEY]), "cf3", store, clock)
    assert not other.receive("shop", returned(cf3=state)).state_ok


def test_return_after_a_rotation_of_keys_is_noted(service: LinkService, store: Store, clock: Clock) -> None:
    """A return whose visit state an older key signed writes its outcome."""
    link, state = opened(service, fields={"userid": "user_1"})
    rotated = Returns(PROJECTS, VisitStates([OTHER_KEY, KEY]), "cf3", store, clock)
    assert rotated.receive("shop", returned(cf3=state, userid="user_1")).state_ok
    assert store.get(link.id).outcome is not None


@pytest.mark.parametrize(("after", "state_ok"), [(86_399, True), (86_400, False)])
def test_return_after_a_day_is_not_noted(
    after: float, state_ok: bool, service: LinkService, returns: Returns, clock: Clock
) -> None:
    """A visit state counts for 86,399 seconds, and after 86,400 it does not."""
    _, state = opened(service)
    clock.advance(after)
    assert returns.receive("shop", returned(cf3=state)).state_ok is state_ok


def test_return_after_the_link_has_expired_is_noted(
    service: LinkService, returns: Returns, store: Store, clock: Clock
) -> None:
    """A return writes its outcome even if its link has expired, is used up and revoked."""
    link, state = opened(service, max_uses=1)
    store.revoke(link.id, now=NOW)
    clock.advance(3600)
    assert returns.receive("shop", returned(cf3=state)).state_ok
    assert store.get(link.id).outcome is not None


def test_return_that_comes_again_with_news_is_noted_last(
    service: LinkService, returns: Returns, store: Store, clock: Clock
) -> None:
    """The latest return of a visit replaces its outcome, an error included."""
    link, state = opened(service)
    for status, code, result in (
        (None, "TK-10001", Result.ERROR),
        ("pending", None, Result.PENDING),
        ("rejected", None, Result.REJECTED),
    ):
        clock.advance(1)
        returns.receive("shop", returned(cf3=state, kycStatus=status, errorCode=code))
        latest = store.get(link.id).outcome
        assert latest is not None
        assert (latest.result, latest.error_code, latest.at) == (result, code, clock.now)


@pytest.mark.parametrize(
    ("status", "code", "result"),
    [
        ("approved", None, Result.APPROVED),
        ("pending", None, Result.PENDING),
        ("rejected", None, Result.REJECTED),
        (None, "PV-40018", Result.ERROR),
        (None, "something new", Result.ERROR),
        ("rejected", "SE-50020", Result.REJECTED),
        (None, None, None),
    ],
)
def test_outcome_is_what_the_return_claims(
    status: str | None, code: str | None, result: Result | None, service: LinkService, returns: Returns
) -> None:
    """An outcome has the status of the return, or else "error" for an error code."""
    _, state = opened(service)
    received = returns.receive("shop", returned(cf3=state, kycStatus=status, errorCode=code))
    assert (received.outcome.result, received.outcome.error_code) == (result, code)
    assert received.state_ok


def test_return_of_a_link_that_was_deleted_is_ours_and_nothing_else(returns: Returns) -> None:
    """A return of a deleted link has a genuine visit state, but finds no visit."""
    state = VisitStates([KEY], lambda: NOW).sign("Z" * 16, project="shop", userid=None)
    received = returns.receive("shop", returned(cf3=state))
    assert (received.state_ok, received.visited_link) == (True, None)


def test_return_on_a_site_without_a_store_is_checked_and_not_noted(tmp_path: Path, clock: Clock) -> None:
    """A site without a store checks the visit state and the user id, and finds no visit."""
    service = link_service(tmp_path, clock, "sealed")
    returns = Returns(PROJECTS, VisitStates([KEY], clock), "cf3", service.store, clock)
    _, state = opened(service, fields={"userid": "user_1"})
    for userid, state_ok in (("user_1", True), ("user_2", False), (None, True)):
        received = returns.receive("shop", returned(cf3=state, userid=userid))
        assert (received.state_ok, received.visited_link) == (state_ok, None)


@pytest.mark.parametrize("name", ["submissionId", "errorCode"])
def test_return_with_an_id_of_129_characters_is_refused(
    name: str, service: LinkService, returns: Returns, store: Store
) -> None:
    """A submission id or error code of 129 characters is refused, and one of 128 is accepted."""
    link, state = opened(service)
    with pytest.raises(UnexpectedValueError) as caught:
        returns.receive("shop", returned(**{"cf3": state, name: "x" * 129}))
    assert "xxx" not in str(caught.value)
    assert store.get(link.id).outcome is None
    assert returns.receive("shop", returned(**{"cf3": state, name: "x" * 128})).state_ok


@pytest.mark.parametrize("project", ["other", "", "SHOP", "shop/", "\ud800"])
def test_return_of_an_unknown_project_is_unknown(project: str, returns: Returns) -> None:
    """A return to an unknown project is refused as unknown."""
    with pytest.raises(UnknownLinkError):
        returns.receive(project, returned())


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (f"{RETURN_URL}?encrypted=AAAA", UntrustedInputError),
        (f"{RETURN_URL}?encrypted={'A' * 64}", DecryptError),
        (f"{RETURN_URL}?kycStatus=approved&kycStatus=rejected", MalformedError),
        (f"{RETURN_URL}?kycStatus=great", UnexpectedValueError),
        ({"kycStatus": "verified"}, UnexpectedValueError),
    ],
)
def test_return_that_cannot_be_read_is_refused(
    source: str | Mapping[str, str], error: type[Exception], returns: Returns
) -> None:
    """A return that liveform cannot read raises liveform's own error."""
    with pytest.raises(error):
        returns.receive("shop", source)


@given(st.text(max_size=80) | st.dictionaries(st.sampled_from(["cf3", "kycStatus", "encrypted"]), st.text()))
def test_return_of_anything_is_unstored_or_refused(source: str | dict[str, str]) -> None:
    """A return of any text or claims is refused, or writes nothing to the store."""

    class Nothing:
        """A store that fails the test as soon as it is used."""

        def __getattr__(self, name: str) -> Any:
            return lambda *_, **__: pytest.fail(f"{name} was called")

    store: Any = Nothing()
    try:
        received = Returns(PROJECTS, VisitStates([KEY]), "cf3", store).receive("shop", source)
    except LiveformError as error:
        assert not isinstance(error, UnknownLinkError)  # noqa: PT017 - all errors but one
    else:
        assert not received.state_ok


def test_received_repr_shows_no_link(service: LinkService, returns: Returns) -> None:
    """The repr of a received return shows no user id, because it may end up in a log."""
    _, state = opened(service, fields={"userid": "jane"})
    assert "jane" not in repr(returns.receive("shop", returned(cf3=state, userid="jane", email="jane@x.kr")))
