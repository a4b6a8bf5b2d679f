"""These tests sign visit states, and read which visit comes back and whether it is the same user."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import KEY, NOW, OTHER_KEY
from vector_files import signed_values, vector_name

from liveform import sign_state
from webhelper.links.signing.visit_state import ReturnedState, SubmittedState, VisitStates
from webhelper.links.visit_ids import new_visit_id

BROWSER, OTHER_BROWSER = b"b" * 32, b"o" * 32
VISIT = new_visit_id("A" * 16, NOW)


def read_clock() -> float:
    """Return the time, which the fixture below can change."""
    return time.time()


STATES = VisitStates([KEY], lambda: NOW)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the time, to be changed in place."""
    times = [NOW]
    monkeypatch.setattr(time, "time", lambda: times[0])
    return times


def state(userid: object = "user_1", *, project: str = "shop", states: VisitStates = STATES) -> str:
    """Return the signed state of VISIT."""
    return states.sign(VISIT, project=project, userid=userid, browser=BROWSER)


def read(
    text: str | None, *, project: str = "shop", userid: str | None = None, states: VisitStates = STATES
) -> ReturnedState | None:
    """Return what a state says to the browser of VISIT."""
    return states.verify(text, project=project, userid=userid, browser=BROWSER)


def of_visit(*, userid_matches: bool = True, browser_matches: bool = True) -> ReturnedState:
    """Return what a state of VISIT says."""
    return ReturnedState(VISIT, userid_matches, browser_matches)


@pytest.mark.parametrize("entry", signed_values("visit states"), ids=vector_name)
def test_state_of_a_known_visit_is_the_known_text(entry: dict[str, Any], now: list[float]) -> None:
    """The same visit, project, user id and browser give the same visit state in every version."""
    now[0] = entry["now"]
    states, project = VisitStates(entry["secret_keys"], read_clock), entry["project"]
    browser = None if entry["browser_hex"] is None else bytes.fromhex(entry["browser_hex"])
    made = states.sign(entry["visit_id"], project=project, userid=entry["userid"], browser=browser)
    assert made == entry["state"]
    told = states.verify(entry["state"], project=project, userid=entry["userid"], browser=browser)
    assert told == ReturnedState(entry["visit_id"], userid_matches=True, browser_matches=browser is not None)


@pytest.mark.parametrize("entry", signed_values("visit states that are refused"), ids=vector_name)
def test_state_of_a_version_without_a_browser_is_refused(entry: dict[str, Any]) -> None:  # A3
    """A visit state of a version that was not bound to a browser is refused."""
    states = VisitStates(entry["secret_keys"], lambda: entry["now"])
    assert read(entry["state"], project=entry["project"], userid=entry["userid"], states=states) is None


def test_state_is_bound_to_the_browser_that_redeemed() -> None:  # A3
    """A visit state says that its browser matches to that browser, and to no other and to none."""
    text = state()
    for browser, matches in ((BROWSER, True), (OTHER_BROWSER, False), (b"", False), (None, False)):
        told = STATES.verify(text, project="shop", userid="user_1", browser=browser)
        assert told == of_visit(browser_matches=matches)


@pytest.mark.parametrize("browser", [BROWSER, None, b"", b"-"])
def test_state_of_no_browser_matches_none(browser: bytes | None) -> None:  # A4
    """A visit state that was made for no browser matches no browser."""
    text = STATES.sign(VISIT, project="shop", userid=None, browser=None)
    told = STATES.verify(text, project="shop", userid=None, browser=browser)
    assert told == of_visit(browser_matches=False)


def test_state_of_two_keys_knows_its_browser_after_a_rotation() -> None:  # A3
    """A visit state of an older key still says whether the browser is the one that redeemed."""
    old = state(states=VisitStates([OTHER_KEY], lambda: NOW))
    both = VisitStates([KEY, OTHER_KEY], lambda: NOW)
    for browser, matches in ((BROWSER, True), (OTHER_BROWSER, False)):
        told = both.verify(old, project="shop", userid=None, browser=browser)
        assert told == of_visit(browser_matches=matches)


def test_state_of_a_visit_comes_back() -> None:
    """A visit state gives its visit, whether the return has the user id or none."""
    for userid in ("user_1", None):
        assert read(state(), userid=userid) == of_visit()


def test_state_is_short_and_names_no_user() -> None:
    """A visit state has at most 80 characters and does not contain the user id."""
    text = state("jane@example.com")
    assert len(text) <= 80
    assert "jane" not in text


@given(st.text(st.characters(), min_size=1, max_size=50), st.text(st.characters(), min_size=1, max_size=50))
def test_state_of_any_user_id_matches_that_one_only(userid: str, other: str) -> None:
    """A visit state matches the user id that it was signed for, and no other."""
    text = state(userid)
    assert read(text, userid=userid) == of_visit()
    assert read(text, userid=other) == of_visit(userid_matches=userid == other)


@pytest.mark.parametrize("userid", [None, 7, ["a"]])
def test_state_without_a_user_id_matches_no_user(userid: Any) -> None:
    """A visit state without a user id does not match a return that has one."""
    text = state(userid)
    assert read(text) == of_visit()
    for other in ("-", "", "user_1"):
        assert read(text, userid=other) == of_visit(userid_matches=False)


