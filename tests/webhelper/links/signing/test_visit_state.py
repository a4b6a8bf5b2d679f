"""These tests sign visit states, and read which visit comes back and whether it is the same user."""

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
    """Return the signed state of VISIT."""
    return states.sign(VISIT, project=project, userid=userid)


@pytest.mark.parametrize("entry", signed_values("visit states"), ids=vector_name)
def test_state_of_a_known_visit_is_the_known_text(entry: dict[str, Any], now: list[float]) -> None:
    """The same visit, project, user id and time give the same visit state in every version."""
    now[0] = entry["now"]
    states, project = VisitStates(entry["secret_keys"], read_clock), entry["project"]
    assert states.sign(entry["visit_id"], project=project, userid=entry["userid"]) == entry["state"]
    read = states.verify(entry["state"], project=project, userid=entry["userid"])
    assert read == ReturnedState(entry["visit_id"], userid_matches=True)


def test_state_of_a_visit_comes_back() -> None:
    """A visit state gives its visit, whether the return has the user id or none."""
    for userid in ("user_1", None):
        assert STATES.verify(state(), project="shop", userid=userid) == ReturnedState(
            VISIT, userid_matches=True
        )


def test_state_is_short_and_names_no_user() -> None:
    """A visit state has at most 80 characters and does not contain the user id."""
    text = state("jane@example.com")
    assert len(text) <= 80
    assert "jane" not in text


@given(st.text(st.characters(), min_size=1, max_size=50), st.text(st.characters(), min_size=1, max_size=50))
def test_state_of_any_user_id_matches_that_one_only(userid: str, other: str) -> None:
    """A visit state matches the user id that it was signed for, and no other."""
    text = state(userid)
    assert STATES.verify(text, project="shop", userid=userid) == ReturnedState(VISIT, userid_matches=True)
    assert STATES.verify(text, project="shop", userid=other) == ReturnedState(VISIT, userid == other)


@pytest.mark.parametrize("userid", [None, 7, ["a"]])
def test_state_without_a_user_id_matches_no_user(userid: Any) -> None:
    """A visit state without a user id does not match a return that has one."""
    text = state(userid)
    assert STATES.verify(text, project="shop", userid=None) == ReturnedState(VISIT, userid_matches=True)
    for other in ("-", "", "user_1"):
        assert STATES.verify(text, project="shop", userid=other) == ReturnedState(VISIT, userid_matches=False)


@pytest.mark.parametrize("project", ["signup", "Shop", "shop2", "s"])
def test_state_of_another_project_is_refused(project: str) -> None:
    """A visit state is refused at the Return URL of another project."""
    assert STATES.verify(state(), project=project, userid="user_1") is None


def test_state_of_a_project_whose_name_begins_another_is_refused() -> None:
    """The end of a project's name cannot be moved into the visit id of a visit state."""
    short = STATES.sign(f"b{VISIT}", project="a", userid=None)
    assert STATES.verify(short, project="a", userid=None) == ReturnedState(f"b{VISIT}", userid_matches=True)
    assert STATES.verify(short.removeprefix("b"), project="ab", userid=None) is None


def test_state_of_two_keys_is_tagged_by_the_newest() -> None:
    """The newest key tags the user id, which still matches when the older key is removed."""
    text = state(states=VisitStates([KEY, OTHER_KEY]))
    assert STATES.verify(text, project="shop", userid="user_1") == ReturnedState(VISIT, userid_matches=True)
    assert STATES.verify(text, project="shop", userid="user_2") == ReturnedState(VISIT, userid_matches=False)


@pytest.mark.parametrize(("characters", "is_read"), [(255, True), (256, True), (257, False)])
def test_state_of_more_than_256_characters_is_refused(characters: int, is_read: bool) -> None:
    """A visit state of 256 characters is read, and one of 257 is refused."""
    rest = len(STATES.sign("", project="shop", userid=None))
    text = STATES.sign("v" * (characters - rest), project="shop", userid=None)
    assert len(text) == characters
    assert (STATES.verify(text, project="shop", userid=None) is not None) is is_read


def test_state_keys_rotate_newest_first() -> None:
    """A visit state of an older key is read with its user id until that key is removed."""
    both = VisitStates([KEY, OTHER_KEY])
    old = state(states=VisitStates([OTHER_KEY]))
    assert both.verify(old, project="shop", userid="user_1") == ReturnedState(VISIT, userid_matches=True)
    assert both.verify(old, project="shop", userid="user_2") == ReturnedState(VISIT, userid_matches=False)
    assert STATES.verify(state(states=both), project="shop", userid="user_1") is not None
    assert STATES.verify(old, project="shop", userid="user_1") is None


@pytest.mark.parametrize(("after", "holds"), [(0, True), (86_399, True), (86_400, False), (864_000, False)])
def test_state_holds_for_a_day(after: float, holds: bool, now: list[float]) -> None:
    """A visit state is read for 86,399 seconds after it was signed, and refused after 86,400."""
    text = state()
    now[0] += after
    assert (STATES.verify(text, project="shop", userid=None) is not None) is holds


def test_state_with_any_character_changed_is_refused() -> None:
    """A visit state with any character changed is refused."""
    text = state()
    for at, character in enumerate(text):
        changed = text[:at] + ("B" if character == "A" else "A") + text[at + 1 :]
        assert STATES.verify(changed, project="shop", userid=None) is None


def test_state_of_another_purpose_of_the_same_key_is_refused() -> None:
    """A state that the site signed with liveform for another purpose is refused."""
    other = sign_state(f"{VISIT}.-", subject="shop", purpose="signup", expires_in=900, keys=[KEY])
    assert STATES.verify(other, project="shop", userid=None) is None


@given(st.none() | st.text(st.characters(), max_size=300))
def test_state_of_any_text_is_none(text: str | None) -> None:
    """Any text that is not a visit state is refused without an error."""
    assert STATES.verify(text, project="shop", userid="user_1") is None
