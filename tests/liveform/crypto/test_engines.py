"""Tests of liveform.crypto.engines: AES-256 by either library, with the same bytes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from hypothesis import given
from hypothesis import strategies as st
from vector_files import load_vectors, vector_name

from liveform import ConfigError, DecryptError, Ecb, Gcm, Project
from liveform.crypto import engine_cryptography as with_cryptography
from liveform.crypto import engine_pycryptodome as with_pycryptodome
from liveform.crypto.engines import BLOCK_BYTES, ENGINE_NAMES, NONCE_BYTES, TAG_BYTES, Aes, EngineName, choose

MODULES = {"cryptography": with_cryptography, "pycryptodome": with_pycryptodome}
LIBRARIES = {"cryptography": "cryptography", "pycryptodome": "Crypto"}
THREADS = 8
CALLS = 500

keys = st.binary(min_size=32, max_size=32)
block_texts = st.integers(0, 6).flatmap(lambda count: st.binary(min_size=16 * count, max_size=16 * count))
nonces = st.binary(min_size=8, max_size=128)


def aes_by(engine: EngineName, key: bytes = bytes(32)) -> Aes:
    """Return AES under this key, by this engine."""
    return choose(engine)[1](key)


@pytest.fixture
def hide(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that makes an engine's library look as if it were not installed."""
    hidden: set[str] = set()

    def find(name: str) -> ModuleSpec | None:
        return None if name in hidden else find_spec(name)

    monkeypatch.setattr("liveform.crypto.engines.find_spec", find)
    return lambda engine: hidden.add(LIBRARIES[engine])


def test_both_engines_are_available_best_first() -> None:
    """With both libraries installed both engines are available, cryptography first."""
    assert ENGINE_NAMES == ("cryptography", "pycryptodome")
    assert [choose(name)[0] for name in (None, *ENGINE_NAMES)] == ["cryptography", *ENGINE_NAMES]


def test_engine_named_is_chosen(engine: EngineName) -> None:
    """An engine that is named is chosen."""
    assert choose(engine) == (engine, MODULES[engine].make_aes)


def test_engine_not_named_is_cryptography() -> None:
    """Without a name the engine cryptography is chosen."""
    assert choose() == choose(None) == choose("cryptography")


def test_engine_not_named_falls_back_to_pycryptodome(hide: Callable[[str], None]) -> None:
    """Without cryptography the engine pycryptodome is chosen, and a cipher says so."""
    hide("cryptography")
    assert choose()[0] == "pycryptodome"
    assert Ecb("a key").engine == "pycryptodome"
    assert Ecb("a key", engine="pycryptodome").engine == "pycryptodome"


def test_engine_named_without_library_is_refused(hide: Callable[[str], None], engine: EngineName) -> None:
    """A named engine whose library is missing is refused, not replaced by the other."""
    hide(engine)
    with pytest.raises(ConfigError, match=f"engine: {engine} is not installed"):
        choose(engine)


def test_engine_that_cannot_be_imported_gives_way_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:  # T12
    """An engine that is installed but not importable is passed over, or named if it was asked for."""
    broken: set[str] = {"liveform.crypto.engine_cryptography"}

    def load(name: str) -> object:
        if name in broken:
            raise ImportError("module does not support loading in subinterpreters")
        return import_module(name)

    monkeypatch.setattr("liveform.crypto.engines.import_module", load)
    assert choose()[0] == "pycryptodome"
    with pytest.raises(ConfigError, match="engine: cryptography cannot be imported here"):
        choose("cryptography")
    broken.add("liveform.crypto.engine_pycryptodome")
    with pytest.raises(ConfigError, match=r"cryptography and pycryptodome cannot be imported here.* frozen"):
        choose()


