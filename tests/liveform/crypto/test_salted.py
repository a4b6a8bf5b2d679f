"""Tests of liveform.crypto.salted, which reads OpenSSL's and CryptoJS's ``Salted__`` form."""

import base64
import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes import outcome
from vector_files import load_vectors, vector_name

from liveform import ConfigError, DecryptError
from liveform.crypto.engines import choose
from liveform.crypto.salted import SaltedLayout, decrypt_salted

MAKE_AES = choose()[1]
VECTORS = load_vectors("salted")


@pytest.mark.parametrize("engine", ["cryptography", "pycryptodome"])
@pytest.mark.parametrize("vector", VECTORS, ids=vector_name)
def test_salted_text_of_openssl_is_opened(vector: dict[str, Any], engine: str) -> None:
    """What ``openssl enc -md md5`` writes is opened with the passphrase, by both engines."""
    data = base64.b64decode(vector["text"])
    assert data[8:16].hex() == vector["salt_hex"]
    plaintext = decrypt_salted(vector["key"].encode(), choose(engine)[1], data)
    assert plaintext.decode() == vector["plaintext"]


@pytest.mark.parametrize("length", [0, 7, 8, 15, 16, 17, 31, 33])
def test_salted_text_of_another_length_is_refused(length: int) -> None:
    """A text that is cut does not open, and every cause has the one error."""
    data = base64.b64decode(VECTORS[0]["text"])[:length]
    with pytest.raises(DecryptError):
        decrypt_salted(VECTORS[0]["key"].encode(), MAKE_AES, data)


@pytest.mark.parametrize("passphrase", [b"", b"another key", VECTORS[0]["key"].lower().encode()])
def test_salted_text_under_another_passphrase_is_not_opened(passphrase: bytes) -> None:
    """Another passphrase does not open a text."""
    data = base64.b64decode(VECTORS[0]["text"])
    opened = outcome(lambda: decrypt_salted(passphrase, MAKE_AES, data))
    assert opened != VECTORS[0]["plaintext"].encode()


@given(st.sampled_from([b"", b"Salted__"]), st.binary(max_size=80), st.binary(max_size=20))
def test_salted_text_of_any_bytes_raises_only_inside_the_tree(
    start: bytes, rest: bytes, passphrase: bytes
) -> None:
    """Any bytes give bytes or a DecryptError."""
    found = outcome(lambda: decrypt_salted(passphrase, MAKE_AES, start + rest))
    assert isinstance(found, bytes | DecryptError)


@pytest.mark.parametrize("encoding", ["base64", "base64url", "hex"])
def test_layout_is_a_value_with_a_text(encoding: str) -> None:
    """A layout equals the one that its text names, and its copies."""
    layout = SaltedLayout(encoding)
    assert str(layout) == f"Salted__+salt8+ciphertext, {encoding}"
    assert SaltedLayout.from_text(str(layout)) == layout == copy.copy(layout)
    assert pickle.loads(pickle.dumps(layout)) == layout
    assert layout.separator is None


@pytest.mark.parametrize("text", ["", "base64", "Salted__+salt8+ciphertext", "iv16+ciphertext, hex", None, 5])
def test_layout_of_another_text_is_refused(text: Any) -> None:
    """A text that names no salted layout is refused."""
    with pytest.raises(ConfigError):
        SaltedLayout.from_text(text)


@pytest.mark.parametrize("encoding", ["base32", "", None, 5])
def test_layout_of_another_encoding_is_refused(encoding: Any) -> None:
    """An unknown encoding is refused, in an argument as in a text."""
    with pytest.raises(ConfigError):
        SaltedLayout(encoding)
    with pytest.raises(ConfigError):
        SaltedLayout.from_text(f"Salted__+salt8+ciphertext, {encoding}")
