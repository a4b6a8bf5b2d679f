"""These tests hold what every signer promises: one text for one signature, and keys that rotate."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import BadSignature, SignatureExpired
from sites import KEY, NOW, OTHER_KEY, Clock

from webhelper.links.signing.purposes import Purpose
from webhelper.links.signing.signers import BASE32_CHARS, Base32Signer, StrictSigner, timed_serializer

SIGNERS = pytest.mark.parametrize("kind", [StrictSigner, Base32Signer])


def test_each_purpose_has_a_salt_of_its_own() -> None:
    """No two purposes share a salt, so a value of one is worth nothing as another."""
    assert len({purpose.salt for purpose in Purpose}) == len(Purpose)


# The bytes of a signature, and the seconds that it holds; 0 where another rule ends it.
LENGTHS_AND_LIFETIMES = {
    Purpose.LINK: (9, 0),
    Purpose.VISIT_STATE: (16, 86_400),
    Purpose.USERID_TAG: (6, 0),
    Purpose.BROWSER_TAG: (6, 0),
    Purpose.RESULT: (32, 600),
    Purpose.WAIT: (32, 604_800),
    Purpose.HAND_OVER: (32, 600),
    Purpose.RESULT_PAGE: (32, 3600),
    Purpose.KIOSK_TICKET: (32, 900),
    Purpose.KIOSK: (32, 2_592_000),
    Purpose.SESSION: (32, 0),
    Purpose.THROTTLE: (16, 0),
}


@pytest.mark.parametrize("purpose", Purpose)
def test_purpose_has_the_length_and_the_lifetime_of_the_table(purpose: Purpose) -> None:
    """The length and the time of a signature stay as they are: signed values are in browsers and printed."""
    assert (purpose.signature_bytes, purpose.lifetime_s) == LENGTHS_AND_LIFETIMES[purpose]


def test_signature_is_hmac_sha_256_under_a_derived_key() -> None:
    """The standard library computes the same signature from secret, salt and value."""
    key = hmac.digest(KEY.encode(), Purpose.VISIT_STATE.salt.encode(), "sha256")
    signature = urlsafe_b64encode(hmac.digest(key, b"a value", sha256)[:16]).rstrip(b"=")
    assert StrictSigner([KEY], Purpose.VISIT_STATE).get_signature("a value") == signature


@SIGNERS
@given(value=st.text(max_size=50), other=st.text(max_size=50))
def test_signature_holds_for_its_value_alone(kind: type[StrictSigner], value: str, other: str) -> None:
    """A signature verifies with the value that it was made for, and with no other."""
    signer = kind([KEY], Purpose.LINK)
    signature = signer.get_signature(value)
    assert signer.verify_signature(value, signature)
    assert signer.verify_signature(other, signature) is (value == other)


@SIGNERS
def test_signature_has_one_text_only(kind: type[StrictSigner]) -> None:
    """Every other last character is refused, also one that decodes to the same bytes."""
    signer = kind([KEY], Purpose.LINK)
    signature = signer.get_signature(b"a value").decode()
    for last in ascii_letters + digits + "-_=":
        assert signer.verify_signature(b"a value", signature[:-1] + last) is (last == signature[-1])
    assert not signer.verify_signature(b"a value", signature + "=")
    assert not signer.verify_signature(b"a value", "")


@SIGNERS
def test_signer_signs_with_the_newest_key_and_verifies_with_each(kind: type[StrictSigner]) -> None:
    """After a new key is put in front, old signatures hold until the old key is taken out."""
    old, both, new = (kind(keys, Purpose.LINK) for keys in ([OTHER_KEY], [KEY, OTHER_KEY], [KEY]))
    assert both.get_signature("x") == new.get_signature("x") != old.get_signature("x")
    assert both.verify_signature("x", old.get_signature("x"))
    assert not new.verify_signature("x", old.get_signature("x"))


def test_signature_in_base32_has_14_characters() -> None:
    """A signature in base32 has 14 capitals and digits, which are 70 bits."""
    signature = Base32Signer([KEY], Purpose.LINK).get_signature(b"\x00")
    assert len(signature) == BASE32_CHARS == 14
    assert set(signature) <= set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def test_timed_text_holds_by_the_clock_that_is_handed_in() -> None:
    """A text expires by the given clock, one second after its age was allowed."""
    clock = Clock()
    serializer = timed_serializer([KEY], Purpose.RESULT, clock=clock)
    text = serializer.dumps({"a": 1})
    clock.now = NOW + 600
    assert serializer.loads(text, max_age=600) == {"a": 1}
    clock.now = NOW + 601
    with pytest.raises(SignatureExpired):
        serializer.loads(text, max_age=600)


def test_timed_text_has_one_text_only() -> None:
    """A timed text with any other last character is refused."""
    serializer = timed_serializer([KEY], Purpose.RESULT, clock=Clock())
    text = str(serializer.dumps("a value"))
    for last in ascii_letters + digits + "-_":
        if last != text[-1]:
            with pytest.raises(BadSignature):
                serializer.loads(text[:-1] + last)


def test_timed_text_of_an_older_key_is_read() -> None:
    """A serializer reads texts of every key, and writes with the newest."""
    old, both, new = (
        timed_serializer(keys, Purpose.RESULT, clock=Clock())
        for keys in ([OTHER_KEY], [KEY, OTHER_KEY], [KEY])
    )
    assert both.loads(old.dumps(1)) == new.loads(both.dumps(1)) == 1
    with pytest.raises(BadSignature):
        new.loads(old.dumps(1))
