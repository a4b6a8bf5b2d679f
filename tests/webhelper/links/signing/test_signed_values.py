"""These tests sign small values with a purpose and a lifetime, and read them back."""

import time
from string import ascii_letters, digits
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sites import KEY, NOW, OTHER_KEY
from vector_files import signed_values, vector_name

from liveform import BadSignatureError, ExpiredError
from webhelper.links.signing.purposes import Purpose
from webhelper.links.signing.signed_values import SignedValues


def read_clock() -> float:
    """Return the time, which the fixture below can change."""
    return time.time()


CODES = SignedValues([KEY], read_clock)
MEMBERS = {"visit": "ABCDEFGHIJKLMNOP", "store": "매장 17", "none": None, "number": 180}


LIFETIMES_S = {
    Purpose.RESULT: 600,
    Purpose.WAIT: 604_800,
    Purpose.HAND_OVER: 600,
    Purpose.RESULT_PAGE: 3600,
    Purpose.KIOSK_TICKET: 900,
    Purpose.KIOSK: 2_592_000,
}
KNOWN = pytest.mark.parametrize("entry", signed_values("codes"), ids=vector_name)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the time as a list of one, which a test changes in place; itsdangerous reads it."""
    times = [NOW]
    monkeypatch.setattr(time, "time", lambda: times[0])
    return times


def purpose_of(entry: dict[str, Any]) -> Purpose:
    """Return the purpose of a known text, such as ``"kiosk ticket"``."""
    return Purpose[entry["purpose"].upper().replace(" ", "_")]


@KNOWN
def test_code_of_known_members_is_the_known_text(
    entry: dict[str, Any], now: list[float], uncompressed: None
) -> None:
    """The same secret, purpose, time and members always give the same signed value."""
    now[0] = entry["now"]
    code = SignedValues(entry["secret_keys"], read_clock).sign(purpose_of(entry), entry["members"])
    assert code == entry["code"]


@KNOWN
@pytest.mark.parametrize("writing", ["code", "deflated_code"])
def test_code_that_is_out_already_is_read(entry: dict[str, Any], writing: str, now: list[float]) -> None:
    """A signed value of an earlier version is read until its lifetime ends, compressed or not."""
    now[0] = entry["now"]
    codes, purpose = SignedValues(entry["secret_keys"], read_clock), purpose_of(entry)
    assert codes.verify(purpose, entry[writing]) == entry["members"]
    now[0] += LIFETIMES_S[purpose] + 1
    with pytest.raises(ExpiredError):
        codes.verify(purpose, entry[writing])


def test_code_purposes_all_have_known_texts() -> None:
    """Every purpose of a signed value has a known text in the vectors."""
    assert {entry["purpose"] for entry in signed_values("codes")} == {
        purpose.salt.split(".")[2] for purpose in LIFETIMES_S
    }


@pytest.mark.parametrize("purpose", LIFETIMES_S)
def test_code_of_each_purpose_comes_back(purpose: Purpose) -> None:
    """A signed value gives its members, and consists of characters for URLs and cookies only."""
    code = CODES.sign(purpose, MEMBERS)
    assert CODES.verify(purpose, code) == MEMBERS
    assert code.isascii()
    assert set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@pytest.mark.parametrize("purpose", LIFETIMES_S)
def test_code_of_one_purpose_is_worth_nothing_for_another(purpose: Purpose) -> None:
    """A signed value of one purpose is refused for every other purpose."""
    code = CODES.sign(purpose, MEMBERS)
    for other in set(LIFETIMES_S) - {purpose}:
        with pytest.raises(BadSignatureError):
            CODES.verify(other, code)


@pytest.mark.parametrize("purpose", LIFETIMES_S)
@pytest.mark.parametrize(
    ("offset", "holds"),
    [(-1, True), (0, True), (1, False), (10**9, False)],
    ids=["before", "at", "after", "far"],
)
def test_code_holds_as_long_as_its_purpose_allows(
    purpose: Purpose, offset: float, holds: bool, now: list[float]
) -> None:
    """A signed value is read up to the last second of its purpose's lifetime."""
    code = CODES.sign(purpose, MEMBERS)
    now[0] += LIFETIMES_S[purpose] + offset
    if holds:
        assert CODES.verify(purpose, code) == MEMBERS
    else:
        with pytest.raises(ExpiredError):
            CODES.verify(purpose, code)


