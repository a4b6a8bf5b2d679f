"""Tests of liveform.crypto.keys: how key text becomes key bytes, which are never shown."""

import copy
import dataclasses
import json
import pickle
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vector_files import load_vectors, vector_name

from liveform import Ecb, KeyDerivation, KeyFormatError, SecretKey
from liveform.crypto.keys import as_secret_key
from liveform.hidden_characters import HIDDEN as SHOWING_NOTHING

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
DIGEST = sha256(KEY.encode()).digest()
SHOWN = "SecretKey('**********')"


@dataclasses.dataclass
class Settings:
    """A dataclass of a user's program that holds a key."""

    name: str
    key: SecretKey


@pytest.mark.parametrize("entry", load_vectors("encrypt-ecb"), ids=vector_name)
def test_key_bytes_are_the_sha256_of_the_text(entry: dict[str, Any]) -> None:
    """The key bytes are the SHA-256 of the key text in UTF-8 (vendor page GB-ENC)."""
    assert SecretKey(entry["key"]).expose_bytes().hex() == entry["key_sha256_hex"]


@pytest.mark.parametrize("derivation", ["sha256", KeyDerivation.SHA256])
def test_derivation_may_be_text_or_member(derivation: str) -> None:
    """A derivation may be given as text or as a member of KeyDerivation."""
    assert SecretKey(KEY, derivation=derivation) == SecretKey(KEY)


@pytest.mark.parametrize("text", ["0123456789abcdef0123456789abcdef", "열" * 10 + "ab", "é" * 16])
def test_utf8_derivation_takes_the_bytes_of_the_text(text: str) -> None:
    """The derivation utf8 takes a text of 32 UTF-8 bytes, of however many characters, as the key."""
    assert SecretKey(text, derivation="utf8").expose_bytes() == text.encode()


@pytest.mark.parametrize("text", [DIGEST.hex(), DIGEST.hex().upper()])
def test_hex_derivation_reads_the_digits(text: str) -> None:
    """The derivation hex reads 64 hexadecimal digits in small letters or capitals."""
    assert SecretKey(text, derivation="hex").expose_bytes() == DIGEST


@pytest.mark.parametrize(
    ("text", "derivation"),
    [
        ("x" * 31, "utf8"),
        ("x" * 33, "utf8"),
        ("é" * 32, "utf8"),
        ("ab" * 31, "hex"),
        ("ab" * 33, "hex"),
        ("a" * 63, "hex"),
        ("xy" * 32, "hex"),
        ("٠" * 64, "hex"),
    ],
)
def test_text_that_the_derivation_cannot_use_is_refused(text: str, derivation: str) -> None:
    """A text that does not give 32 bytes is refused by its derivation, without the text."""
    with pytest.raises(KeyFormatError, match=derivation) as caught:
        SecretKey(text, derivation=derivation)
    assert text not in str(caught.value)


@pytest.mark.parametrize("derivation", KeyDerivation)
@pytest.mark.parametrize("text", ["\ud800", "\ud800" * 32, "a" * 63 + "\udfff"])
def test_key_with_a_lone_surrogate_is_refused(text: str, derivation: KeyDerivation) -> None:
    """A key with a lone surrogate is refused under every derivation."""
    with pytest.raises(KeyFormatError, match="surrogate"):
        SecretKey(text, derivation=derivation)


@pytest.mark.parametrize("space", [" ", "\n", "\t"])
def test_hex_derivation_with_white_space_inside_is_refused(space: str) -> None:
    """The derivation hex refuses digits that are separated by white space."""
    with pytest.raises(KeyFormatError):
        SecretKey(space.join(["ab"] * 32), derivation="hex")


@pytest.mark.parametrize("derivation", ["SHA256", "sha1", "", None, 7, [], b"sha256"])
def test_unknown_derivation_is_refused(derivation: Any) -> None:
    """An unknown derivation is refused with the names of the three known ones."""
    with pytest.raises(KeyFormatError, match="must be one of sha256, utf8, hex"):
        SecretKey(KEY, derivation=derivation)


