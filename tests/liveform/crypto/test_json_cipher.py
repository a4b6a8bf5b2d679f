"""Tests of liveform.crypto.json_cipher, which encrypts fields and decrypts with rotating keys."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vector_files import load_vectors, vector_name

from liveform import DecryptError, Ecb, EcbLayout, FieldError, Gcm, LiveformError, MalformedError
from liveform.crypto.ciphers import Cipher
from liveform.crypto.engines import EngineName
from liveform.crypto.json_cipher import JsonCipher
from liveform.wire.encoding import MAX_TEXT_CHARS

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
REJECTS = load_vectors("reject")
MALFORMED = {"empty", "not-base64", "inner-padding"}
OLDER = "the key before"
OLDEST = "the key before that"


def cipher_of(entry: dict[str, Any], engine: EngineName) -> Cipher:
    """Return the cipher that a vector is made for."""
    kind = Ecb if entry["cipher"] == "ecb" else Gcm
    return kind(entry["key"], engine=engine)


class Watched:
    """ECB under a key, which tells when it is asked to open something."""

    def __init__(self, name: str, asked: list[str]) -> None:
        self.name = name
        self.asked = asked
        self.encrypt, self.decrypt = Ecb(name).encrypt, Ecb(name).decrypt

    @property
    def layout(self) -> EcbLayout:
        """Write down the name, and return the layout that a text is read with."""
        self.asked.append(self.name)
        return EcbLayout()


@pytest.mark.parametrize("entry", load_vectors("encrypt-ecb") + load_vectors("encrypt-gcm"), ids=vector_name)
def test_vector_is_opened_and_ecb_is_written(engine: EngineName, entry: dict[str, Any]) -> None:
    """Each vector decrypts to its fields, and ECB encrypts these to the vector's text."""
    payload = JsonCipher(cipher_of(entry, engine))
    assert payload.decrypt(entry["encrypted"]) == entry["fields"]
    assert payload.decrypt(payload.encrypt(entry["fields"])) == entry["fields"]
    if entry["cipher"] == "ecb":
        assert payload.encrypt(entry["fields"]) == entry["encrypted"]


@pytest.mark.parametrize("entry", REJECTS, ids=vector_name)
def test_reject_vector_is_refused(engine: EngineName, entry: dict[str, Any]) -> None:
    """Each reject vector is malformed if no key is needed to see it, else a DecryptError."""
    with pytest.raises(LiveformError) as caught:
        JsonCipher(cipher_of(entry, engine)).decrypt(entry["encrypted"])
    error = caught.value
    if entry["name"] in MALFORMED:
        assert type(error) is MalformedError
    else:
        assert (type(error), str(error), error.args) == (DecryptError, DecryptError.text, ())


@pytest.mark.parametrize("entry", REJECTS, ids=vector_name)
def test_reject_vector_is_refused_the_same_with_more_keys(engine: EngineName, entry: dict[str, Any]) -> None:
    """A reject vector raises the same error with more keys in rotation."""
    current = cipher_of(entry, engine)
    previous = [cipher_of({**entry, "key": key}, engine) for key in (OLDER, entry["key"])]
    with pytest.raises(LiveformError) as alone:
        JsonCipher(current).decrypt(entry["encrypted"])
    with pytest.raises(LiveformError) as rotated:
        JsonCipher(previous[0], current, *previous).decrypt(entry["encrypted"])
    assert type(rotated.value) is type(alone.value)
    assert str(rotated.value) == str(alone.value)


def test_rejects_are_all_known() -> None:
    """The file of rejects has 23 entries, with the three malformed ones among them."""
    assert {entry["name"] for entry in REJECTS} >= MALFORMED
    assert len(REJECTS) == 23


def test_current_key_writes() -> None:
    """The current key encrypts, whatever previous keys there are."""
    current = Ecb(KEY)
    payload = JsonCipher(current, Ecb(OLDER), Ecb(OLDEST))
    assert payload.encrypt({"a": 1}) == Ecb(KEY).encrypt_text('{"a":1}')
    assert payload.mode is current


