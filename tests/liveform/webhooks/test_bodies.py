"""Tests of liveform.webhooks.bodies, which reads the JSON of a webhook strictly and quickly."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from outcomes import outcome
from vector_files import load_vectors, vector_name
from webhook_samples import ENCRYPTING, PLAIN, SAMPLES

from liveform import DecryptError, MalformedError
from liveform.crypto.layout_text import write_text
from liveform.webhooks import MAX_BODY_BYTES, bodies, build_event, read_event
from liveform.webhooks.bodies import body_text, encrypted_text, read_json_text
from liveform.wire.json_object import read_message

NOT_JSON = load_vectors("not-json")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def content(entry: dict[str, Any]) -> bytes:
    """Return the bytes of a vector."""
    return bytes.fromhex(entry["text_hex"]) if "text_hex" in entry else str(entry["text"]).encode()


def test_vectors_are_many_and_named_after_the_test_suite() -> None:
    """There are more than 100 texts that are not JSON, each with a name of its own."""
    names = [entry["name"] for entry in NOT_JSON]
    assert len(set(names)) == len(names) > 100
    assert all(name.startswith("n_") for name in names)


@pytest.mark.parametrize("entry", NOT_JSON, ids=vector_name)
def test_text_that_is_not_json_is_malformed(entry: dict[str, Any]) -> None:
    """A body that is not JSON is malformed: alone, and as the value of a member of an event."""
    text = content(entry)
    for body in (text, b'{"webhook_trigger":"aml","a":' + text + b"}"):
        with pytest.raises(MalformedError):
            read_event(body, PLAIN)


@pytest.mark.parametrize("entry", NOT_JSON, ids=vector_name)
def test_text_that_is_not_json_does_not_open(entry: dict[str, Any]) -> None:
    """An encrypted text that is not JSON is a DecryptError, as with a wrong key."""
    assert ENCRYPTING.transfer is not None
    mode = ENCRYPTING.transfer._answers[0]
    body = json.dumps({"data": write_text(mode.layout, mode.encrypt(content(entry)))})
    with pytest.raises(DecryptError):
        read_event(body, ENCRYPTING)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b'{"a":1,"a":2}', "given twice"),
        (b'{"a":1,"\\u0061":1}', "given twice"),
        (b'{"x":[{"a":1,"b":2,"a":3}]}', "given twice"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":1e999}', "too large"),
        (b'{"a": ' + b"1" * 1001 + b"}", "too long"),
        (b'{"a":0.' + b"1" * 1001 + b"}", "too long"),
        (b'{"a":1' + b"0" * 900_000 + b"}", "too long"),
        (b'{"a":"\\ud800"}', "surrogate"),
        (b"[" * 17 + b"]" * 17, "16 deep"),
        (b"[" * 3000, "JSON"),
        (b"[" * 1_000_000, "too many parts"),
        (b"[" + b"0," * 20_001 + b"0]", "too many parts"),
        (b"\xef\xbb\xbf{}", "JSON"),
        ('{"a":1}'.encode("utf-16"), "UTF-8"),
        ("\ud800", "UTF-8"),
        (b'"\xed\xa0\x80"', "UTF-8"),
        (b"\xff", "UTF-8"),
    ],
)
def test_json_that_is_not_strict_is_malformed(body: Any, problem: str) -> None:
    """What readers of JSON understand differently, or take long for, is refused with its reason."""
    with pytest.raises(MalformedError, match=problem):
        read_event(body, PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1}',
        '{ "a" : [1.0, -0, 1e5, 0.1, true, null, "\\u00e9\\/"] }',
        "[" * 16 + "]" * 16,
        "[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]",
        '{"a":"한국 😀","b":"\\n\\u0001"}',
        '{"a":' + "1" * 1000 + "}",
        '{"a":"' + "x" * 20_000 + '"}',
        " 1 ",
        '"a"',
    ],
)
def test_json_of_any_shape_is_read_as_by_json(text: str) -> None:
    """Strict JSON is read to the same value as by the standard library, whichever way is taken."""
    assert repr(read_json_text(text)) == repr(read_message(text)) == repr(json.loads(text))


@given(json_values, st.booleans(), st.sampled_from([(",", ":"), (", ", ": ")]))
def test_the_quick_way_reads_the_same(value: Any, ascii_only: bool, separators: tuple[str, str]) -> None:
    """Any JSON, in any spelling, has the same value or the same error as in the strict reader."""
    text = json.dumps(value, ensure_ascii=ascii_only, separators=separators)
    found = [outcome(lambda: read_json_text(text)), outcome(lambda: read_message(text))]
    assert repr(found[0]) == repr(found[1])


@given(st.text('{}[]",:\\u0 1e.-truefalsn', max_size=40))
def test_the_quick_way_refuses_the_same(text: str) -> None:
    """Any text has the same value or the same error as in the strict reader."""
    assert repr(outcome(lambda: read_json_text(text))) == repr(outcome(lambda: read_message(text)))


@given(st.text('AZaz09+/=:."}{\\\\\n\x7f 한', max_size=12))
@example("")
@example('"')
def test_encrypted_text_is_the_one_that_json_has(inside: str) -> None:
    """Whatever is taken out of an envelope without reading JSON is what strict JSON has there."""
    text = f'{{"data":"{inside}"}}'
    taken = encrypted_text(text)
    assert taken is None or read_message(text) == {"data": taken}


@pytest.mark.parametrize("body", ['{"data":"}', '{"data":""}', '{"data":', "", '{"data": "QQ=="}'])
def test_other_bodies_are_read_as_json(body: str) -> None:
    """A body without a text in it, or with a space, is left to the reader of JSON."""
    assert not encrypted_text(body)


def test_usual_envelope_is_not_read_as_json() -> None:
    """What the vendor's JSON.stringify writes around the text of a cipher is known as it is."""
    assert encrypted_text(build_event("approved", SAMPLES["approved"], ENCRYPTING).decode())


