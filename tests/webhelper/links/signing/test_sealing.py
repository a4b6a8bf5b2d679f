"""These tests seal personal data for the store and open it again."""

import hmac
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from sites import KEY, OTHER_KEY
from vector_files import signed_values, vector_name

from liveform import DecryptError
from webhelper.links.signing.sealing import NONCE_BYTES, Sealer

SEALER = Sealer([KEY])
TAG_BYTES = 16
KNOWN = pytest.mark.parametrize("entry", signed_values("sealed data"), ids=vector_name)


@KNOWN
def test_sealed_data_of_a_known_nonce_is_the_known_bytes(entry: dict[str, Any], counted_bytes: None) -> None:
    """The same secret, nonce and context always seal data into the same bytes."""
    sealed = Sealer(entry["secret_keys"]).seal(entry["data"].encode(), entry["context"].encode())
    assert sealed.hex() == entry["sealed_hex"]
    assert sealed[:12].hex() == entry["nonce_hex"]


@KNOWN
def test_sealed_data_that_is_stored_already_opens(entry: dict[str, Any]) -> None:
    """Data that version 1 sealed opens with every later version."""
    sealed = bytes.fromhex(entry["sealed_hex"])
    assert Sealer(entry["secret_keys"]).open(sealed, entry["context"].encode()).decode() == entry["data"]


@KNOWN
def test_sealing_key_of_a_secret_is_its_hkdf(entry: dict[str, Any]) -> None:
    """The sealing key is the HKDF-SHA-256 of the newest secret, without a salt."""
    extracted = hmac.digest(bytes(32), entry["secret_keys"][0].encode(), "sha256")  # RFC 5869 section 2.2
    key = hmac.digest(extracted, b"liveform.webhelper.sealing.v1\x01", "sha256")  # section 2.3, one block
    assert key.hex() == entry["key_hex"]
    sealed = Sealer(entry["secret_keys"]).seal(b"data", b"here")
    assert AESGCM(key).decrypt(sealed[:12], sealed[12:], b"here") == b"data"


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_sealed_data_of_any_bytes_comes_back(data: bytes, context: bytes) -> None:
    """Sealed data opens to the same bytes and is 28 bytes longer than they are."""
    sealed = SEALER.seal(data, context)
    assert SEALER.open(sealed, context) == data
    assert len(sealed) == NONCE_BYTES + len(data) + TAG_BYTES


def test_sealed_data_differs_each_time_and_shows_nothing() -> None:
    """Sealing the same data 50 times uses 50 nonces, and the result does not show the data."""
    sealed = {SEALER.seal(b"jane@example.com", b"here") for _ in range(50)}
    assert len({one[:NONCE_BYTES] for one in sealed}) == 50
    assert not any(b"jane" in one for one in sealed)


@given(st.binary(max_size=40), st.data())
def test_sealed_data_with_any_bit_changed_is_refused(data: bytes, drawn: st.DataObject) -> None:
    """Sealed data with any bit of its nonce, ciphertext or tag changed is refused."""
    sealed = bytearray(SEALER.seal(data, b"here"))
    bit = drawn.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(DecryptError):
        SEALER.open(bytes(sealed), b"here")


@pytest.mark.parametrize("context", [b"", b"her", b"here ", b"HERE", b"there"])
def test_sealed_data_of_another_context_is_refused(context: bytes) -> None:
    """Sealed data does not open in another context than its own."""
    with pytest.raises(DecryptError):
        SEALER.open(SEALER.seal(b"data", b"here"), context)


def test_sealed_data_keys_rotate_newest_first() -> None:
    """The first key seals data, each of the keys opens it, and a removed key does not."""
    both = Sealer([KEY, OTHER_KEY])
    assert both.open(Sealer([OTHER_KEY]).seal(b"data", b""), b"") == b"data"
    assert Sealer([KEY]).open(both.seal(b"data", b""), b"") == b"data"
    with pytest.raises(DecryptError):
        Sealer([OTHER_KEY]).open(both.seal(b"data", b""), b"")


@pytest.mark.parametrize("size", range(NONCE_BYTES + TAG_BYTES + 2))
def test_sealed_data_too_short_or_made_up_is_refused(size: int) -> None:
    """Made-up data of 0 to 29 bytes is refused with the one text for all causes."""
    with pytest.raises(DecryptError) as caught:
        SEALER.open(b"\x01" * size, b"here")
    assert str(caught.value) == DecryptError.text


@given(st.binary(max_size=100), st.binary(max_size=10))
def test_sealed_data_of_any_bytes_raises_only_decrypt_errors(sealed: bytes, context: bytes) -> None:
    """Any bytes that are not sealed data are refused with a DecryptError."""
    with pytest.raises(DecryptError):
        Sealer([KEY, OTHER_KEY]).open(sealed, context)


def test_sealer_repr_shows_no_key() -> None:
    """The repr of a sealer does not show its key."""
    assert KEY not in repr(SEALER) + repr(SEALER._ciphers)


# Digests by which sealed data is found


def test_digest_of_data_is_its_hmac_under_a_key_of_its_own() -> None:
    """A digest is HMAC-SHA-256 under the HKDF-SHA-256 of the secret for lookups, without a salt."""
    extracted = hmac.digest(bytes(32), KEY.encode(), "sha256")  # RFC 5869 section 2.2
    key = hmac.digest(extracted, b"liveform.webhelper.lookup.v1\x01", "sha256")  # section 2.3, one block
    assert SEALER.digests(b"data") == [hmac.digest(key, b"data", "sha256")]


def test_digests_of_several_keys_are_the_newest_first() -> None:
    """Data has one digest under each key, and finds what was kept under an older one."""
    newer = Sealer([OTHER_KEY, KEY]).digests(b"data")
    assert newer == [*Sealer([OTHER_KEY]).digests(b"data"), *SEALER.digests(b"data")]
    assert len(set(newer)) == 2


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_digests_differ_as_their_data_does(one: bytes, other: bytes) -> None:
    """Two data have the same digest only if they are the same."""
    assert (SEALER.digests(one) == SEALER.digests(other)) is (one == other)