@pytest.mark.parametrize("key", [KEY, OLDER, OLDEST])
def test_every_key_in_rotation_reads(key: str) -> None:
    """The current key and each previous key decrypt a text of their own."""
    payload = JsonCipher(Ecb(KEY), Ecb(OLDER), Ecb(OLDEST))
    assert payload.decrypt(Ecb(key).encrypt_text('{"a":1}')) == {"a": 1}


def test_key_outside_the_rotation_does_not_read() -> None:
    """A text under a key that is no longer listed raises a DecryptError."""
    with pytest.raises(DecryptError):
        JsonCipher(Ecb(KEY), Ecb(OLDER)).decrypt(Ecb(OLDEST).encrypt_text('{"a":1}'))


@pytest.mark.parametrize(
    ("key", "order"),
    [(KEY, [KEY]), (OLDER, [KEY, OLDER]), (OLDEST, [KEY, OLDER, OLDEST])],
)
def test_keys_are_tried_in_order_until_one_opens(key: str, order: list[str]) -> None:
    """The keys are tried in order, the current one first, until one decrypts."""
    asked: list[str] = []
    payload = JsonCipher(Watched(KEY, asked), Watched(OLDER, asked), Watched(OLDEST, asked))
    assert payload.decrypt(Ecb(key).encrypt_text('{"a":1}')) == {"a": 1}
    assert asked == order


def test_all_keys_are_tried_before_it_is_refused() -> None:
    """All keys are tried before a text is refused, but only one for malformed text."""
    asked: list[str] = []
    payload = JsonCipher(Watched(KEY, asked), Watched(OLDER, asked))
    with pytest.raises(DecryptError):
        payload.decrypt(Ecb("another").encrypt_text('{"a":1}'))
    assert asked == [KEY, OLDER]
    with pytest.raises(MalformedError):
        payload.decrypt("*")
    assert asked == [KEY, OLDER, KEY]


def test_text_that_opens_but_is_no_object_is_tried_with_the_next_key() -> None:
    """A text that decrypts to something other than a JSON object is tried with the next key."""
    text = Ecb(KEY).encrypt_text("no object")
    asked: list[str] = []
    with pytest.raises(DecryptError) as caught:
        JsonCipher(Watched(KEY, asked), Watched(OLDER, asked)).decrypt(text)
    assert asked == [KEY, OLDER]
    assert str(caught.value) == DecryptError.text


@pytest.mark.parametrize("cipher", [Ecb(KEY), Gcm(KEY)], ids=["ecb", "gcm"])
def test_text_of_the_longest_length_is_written_and_read(cipher: Cipher) -> None:
    """Fields that fill 65,536 characters are read back, and 29 bytes more are refused."""
    payload = JsonCipher(cipher)
    room = MAX_TEXT_CHARS // 4 * 3 - len('{"a":""}') - 28  # nonce and tag, or padding
    longest = {"a": "x" * room}
    assert payload.decrypt(payload.encrypt(longest)) == longest
    with pytest.raises(FieldError, match="more than 65536 characters") as caught:
        payload.encrypt({"a": "x" * (room + 29)})
    assert caught.value.field == "fields"


def test_members_that_are_not_json_are_a_field_error() -> None:
    """Fields that are not JSON are refused with a FieldError."""
    with pytest.raises(FieldError, match="must be JSON"):
        JsonCipher(Ecb(KEY)).encrypt({"a": {1, 2}})


@given(st.text(max_size=100) | st.binary(max_size=96).map(Ecb(KEY).layout.write))
def test_any_text_raises_only_our_errors(text: str) -> None:
    """Text that nobody encrypted raises a MalformedError or a DecryptError."""
    with pytest.raises((MalformedError, DecryptError)):
        JsonCipher(Ecb(KEY), Ecb(OLDER)).decrypt(text)


@given(st.text(max_size=60))
def test_any_plaintext_that_is_no_object_is_one_error(plaintext: str) -> None:
    """A plaintext that is not a JSON object raises the same DecryptError as a wrong key."""
    text = Ecb(KEY).encrypt_text(f"x{plaintext}")
    with pytest.raises(DecryptError) as caught:
        JsonCipher(Ecb(KEY)).decrypt(text)
    assert str(caught.value) == DecryptError.text