def test_project_without_a_key_imports_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:  # T12
    """A project without a key needs no engine, and one whose name is wrong is refused all the same."""

    def load(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr("liveform.crypto.engines.import_module", load)
    for engine in (None, "cryptography"):
        assert Project("abc123de45", engine=engine).form_url().endswith("?pid=abc123de45")
    with pytest.raises(ConfigError, match="engine: must be one of"):
        Project("abc123de45", engine="openssl")


def test_engine_without_any_library_is_refused(hide: Callable[[str], None]) -> None:
    """Without either library the error says what to install."""
    hide("cryptography")
    hide("pycryptodome")
    with pytest.raises(ConfigError, match="cryptography or pycryptodome is not installed"):
        choose()


@pytest.mark.parametrize("name", ["", "openssl", "Cryptography", "Crypto", 7, True, b"cryptography", [], {}])
def test_engine_unknown_is_refused(name: Any) -> None:
    """An unknown engine is refused with the two names, and without repeating the value."""
    with pytest.raises(ConfigError, match="must be one of cryptography, pycryptodome") as caught:
        choose(name)
    assert str(caught.value) == "engine: must be one of cryptography, pycryptodome"


@pytest.mark.parametrize("entry", load_vectors("nist-sp800-38a"), ids=vector_name)
def test_ecb_and_cbc_give_the_nist_vectors(engine: EngineName, entry: dict[str, Any]) -> None:
    """Both engines give the ECB and CBC vectors of NIST SP 800-38A, appendix F."""
    aes = aes_by(engine, bytes.fromhex(entry["key_hex"]))
    plaintext, ciphertext = (bytes.fromhex(entry[name]) for name in ("plaintext_hex", "ciphertext_hex"))
    iv = None if entry["iv_hex"] is None else bytes.fromhex(entry["iv_hex"])
    if entry["operation"] == "encrypt":
        made = aes.encrypt_ecb(plaintext) if iv is None else aes.encrypt_cbc(iv, plaintext)
        assert made == ciphertext
    else:
        read = aes.decrypt_ecb(ciphertext) if iv is None else aes.decrypt_cbc(iv, ciphertext)
        assert read == plaintext


# The vendor has no associated data, and so there is no way to give some.
GCM_SPEC = [entry for entry in load_vectors("gcm-spec") if not entry["associated_hex"]]


@pytest.mark.parametrize("entry", GCM_SPEC, ids=vector_name)
def test_gcm_gives_the_vectors_of_its_specification(engine: EngineName, entry: dict[str, Any]) -> None:
    """McGrew and Viega, appendix B, those without associated data."""
    parts = {name: bytes.fromhex(value) for name, value in entry.items() if name.endswith("_hex")}
    aes = aes_by(engine, parts["key_hex"])
    sealed = parts["ciphertext_hex"] + parts["tag_hex"]
    assert aes.encrypt_gcm(parts["nonce_hex"], parts["plaintext_hex"]) == sealed
    assert aes.decrypt_gcm(parts["nonce_hex"], sealed) == parts["plaintext_hex"]


@pytest.mark.parametrize("length", [8, 12, 16, 60, 128])
def test_gcm_nonce_of_8_to_128_bytes_is_taken(engine: EngineName, length: int) -> None:
    """Both engines accept GCM nonces of 8 to 128 bytes."""
    assert length in NONCE_BYTES
    aes = aes_by(engine)
    assert aes.decrypt_gcm(bytes(length), aes.encrypt_gcm(bytes(length), b"text")) == b"text"


@pytest.mark.parametrize("length", [0, 1, 7, 129, 257])
def test_gcm_nonce_of_another_length_is_refused_in_reading(engine: EngineName, length: int) -> None:
    """Decrypting GCM with a nonce under 8 or over 128 bytes raises a DecryptError."""
    with pytest.raises(DecryptError):
        aes_by(engine).decrypt_gcm(bytes(length), bytes(32))


@pytest.mark.parametrize("length", [1, 7, 129, 257])
def test_gcm_nonce_of_another_length_is_never_written(engine: EngineName, length: int) -> None:
    """Encrypting GCM with a nonce under 8 or over 128 bytes raises a ValueError."""
    with pytest.raises(ValueError, match=r"(?i)nonce"):
        aes_by(engine).encrypt_gcm(bytes(length), b"text")


@pytest.mark.parametrize("length", range(TAG_BYTES))
def test_gcm_text_shorter_than_its_tag_is_refused(engine: EngineName, length: int) -> None:
    """A GCM text of fewer than 16 bytes is refused with a DecryptError."""
    with pytest.raises(DecryptError):
        aes_by(engine).decrypt_gcm(bytes(12), bytes(length))


@given(keys, block_texts)
def test_engines_agree_on_ecb(key: bytes, blocks: bytes) -> None:
    """Both engines write and read the same bytes in ECB."""
    one, other = (module.make_aes(key) for module in MODULES.values())
    assert one.encrypt_ecb(blocks) == other.encrypt_ecb(blocks)
    assert one.decrypt_ecb(blocks) == other.decrypt_ecb(blocks)
    assert one.decrypt_ecb(other.encrypt_ecb(blocks)) == blocks


@given(keys, st.binary(min_size=BLOCK_BYTES, max_size=BLOCK_BYTES), block_texts)
def test_engines_agree_on_cbc(key: bytes, iv: bytes, blocks: bytes) -> None:
    """Both engines write and read the same bytes in CBC."""
    one, other = (module.make_aes(key) for module in MODULES.values())
    assert one.encrypt_cbc(iv, blocks) == other.encrypt_cbc(iv, blocks)
    assert one.decrypt_cbc(iv, blocks) == other.decrypt_cbc(iv, blocks)
    assert one.decrypt_cbc(iv, other.encrypt_cbc(iv, blocks)) == blocks


@given(keys, nonces, st.binary(max_size=80))
def test_engines_agree_on_gcm(key: bytes, nonce: bytes, plaintext: bytes) -> None:
    """Both engines write and read the same bytes in GCM, for every length of nonce."""
    one, other = (module.make_aes(key) for module in MODULES.values())
    sealed = one.encrypt_gcm(nonce, plaintext)
    assert sealed == other.encrypt_gcm(nonce, plaintext)
    assert len(sealed) == len(plaintext) + TAG_BYTES
    assert one.decrypt_gcm(nonce, sealed) == plaintext
    assert other.decrypt_gcm(nonce, sealed) == plaintext


@given(nonces, st.binary(max_size=60))
def test_engines_agree_that_anything_else_does_not_open(nonce: bytes, sealed: bytes) -> None:
    """Both engines refuse a forged GCM text with a DecryptError that has no cause."""
    for module in MODULES.values():
        with pytest.raises(DecryptError) as caught:
            module.make_aes(bytes(32)).decrypt_gcm(nonce, sealed)
        assert caught.value.__cause__ is None


def test_ecb_blocks_have_no_memory(engine: EngineName) -> None:
    """An ECB context that is used again gives the same blocks as a new one."""
    aes = aes_by(engine)
    first = aes.encrypt_ecb(bytes(48))
    assert first == first[:16] * 3
    assert aes.encrypt_ecb(b"") == b""
    assert aes.decrypt_ecb(first[:16]) == bytes(16)
    assert aes.encrypt_ecb(bytes(16)) == first[:16]


def in_threads(work: Callable[[int], list[int]]) -> list[int]:
    """Return what went wrong in any of the threads."""
    with ThreadPoolExecutor(THREADS) as pool:
        return [wrong for found in pool.map(work, range(THREADS)) for wrong in found]


def test_ecb_shared_by_threads_gives_right_results(engine: EngineName) -> None:
    """Eight threads that share an ECB cipher for 500 texts each get right results."""
    shared = Ecb("one key for all", engine=engine)
    texts = [f"{number}-" + "한글😀" * (number % 97) for number in range(CALLS)]
    expected = [Ecb("one key for all", engine="pycryptodome").encrypt_text(text) for text in texts]

    def work(start: int) -> list[int]:
        order = [(start * 61 + step) % CALLS for step in range(CALLS)]
        return [
            number
            for number in order
            if shared.encrypt_text(texts[number]) != expected[number]
            or shared.decrypt_text(expected[number]) != texts[number]
        ]

    assert in_threads(work) == []


def test_ecb_of_megabytes_shared_by_threads_gives_right_results(engine: EngineName) -> None:
    """Eight threads that share ECB for texts of 2 MB, without Python's lock, get right results."""
    shared = aes_by(engine)
    blocks = bytes(2_000_000)
    expected = aes_by(engine).encrypt_ecb(blocks)

    def work(start: int) -> list[int]:
        return [
            number
            for number in range(10)
            if shared.encrypt_ecb(blocks) != expected or shared.decrypt_ecb(expected) != blocks
        ]

    assert in_threads(work) == []


def test_gcm_shared_by_threads_gives_right_results(engine: EngineName) -> None:
    """Eight threads that share a GCM cipher get right results for texts of up to 1 MB."""
    shared = Gcm("one key for all", engine=engine)
    texts = [bytes([number]) * (1_000_000 if number % 50 == 0 else number) for number in range(100)]

    def work(start: int) -> list[int]:
        return [
            number
            for number, text in enumerate(texts)
            if shared.decrypt(shared.encrypt(texts[number - start])) != texts[number - start]
        ]

    assert in_threads(work) == []


def test_cbc_shared_by_threads_gives_right_results(engine: EngineName) -> None:
    """Eight threads that share CBC read texts under other IVs rightly, whatever was read before."""
    shared = aes_by(engine)
    texts = [(bytes([number]) * 16, bytes([number] * 16 * (number % 97 + 1))) for number in range(200)]
    other = aes_by("pycryptodome")
    expected = [other.encrypt_cbc(iv, blocks) for iv, blocks in texts]

    def work(start: int) -> list[int]:
        order = [(start * 61 + step) % len(texts) for step in range(len(texts))]
        return [
            number
            for number in order
            if shared.decrypt_cbc(texts[number][0], expected[number]) != texts[number][1]
        ]

    assert in_threads(work) == []


def test_ecb_context_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """One thread that encrypts five times makes one context, which is most of the work for a short text."""
    made = []

    class Counted(Cipher[Any]):
        def encryptor(self) -> Any:
            made.append("context")
            return super().encryptor()

    monkeypatch.setattr(with_cryptography, "Cipher", Counted)
    aes = with_cryptography.make_aes(bytes(32))
    assert len({aes.encrypt_ecb(bytes(16)) for _ in range(5)}) == 1
    assert made == ["context"]
