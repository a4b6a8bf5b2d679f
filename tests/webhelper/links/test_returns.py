"""These tests receive returns, and match them with the visits that they belong to."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import HOLDER, KEY, NOW, OTHER_KEY, Clock, link_request, link_service, projects

from liveform import DecryptError, MalformedError, Project, UntrustedInputError
from webhelper.links.models import Link
from webhelper.links.outcomes import Outcome, Result
from webhelper.links.returns import Returns
from webhelper.links.service import LinkService
from webhelper.links.signing.visit_state import VisitStates
from webhelper.links.stores.base import Store
from webhelper.links.visit_ids import new_visit_id

PROJECTS = projects()
BROWSER, OTHER_BROWSER = b"b" * 32, b"o" * 32
RETURN_URL = "https://shop.example.com/return/shop"


@pytest.fixture
def returns(clock: Clock, store: Store) -> Returns:
    """Return a reader of returns over the store of the test."""
    return Returns(PROJECTS, VisitStates([KEY], clock), "cf3", store, clock)


def opened(service: LinkService, project: str = "shop", /, **changes: Any) -> tuple[Link, str]:
    """Return a link that somebody opened, and the visit state that was sent."""
    link, _ = service.create(link_request(**{"project": project} | changes), by=HOLDER)
    return link, sent(service, link)["cf3"]


def sent(service: LinkService, link: Link) -> Mapping[str, Any]:
    """Return what the vendor reads when a link is opened."""
    plain = {
        name: value for name, (value,) in parse_qs(urlsplit(service.redeem(link, BROWSER)).query).items()
    }
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
        project,
        returned(project, cf3=state, userid="user_1", submissionId="sub-1", kycStatus="pending"),
        browser=BROWSER,
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
    link, first = opened(service, unique_userid="guest-", max_uses=None)
    other, _ = opened(service)
    clock.advance(1)
    second = sent(service, link)
    received = returns.receive("shop", returned(cf3=second["cf3"], userid=second["userid"]), browser=BROWSER)
    assert received.visited_link is not None
    assert received.visited_link.userid == second["userid"]
    assert [visit.outcome for visit in store.visits(link.id, limit=9)] == [received.outcome, None]
    assert store.get(other.id).outcome is None
    assert first != second["cf3"]


def test_return_without_a_user_id_is_matched_by_its_state(service: LinkService, returns: Returns) -> None:
    """A return without a user id is matched by its visit state, and gets the link's user id."""
    _, state = opened(service, max_uses=None, fields={"userid": "user_1"})
    received = returns.receive("shop", returned(cf3=state), browser=BROWSER)
    assert received.state_ok
    assert received.visited_link is not None
    assert received.visited_link.userid == "user_1"


@pytest.mark.parametrize("userid", ["user_2", "USER_1", "user_1 ", "-"])
def test_return_with_another_user_id_is_not_noted(
    userid: str, service: LinkService, returns: Returns, store: Store
) -> None:
    """A return with another user id keeps its claims, but writes no outcome."""
    link, state = opened(service, fields={"userid": "user_1"})
    received = returns.receive("shop", returned(cf3=state, userid=userid), browser=BROWSER)
    assert (received.state_ok, received.other_browser, received.visited_link) == (False, False, None)
    assert received.outcome.result is Result.APPROVED
    assert store.get(link.id).outcome is None


def test_return_with_a_user_id_of_a_link_without_one_is_not_noted(
    service: LinkService, returns: Returns, store: Store
) -> None:
    """A return with a user id for a link without one writes no outcome."""
    link, state = opened(service)
    assert not returns.receive("shop", returned(cf3=state, userid="user_1"), browser=BROWSER).state_ok
    assert store.get(link.id).outcome is None


@pytest.mark.parametrize(
    "state", [None, "x", "order-17", "A" * 300, "ABCDEFGHIJKLMNOP.-.9999999999." + "A" * 43]
)
def test_return_without_a_state_of_ours_is_not_noted(
    state: str | None, service: LinkService, returns: Returns, store: Store
) -> None:
    """A return without a genuine visit state writes no outcome."""
    link, _ = opened(service)
    received = returns.receive("shop", returned(cf3=state), browser=BROWSER)
    assert (received.state_ok, received.visited_link) == (False, None)
    assert store.get(link.id).outcome is None


