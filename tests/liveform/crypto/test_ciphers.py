"""Tests of liveform.crypto.ciphers: ECB, GCM and CBC over bytes and text, with both engines."""

import json
import pickle
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vector_files import load_vectors, vector_name

from liveform import (
    Cbc,
    CbcLayout,
    ConfigError,
    DecryptError,
    Ecb,
    EcbLayout,
    FieldError,
    Gcm,
    GcmLayout,
    KeyFormatError,
    LiveformError,
    MalformedError,
    SecretKey,
)
from liveform.crypto.ciphers import CIPHER_NAMES, Cipher
from liveform.crypto.engines import EngineName, choose
from liveform.crypto.layout_text import read_text
from liveform.crypto.modes import pad, unpad
from liveform.wire.encoding import MAX_TEXT_CHARS, is_in_lines, percent_encode

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
NONCE = bytes(range(100, 112))
IV = bytes(range(100, 116))
TEXT = '{"userid":"user_12345","cf1":"한국어 😀"}'
LAYOUT_WORDS = {
    "joined": None,
    "parts joined by :": ":",
    "parts joined by .": ".",
}
IV_PLACE_WORDS = {
    "iv-in-front": "iv16+ciphertext",
    "iv-colon-ciphertext": "iv16:ciphertext",
    "zero-iv": "zero-iv",
    "iv-is-key-head": "key-head-iv",
}

ChunkBuilder = Callable[[EngineName], Cipher]
MAKERS: dict[str, ChunkBuilder] = {
    "ecb": lambda engine: Ecb(KEY, engine=engine),
    "gcm": lambda engine: Gcm(KEY, engine=engine),
    "cbc": lambda engine: Cbc(KEY, engine=engine),
}
every_cipher = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS.keys())


def other_layout(words: str) -> GcmLayout:
    """Return the layout that the vector file describes in its own words."""
    order, nonce, encoding, joined = words.split("; ")
    parts: Any = tuple(order.split("+"))
    return GcmLayout(parts, int(nonce.split()[1]), encoding, LAYOUT_WORDS[joined])


def envelope_cipher(entry: dict[str, Any], engine: EngineName) -> Cipher:
    """Return the cipher that the name of an envelope vector describes."""
    place, encoding = entry["name"].split("/")
    if entry["mode"] == "ecb":
        return Ecb(entry["key"], encoding, engine=engine)
    iv = bytes.fromhex(entry["iv_hex"])
    return Cbc(
        entry["key"],
        CbcLayout.from_text(f"{IV_PLACE_WORDS[place]}, {encoding}"),
        engine=engine,
        iv_source=lambda _: iv,
    )


def assert_refused(decrypt: Callable[[], object]) -> None:
    """Fail unless ``decrypt`` raises a DecryptError with its fixed text and no cause."""
    with pytest.raises(LiveformError) as caught:
        decrypt()
    assert type(caught.value) is DecryptError
    assert str(caught.value) == DecryptError.text
    assert caught.value.__cause__ is caught.value.__context__ is None


# Known answers


@pytest.mark.parametrize("entry", load_vectors("encrypt-ecb"), ids=vector_name)
def test_ecb_vector_is_written_and_read(engine: EngineName, entry: dict[str, Any]) -> None:
    """ECB writes the exact text of each vector, and reads it with or without percent-encoding."""
    cipher = Ecb(entry["key"], engine=engine)
    assert cipher.encrypt_text(entry["plaintext"]) == entry["encrypted"]
    assert percent_encode(entry["encrypted"]) == entry["percent_encoded"]
    assert cipher.decrypt_text(entry["encrypted"]) == entry["plaintext"]
    assert cipher.decrypt_text(entry["percent_encoded"]) == entry["plaintext"]


@pytest.mark.parametrize("entry", load_vectors("encrypt-gcm"), ids=vector_name)
def test_gcm_vector_is_written_and_read(engine: EngineName, entry: dict[str, Any]) -> None:
    """GCM with a given nonce writes the exact text of each vector in the default layout."""
    nonce = bytes.fromhex(entry["nonce_hex"])
    layout = GcmLayout.from_text(entry["layout"])
    assert layout == GcmLayout()
    cipher = Gcm(entry["key"], layout, engine=engine, nonce_source=lambda _: nonce)
    assert cipher.encrypt_text(entry["plaintext"]) == entry["encrypted"]
    assert Gcm(entry["key"], engine=engine).decrypt_text(entry["encrypted"]) == entry["plaintext"]


