"""Tests of liveform.data_transfer: how bodies of the REST API and of webhooks are encrypted."""

import copy
import json
import pickle
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes import faults_of, outcome
from vector_files import load_vectors, vector_name

from liveform import (
    Cbc,
    CbcLayout,
    DecryptError,
    Ecb,
    EcbLayout,
    FieldError,
    KeyFormatError,
    LiveformError,
    MalformedError,
    SecretKey,
    SecureDataTransfer,
)
from liveform.data_transfer import MAX_ANSWER_CHARS, TransferCipher, checked_transfer, is_envelope

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
OLD_KEY = "8Q2pMt0dUSMFweGdZYMHeVASemfm5tZh2rLKHDft"
TEXTS = [
    "bare base64 / cbc iv16+ciphertext, base64",
    "body hex / cbc iv16:ciphertext, hex",
    "data base64url / cbc zero-iv, base64url",
    "bare hex / cbc key-head-iv, base64",
    "body base64 / ecb base64",
    "data base64 / ecb hex",
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def cipher(text: str = TEXTS[0], key: Any = KEY, **options: Any) -> TransferCipher:
    """Return the cipher of these layouts."""
    return TransferCipher(SecureDataTransfer.from_text(text), key, **options)


# The setting


def test_defaults_are_those_that_the_docs_name() -> None:
    """Without arguments a request is bare ECB in base64, an answer CBC with the IV in front."""
    transfer = SecureDataTransfer()
    assert str(transfer) == TEXTS[0]
    assert (transfer.wrapper, transfer.answer_cipher) == ("bare", "cbc")
    assert (transfer.request_layout, transfer.answer_layout) == (EcbLayout(), CbcLayout())
    assert SecureDataTransfer(answer_cipher="ecb").answer_layout == EcbLayout()


@pytest.mark.parametrize("text", TEXTS)
def test_text_names_the_same_value(text: str) -> None:
    """The text of a value names an equal value with the same hash, copy and repr."""
    transfer = SecureDataTransfer.from_text(text)
    again = SecureDataTransfer.from_text(str(transfer))
    assert (str(transfer), transfer, hash(transfer)) == (text, again, hash(again))
    assert repr(transfer) == f"SecureDataTransfer.from_text({text!r})"
    assert transfer != text
    assert len({SecureDataTransfer.from_text(one) for one in (*TEXTS, *TEXTS)}) == len(TEXTS)


def test_value_does_not_change() -> None:
    """The attributes of a value cannot be set."""
    with pytest.raises(AttributeError):
        SecureDataTransfer().wrapper = "body"


def test_layouts_are_taken_as_values_and_as_texts() -> None:
    """A layout may be given as an object or as its text."""
    by_text = SecureDataTransfer(request_layout="hex", answer_layout="zero-iv, hex")
    by_value = SecureDataTransfer(request_layout=EcbLayout("hex"), answer_layout=CbcLayout("zero", "hex"))
    assert by_text == by_value


@pytest.mark.parametrize(
    "arguments",
    [
        {"wrapper": "envelope"},
        {"wrapper": None},
        {"wrapper": ["bare"]},
        {"answer_cipher": "gcm"},
        {"answer_cipher": "CBC"},
        {"request_layout": "zero-iv, hex"},
        {"request_layout": CbcLayout()},
        {"answer_layout": "base64"},
        {"answer_layout": EcbLayout()},
        {"answer_cipher": "ecb", "answer_layout": "zero-iv, hex"},
        {"answer_cipher": "ecb", "answer_layout": CbcLayout()},
        {"answer_layout": 5},
    ],
    ids=str,
)
def test_argument_that_names_nothing_is_refused(arguments: dict[str, Any]) -> None:
    """An unknown wrapper or cipher, and a layout of another cipher, are refused."""
    assert faults_of(lambda: SecureDataTransfer(**arguments))


@pytest.mark.parametrize(
    "text",
    [
        *("", " / ", "bare", "bare base64", "bare base64 /", "bare base64 / cbc", "bare base64 / cbc base64"),
        *(
            "bare  base64 / cbc zero-iv, hex",
            "BARE base64 / ecb hex",
            "bare base64 / gcm base64",
            None,
            5,
            b"x",
        ),
        *(
            "bare base64/ecb base64",
            "envelope base64 / ecb base64",
            "bare base32 / ecb base64",
            " " + TEXTS[0],
        ),
    ],
)
def test_text_that_names_no_value_is_refused(text: Any) -> None:
    """A text that is cut, of other words or no text is refused."""
    assert faults_of(lambda: SecureDataTransfer.from_text(text))


def test_option_means_a_value_or_none() -> None:
    """True means the defaults, None and False mean that it is off, and a text is read."""
    assert checked_transfer(None) is checked_transfer(False) is None
    assert checked_transfer(True) == SecureDataTransfer()
    value = SecureDataTransfer.from_text(TEXTS[1])
    assert checked_transfer(value) is value
    assert checked_transfer(TEXTS[1]) == value


@pytest.mark.parametrize("value", [0, 1, "true", "", [], {}])
def test_option_of_another_value_is_refused(value: object) -> None:
    """Neither numbers nor words stand for true and false here."""
    assert set(faults_of(lambda: checked_transfer(value))) == {"secure_data_transfer"}


# Requests


@pytest.mark.parametrize(
    ("text", "member", "media_type"),
    [
        ("bare hex / ecb hex", None, "text/plain"),
        ("body hex / ecb hex", "body", "application/json"),
        ("data hex / ecb hex", "data", "application/json"),
    ],
)
def test_request_is_ecb_in_its_wrapper(text: str, member: str | None, media_type: str) -> None:
    """A request body is the ECB text of the members, alone or as the one member of an object."""
    members = {"tokenId": ["token-0001"], "name": "한"}
    body, kind = cipher(text).encrypt_request(members)
    assert kind == media_type
    inside = body.decode("ascii") if member is None else json.loads(body)[member]
    assert member is None or list(json.loads(body)) == [member]
    assert json.loads(Ecb(KEY, "hex").decrypt_text(inside)) == members


def test_query_is_one_parameter() -> None:
    """The query of a GET request is one parameter ``data``, not yet percent-encoded, whatever the wrapper."""
    for text in ("bare base64 / ecb hex", "body base64 / ecb hex"):
        query = cipher(text).encrypt_query({"submission_id": "s1", "count": "50"})
        assert list(query) == ["data"]
        assert Ecb(KEY).decrypt_text(query["data"]) == '{"submission_id":"s1","count":"50"}'


@pytest.mark.parametrize("members", [{"a": b"x"}, {"a": float("nan")}, {1: "a"}, {"a": "\ud800"}])
def test_request_of_what_is_not_json_is_refused(members: Any) -> None:
    """Members that JSON cannot hold are refused, and the error names the field."""
    with pytest.raises(FieldError):
        cipher().encrypt_request(members)
    with pytest.raises(FieldError):
        cipher().encrypt_query(members)


# Answers


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("engine", ["cryptography", "pycryptodome"])
@given(value=json_values)
def test_answer_written_and_read_is_the_same(text: str, engine: str, value: Any) -> None:
    """Any JSON value comes back from an encrypted answer, in each layout and by both engines."""
    both = cipher(text, engine=engine)
    envelope = both.encrypt_answer(value)
    assert is_envelope(envelope)
    assert both.decrypt_answer({**envelope, "isEncrypted": True}) == value


@pytest.mark.parametrize("vector", load_vectors("envelopes"), ids=vector_name)
def test_answer_of_another_implementation_is_opened(vector: dict[str, Any]) -> None:
    """The known Secure Data Transfer bodies are opened with their layouts."""
    kind, encoding = vector["name"].split("/")
    places = {
        "iv-in-front": "iv16+ciphertext",
        "iv-colon-ciphertext": "iv16:ciphertext",
        "zero-iv": "zero-iv",
        "iv-is-key-head": "key-head-iv",
    }
    answer = f"cbc {places[kind]}, {encoding}" if vector["mode"] == "cbc" else f"ecb {encoding}"
    opened = cipher(f"bare base64 / {answer}", vector["key"]).decrypt_answer(json.loads(vector["body"]))
    assert opened == json.loads(vector["plaintext"])


@pytest.mark.parametrize("text", TEXTS)
def test_answer_under_a_previous_key_is_opened(text: str) -> None:
    """Previous keys open answers; a key that is not among them does not."""
    old = cipher(text, OLD_KEY).encrypt_answer({"a": 1})
    assert cipher(text, KEY, previous_keys=["another key", SecretKey(OLD_KEY)]).decrypt_answer(old) == {
        "a": 1
    }
    with pytest.raises(DecryptError):
        cipher(text).decrypt_answer(old)


@pytest.mark.parametrize("plaintext", ["", "{", '{"a":1,"a":2}', "NaN", '"\\ud800"'])
def test_answer_that_is_not_strict_json_is_not_opened(plaintext: str) -> None:
    """An answer that opens to something else than strict JSON is refused as one that does not open."""
    with pytest.raises(DecryptError):
        cipher().decrypt_answer({"data": Cbc(KEY).encrypt_text(plaintext)})


@pytest.mark.parametrize("data", ["", "!", "한국", "AAA=AAAA"])
def test_answer_in_another_alphabet_is_malformed(data: str) -> None:
    """A text that is empty or not in the layout's alphabet is malformed; no key is used."""
    with pytest.raises(MalformedError):
        cipher().decrypt_answer({"data": data})


def test_answer_may_be_longer_than_a_query(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer may have millions of characters, up to a limit of its own."""
    assert MAX_ANSWER_CHARS == 64 * 2**20 > 2_000 * 4_000
    value: Any = [{"userid": "u" * 1_000}] * 200
    envelope = cipher().encrypt_answer(value)
    assert len(envelope["data"]) > 200_000
    assert cipher().decrypt_answer(envelope) == value
    monkeypatch.setattr("liveform.data_transfer.MAX_ANSWER_CHARS", len(envelope["data"]) - 1)
    with pytest.raises(MalformedError):
        cipher().decrypt_answer(envelope)


BASE64, HEX = cipher(), cipher("bare hex / ecb hex")


@given(st.text() | st.binary(max_size=64).map(lambda data: data.hex()))
def test_answer_of_any_text_raises_only_inside_the_tree(data: str) -> None:
    """Any text in an envelope is refused with a LiveformError."""
    for one in (BASE64, HEX):
        assert isinstance(outcome(partial(one.decrypt_answer, {"data": data})), LiveformError)


# Envelopes


@pytest.mark.parametrize("value", [{"data": ""}, {"data": "x"}, {"isEncrypted": False, "data": "x"}])
def test_envelope_has_a_text_as_data(value: object) -> None:
    """An envelope has a text as ``data``, and ``isEncrypted`` at most beside it."""
    assert is_envelope(value)


@pytest.mark.parametrize(
    "value",
    [
        *(None, "data", [], {}, ["data"], {"data": None}, {"data": {}}, {"data": ["x"]}, {"body": "x"}),
        {"data": "x", "webhook_trigger": "faceAuth"},
        {"webhook_trigger": "updated", "data": {"update": []}},
        {"isEncrypted": True},
    ],
    ids=str,
)
def test_clear_value_is_no_envelope(value: object) -> None:
    """A clear answer or event is no envelope, also if it has a member ``data``."""
    assert not is_envelope(value)


# The key


def test_cipher_shows_no_key_and_is_never_pickled() -> None:
    """The cipher is its own copy, does not change, and neither repr nor pickle gives its key."""
    one = cipher()
    assert KEY not in repr(one)
    assert copy.deepcopy(one) is copy.copy(one) is one
    with pytest.raises(KeyFormatError):
        pickle.dumps(one)
    with pytest.raises(AttributeError):
        one.transfer = SecureDataTransfer()


@pytest.mark.parametrize("key", ["", f" {KEY}", None, 5])
def test_key_that_cannot_be_one_is_refused(key: Any) -> None:
    """A key that is empty, padded or no text is refused, also among the previous ones."""
    with pytest.raises(KeyFormatError):
        cipher(key=key)
    with pytest.raises(KeyFormatError):
        cipher(previous_keys=[key])