def test_return_with_the_state_in_another_field_is_not_noted(service: LinkService, returns: Returns) -> None:
    """A visit state in another field than STATE_FIELD does not count."""
    _, state = opened(service)
    assert not returns.receive("shop", returned(cf1=state, cf2=state), browser=BROWSER).state_ok


@pytest.mark.parametrize("state_field", ["cf1", "cf2"])
def test_return_is_matched_by_the_field_of_the_settings(
    state_field: str, tmp_path: Path, store: Store, clock: Clock
) -> None:
    """A return is matched by the visit state in STATE_FIELD."""
    service = link_service(tmp_path, clock, store, state_field=state_field)
    link, _ = service.create(link_request(), by=HOLDER)
    state = sent(service, link)[state_field]
    received = Returns(PROJECTS, VisitStates([KEY]), state_field, store, clock).receive(
        "shop", returned(**{state_field: state}), browser=BROWSER
    )
    assert received.visited_link is not None
    assert received.visited_link.link.id == link.id


def test_return_to_another_project_is_not_noted(service: LinkService, returns: Returns, store: Store) -> None:
    """A return to another project than the visit's writes no outcome."""
    link, state = opened(service, "shop")
    assert not returns.receive("signup", returned("signup", cf3=state), browser=BROWSER).state_ok
    assert store.get(link.id).outcome is None


def test_return_of_another_site_is_not_noted(service: LinkService, store: Store, clock: Clock) -> None:
    """A visit state that another key signed does not count."""
    _, state = opened(service)
    other = Returns(PROJECTS, VisitStates([OTHER_KEY]), "cf3", store, clock)
    assert not other.receive("shop", returned(cf3=state), browser=BROWSER).state_ok


def test_return_after_a_rotation_of_keys_is_noted(service: LinkService, store: Store, clock: Clock) -> None:
    """A return whose visit state an older key signed writes its outcome."""
    link, state = opened(service, fields={"userid": "user_1"})
    rotated = Returns(PROJECTS, VisitStates([OTHER_KEY, KEY]), "cf3", store, clock)
    assert rotated.receive("shop", returned(cf3=state, userid="user_1"), browser=BROWSER).state_ok
    assert store.get(link.id).outcome is not None


@pytest.mark.parametrize(("after", "state_ok"), [(86_399, True), (86_400, False)])
def test_return_after_a_day_is_not_noted(
    after: float, state_ok: bool, service: LinkService, returns: Returns, clock: Clock
) -> None:
    """A visit state counts for 86,399 seconds, and after 86,400 it does not."""
    _, state = opened(service)
    clock.advance(after)
    assert returns.receive("shop", returned(cf3=state), browser=BROWSER).state_ok is state_ok


def test_return_after_the_link_has_expired_is_noted(
    service: LinkService, returns: Returns, store: Store, clock: Clock
) -> None:
    """A return writes its outcome even if its link has expired, is used up and revoked."""
    link, state = opened(service, max_uses=1)
    store.revoke(link.id, now=NOW)
    clock.advance(3600)
    assert returns.receive("shop", returned(cf3=state), browser=BROWSER).state_ok
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
        returns.receive("shop", returned(cf3=state, kycStatus=status, errorCode=code), browser=BROWSER)
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
        (None, "XX-60001.new", Result.ERROR),
        ("rejected", "SE-50020", Result.REJECTED),
        (None, None, None),
    ],
)
def test_outcome_is_what_the_return_claims(
    status: str | None, code: str | None, result: Result | None, service: LinkService, returns: Returns
) -> None:
    """An outcome has the status of the return, or else "error" for an error code."""
    _, state = opened(service)
    received = returns.receive("shop", returned(cf3=state, kycStatus=status, errorCode=code), browser=BROWSER)
    assert (received.outcome.result, received.outcome.error_code) == (result, code)
    assert received.state_ok


