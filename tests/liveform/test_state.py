"""Tests of liveform.state, which signs a short value and verifies it when it comes back."""

import sys
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from math import nextafter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vector_files import load_vectors, vector_name

from liveform import (
    BadSignatureError,
    ConfigError,
    ExpiredError,
    FieldError,
    KeyFormatError,
    LiveformError,
    sign_state,
    verify_state,
)
from liveform.state import _sign, _verify

NEW, OLD = "n" * 32, "o" * 32
NOW = 1_800_000_000.0


def signed(
    value: str = "order-17", *, subject: str = "user_1", purpose: str = "signup", keys: Any = (NEW,)
) -> str:
    """Return a state that lasts 900 seconds."""
    return sign_state(value, subject=subject, purpose=purpose, expires_in=900, keys=keys)


def verified(state: Any, *, subject: str = "user_1", purpose: str = "signup", keys: Any = (NEW,)) -> str:
    """Return the value of a verified state."""
    return verify_state(state, subject=subject, purpose=purpose, keys=keys)


def test_state_comes_back_as_it_was() -> None:
    """A signed value comes back unchanged when its state is verified."""
    assert verified(signed()) == "order-17"


@pytest.mark.parametrize("vector", load_vectors("signed-states"), ids=vector_name)
def test_state_of_a_vector_is_exactly_its_text(
    vector: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same keys, value, subject, purpose and clock always give the same state."""
    monkeypatch.setattr(time, "time", lambda: vector["now"])
    bound = {"subject": vector["subject"], "purpose": vector["purpose"], "keys": vector["keys"]}
    state = sign_state(vector["value"], expires_in=vector["expires_in"], **bound)
    assert state == vector["state"]
    assert verify_state(state, **bound) == vector["value"]


@given(st.text(st.characters(categories=("L", "N", "P", "S")), max_size=128))
def test_state_of_any_printable_value_comes_back(value: str) -> None:
    """Any printable value of up to 128 characters comes back, in any script."""
    assert verified(signed(value)) == value


def test_state_is_short_and_does_not_hold_its_subject() -> None:
    """A state adds 55 characters to its value and holds neither subject nor purpose."""
    state = signed(subject="jane@example.com")
    assert len(state) == len("order-17") + len(".1800000000.") + 43
    assert "jane" not in state
    assert "signup" not in state


@pytest.mark.parametrize("other", [{"subject": "user_2"}, {"purpose": "login"}, {"keys": [OLD]}])
def test_state_for_another_subject_purpose_or_key_is_refused(other: dict[str, Any]) -> None:
    """A state is refused under another subject, another purpose or another key."""
    with pytest.raises(BadSignatureError):
        verified(signed(), **other)


def test_state_parts_cannot_be_shifted_between_subject_and_purpose() -> None:
    """A state is refused if text moves from its purpose to its subject."""
    with pytest.raises(BadSignatureError):
        verified(signed(subject="b", purpose="a.x"), subject="x.b", purpose="a")


def test_state_keys_rotate_newest_first() -> None:
    """The first key signs, and every key of the list verifies."""
    assert verified(signed(keys=[OLD]), keys=[NEW, OLD]) == "order-17"
    assert verified(signed(keys=[NEW, OLD]), keys=[NEW]) == "order-17"
    with pytest.raises(BadSignatureError):
        verified(signed(keys=[NEW, OLD]), keys=[OLD])


@pytest.mark.parametrize(
    ("after", "expired"), [(-1, False), (0, False), (899.9, False), (900, True), (10**9, True)]
)
def test_state_lasts_to_its_expiry_and_no_longer(after: float, expired: bool) -> None:
    """A state of 15 minutes verifies for 899.9 seconds and is expired after 900."""
    state = _sign("v", "s", "p", timedelta(minutes=15), [NEW], now=NOW)
    if expired:
        with pytest.raises(ExpiredError):
            _verify(state, "s", "p", [NEW], now=NOW + after)
    else:
        assert _verify(state, "s", "p", [NEW], now=NOW + after) == "v"


def test_state_forged_and_expired_is_a_forgery() -> None:
    """A state that is both forged and expired is refused for its signature."""
    state = _sign("v", "s", "p", 900, [NEW], now=NOW)
    with pytest.raises(BadSignatureError):
        _verify("w" + state[1:], "s", "p", [NEW], now=NOW + 10**6)


def test_state_with_any_character_changed_is_refused() -> None:
    """A state with any one character changed is refused, the last one included."""
    state = signed()
    for at, character in enumerate(state):
        for other in "AB":
            if other != character:
                with pytest.raises(BadSignatureError):
                    verified(state[:at] + other + state[at + 1 :])


@pytest.mark.parametrize(
    "state", [None, "", "a.b", "....", "x" * 257, 5, b"a.1.b", "v.notanumber.AAAA", "v.1."]
)
def test_state_that_is_none_is_refused(state: Any) -> None:
    """None, other types and text that is not a state raise the same BadSignatureError."""
    with pytest.raises(BadSignatureError) as caught:
        verified(state)
    assert str(caught.value) == BadSignatureError.text


@given(st.text(max_size=60))
def test_state_of_any_text_raises_only_liveform_errors(state: str) -> None:
    """Any text that was not signed is refused with a LiveformError."""
    with pytest.raises(LiveformError):
        verified(state)


@pytest.mark.parametrize("value", ["x" * 129, "line\nbreak", "\ud800", 5, None])
def test_value_that_cannot_be_signed_is_refused(value: Any) -> None:
    """A value that is too long, not printable or not text is refused."""
    with pytest.raises(FieldError) as caught:
        signed(value)
    assert caught.value.field == "value"


@pytest.mark.parametrize("length", [127, 128])
@pytest.mark.parametrize("character", ["x", "한", "🙂"])
def test_value_of_up_to_128_characters_comes_back(character: str, length: int) -> None:
    """A value may have 128 characters, whatever their length in bytes."""
    assert verified(signed(character * length)) == character * length


@pytest.mark.parametrize("character", ["x", "한", "🙂"])
def test_value_of_129_characters_is_refused(character: str) -> None:
    """A value must not have more than 128 characters."""
    with pytest.raises(FieldError, match="up to 128 printable characters") as caught:
        signed(character * 129)
    assert caught.value.field == "value"


@pytest.mark.parametrize("subject", ["", None])
def test_state_of_nobody_is_an_untrusted_failure(subject: Any) -> None:  # T10
    """A visitor without a session has no subject, so that no state is theirs: refused like a forgery."""
    for state in (signed(), None, "forged"):
        with pytest.raises(BadSignatureError):
            verified(state, subject=subject)


@pytest.mark.parametrize("bound", [{"subject": 5}, {"subject": "\ud800"}, {"subject": "", "purpose": ""}])
def test_state_under_a_wrong_binding_is_the_callers_mistake(bound: dict[str, Any]) -> None:  # T10
    """A subject that is not text, or a missing purpose, is a mistake in the program."""
    with pytest.raises(FieldError):
        verified(signed(), **bound)


@pytest.mark.parametrize("text", ["", "\ud800", 5, None])
@pytest.mark.parametrize("name", ["subject", "purpose"])
def test_empty_subject_or_purpose_is_refused(name: str, text: Any) -> None:
    """An empty subject or purpose, or one that is not Unicode text, is refused."""
    arguments: Any = {name: text}
    with pytest.raises(FieldError) as caught:
        signed(**arguments)
    assert caught.value.field == name


@pytest.mark.parametrize("expires_in", [0, 0.5, -1, True, "900", None, float("nan"), float("inf"), 10**10])
def test_expiry_that_is_none_is_refused(expires_in: Any) -> None:
    """An expiry must be a finite number of at least one second, or a timedelta."""
    with pytest.raises(FieldError) as caught:
        sign_state("v", subject="s", purpose="p", expires_in=expires_in, keys=[NEW])
    assert caught.value.field == "expires_in"


@pytest.mark.parametrize("expires_in", [1, 1.0, timedelta(seconds=1), 10**10 - 1, nextafter(10**10, 0)])
def test_expiry_at_either_bound_is_kept(expires_in: Any) -> None:
    """A state may last from one second to just under ten thousand million seconds."""
    seconds = expires_in.total_seconds() if isinstance(expires_in, timedelta) else expires_in
    state = _sign("v", "s", "p", expires_in, [NEW], now=NOW)
    assert _verify(state, "s", "p", [NEW], now=NOW + seconds - 0.5) == "v"
    with pytest.raises(ExpiredError):
        _verify(state, "s", "p", [NEW], now=NOW + seconds + 1)


@pytest.mark.parametrize(
    "expires_in",
    [nextafter(1, 0), timedelta(milliseconds=999), 10**10, float(10**10), timedelta(seconds=10**10)],
)
def test_expiry_just_outside_its_bounds_is_refused(expires_in: Any) -> None:
    """A state must not last less than one second, nor ten thousand million seconds."""
    with pytest.raises(FieldError) as caught:
        _sign("v", "s", "p", expires_in, [NEW], now=NOW)
    assert caught.value.field == "expires_in"


@pytest.mark.parametrize("length", [32, 33])
def test_key_of_32_characters_or_more_is_accepted(length: int) -> None:
    """A key is long enough if it has 32 characters."""
    assert verified(signed(keys=["k" * length]), keys=["k" * length]) == "order-17"


def test_key_of_31_characters_is_refused() -> None:
    """A key is too short if it has 31 characters."""
    with pytest.raises(KeyFormatError, match="at least 32 characters"):
        signed(keys=["k" * 31])


@pytest.mark.parametrize("container", [list, tuple, iter, lambda keys: (key for key in keys)])
def test_keys_in_any_iterable_sign_and_verify_alike(
    container: Callable[[list[str]], Iterable[str]],
) -> None:
    """Keys may come from a list, a tuple, an iterator or a generator."""
    state = signed(keys=container([NEW, OLD]))
    assert verified(state, keys=[NEW]) == "order-17"
    assert verified(signed(keys=[OLD]), keys=container([NEW, OLD])) == "order-17"


@pytest.mark.parametrize("bad", ["k" * 31, b"k" * 32, "\ud800" * 32, None])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_keys_with_one_bad_key_among_good_ones_are_refused(at: int, bad: Any) -> None:
    """A list of keys is refused if any one of its keys cannot be used."""
    keys: list[Any] = [NEW, OLD]
    keys.insert(at, bad)
    with pytest.raises(KeyFormatError):
        signed(keys=keys)
    with pytest.raises(KeyFormatError):
        verified(signed(), keys=keys)


@pytest.mark.parametrize(
    "keys", [[], "x" * 40, b"x" * 40, ["short"], [NEW, ""], [b"x" * 40], None, 5, ["\ud800" * 40]]
)
def test_weak_or_missing_keys_are_refused(keys: Any) -> None:
    """Keys must be a list of texts of at least 32 characters; one text alone is refused."""
    with pytest.raises(KeyFormatError):
        signed(keys=keys)
    with pytest.raises(KeyFormatError):
        verified("a.1.b", keys=keys)


def test_state_without_itsdangerous_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without itsdangerous, the error names the extra ``liveform[state]``."""
    monkeypatch.setitem(sys.modules, "itsdangerous", None)
    with pytest.raises(ConfigError, match=r"liveform\[state\]"):
        signed()