@pytest.mark.parametrize("entry", load_vectors("gcm-other-layouts"), ids=vector_name)
def test_gcm_vector_in_another_layout_is_written_and_read(engine: EngineName, entry: dict[str, Any]) -> None:
    """GCM writes and reads the vectors of other orders, nonce lengths, encodings and separators."""
    nonce = bytes.fromhex(entry["nonce_hex"])
    layout = other_layout(entry["layout"])
    cipher = Gcm(entry["key"], layout, engine=engine, nonce_source=lambda _: nonce)
    assert cipher.encrypt_text(entry["plaintext"]) == entry["encrypted"]
    assert (
        Gcm(entry["key"], str(layout), engine=engine).decrypt_text(entry["encrypted"]) == entry["plaintext"]
    )


@pytest.mark.parametrize("entry", load_vectors("envelopes"), ids=vector_name)
def test_envelope_vector_is_written_and_read(engine: EngineName, entry: dict[str, Any]) -> None:
    """ECB and CBC write and read the text inside each Secure Data Transfer envelope."""
    cipher = envelope_cipher(entry, engine)
    text = json.loads(entry["body"])["data"]
    assert cipher.encrypt_text(entry["plaintext"]) == text
    assert cipher.decrypt_text(text) == entry["plaintext"]


# Both ways


@every_cipher
@given(plaintext=st.binary(max_size=200))
def test_bytes_encrypted_come_back(make: ChunkBuilder, engine: EngineName, plaintext: bytes) -> None:
    """Any bytes that one engine encrypts can be decrypted by both."""
    encrypted = make(engine).encrypt(plaintext)
    for other in ("cryptography", "pycryptodome"):
        assert make(other).decrypt(encrypted) == plaintext


@every_cipher
@given(plaintext=st.text(max_size=100))
def test_text_encrypted_comes_back(make: ChunkBuilder, engine: EngineName, plaintext: str) -> None:
    """Any text comes back, even after a URL has changed, cut or escaped the encrypted text."""
    cipher = make(engine)
    text = cipher.encrypt_text(plaintext)
    assert cipher.decrypt_text(text) == plaintext
    assert cipher.decrypt_text(text.replace("+", " ").rstrip("=")) == plaintext
    assert cipher.decrypt_text(percent_encode(text)) == plaintext


@pytest.mark.parametrize(
    ("make", "text", "plaintext"),
    [
        (
            Gcm,
            "dV/dr9dJAmkYnsqFaftMFsBY9UhlaI1Ab3Y/PgcH9HPE/sAaB9rTIMomY6g9OE5ZFGE/bUTMPCYv++XotUMOD3cPzVAZwXw9pyMl5w==",
            "user_34218" + "x" * 38,
        ),
        (
            Ecb,
            "+OtizGa18fgNot8oOIb6GUqs9PQuqEBfG7C/0gpMQjlBjwB5krhnFGvn24HtF6FcrdJdMJOky7Jo3+txVtJrSg==",
            "rprhmoqvmlvefmevhpqbdzgrxrqlveordmsckqesuraadezyknvxevbgjlbl",
        ),
    ],
    ids=["gcm", "ecb"],
)
def test_plus_signs_where_lines_would_end_come_back(make: type[Gcm | Ecb], text: str, plaintext: str) -> None:
    """Spaces where lines of 64 or 76 signs would end are taken for plus signs too, if that opens."""
    damaged = text.replace("+", " ").rstrip("=")
    assert is_in_lines(damaged)
    assert make(KEY).decrypt_text(damaged) == plaintext
    with pytest.raises(DecryptError):
        make("another key").decrypt_text(damaged)


def test_plus_signs_where_lines_would_end_come_back_in_parts() -> None:
    """A layout of several parts is read in both ways too."""
    layout = GcmLayout.from_text("nonce12:ciphertext:tag16, base64")
    ciphertext = b64decode("A" * 59 + "+" + "A" * 76 + "+" + "A" * 23)
    data = bytes(12) + ciphertext + bytes(16)
    damaged = layout.write(data).replace("+", " ")
    assert is_in_lines(damaged)
    assert read_text(layout, damaged, in_lines=False) == data
    assert read_text(layout, damaged) != data


