"""Tests of liveform.layout_search, which tries every layout on a text that is decoded once."""

import json
import secrets
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import Cbc, Ecb, Gcm, SecretKey, layout_search
from liveform.crypto.engines import choose
from liveform.layout_search import EncryptedText, Match, cbc_layouts, gcm_layouts
from liveform.wire import encoding as encoding_module

KEY = SecretKey("KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe")
LONG = json.dumps([{"submission_id": f"s{number}"} for number in range(200)])


def matches(text: str, key: SecretKey = KEY) -> list[Match]:
    """Return what opens a text."""
    return list(EncryptedText(text).matches(key))


@pytest.mark.parametrize("plaintext", [LONG, '{"a":1}', "[]", '{"a":{"b":[1,2,{"c":null}]}}'])
@pytest.mark.parametrize("layout", [*cbc_layouts()], ids=str)
def test_cbc_text_of_any_json_is_opened_by_its_layout(layout: Any, plaintext: str) -> None:
    """A CBC text of an object or a list, of one block or of many, is opened by its layout."""
    found = matches(Cbc(KEY, layout).encrypt_text(plaintext))
    assert ("cbc", layout, True) in found


@pytest.mark.parametrize("layout", [*gcm_layouts()], ids=str)
def test_gcm_text_is_opened_by_its_layout_alone(layout: Any) -> None:
    """A GCM text is opened by its own layout, and by no other order of the parts."""
    found = matches(Gcm(KEY, layout).encrypt_text(LONG))
    assert ("gcm", layout, True) in found
    assert {(str(match.layout).partition(", ")[0]) for match in found} == {str(layout).partition(", ")[0]}


@pytest.mark.parametrize("encoding", ["base64", "base64url", "hex"])
def test_ecb_text_is_opened_by_its_layout(encoding: str) -> None:
    """An ECB text is opened in its encoding, before anything else that fits too."""
    found = matches(Ecb(KEY, encoding).encrypt_text(LONG))
    assert found[0].cipher == "ecb"
    assert next(str(match.layout) for match in found if match.is_exact) == encoding


@pytest.mark.parametrize("plaintext", ["5", "null", '"text"', "not json", "", '{"a":1,"a":2}', "{"])
def test_text_without_a_tag_that_is_no_object_or_list_is_not_opened(plaintext: str) -> None:
    """An ECB or CBC text opens only as a JSON object or list, for bytes could be right by chance."""
    assert matches(Ecb(KEY).encrypt_text(plaintext)) == []
    assert matches(Cbc(KEY).encrypt_text(plaintext)) == []
    assert [match.cipher for match in matches(Gcm(KEY).encrypt_text(plaintext)) if match.is_exact] != []


def test_text_is_decoded_at_most_twice_for_each_encoding_and_separator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many layouts and keys are tried, a text is decoded once, and once more as repaired."""
    calls: Counter[str] = Counter()
    real = encoding_module.decode

    def decode(text: str, encoding: Any) -> bytes:
        calls[encoding] += 1
        return real(text, encoding)

    monkeypatch.setattr(layout_search, "decode", decode)
    text = EncryptedText(secrets.token_bytes(48_000).hex())
    for number in range(20):
        assert list(text.matches(SecretKey(f"key {number}"))) == []
    assert all(count <= 2 for count in calls.values())


class Counting:
    """AES that counts the bytes that it decrypts in modes without a tag."""

    def __init__(self, aes: Any) -> None:
        self._aes = aes
        self.decrypted = 0

    def decrypt_ecb(self, blocks: bytes) -> bytes:
        """Count, and decrypt."""
        self.decrypted += len(blocks)
        return bytes(self._aes.decrypt_ecb(blocks))

    def decrypt_cbc(self, iv: bytes, blocks: bytes) -> bytes:
        """Count, and decrypt."""
        self.decrypted += len(blocks)
        return bytes(self._aes.decrypt_cbc(iv, blocks))

    def decrypt_gcm(self, nonce: bytes, sealed: bytes) -> bytes:
        """Decrypt."""
        return bytes(self._aes.decrypt_gcm(nonce, sealed))


def test_long_text_that_does_not_end_like_one_is_decrypted_in_two_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of a text without a tag the last block is opened first, and the rest only if its padding is right."""
    made: list[Counting] = []
    name, real = choose()

    def make_aes(key: bytes) -> Any:
        made.append(Counting(real(key)))
        return made[-1]

    monkeypatch.setattr(layout_search, "choose", lambda: (name, make_aes))
    text = Ecb("another key").encrypt_text("x" * 100_000)
    assert matches(text) == []
    assert made[0].decrypted <= 18 * 32


@given(st.text(max_size=60) | st.binary(max_size=80).map(lambda data: data.hex()))
def test_any_text_is_searched_without_an_error(text: str) -> None:
    """Any text without percent signs gives matches or none, and no error."""
    found = EncryptedText(text.replace("%", ""))
    assert list(found.matches(KEY)) == []
    assert list(found.salted_matches("a passphrase")) == []
