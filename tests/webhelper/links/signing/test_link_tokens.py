"""These tests sign payloads as link tokens and read them back."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sites import KEY, OTHER_KEY
from vector_files import signed_values, vector_name

from liveform import BadSignatureError
from liveform.qr import Engine, make_qr
from webhelper.links.models import ID_BYTES
from webhelper.links.signing.base32 import from_base32, to_base32
from webhelper.links.signing.link_tokens import LinkTokens
from webhelper.links.signing.purposes import Purpose
from webhelper.links.signing.sealing import Sealer
from webhelper.links.signing.signed_values import SignedValues
from webhelper.links.signing.signers import BASE32_CHARS

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
PAYLOAD = bytes(range(ID_BYTES))
TOKENS = LinkTokens([KEY])
TOKEN = TOKENS.sign(PAYLOAD)


def refused(token: str, tokens: LinkTokens = TOKENS) -> bool:
    """Return whether a token is refused with the one text for all causes."""
    with pytest.raises(BadSignatureError) as caught:
        tokens.verify(token)
    return str(caught.value) == BadSignatureError.text


@pytest.mark.parametrize("entry", signed_values("link tokens"), ids=vector_name)
def test_token_of_a_known_payload_is_the_known_text(entry: dict[str, Any]) -> None:
    """A payload has the same token in every version, so that printed links keep opening."""
    tokens, payload = LinkTokens(entry["secret_keys"]), bytes.fromhex(entry["payload_hex"])
    assert tokens.sign(payload) == entry["token"]
    assert tokens.verify(entry["token"]) == payload


def test_token_of_an_id_is_thirty_characters_of_base32() -> None:
    """The token of an id of 80 bits has 30 characters of base32."""
    assert len(TOKEN) == 30
    assert set(TOKEN) <= set(ALPHABET)


@pytest.mark.parametrize("engine", ["qrcode", "zxing-cpp"])
@pytest.mark.parametrize(("host_chars", "version"), [(12, 4), (29, 4), (30, 5)])
@pytest.mark.parametrize("payload", [bytes(ID_BYTES), b"\xef" * ID_BYTES, PAYLOAD])
def test_link_of_a_host_of_29_characters_fits_version_four(  # L3
    payload: bytes, host_chars: int, version: int, engine: Engine
) -> None:
    """A link on a host of up to 29 characters fits a QR code of version 4 at level M, by either library."""
    host = "a" * (host_chars - 8) + ".example"
    assert make_qr(f"https://{host}/r/{TOKENS.sign(payload)}", level="M", engine=engine).version == version


def test_token_in_lower_case_would_not_fit_version_four() -> None:
    """A link whose token is in small letters too needs a larger QR code."""
    start = f"https://{'a' * 21}.example/r/"
    assert make_qr(start + TOKEN, level="M").version == 4
    assert make_qr(start + TOKEN.lower(), level="M").version == 5


@given(st.binary(min_size=1, max_size=200))
def test_token_of_any_payload_comes_back_in_either_case(payload: bytes) -> None:
    """A token gives its payload in capitals, in small letters and in a mixture of both."""
    token = TOKENS.sign(payload)
    assert TOKENS.verify(token) == TOKENS.verify(token.lower()) == TOKENS.verify(token.swapcase()) == payload


def test_token_of_the_same_payload_is_the_same() -> None:
    """A payload always has the same token under the same key."""
    assert LinkTokens([KEY]).sign(PAYLOAD) == TOKEN


@pytest.mark.parametrize("at", range(30))
def test_token_with_one_character_changed_is_refused(at: int) -> None:
    """A token with any one of its 30 characters changed is refused."""
    for other in ALPHABET.replace(TOKEN[at], ""):
        assert refused(TOKEN[:at] + other + TOKEN[at + 1 :])


@given(st.binary(min_size=1, max_size=60), st.data())
def test_token_of_any_payload_with_one_character_changed_is_refused(
    payload: bytes, data: st.DataObject
) -> None:
    """A token of any length with one character changed is refused."""
    token = TOKENS.sign(payload)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(ALPHABET.replace(token[at], "")))
    assert refused(token[:at] + other + token[at + 1 :])


@given(st.integers(0, ID_BYTES * 8 - 1))
def test_token_of_a_payload_with_one_bit_changed_is_refused(bit: int) -> None:
    """A signature does not fit a payload that differs by one bit."""
    changed = bytearray(PAYLOAD)
    changed[bit // 8] ^= 1 << bit % 8
    assert refused(to_base32(bytes(changed)) + TOKEN[-BASE32_CHARS:])


@pytest.mark.parametrize(
    "change", [TOKEN[:-1], TOKEN[1:], TOKEN + "A", "A" + TOKEN, TOKEN + TOKEN, TOKEN + "="]
)
def test_token_with_characters_more_or_fewer_is_refused(change: str) -> None:
    """A token with characters added or removed is refused."""
    assert refused(change)


@pytest.mark.parametrize("other", ["\u017f", "ｓ", "ş", "Ѕ"])
def test_token_with_a_letter_that_only_looks_like_one_of_ours_is_refused(other: str) -> None:
    """A token with a lookalike of a letter, such as a long s, is refused."""
    token = next(one for one in (TOKENS.sign(bytes([n])) for n in range(256)) if "S" in one)
    assert refused(token.replace("S", other, 1))


@pytest.mark.parametrize("token", ["", "A", "A" * BASE32_CHARS, "A" * 2001, "A" * 10**6])
def test_token_too_short_or_too_long_is_refused(token: str) -> None:
    """A token has 15 to 2,000 characters, and any other is refused before any work."""
    assert refused(token)


def test_token_of_the_largest_size_is_read_and_one_more_is_not() -> None:
    """A token of 2,000 characters is read, and a longer one is refused."""
    payload = bytes(1241)
    token = TOKENS.sign(payload)
    assert len(token) == 2000
    assert TOKENS.verify(token) == payload
    assert refused(TOKENS.sign(payload + b"\0"))


@given(st.text(st.characters(), max_size=60) | st.text(ALPHABET, max_size=60))
@example("\ud800" * 30)
def test_token_of_any_text_raises_only_bad_signature(token: str) -> None:
    """Any text that is not a token of ours is refused with a BadSignatureError."""
    assert refused(token)


def test_token_keys_rotate_newest_first() -> None:
    """The first key signs tokens, and each of the keys reads them."""
    old, both, new = LinkTokens([OTHER_KEY]), LinkTokens([KEY, OTHER_KEY]), LinkTokens([KEY])
    assert both.verify(old.sign(PAYLOAD)) == PAYLOAD
    assert both.sign(PAYLOAD) == new.sign(PAYLOAD) != old.sign(PAYLOAD)
    assert refused(both.sign(PAYLOAD), old)


def test_token_of_an_unknown_key_is_refused() -> None:
    """A token that another key signed is refused."""
    assert refused(LinkTokens([OTHER_KEY]).sign(PAYLOAD))


def test_token_is_worthless_for_another_purpose_of_the_same_key() -> None:
    """A token does not work as a signed value, nor a signed value or sealed data as a token."""
    for purpose in (Purpose.RESULT, Purpose.RESULT_PAGE, Purpose.KIOSK_TICKET, Purpose.KIOSK):
        code = SignedValues([KEY]).sign(purpose, {"link": to_base32(PAYLOAD)})
        assert refused(code)
        with pytest.raises(BadSignatureError):
            SignedValues([KEY]).verify(purpose, TOKEN)
    assert refused(to_base32(Sealer([KEY]).seal(PAYLOAD, b"sealed link")))


def test_token_hides_no_payload() -> None:
    """A token contains its payload in plain, so that it is signed but not secret."""
    assert from_base32(TOKEN[:-BASE32_CHARS]) == PAYLOAD


def test_token_of_an_empty_payload_is_refused() -> None:
    """A genuine signature alone, without a payload before it, is not a token."""
    signature = TOKENS.sign(b"")
    assert len(signature) == 14
    assert refused(signature)