@every_cipher
@given(data=st.binary(max_size=120), text=st.text(max_size=60))
def test_anything_else_raises_only_our_errors(
    make: ChunkBuilder, engine: EngineName, data: bytes, text: str
) -> None:
    """Bytes and texts that nobody encrypted raise only a DecryptError or a MalformedError."""
    cipher = make(engine)
    for decrypt in (lambda: cipher.decrypt(data), lambda: cipher.decrypt_text(text)):
        try:
            decrypt()
        except LiveformError as error:
            assert type(error) in (DecryptError, MalformedError)  # noqa: PT017 - chance may open a text


@pytest.mark.parametrize("text", ["\ud800", "%\ud800", "%2B\udfff", "Zm9v\ud800"])
@every_cipher
def test_text_with_a_lone_surrogate_is_malformed(make: ChunkBuilder, engine: EngineName, text: str) -> None:
    """Encrypted text with a lone surrogate, as a broken URL gives it (PEP 383), is malformed."""
    with pytest.raises(MalformedError):
        make(engine).decrypt_text(text)


def test_ecb_shows_equal_blocks_and_gcm_and_cbc_do_not(engine: EngineName) -> None:
    """ECB writes equal blocks alike and the same text each time; GCM and CBC do neither."""
    same = bytes(48)
    ecb = Ecb(KEY, engine=engine)
    assert ecb.encrypt(same)[:16] == ecb.encrypt(same)[16:32]
    assert ecb.encrypt(same) == ecb.encrypt(same)
    for cipher in (Gcm(KEY, engine=engine), Cbc(KEY, engine=engine)):
        encrypted = cipher.encrypt(same)
        assert encrypted[16:32] != encrypted[32:48]
        assert encrypted != cipher.encrypt(same)


def test_gcm_nonce_is_drawn_for_each_text(engine: EngineName) -> None:
    """GCM draws a new nonce for each text (SP 800-38D section 8)."""
    cipher = Gcm(KEY, engine=engine)
    assert len({cipher.encrypt(b"")[:12] for _ in range(100)}) == 100


# What does not open


@pytest.mark.parametrize(
    "padding", [b"\x00", b"\x11", b"\x10", b"\x01\x02", b"\x03\x02\x03", b"\xff", b"\x20"]
)
@pytest.mark.parametrize("blocks", [1, 2])
def test_wrong_padding_is_refused(engine: EngineName, padding: bytes, blocks: int) -> None:
    """Padding of 0, of more than 16 or of uneven bytes is refused (RFC 5652 section 6.3)."""
    plaintext = bytes([7]) * (16 * blocks - len(padding)) + padding
    aes = choose(engine)[1](SecretKey(KEY).expose_bytes())
    assert_refused(lambda: Ecb(KEY, engine=engine).decrypt(aes.encrypt_ecb(plaintext)))
    assert_refused(lambda: Cbc(KEY, engine=engine).decrypt(IV + aes.encrypt_cbc(IV, plaintext)))


@pytest.mark.parametrize("length", range(1, 17))
def test_every_right_padding_is_taken(engine: EngineName, length: int) -> None:
    """ECB and CBC accept a correct padding of each length from 1 to 16 bytes."""
    plaintext = bytes([7]) * (16 - length)
    for make in (MAKERS["ecb"], MAKERS["cbc"]):
        assert make(engine).decrypt(make(engine).encrypt(plaintext)) == plaintext


@given(st.binary(max_size=100))
def test_pad_and_unpad_are_inverse(data: bytes) -> None:
    """``pad`` adds 1 to 16 bytes to fill a block, and ``unpad`` removes exactly these."""
    padded = pad(data)
    assert len(padded) % 16 == 0
    assert 1 <= len(padded) - len(data) <= 16
    assert unpad(padded) == data