def test_return_of_a_link_that_was_deleted_is_ours_and_nothing_else(returns: Returns) -> None:
    """A return of a deleted link has a genuine visit state, but finds no visit."""
    state = VisitStates([KEY], lambda: NOW).sign(
        new_visit_id("Z" * 16, NOW), project="shop", userid=None, browser=BROWSER
    )
    received = returns.receive("shop", returned(cf3=state), browser=BROWSER)
    assert (received.state_ok, received.visited_link) == (True, None)


def test_return_on_a_site_without_a_store_is_checked_and_not_noted(tmp_path: Path, clock: Clock) -> None:
    """A site without a store checks the visit state and the user id, and finds no visit."""
    service = link_service(tmp_path, clock, "sealed")
    returns = Returns(PROJECTS, VisitStates([KEY], clock), "cf3", service.store, clock)
    _, state = opened(service, max_uses=None, fields={"userid": "user_1"})
    for userid, state_ok in (("user_1", True), ("user_2", False), (None, True)):
        received = returns.receive("shop", returned(cf3=state, userid=userid), browser=BROWSER)
        assert (received.state_ok, received.visited_link) == (state_ok, None)


@pytest.mark.parametrize(
    ("name", "attribute"), [("submissionId", "submission_id"), ("errorCode", "error_code")]
)
def test_id_of_129_characters_is_left_out(  # A1
    name: str, attribute: str, service: LinkService, returns: Returns
) -> None:
    """A submission id or error code of 129 characters is left out, and changes nothing else of the answer."""
    for length, kept in ((128, "x" * 128), (129, None), (5000, None)):
        _, state = opened(service)
        source = returned(**{"cf3": state, name: "x" * length, "kycStatus": "approved"})
        received = returns.receive("shop", source, browser=BROWSER)
        assert (received.state_ok, received.outcome.result) == (True, Result.APPROVED)
        assert getattr(received.outcome, attribute) == kept


@pytest.mark.parametrize("odd", ["a\0b", "\n", "\x7f", "a\u202eb"])
@pytest.mark.parametrize(
    ("name", "attribute"), [("submissionId", "submission_id"), ("errorCode", "error_code")]
)
def test_id_with_characters_that_cannot_be_shown_is_left_out(  # A1
    odd: str, name: str, attribute: str, returns: Returns
) -> None:
    """A submission id or error code with a control character is left out, as one that is too long."""
    received = returns.receive("plain", {name: odd, "kycStatus": "approved"}, browser=BROWSER)
    assert (received.outcome.result, getattr(received.outcome, attribute)) == (Result.APPROVED, None)


@pytest.mark.parametrize("text", ["jane@example.com", "Jane Doe", "제인", "a/b", "x\n", ""])
def test_text_that_is_no_id_is_left_out(text: str, service: LinkService, returns: Returns) -> None:
    """What may be somebody's name or address is kept neither as a submission id nor as an error code."""
    link, state = opened(service)
    source = returned(cf3=state, submissionId=text, errorCode=text, kycStatus=None)
    assert returns.receive("shop", source, browser=BROWSER).state_ok
    outcome = service.store.get(link.id).outcome
    assert outcome is not None
    assert (outcome.submission_id, outcome.error_code) == (None, None)


def test_error_code_of_129_characters_is_an_error_without_a_code(returns: Returns) -> None:  # A1
    """A return with too long an error code is that of an error page."""
    received = returns.receive("shop", returned(kycStatus=None, errorCode="x" * 129), browser=BROWSER)
    assert (received.outcome.result, received.outcome.error_code) == (Result.ERROR, None)