@pytest.mark.parametrize("project", ["signup", "Shop", "shop2", "s"])
def test_state_of_another_project_is_refused(project: str) -> None:
    """A visit state is refused at the Return URL of another project."""
    assert read(state(), project=project, userid="user_1") is None


def test_state_of_a_project_whose_name_begins_another_is_refused() -> None:
    """The end of a project's name cannot be moved into the visit id of a visit state."""
    visit = new_visit_id("b" + "A" * 15, NOW)
    short = STATES.sign(visit, project="a", userid=None, browser=BROWSER)
    assert read(short, project="a") == ReturnedState(visit, userid_matches=True, browser_matches=True)
    assert read(short.removeprefix("b"), project="ab") is None


def test_state_of_two_keys_is_tagged_by_the_newest() -> None:
    """The newest key tags the user id, which still matches when the older key is removed."""
    text = state(states=VisitStates([KEY, OTHER_KEY], lambda: NOW))
    assert read(text, userid="user_1") == of_visit()
    assert read(text, userid="user_2") == of_visit(userid_matches=False)


def test_state_of_more_than_256_characters_is_refused() -> None:
    """A visit state of more than 256 characters is refused without a look at its signature."""
    text = state()
    assert read("x" * (256 - len(text)) + text) is None
    assert read("x" * (257 - len(text)) + text) is None
    assert len(text) < 256


def test_state_keys_rotate_newest_first() -> None:
    """A visit state of an older key is read with its user id until that key is removed."""
    both = VisitStates([KEY, OTHER_KEY], lambda: NOW)
    old = state(states=VisitStates([OTHER_KEY], lambda: NOW))
    assert read(old, userid="user_1", states=both) == of_visit()
    assert read(old, userid="user_2", states=both) == of_visit(userid_matches=False)
    assert read(state(states=both), userid="user_1") is not None
    assert read(old, userid="user_1") is None


@pytest.mark.parametrize(("after", "holds"), [(0, True), (86_399, True), (86_400, False), (864_000, False)])
def test_state_holds_for_a_day(after: float, holds: bool, now: list[float]) -> None:
    """A visit state is read for 86,399 seconds after the visit, and refused after 86,400."""
    now[0] += after
    assert (read(state(), states=VisitStates([KEY], read_clock)) is not None) is holds


def test_state_with_any_character_changed_is_refused() -> None:
    """A visit state with any character changed is refused."""
    text = state()
    for at, character in enumerate(text):
        changed = text[:at] + ("B" if character == "A" else "A") + text[at + 1 :]
        assert read(changed) is None


def test_state_of_another_purpose_of_the_same_key_is_refused() -> None:
    """A state that the site signed with liveform for another purpose is refused."""
    other = sign_state(f"{VISIT}.-", subject="shop", purpose="signup", expires_in=900, keys=[KEY])
    assert read(other) is None


@given(st.none() | st.text(st.characters(), max_size=300))
def test_state_of_any_text_is_none(text: str | None) -> None:
    """Any text that is not a visit state is refused without an error."""
    assert read(text, userid="user_1") is None


def submitted(
    text: str | None, *, project: str = "shop", userid: str | None = None, states: VisitStates = STATES
) -> SubmittedState | None:
    """Return what a state says that the vendor gives."""
    return states.verify_submitted(text, project=project, userid=userid)


@pytest.mark.parametrize(
    ("userid", "matches"), [("user_1", True), (None, True), ("user_2", False), ("", False)]
)
def test_state_that_the_vendor_gives_names_the_visit_and_compares_the_user(
    userid: str | None, matches: bool
) -> None:
    """A state that the vendor gives says which visit it is, and whether the user id beside it is its own."""
    assert submitted(state(), userid=userid) == SubmittedState(VISIT, userid_matches=matches)


def test_state_of_a_visit_without_a_user_id_matches_no_user_id() -> None:
    """A state of a visit that had no user id matches no user id that the vendor gives."""
    assert submitted(state(None), userid="user_1") == SubmittedState(VISIT, userid_matches=False)
    assert submitted(state(None)) == SubmittedState(VISIT, userid_matches=True)


@pytest.mark.parametrize("later_s", [0, 86_399, 86_400, 90 * 86_400, 10**9])
def test_state_that_the_vendor_gives_has_no_end(later_s: int) -> None:
    """A state that the vendor gives is read whenever it comes: a review takes days."""
    states = VisitStates([KEY], lambda: NOW + later_s)
    assert submitted(state(), states=states) == SubmittedState(VISIT, userid_matches=True)


def test_state_that_the_vendor_gives_needs_no_browser() -> None:
    """A state that was bound to no browser is read too when the vendor gives it."""
    text = STATES.sign(VISIT, project="shop", userid="user_1", browser=None)
    assert submitted(text, userid="user_1") == SubmittedState(VISIT, userid_matches=True)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "table-4",
        "....",
        state() + "A",
        state()[:-1],
        state().swapcase(),
        f" {state()}",
        state("user_1", states=VisitStates([OTHER_KEY], lambda: NOW)),
        state(project="other"),
        "a" * 100_000,
        "\u00e9" * 80,
        sign_state("x", subject="user_1", purpose="p", expires_in=9, keys=[KEY]),
    ],
    ids=range(13),  # each process of a run signs other texts
)
def test_text_that_is_no_state_of_this_project_is_none(text: str | None) -> None:
    """A text that this site did not sign for this project names no visit, whoever gives it."""
    assert submitted(text) is None