@given(st.binary(min_size=16, max_size=16))
def test_unpad_takes_only_what_pad_writes(block: bytes) -> None:
    """``unpad`` accepts only a block that ``pad`` could have written."""
    try:
        data = unpad(block)
    except DecryptError:
        return
    assert pad(data) == block


@pytest.mark.parametrize("length", [*range(16), 17, 31, 33, 47])
def test_blocks_that_are_not_whole_are_refused(engine: EngineName, length: int) -> None:
    """ECB and CBC refuse an empty ciphertext and one that is not whole blocks."""
    assert_refused(lambda: Ecb(KEY, engine=engine).decrypt(bytes(length)))
    assert_refused(lambda: Cbc(KEY, "zero-iv, hex", engine=engine).decrypt(bytes(length)))


@pytest.mark.parametrize("length", [*range(32), 33, 47])
def test_cbc_text_of_another_length_is_refused(engine: EngineName, length: int) -> None:
    """CBC refuses anything but an IV followed by one or more whole blocks."""
    assert_refused(lambda: Cbc(KEY, engine=engine).decrypt(bytes(length)))


@pytest.mark.parametrize(
    "layout",
    [
        "nonce12+ciphertext+tag16, base64",
        "nonce16+tag16+ciphertext, hex",
        "ciphertext.tag16.nonce12, base64url",
    ],
)
def test_gcm_text_with_any_bit_flipped_is_refused(engine: EngineName, layout: str) -> None:
    """GCM refuses a text in which any one bit has changed."""
    cipher = Gcm(KEY, layout, engine=engine)
    sealed = cipher.encrypt(TEXT.encode())
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        assert_refused(lambda: cipher.decrypt(bytes(changed)))  # noqa: B023 - called at once


def test_gcm_text_of_every_other_length_is_refused(engine: EngineName) -> None:
    """GCM refuses a text that is cut at either end or made longer."""
    cipher = Gcm(KEY, engine=engine)
    sealed = cipher.encrypt(TEXT.encode())
    for length in range(len(sealed)):
        assert_refused(lambda: cipher.decrypt(sealed[:length]))  # noqa: B023 - called at once
        assert_refused(lambda: cipher.decrypt(sealed[length + 1 :]))  # noqa: B023 - called at once
    for more in (b"\x00", sealed[-1:], sealed[-16:], bytes(16), sealed):
        assert_refused(lambda: cipher.decrypt(sealed + more))  # noqa: B023 - called at once
        assert_refused(lambda: cipher.decrypt(more + sealed))  # noqa: B023 - called at once


@pytest.mark.parametrize("length", range(16))
def test_gcm_tag_cut_short_is_refused(engine: EngineName, length: int) -> None:
    """GCM refuses a tag of fewer than 16 bytes, though SP 800-38D allows shorter ones."""
    nonce = NONCE
    cipher = Gcm(KEY, "nonce12+tag16+ciphertext, hex", engine=engine, nonce_source=lambda _: nonce)
    parts = cipher.layout.split(cipher.encrypt(TEXT.encode()))
    cut = nonce + parts["tag"][:length] + parts["ciphertext"]
    assert_refused(lambda: cipher.decrypt(cut))
    separated = Gcm(KEY, "nonce12:tag16:ciphertext, hex", engine=engine)
    with pytest.raises(MalformedError):
        separated.decrypt_text(f"{nonce.hex()}:{parts['tag'][:length].hex()}:{parts['ciphertext'].hex()}")


def test_gcm_text_in_another_layout_is_refused(engine: EngineName) -> None:
    """GCM refuses a text in another order of parts or with another nonce length."""
    sealed = Gcm(KEY, engine=engine).encrypt(TEXT.encode())
    for other in ("nonce16+ciphertext+tag16, base64", "tag16+ciphertext+nonce12, base64"):
        assert_refused(lambda: Gcm(KEY, other, engine=engine).decrypt(sealed))  # noqa: B023 - called at once


@every_cipher
def test_text_of_another_key_does_not_open(make: ChunkBuilder, engine: EngineName) -> None:
    """A text encrypted under another key raises a DecryptError with each cipher."""
    for number in range(20):
        other = type(make(engine))(f"another key {number}")  # type: ignore[arg-type, call-arg]
        assert_refused(lambda: make(engine).decrypt_text(other.encrypt_text(TEXT)))  # noqa: B023