def test_code_that_may_be_over_must_be_ours_all_the_same(now: list[float]) -> None:
    """A signed value is read after its end where it gives no right, and a forged one is not."""
    code = CODES.sign(Purpose.KIOSK_TICKET, MEMBERS)
    now[0] += 10**6
    assert CODES.verify(Purpose.KIOSK_TICKET, code, may_be_over=True) == MEMBERS
    for purpose, text in ((Purpose.KIOSK, code), (Purpose.KIOSK_TICKET, "x" + code[1:])):
        with pytest.raises(BadSignatureError):
            CODES.verify(purpose, text, may_be_over=True)


def test_code_from_the_future_does_not_hold(now: list[float]) -> None:
    """A signed value from 60 seconds in the future counts as expired."""
    code = CODES.sign(Purpose.RESULT, MEMBERS)
    now[0] -= 60
    with pytest.raises(ExpiredError):
        CODES.verify(Purpose.RESULT, code)


def test_code_forged_and_expired_is_a_forgery(now: list[float]) -> None:
    """A forged signed value counts as forged even if it has expired too."""
    code = CODES.sign(Purpose.RESULT, MEMBERS)
    now[0] += 10**6
    with pytest.raises(BadSignatureError):
        CODES.verify(Purpose.RESULT, "x" + code[1:])


def test_code_keys_rotate_newest_first() -> None:
    """The first key signs values, each of the keys reads them, and a removed key does not."""
    old, both = SignedValues([OTHER_KEY]), SignedValues([KEY, OTHER_KEY])
    assert both.verify(Purpose.KIOSK, old.sign(Purpose.KIOSK, MEMBERS)) == MEMBERS
    assert CODES.verify(Purpose.KIOSK, both.sign(Purpose.KIOSK, MEMBERS)) == MEMBERS
    with pytest.raises(BadSignatureError):
        old.verify(Purpose.KIOSK, both.sign(Purpose.KIOSK, MEMBERS))


@pytest.mark.parametrize("at", [0, 5, 20, 40, -60, -50, -30, -10])
def test_code_with_a_character_changed_is_refused(at: int) -> None:
    """A signed value with a character of its members, time or signature changed is refused."""
    code = CODES.sign(Purpose.RESULT, MEMBERS)
    changed = list(code)
    changed[at] = "A" if changed[at] != "A" else "B"
    with pytest.raises(BadSignatureError):
        CODES.verify(Purpose.RESULT, "".join(changed))


def test_code_has_one_text_only() -> None:
    """A signed value with another last character, or with padding, is refused."""
    code = CODES.sign(Purpose.RESULT, MEMBERS)
    for last in ascii_letters + digits + "-_":
        if last != code[-1]:
            with pytest.raises(BadSignatureError):
                CODES.verify(Purpose.RESULT, code[:-1] + last)
    with pytest.raises(BadSignatureError):
        CODES.verify(Purpose.RESULT, code + "=")


@pytest.mark.parametrize(("spare", "characters", "is_read"), [(1452, 1999, True), (1453, 2001, False)])
def test_code_of_more_than_2000_characters_is_refused(
    spare: int, characters: int, is_read: bool, uncompressed: None
) -> None:
    """A genuine signed value of 1,999 characters is read, and one of 2,001 is refused."""
    code = CODES.sign(Purpose.RESULT, {"id": "x" * spare})
    assert len(code) == characters
    if is_read:
        assert CODES.verify(Purpose.RESULT, code) == {"id": "x" * spare}
    else:
        with pytest.raises(BadSignatureError):
            CODES.verify(Purpose.RESULT, code)


@pytest.mark.parametrize("code", ["x" * 2001, "x" * 10**6, "." * 2000])
def test_code_too_long_is_refused(code: str) -> None:
    """A signed value of more than 2,000 characters is refused, forged or genuine."""
    with pytest.raises(BadSignatureError):
        CODES.verify(Purpose.RESULT, code)
    genuine = CODES.sign(Purpose.RESULT, {"random": [str(number * 7919) for number in range(2000)]})
    assert len(genuine) > 2000
    with pytest.raises(BadSignatureError):
        CODES.verify(Purpose.RESULT, genuine)


@given(st.text(st.characters(), max_size=100))
def test_code_of_any_text_raises_only_bad_signature(code: str) -> None:
    """Any text that is not a signed value is refused with the same text for every cause."""
    for purpose in LIFETIMES_S:
        with pytest.raises(BadSignatureError) as caught:
            CODES.verify(purpose, code)
        assert str(caught.value) == BadSignatureError.text


@given(
    st.dictionaries(
        st.text(max_size=10), st.none() | st.booleans() | st.integers() | st.text(max_size=20), max_size=5
    )
)
def test_code_of_any_members_comes_back(members: dict[str, Any]) -> None:
    """Any members that JSON can hold come back from a signed value."""
    assert CODES.verify(Purpose.RESULT, CODES.sign(Purpose.RESULT, members)) == members