@pytest.mark.parametrize("project", ["other", "", "SHOP", "shop/", "\ud800"])
def test_return_of_an_unknown_project_cannot_be_read(project: str, returns: Returns) -> None:  # A13
    """A return to an unknown project is refused as one of another key."""
    with pytest.raises(DecryptError):
        returns.receive(project, returned(), browser=BROWSER)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (f"{RETURN_URL}?encrypted=AAAA", UntrustedInputError),
        (f"{RETURN_URL}?encrypted={'A' * 64}", DecryptError),
        (f"{RETURN_URL}?kycStatus=approved&kycStatus=rejected", MalformedError),
    ],
)
def test_return_that_cannot_be_read_is_refused(
    source: str | Mapping[str, str], error: type[Exception], returns: Returns
) -> None:
    """A return that liveform cannot read raises liveform's own error."""
    with pytest.raises(error):
        returns.receive("shop", source, browser=BROWSER)


@pytest.mark.parametrize("project", ["shop", "signup"])
@pytest.mark.parametrize("source", ["?kycStatus=approved", {"userid": "u"}, "?errorCode=TK-10001&cf3=x"])
def test_plain_claims_to_a_project_with_a_key_are_refused(  # A2
    project: str, source: str | Mapping[str, str], returns: Returns
) -> None:
    """A project with a key takes no plain claims, except an error code alone."""
    with pytest.raises(MalformedError):
        returns.receive(project, source, browser=BROWSER)
    received = returns.receive(project, "?errorCode=TK-10001", browser=BROWSER)
    assert (received.state_ok, received.outcome.result) == (False, Result.ERROR)


@pytest.mark.parametrize(
    ("keys", "flag", "takes_plain"),
    [
        ({"key": KEY, "cipher": "gcm"}, None, False),
        ({"key": KEY, "cipher": "gcm"}, True, False),
        ({"key": KEY, "cipher": "gcm"}, False, True),
        ({"return_key": KEY}, None, False),
        ({"api_key": KEY}, None, True),
        ({}, None, True),
        ({}, False, True),
    ],
)
def test_option_of_the_project_says_whether_plain_claims_are_taken(  # A2
    keys: dict[str, Any], flag: bool | None, takes_plain: bool, store: Store, clock: Clock
) -> None:
    """A project with a key takes plain claims only if ``return_encrypted`` is False."""
    project = Project("p", return_encrypted=flag, **keys)
    returns = Returns({"own": project}, VisitStates([KEY], clock), "cf3", store, clock)
    if takes_plain:
        received = returns.receive("own", "?kycStatus=approved", browser=BROWSER)
        assert received.outcome.result is Result.APPROVED
    else:
        with pytest.raises(MalformedError):
            returns.receive("own", "?kycStatus=approved", browser=BROWSER)


@pytest.mark.parametrize("max_uses", [1, None])
@pytest.mark.parametrize("browser", [OTHER_BROWSER, None, b""])
def test_return_in_another_browser_is_not_noted(  # A3
    browser: bytes | None, max_uses: int | None, service: LinkService, returns: Returns, store: Store
) -> None:
    """A finished return that is opened in another browser than the one that redeemed writes no outcome."""
    link, state = opened(service, fields={"userid": "user_1"}, max_uses=max_uses)
    received = returns.receive("shop", returned(cf3=state, userid="user_1"), browser=browser)
    assert (received.state_ok, received.other_browser, received.visited_link) == (False, True, None)
    assert store.get(link.id).outcome is None


def test_return_in_another_browser_is_noticed_without_a_store(tmp_path: Path, clock: Clock) -> None:  # A3
    """A site without a store notices that a return comes in another browser."""
    service = link_service(tmp_path, clock, "sealed")
    returns = Returns(PROJECTS, VisitStates([KEY], clock), "cf3", service.store, clock)
    _, state = opened(service, max_uses=None)
    for browser, is_other in ((BROWSER, False), (OTHER_BROWSER, True)):
        assert returns.receive("shop", returned(cf3=state), browser=browser).other_browser is is_other


def test_state_of_another_user_is_not_noted_without_a_user_id(  # A4
    service: LinkService, returns: Returns, store: Store
) -> None:
    """The state of another user, in a return without a user id, counts in that user's browser alone."""
    link, theirs = opened(service, fields={"userid": "user_1"})
    opened(service, fields={"userid": "user_2"})
    received = returns.receive("shop", returned(cf3=theirs), browser=OTHER_BROWSER)
    assert (received.state_ok, received.other_browser) == (False, True)
    assert store.get(link.id).outcome is None