@every_cipher
def test_bytes_that_are_not_utf8_are_refused_as_text(make: ChunkBuilder, engine: EngineName) -> None:
    """Decrypted bytes that are not UTF-8 raise the same DecryptError as a wrong key."""
    cipher = make(engine)
    text = cipher.layout.write(cipher.encrypt(b"\xff\xfe{}"))
    assert_refused(lambda: cipher.decrypt_text(text))


@every_cipher
@pytest.mark.parametrize("text", ["", "*", "Zm9v\0", "한국", "Zh==", "\x00"])
def test_text_outside_the_alphabet_is_malformed(make: ChunkBuilder, engine: EngineName, text: str) -> None:
    """A text that is not base64 is refused as malformed, before the key is used."""
    with pytest.raises(MalformedError):
        make(engine).decrypt_text(text)


@every_cipher
def test_text_of_the_longest_length_is_looked_at(make: ChunkBuilder, engine: EngineName) -> None:
    """A text of 65,536 characters is decrypted, and one of 65,537 is not even decoded."""
    with pytest.raises(DecryptError):
        make(engine).decrypt_text("A" * MAX_TEXT_CHARS)
    with pytest.raises(MalformedError, match="1 to 65536 characters"):
        make(engine).decrypt_text("A" * (MAX_TEXT_CHARS + 1))


# What callers do wrong


@every_cipher
@pytest.mark.parametrize("data", ["text", None, 7, bytearray(b"x"), memoryview(b"x"), ["x"]])
def test_bytes_of_another_type_are_a_field_error(make: ChunkBuilder, engine: EngineName, data: Any) -> None:
    """``encrypt`` and ``decrypt`` refuse anything but bytes with a FieldError."""
    with pytest.raises(FieldError, match="must be bytes") as caught:
        make(engine).encrypt(data)
    assert caught.value.field == "plaintext"
    with pytest.raises(FieldError, match="must be bytes") as caught:
        make(engine).decrypt(data)
    assert caught.value.field == "ciphertext"


@every_cipher
@pytest.mark.parametrize("text", [b"text", None, 7, ["x"]])
def test_text_of_another_type_is_refused(make: ChunkBuilder, engine: EngineName, text: Any) -> None:
    """A wrong type is a FieldError of ``encrypt_text`` and a MalformedError of ``decrypt_text``."""
    with pytest.raises(FieldError, match="must be text"):
        make(engine).encrypt_text(text)
    with pytest.raises(MalformedError, match="1 to 65536 characters"):
        make(engine).decrypt_text(text)


@every_cipher
def test_lone_surrogate_is_not_encrypted(make: ChunkBuilder, engine: EngineName) -> None:
    """``encrypt_text`` refuses text with a lone surrogate, and does not repeat it."""
    with pytest.raises(FieldError, match="surrogate") as caught:
        make(engine).encrypt_text("jane\ud800")
    assert "jane" not in str(caught.value)


SOURCES: list[Any] = [
    lambda n: bytes(n - 1),
    lambda n: bytes(n + 1),
    lambda n: b"",
    lambda n: "x" * n,
    lambda n: [0] * n,
    lambda n: None,
]


@pytest.mark.parametrize("source", SOURCES)
def test_source_that_gives_something_else_is_refused(engine: EngineName, source: Any) -> None:
    """A source of nonces or IVs that returns another type or length is refused."""
    for layout, length in (("nonce12+ciphertext+tag16, hex", 12), ("nonce16+ciphertext+tag16, hex", 16)):
        with pytest.raises(FieldError, match=f"nonce_source: must give {length} bytes"):
            Gcm(KEY, layout, engine=engine, nonce_source=source).encrypt(b"")
    with pytest.raises(FieldError, match="iv_source: must give 16 bytes"):
        Cbc(KEY, engine=engine, iv_source=source).encrypt(b"")


