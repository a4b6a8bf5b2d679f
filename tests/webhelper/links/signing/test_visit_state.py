"""webhelper.links.signing.visit_state: which visit comes back, and whose."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import KEY, NOW, OTHER_KEY
from vector_files import signed_values, vector_name

from liveform import sign_state
from webhelper.links.models import new_visit_id
from webhelper.links.signing.visit_state import ReturnedState, VisitStates

VISIT = new_visit_id("A" * 16, NOW)


def read_clock() -> float:
    """Return the time, which the fixture below can change."""
    return time.time()


STATES = VisitStates([KEY], read_clock)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the time, to be changed in place."""
    times = [NOW]
    monkeypatch.setattr(time, "time", lambda: times[0])
    return times


def state(userid: object = "user_1", *, project: str = "shop", states: VisitStates = STATES) -> str:
    """A signed state."""
    return states.sign(VISIT, project=project, userid=userid)


@pytest.mark.parametrize("entry", signed_values("visit states"), ids=vector_name)
def test_state_of_a_known_visit_is_the_known_text(entry: dict[str, Any], now: list[float]) -> None:
    """A state that went out before an update is signed, tagged and read the same after it."""
    now[0] = entry["now"]
    states, project = VisitStates(entry["secret_keys"], read_clock), entry["project"]
    assert states.sign(entry["visit_id"], project=project, userid=entry["userid"]) == entry["state"]
    read = states.verify(entry["state"], project=project, userid=entry["userid"])
    assert read == ReturnedState(entry["visit_id"], userid_matches=True)


def test_state_of_a_visit_comes_back() -> None:
    """With its user id, and without: the dashboard need not send it."""
    for userid in ("user_1", None):
        assert STATES.verify(state(), project="shop", userid=userid) == ReturnedState(
            VISIT, userid_matches=True
        )


def test_state_is_short_and_names_no_user() -> None:
    """About 80 characters for a custom field, and nothing personal."""
    text = state("jane@example.com")
    assert len(text) <= 80
    assert "jane" not in text


@given(st.text(st.characters(), min_size=1, max_size=50), st.text(st.characters(), min_size=1, max_size=50))
def test_state_of_any_user_id_matches_that_one_only(userid: str, other: str) -> None:
    """Whatever a user id is made of."""
    text = state(userid)
    assert STATES.verify(text, project="shop", userid=userid) == ReturnedState(VISIT, userid_matches=True)
    assert STATES.verify(text, project="shop", userid=other) == ReturnedState(VISIT, userid == other)


@pytest.mark.parametrize("userid", [None, 7, ["a"]])
def test_state_without_a_user_id_matches_no_user(userid: Any) -> None:
    """Nobody was sent out with one, so one that comes back is not ours."""
    text = state(userid)
    assert STATES.verify(text, project="shop", userid=None) == ReturnedState(VISIT, userid_matches=True)
    for other in ("-", "", "user_1"):
        assert STATES.verify(text, project="shop", userid=other) == ReturnedState(VISIT, userid_matches=False)


@pytest.mark.parametrize("project", ["signup", "Shop", "shop2", "s"])
def test_state_of_another_project_is_refused(project: str) -> None:
    """It came to the Return URL of a project that it was not sent out by."""
    assert STATES.verify(state(), project=project, userid="user_1") is None


def test_state_of_a_project_whose_name_begins_another_is_refused() -> None:
    """The end of a project's name cannot be moved into the visit's id."""
    short = STATES.sign(f"b{VISIT}", project="a", userid=None)
    assert STATES.verify(short, project="a", userid=None) == ReturnedState(f"b{VISIT}", userid_matches=True)
    assert STATES.verify(short.removeprefix("b"), project="ab", userid=None) is None


def test_state_of_two_keys_is_tagged_by_the_newest() -> None:
    """The user id still matches once the older key is taken out."""
    text = state(states=VisitStates([KEY, OTHER_KEY]))
    assert STATES.verify(text, project="shop", userid="user_1") == ReturnedState(VISIT, userid_matches=True)
    assert STATES.verify(text, project="shop", userid="user_2") == ReturnedState(VISIT, userid_matches=False)


@pytest.mark.parametrize(("characters", "is_read"), [(255, True), (256, True), (257, False)])
def test_state_of_more_than_256_characters_is_refused(characters: int, is_read: bool) -> None:
    """A custom field is read up to 256 characters, even if the signature is ours."""
    rest = len(STATES.sign("", project="shop", userid=None))
    text = STATES.sign("v" * (characters - rest), project="shop", userid=None)
    assert len(text) == characters
    assert (STATES.verify(text, project="shop", userid=None) is not None) is is_read


def test_state_keys_rotate_newest_first() -> None:
    """A restart with a new key loses no visit, and its user id still matches."""
    both = VisitStates([KEY, OTHER_KEY])
    old = state(states=VisitStates([OTHER_KEY]))
    assert both.verify(old, project="shop", userid="user_1") == ReturnedState(VISIT, userid_matches=True)
    assert both.verify(old, project="shop", userid="user_2") == ReturnedState(VISIT, userid_matches=False)
    assert STATES.verify(state(states=both), project="shop", userid="user_1") is not None
    assert STATES.verify(old, project="shop", userid="user_1") is None


@pytest.mark.parametrize(("after", "holds"), [(0, True), (86_399, True), (86_400, False), (864_000, False)])
def test_state_holds_for_a_day(after: float, holds: bool, now: list[float]) -> None:
    """A state is read for 86,400 seconds from the opening of its link."""
    text = state()
    now[0] += after
    assert (STATES.verify(text, project="shop", userid=None) is not None) is holds


def test_state_with_any_character_changed_is_refused() -> None:
    """The visit, the tag, the time and the signature."""
    text = state()
    for at, character in enumerate(text):
        changed = text[:at] + ("B" if character == "A" else "A") + text[at + 1 :]
        assert STATES.verify(changed, project="shop", userid=None) is None


def test_state_of_another_purpose_of_the_same_key_is_refused() -> None:
    """The site may sign states of its own with liveform."""
    other = sign_state(f"{VISIT}.-", subject="shop", purpose="signup", expires_in=900, keys=[KEY])
    assert STATES.verify(other, project="shop", userid=None) is None


@given(st.none() | st.text(st.characters(), max_size=300))
def test_state_of_any_text_is_none(text: str | None) -> None:
    """A custom field that carries what somebody else put there, or nothing."""
    assert STATES.verify(text, project="shop", userid="user_1") is None