def test_user_id_that_is_no_text_does_not_match(  # A4
    service: LinkService, returns: Returns, store: Store
) -> None:
    """A return whose user id is not text does not count as one without a user id."""
    link, state = opened(service, fields={"userid": "user_1"})
    encrypted = PROJECTS["shop"].encrypt({"kycStatus": "approved", "userid": ["user_1"], "cf3": state})
    assert not returns.receive("shop", {"encrypted": encrypted}, browser=BROWSER).state_ok
    assert store.get(link.id).outcome is None


@pytest.mark.parametrize("status", ["in_review", "APPROVED", "verified"])
def test_unknown_status_is_noted_as_unknown(  # E1
    status: str, service: LinkService, returns: Returns, store: Store
) -> None:
    """A status that the vendor does not document is noted as unknown, without its text."""
    link, state = opened(service)
    received = returns.receive("shop", returned(cf3=state, kycStatus=status), browser=BROWSER)
    assert (received.state_ok, received.outcome.result) == (True, Result.UNKNOWN)
    outcome = store.get(link.id).outcome
    assert outcome is not None
    assert status not in repr(outcome)


def test_earlier_return_that_is_opened_again_takes_nothing_back(  # A6, E2
    service: LinkService, returns: Returns, store: Store, clock: Clock
) -> None:
    """After pending and approved, the first address opened again leaves the link approved."""
    link, state = opened(service)
    addresses = [returned(cf3=state, kycStatus=status) for status in ("pending", "approved")]
    for address in (*addresses, addresses[0]):
        clock.advance(60)
        received = returns.receive("shop", address, browser=BROWSER)
    assert received.shown_outcome.result is Result.APPROVED
    outcome = store.get(link.id).outcome
    assert outcome is not None
    assert outcome.result is Result.APPROVED
    assert received.visited_link is not None
    assert [one.result for one in received.visited_link.visit.returns] == [Result.PENDING, Result.APPROVED]


@pytest.mark.parametrize(
    ("code", "encrypt", "shown"),
    [
        ("TK-10001", True, "TK-10001"),
        ("TK-10099", True, None),
        ("jane@example.com", True, None),
        ("TK-10099", False, "TK-10099"),
        ("jane@example.com", False, None),
        (None, True, None),
    ],
)
def test_error_code_is_public_only_if_it_tells_nothing(  # A1
    code: str | None, encrypt: bool, shown: str | None, returns: Returns
) -> None:
    """Anybody may see an error code of the table, and a plain one; not a text out of ``encrypted``."""
    source = PROJECTS["shop"].build_return(RETURN_URL, {"errorCode": code}, encrypt=encrypt)
    assert returns.receive("shop", source, browser=BROWSER).public_code == shown


@given(st.text(max_size=80) | st.dictionaries(st.sampled_from(["cf3", "kycStatus", "encrypted"]), st.text()))
def test_return_of_anything_is_unstored_or_refused(source: str | dict[str, str]) -> None:
    """A return of any text or claims is refused, or writes nothing to the store."""

    class Nothing:
        """A store that fails the test as soon as it is used."""

        def __getattr__(self, name: str) -> Any:
            return lambda *_, **__: pytest.fail(f"{name} was called")

    store: Any = Nothing()
    try:
        received = Returns(PROJECTS, VisitStates([KEY]), "cf3", store).receive(
            "shop", source, browser=BROWSER
        )
    except UntrustedInputError:
        pass
    else:
        assert not received.state_ok


def test_received_repr_shows_no_link(service: LinkService, returns: Returns) -> None:
    """The repr of a received return shows no user id, because it may end up in a log."""
    _, state = opened(service, fields={"userid": "jane"})
    assert "jane" not in repr(
        returns.receive("shop", returned(cf3=state, userid="jane", email="jane@x.kr"), browser=BROWSER)
    )
