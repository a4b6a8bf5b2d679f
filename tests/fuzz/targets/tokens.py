"""Targets that read what this project has signed: link tokens, visit states, signed values, states."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from sites import KEY as SECRET
from sites import NOW, OTHER_KEY

from liveform import LiveformError
from liveform.state import _sign, _verify
from tests.fuzz.target import Target
from tests.fuzz.targets.texts import chosen, text_of, with_choice
from webhelper.links.signing.link_tokens import LinkTokens
from webhelper.links.signing.purposes import Purpose
from webhelper.links.signing.sealing import Sealer
from webhelper.links.signing.signed_values import SignedValues
from webhelper.links.signing.visit_state import VisitStates
from webhelper.links.stores.stateless import StatelessStore
from webhelper.links.visit_ids import earliest_visit_id
from webhelper.visitor.typed_text import signed_value_in, token_in

_KEYS: Final = [SECRET, OTHER_KEY]


def _clock() -> float:
    return NOW


_TOKENS: Final = LinkTokens(_KEYS)
_VALUES: Final = SignedValues(_KEYS, _clock)
_STATES: Final = VisitStates(_KEYS, _clock)
_STORE: Final = StatelessStore(Sealer(_KEYS))
_BROWSER: Final = bytes(32)
_SIGNED: Final = _VALUES.sign(Purpose.RESULT, {"v": "visit", "n": 1})
_TOKEN: Final = _TOKENS.sign(bytes(range(10)))
# Each is the same in every process, so that an input of another one is not taken for a forgery.
_VISIT: Final = earliest_visit_id("A" * 16, NOW) + "0" * 10
_STATE: Final = _STATES.sign(_VISIT, project="shop", userid="user_1", browser=_BROWSER)
_OURS: Final = _sign("order-17", "user_1", "signup", 900, _KEYS, now=NOW)
_OLD: Final = _sign("order-17", "user_1", "signup", 900, _KEYS, now=NOW - 900)


class ForgedError(AssertionError):
    """A text was taken for ours that we have not written."""


def _link_token(data: bytes) -> None:
    token = token_in(text_of(data))
    if _TOKENS.sign(_TOKENS.verify(token)) != token.upper():
        raise ForgedError("one link has two tokens")


def _sealed_link(data: bytes) -> None:
    """A payload of a token that we signed is refused all the same, unless we sealed it."""
    _STORE.find(data)


def _signed_value(data: bytes) -> None:
    text = signed_value_in(text_of(data))
    for purpose in (Purpose.RESULT, Purpose.WAIT, Purpose.KIOSK):
        try:
            _VALUES.verify(purpose, text)
        except LiveformError:
            continue
        if text != _SIGNED:
            raise ForgedError("a signed value that nobody signed")


def _visit_state(data: bytes) -> None:
    text = text_of(data)
    read = _STATES.verify(text, project="shop", userid="user_1", browser=_BROWSER)
    if (read or _STATES.verify_submitted(text, project="shop", userid=None)) and text != _STATE:
        raise ForgedError("a state that nobody signed")


def _state(data: bytes) -> None:
    text = text_of(data)
    _verify(text, "user_1", "signup", _KEYS, now=NOW)
    if text != _OURS:
        raise ForgedError("a state that nobody signed")


def _signed_again(data: bytes) -> None:
    """What can be signed is verified as it was."""
    value = text_of(data)[:128]
    state = _sign(value, "s", "p", 9, _KEYS, now=NOW)
    if _verify(state, "s", "p", _KEYS, now=NOW) != value:
        raise AssertionError("another value, once it was signed")


_READERS: Final = (_link_token, _sealed_link, _signed_value, _visit_state, _state, _signed_again)
_WRITTEN: Final = (_TOKEN, "AAAA", _SIGNED, _STATE, _OURS, "order-17")


def _changed(text: str) -> st.SearchStrategy[bytes]:
    """Return a strategy of a text with a part of it replaced."""
    places = st.integers(0, len(text))
    return st.tuples(places, places, st.text(max_size=5)).map(
        lambda drawn: (text[: drawn[0]] + drawn[2] + text[drawn[1] :]).encode(errors="surrogatepass")
    )


TARGETS: Final = (
    Target(
        "tokens",
        lambda data: chosen(data, *_READERS),
        (
            *tuple(bytes([place]) + text.encode() for place, text in enumerate(_WRITTEN)),
            b"\x04" + _OLD.encode(),
        ),
        with_choice(*(_changed(text) for text in _WRITTEN)),
        2_000,
    ),
)