@pytest.mark.parametrize("text", [KEY, "\ud800"])
def test_unknown_derivation_is_never_repeated(text: str) -> None:
    """The error of an unknown derivation does not repeat it, since it may be the key."""
    with pytest.raises(KeyFormatError) as caught:
        SecretKey(text, derivation=f"{KEY}\n")
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("text", [None, 7, KEY.encode(), bytearray(KEY.encode()), [KEY], True])
def test_key_that_is_not_text_is_refused(text: Any) -> None:
    """A key that is not text is refused, and bytes are refused too."""
    with pytest.raises(KeyFormatError, match="must be text"):
        SecretKey(text)


def test_empty_key_is_refused() -> None:
    """An empty key is refused, as an unset variable would give it."""
    with pytest.raises(KeyFormatError, match="must not be empty"):
        SecretKey("")


@pytest.mark.parametrize("text", [" ", "\n", f"{KEY}\n", f"{KEY}\r\n", f" {KEY}", f"\t{KEY}", f"{KEY}\u00a0"])
def test_key_with_white_space_around_is_refused(text: str) -> None:
    """A key with white space or a line break before or behind it is refused."""
    with pytest.raises(KeyFormatError, match="white space"):
        SecretKey(text)


def test_key_with_white_space_inside_is_taken() -> None:
    """A key may have white space inside, which counts like other text."""
    assert SecretKey("two words").expose_bytes() == sha256(b"two words").digest()


def test_raw_key_is_kept_as_it_is() -> None:
    """``from_bytes`` keeps 32 bytes as the key, without a derivation."""
    assert SecretKey.from_bytes(DIGEST).expose_bytes() == DIGEST
    assert SecretKey.from_bytes(DIGEST) == SecretKey(KEY)


@pytest.mark.parametrize("key", [b"", bytes(16), bytes(31), bytes(33), bytearray(32), "x" * 32, None, 32])
def test_raw_key_of_another_length_or_type_is_refused(key: Any) -> None:
    """``from_bytes`` refuses anything but exactly 32 bytes."""
    with pytest.raises(KeyFormatError, match="must be 32 bytes"):
        SecretKey.from_bytes(key)


def test_as_secret_key_takes_text_or_key() -> None:
    """``as_secret_key`` returns a SecretKey itself, and makes one from text."""
    key = SecretKey(KEY)
    assert as_secret_key(key) is key
    assert as_secret_key(KEY) == key


@pytest.mark.parametrize("shape", ["{}", "{!r}", "{!s}", "{!a}", "{0}", "[{}]"])
def test_key_is_masked_in_every_text(shape: str) -> None:
    """repr, str and format show every key as the same mask of ten asterisks."""
    assert shape.format(SecretKey(KEY)).strip("[]") == SHOWN
    assert shape.format(SecretKey("x")).strip("[]") == SHOWN


def test_key_is_masked_in_containers_and_percent_formatting() -> None:
    """A key is masked inside containers and in percent formatting, as in log lines."""
    assert repr([SecretKey(KEY)]) == f"[{SHOWN}]"
    assert "%s %r" % (SecretKey(KEY), {"k": SecretKey(KEY)}) == f"{SHOWN} {{'k': {SHOWN}}}"  # noqa: UP031


def test_key_with_a_format_specification_is_refused_or_masked() -> None:
    """Formatting a key with a width raises a TypeError that does not show it."""
    with pytest.raises(TypeError) as caught:
        f"{SecretKey(KEY):>60}"
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_key_is_never_pickled(protocol: int) -> None:
    """Pickling a key, or anything that holds one, is refused."""
    for value in (SecretKey(KEY), [SecretKey(KEY)], Settings("a", SecretKey(KEY))):
        with pytest.raises(KeyFormatError, match="never pickled"):
            pickle.dumps(value, protocol=protocol)


def test_key_has_no_state_to_hand_out() -> None:
    """A key refuses the methods of pickling, and neither ``vars`` nor JSON can read it."""
    key = SecretKey(KEY)
    with pytest.raises(KeyFormatError):
        key.__getstate__()
    with pytest.raises(KeyFormatError):
        key.__reduce__()
    with pytest.raises(KeyFormatError):
        key.__reduce_ex__(2)
    with pytest.raises(TypeError):
        vars(key)
    with pytest.raises(TypeError):
        json.dumps(key)


def test_copy_of_a_key_is_the_key_itself() -> None:
    """A copy or deep copy of a key is the same object, inside a container too."""
    key = SecretKey(KEY)
    assert copy.copy(key) is key
    assert copy.deepcopy(key) is key
    assert copy.deepcopy({"key": [key]})["key"][0] is key