def test_usual_event_takes_the_quick_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event as JSON.stringify writes it is not read by the slower reader; one with a member twice is."""
    asked: list[str] = []

    def slow(text: str) -> object:
        asked.append(text)
        return read_message(text)

    monkeypatch.setattr(bodies, "read_message", slow)
    text = msgspec.json.encode({"webhook_trigger": "approved", **SAMPLES["approved"]}).decode()
    assert read_json_text(text) == json.loads(text)
    assert asked == []
    with pytest.raises(MalformedError):
        read_json_text('{"a":1,"a":1}')
    assert len(asked) == 1


@pytest.mark.parametrize(
    "body",
    [
        "한" * (MAX_BODY_BYTES // 3 + 1),
        memoryview(bytes(MAX_BODY_BYTES * 2)).cast("H"),
        bytearray(MAX_BODY_BYTES + 1),
        b"\xff" * (MAX_BODY_BYTES + 1),
        "\ud800" * (MAX_BODY_BYTES + 1),
    ],
    ids=["text", "shorts", "bytearray", "no UTF-8", "no Unicode"],
)
def test_size_counts_in_bytes(body: Any) -> None:
    """The limit counts bytes of UTF-8, whatever the items of the body are, and comes before they are read."""
    with pytest.raises(MalformedError, match=r"^a body must not have more than 1048576 bytes$"):
        body_text(body)


def test_view_of_every_other_byte_is_a_body() -> None:
    """A memoryview with gaps is read as the bytes that it shows."""
    assert body_text(memoryview(b"{ } ")[::2]) == "{}"


def test_released_memoryview_is_malformed() -> None:
    """A view whose bytes are gone is refused, as anything else that is no body."""
    view = memoryview(b"{}")
    view.release()
    with pytest.raises(MalformedError):
        body_text(view)