def test_source_is_asked_for_the_length_of_the_layout(engine: EngineName) -> None:
    """A source is asked for 12 or 16 bytes for a nonce, 16 for an IV, none for a fixed IV."""
    asked: list[int] = []

    def source(length: int) -> bytes:
        asked.append(length)
        return bytes(length)

    Gcm(KEY, engine=engine, nonce_source=source).encrypt(b"")
    Gcm(KEY, "nonce16+ciphertext+tag16, hex", engine=engine, nonce_source=source).encrypt(b"")
    cbc = Cbc(KEY, engine=engine, iv_source=source)
    cbc.decrypt(cbc.encrypt(b""))
    Cbc(KEY, "zero-iv, hex", engine=engine, iv_source=source).encrypt(b"")
    Cbc(KEY, "key-head-iv, hex", engine=engine, iv_source=source).encrypt(b"")
    assert asked == [12, 16, 16]


@pytest.mark.parametrize("kind", [Ecb, Gcm, Cbc])
@pytest.mark.parametrize("layout", ["", "nothing", None, 7, object()])
def test_layout_that_is_none_is_refused(kind: Any, layout: Any) -> None:
    """A value that is not a layout is refused when the cipher is made."""
    with pytest.raises(ConfigError, match=f"{kind.__name__.lower()}_layout"):
        kind(KEY, layout)


@pytest.mark.parametrize(
    ("kind", "layout"),
    [
        (Ecb, GcmLayout()),
        (Ecb, CbcLayout()),
        (Gcm, EcbLayout()),
        (Gcm, CbcLayout()),
        (Cbc, EcbLayout()),
        (Cbc, GcmLayout()),
    ],
)
def test_layout_of_another_cipher_is_refused(kind: Any, layout: Any) -> None:
    """A cipher refuses the layout of another cipher when it is made."""
    with pytest.raises(ConfigError):
        kind(KEY, layout)


@pytest.mark.parametrize("kind", [Ecb, Gcm, Cbc])
def test_key_or_engine_that_is_wrong_is_refused(kind: Any) -> None:
    """A wrong key or engine is refused when the cipher is made."""
    for key in ("", f"{KEY}\n", None, KEY.encode()):
        with pytest.raises(KeyFormatError):
            kind(key)
    with pytest.raises(ConfigError):
        kind(KEY, engine="abacus")


@pytest.mark.parametrize("kind", [Ecb, Gcm, Cbc])
def test_key_may_be_text_or_secret_key(kind: Any, engine: EngineName) -> None:
    """A key given as text and as a SecretKey make the same cipher."""
    text = kind(KEY, engine=engine).encrypt_text(TEXT)
    assert kind(SecretKey(KEY), engine=engine).decrypt_text(text) == TEXT


# What ciphers are


@pytest.mark.parametrize(
    ("kind", "layout"), [(Ecb, EcbLayout()), (Gcm, GcmLayout()), (Cbc, CbcLayout())], ids=str
)
def test_default_layout_is_the_documented_one(kind: Any, layout: Any) -> None:
    """A cipher has its documented layout and the engine ``cryptography`` by default."""
    cipher = kind(KEY)
    assert (cipher.layout, type(cipher.layout), cipher.engine) == (layout, type(layout), "cryptography")


def test_cipher_names_are_those_of_the_dashboard() -> None:
    """A project may name ecb or gcm; cbc is not offered for Data Protection."""
    assert CIPHER_NAMES == ("ecb", "gcm")


@every_cipher
def test_cipher_shows_layout_and_engine_and_no_key(make: ChunkBuilder, engine: EngineName) -> None:
    """The repr and str of a cipher show its layout and engine, and no key."""
    cipher = make(engine)
    name = type(cipher).__name__
    assert repr(cipher) == str(cipher) == f"{cipher}" == f"{name}({str(cipher.layout)!r}, engine={engine!r})"


@every_cipher
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_cipher_is_never_pickled(make: ChunkBuilder, engine: EngineName, protocol: int) -> None:
    """Pickling a cipher is refused, since the pickle would hold the key."""
    with pytest.raises(KeyFormatError, match="never pickled"):
        pickle.dumps(make(engine), protocol=protocol)


@every_cipher
def test_cipher_does_not_change(make: ChunkBuilder, engine: EngineName) -> None:
    """No attribute of a cipher can be set, so threads may share it."""
    cipher = make(engine)
    for name in ("layout", "engine", "_aes", "anything"):
        with pytest.raises(AttributeError, match="does not change"):
            setattr(cipher, name, None)