def test_dump_of_a_dataclass_shows_no_key() -> None:
    """A dataclass that holds a key shows only its mask in asdict, astuple and JSON."""
    settings = Settings("a", SecretKey(KEY))
    assert dataclasses.asdict(settings)["key"] is settings.key
    for text in (
        repr(settings),
        repr(dataclasses.asdict(settings)),
        repr(dataclasses.astuple(settings)),
        json.dumps(dataclasses.asdict(settings), default=str),
    ):
        assert "**********" in text
        assert KEY not in text
        assert DIGEST.hex() not in text
        assert repr(DIGEST)[2:-1] not in text


def test_keys_are_equal_by_their_bytes() -> None:
    """Two keys are equal if their bytes are; a key is never equal to its text or bytes."""
    key = SecretKey(KEY)
    assert key == SecretKey(DIGEST.hex(), derivation="hex")
    assert key != SecretKey(f"{KEY}x")
    assert key != KEY
    assert key != DIGEST
    assert key.__eq__(KEY) is NotImplemented


def test_equal_keys_have_equal_hashes() -> None:
    """Equal keys have equal hashes, so a set holds each key once."""
    assert len({SecretKey(KEY), SecretKey(KEY), SecretKey.from_bytes(DIGEST), SecretKey("x")}) == 2


def test_hash_is_not_the_hash_of_the_bytes() -> None:
    """The hash of a key differs from the hash of its bytes."""
    assert hash(SecretKey(KEY)) != hash(DIGEST)


@pytest.mark.parametrize("holder", [SecretKey(KEY), Ecb(KEY)], ids=["key", "cipher"])
@pytest.mark.parametrize("name", ["_bytes", "_aes", "layout", "anything"])
def test_holder_of_a_key_does_not_change(holder: Any, name: str) -> None:
    """No attribute of a key or cipher can be set or deleted."""
    with pytest.raises(AttributeError, match="does not change"):
        setattr(holder, name, b"x")
    with pytest.raises(AttributeError, match="does not change"):
        delattr(holder, name)


@given(
    st.text(
        st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters=SHOWING_NOTHING), min_size=1
    ).filter(lambda text: text == text.strip())
)
def test_any_text_makes_the_key_of_its_hash(text: str) -> None:
    """Any Unicode text that can be seen, without white space around it, is a key, by its SHA-256."""
    assert SecretKey(text).expose_bytes() == sha256(text.encode()).digest()


@given(st.binary(min_size=32, max_size=32))
def test_any_bytes_come_back_through_hex(key: bytes) -> None:
    """The hexadecimal text of a key and its raw bytes make equal keys."""
    assert SecretKey(key.hex(), derivation="hex") == SecretKey.from_bytes(key)


def test_key_made_again_in_place_is_refused() -> None:
    """Calling ``__init__`` again on a key is refused and does not change it."""
    key = SecretKey("one")
    with pytest.raises(AttributeError):
        key.__init__("another")  # type: ignore[misc]
    assert key == SecretKey("one")


@pytest.mark.parametrize("derivation", ["sha256", "utf8"])
def test_text_of_a_key_can_be_had_for_the_rest_api(derivation: str) -> None:
    """A key that was made of a text gives that text, which the REST API wants in a header."""
    text = "x" * 32
    assert SecretKey(text, derivation=derivation).expose_text() == text


def test_key_of_raw_bytes_has_no_text() -> None:
    """A key of raw bytes has no text to send."""
    with pytest.raises(KeyFormatError, match="raw bytes"):
        SecretKey.from_bytes(DIGEST).expose_text()


HIDDEN = "\0\n\x1b\x7f\x9b\xad\u200b\u200f\u2028\u202e\u2060\ufeff"
HIDDEN += "\u061c\u180e\u2066\u2069\u206f\ufff9\U000e0041"


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("template", ["ab{}c", "{}abc", "abc{}"])
def test_key_with_a_hidden_character_is_refused(hidden: str, template: str) -> None:
    """Control and zero-width characters come from files and web pages; no key has one."""
    with pytest.raises(KeyFormatError):
        SecretKey(template.format(hidden))


def test_key_in_utf_16_is_refused() -> None:
    """A key file in UTF-16 that is read as UTF-8 has a zero byte behind each letter."""
    with pytest.raises(KeyFormatError, match="must not hold control or zero-width characters"):
        SecretKey("k\0e\0y\0")
