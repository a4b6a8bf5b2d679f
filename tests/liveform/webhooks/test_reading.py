"""Tests of liveform.webhooks.reading, which makes a typed event of the body of a webhook."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes import outcome
from webhook_samples import ENCRYPTING, KEY, PLAIN, SAMPLES, SUBMISSION_ID

from liveform import (
    ConfigError,
    DecryptError,
    FieldError,
    LiveformError,
    MalformedError,
    Project,
    UnexpectedValueError,
)
from liveform.webhooks import EVENTS, MAX_BODY_BYTES, Event, UnknownEvent, build_event, read_event

OTHER = Project("abc123de45", api_key="an example of another key", secure_data_transfer=True)


@pytest.mark.parametrize("trigger", EVENTS)
def test_event_of_each_trigger_is_read_plain_and_encrypted(trigger: str) -> None:
    """An event of each trigger becomes its class, plain or encrypted, with the members as they came."""
    for project in (PLAIN, ENCRYPTING):
        body = build_event(trigger, SAMPLES[trigger], project)
        event = read_event(body, project)
        assert type(event) is EVENTS[trigger]
        assert event.trigger == trigger
        assert event.raw == {"webhook_trigger": trigger, **SAMPLES[trigger]}


def test_samples_are_those_of_all_triggers() -> None:
    """There are thirteen triggers, each with a sample and a class of its own."""
    assert set(SAMPLES) == set(EVENTS)
    assert len(set(EVENTS.values())) == 13


@pytest.mark.parametrize("trigger", ["archived", "APPROVED", "faceauth", " approved", "a" * 1000, "한국"])
def test_unknown_trigger_keeps_everything(trigger: str) -> None:
    """An event of another trigger is an UnknownEvent with the common members, and all others in ``raw``."""
    members = {"submission_id": SUBMISSION_ID, "cf": {"cf1": "a"}, "new": {"deep": [1, None]}}
    event = read_event(json.dumps({"webhook_trigger": trigger, **members}), PLAIN)
    assert type(event) is UnknownEvent
    assert (event.trigger, event.submission_id, event.cf1) == (trigger, SUBMISSION_ID, "a")
    assert event.raw == {"webhook_trigger": trigger, **members}
    assert (event.outcome, event.occurred_at) == (None, None)


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview, lambda body: body.decode()])
def test_body_may_be_bytes_or_text(make: Any) -> None:
    """A body is taken as bytes, bytearray, memoryview or text."""
    assert read_event(make(build_event("aml", {}, PLAIN)), PLAIN).trigger == "aml"


@pytest.mark.parametrize("trigger", ["updated", "faceAuth"])
def test_clear_event_with_a_member_data_is_not_taken_for_an_encrypted_one(trigger: str) -> None:
    """An event with an object ``data``, or with a text ``data`` beside a trigger, is plain (row 9.9)."""
    assert read_event(build_event(trigger, SAMPLES[trigger], PLAIN), PLAIN).trigger == trigger
    assert read_event(build_event(trigger, {"data": "text"}, PLAIN), PLAIN).trigger == trigger


@pytest.mark.parametrize("beside", [{}, {"isEncrypted": True}, {"isEncrypted": "true"}])
def test_envelope_may_say_that_it_is_encrypted(beside: dict[str, Any]) -> None:
    """An encrypted body may have a member ``isEncrypted`` (row 10.4), and may be spaced in any way."""
    envelope = json.loads(build_event("aml", {}, ENCRYPTING))
    assert read_event(json.dumps({**beside, **envelope}, indent=1), ENCRYPTING).trigger == "aml"


def test_encrypted_event_is_refused_without_secure_data_transfer() -> None:
    """A project without the setting refuses an encrypted event, with the setting's name."""
    body = build_event("aml", {}, ENCRYPTING)
    for require in (None, False):
        with pytest.raises(MalformedError, match=r"encrypted, and the project's secure_data_transfer is off"):
            read_event(body, PLAIN, require_encrypted=require)


def test_plain_event_is_refused_with_secure_data_transfer() -> None:
    """A project with the setting reads a plain event only if the caller says so."""
    body = build_event("aml", {}, PLAIN)
    for require in (None, True):
        with pytest.raises(MalformedError, match=r"plain event.*require_encrypted=False"):
            read_event(body, ENCRYPTING, require_encrypted=require)
    assert read_event(body, ENCRYPTING, require_encrypted=False).trigger == "aml"
    sealed = build_event("aml", {}, ENCRYPTING)
    for require in (None, True, False):
        assert read_event(sealed, ENCRYPTING, require_encrypted=require).trigger == "aml"


def test_requiring_encryption_without_a_key_for_it_is_a_config_error() -> None:
    """``require_encrypted=True`` needs a project with Secure Data Transfer."""
    with pytest.raises(ConfigError, match="secure_data_transfer"):
        read_event(build_event("aml", {}, PLAIN), PLAIN, require_encrypted=True)


def test_event_opens_with_a_previous_key() -> None:
    """An event that was encrypted before a rotation of the API key opens with the key before."""
    rotated = Project("p", api_key="an example of a new key", previous_keys=[KEY], secure_data_transfer=True)
    assert read_event(build_event("aml", {}, ENCRYPTING), rotated).trigger == "aml"


@pytest.mark.parametrize(
    "layout",
    [
        "bare base64 / cbc iv16:ciphertext, hex",
        "bare base64 / cbc zero-iv, base64url",
        "bare base64 / ecb base64",
        "bare base64 / ecb hex",
    ],
)
def test_event_opens_in_the_layout_of_the_settings(layout: str) -> None:
    """An event opens in the cipher and layout of the settings, and with the usual ones it does not."""
    project = Project("p", api_key=KEY, secure_data_transfer=layout)
    body = build_event("approved", SAMPLES["approved"], project)
    assert read_event(body, project).submission_id == SUBMISSION_ID
    with pytest.raises((DecryptError, MalformedError)):
        read_event(body, ENCRYPTING)


def test_every_failure_to_open_has_one_text() -> None:
    """Another key, a changed byte, and a text that is not strict JSON end in the same DecryptError."""
    body = build_event("approved", SAMPLES["approved"], ENCRYPTING)
    data = json.loads(body)["data"]
    mode = ENCRYPTING.transfer._answers[0]  # type: ignore[union-attr]
    from liveform.crypto.layout_text import write_text

    def sealed(plaintext: bytes) -> str:
        return write_text(mode.layout, mode.encrypt(plaintext))

    deep = b'{"webhook_trigger":"aml","a":' + b"[" * 16 + b"]" * 16 + b"}"
    bad = [
        data[:-8] + "AAAAAAA=",
        data[:40],
        sealed(b"not JSON"),
        sealed(b'{"webhook_trigger":"aml","webhook_trigger":"aml"}'),
        sealed(b'{"webhook_trigger":"aml","a":NaN}'),
        sealed(b"\xff\xfe"),
        sealed(deep),
    ]
    errors = [outcome(lambda: read_event(json.dumps({"data": text}), ENCRYPTING)) for text in bad]  # noqa: B023
    errors.append(outcome(lambda: read_event(body, OTHER)))
    assert {(type(error), str(error)) for error in errors} == {(DecryptError, DecryptError.text)}


@pytest.mark.parametrize("data", ["", "!", "AAA", "%41" * 10, "한국", "A" * 15, "QUFB\nQUFB"])
def test_text_that_no_layout_writes_is_malformed(data: str) -> None:
    """A text that is not in the layout's alphabet is malformed before any key is used."""
    with pytest.raises((MalformedError, DecryptError)):
        read_event(json.dumps({"data": data}), ENCRYPTING)


@pytest.mark.parametrize(
    "value",
    [None, True, 1, 1.5, "aml", [], ["webhook_trigger"], {}, {"data": {}}, {"kycStatus": "approved"}],
)
def test_json_that_is_no_event_is_malformed(value: object) -> None:
    """JSON without a trigger is no event, plain or encrypted; no event has ``kycStatus`` (row 9.10)."""
    assert ENCRYPTING.transfer is not None
    envelope = json.dumps(ENCRYPTING.transfer.encrypt_answer(value))  # type: ignore[arg-type]
    for body, project in ((json.dumps(value), PLAIN), (envelope, ENCRYPTING)):
        with pytest.raises(MalformedError, match="webhook_trigger"):
            read_event(body, project)


@pytest.mark.parametrize("trigger", [None, True, 1, "", ["aml"], {"aml": 1}])
def test_trigger_that_is_no_text_is_refused(trigger: object) -> None:
    """A trigger that is empty or not text is an unexpected value."""
    with pytest.raises(UnexpectedValueError) as caught:
        read_event(json.dumps({"webhook_trigger": trigger}), PLAIN)
    assert caught.value.field == "webhook_trigger"


def test_body_has_a_limit() -> None:
    """A body of exactly 1 MiB is read, and one of a byte more is refused, as bytes or text."""
    start, end = b'{"webhook_trigger":"aml","a":"', b'"}'
    longest = start + b"x" * (MAX_BODY_BYTES - len(start) - len(end)) + end
    for body in (longest, longest.decode(), memoryview(longest)):
        assert read_event(body, PLAIN).trigger == "aml"
    for body in (longest + b" ", longest.decode() + " ", memoryview(longest + b" ")):
        with pytest.raises(MalformedError, match="1048576"):
            read_event(body, PLAIN)


@pytest.mark.parametrize("thing", [None, True, 1, 1.5, [], {}, object(), {"webhook_trigger": "aml"}])
def test_body_of_another_type_is_malformed(thing: Any) -> None:
    """A body that is neither bytes nor text, such as parsed JSON, is refused."""
    with pytest.raises(MalformedError, match="bytes or text"):
        read_event(thing, PLAIN)


@pytest.mark.parametrize("thing", [None, "abc123de45", {}, Project])
def test_project_must_be_a_project(thing: Any) -> None:
    """Anything but a Project is the caller's mistake."""
    with pytest.raises(FieldError, match="Project"):
        read_event(b"{}", thing)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = sorted({name for members in SAMPLES.values() for name in members})
INNER = [
    "status",
    "comment",
    "commentCode",
    "updated_at",
    "update_at",
    "update",
    "recordId",
    "type",
    "failCode",
]


def looked_at(body: Any, project: Project) -> None:
    """Read a body and look at all that an event offers; only a LiveformError may come."""
    event = outcome(lambda: read_event(body, project))
    if isinstance(event, LiveformError):
        assert str(event)
        assert event.__cause__ is event.__context__ is None
        return
    assert isinstance(event, Event)
    assert len(event.key) == 64
    assert event.occurred_at is None or event.occurred_at.utcoffset() is not None
    assert repr(event)
    assert event.outcome in (None, "approved", "pending", "rejected")


@given(st.binary() | st.text() | st.text('{}[]",:\\u0 1ea', max_size=60))
def test_any_body_ends_in_an_event_or_our_error(body: Any) -> None:
    """Whatever bytes or text come, an event or a LiveformError without a cause comes out."""
    for project in (PLAIN, ENCRYPTING):
        looked_at(body, project)


@given(
    st.sampled_from([*EVENTS, "other"]),
    st.dictionaries(
        st.sampled_from(NAMES) | st.text(),
        json_values | st.dictionaries(st.sampled_from([*NAMES, *INNER]), json_values, max_size=4),
        max_size=8,
    ),
)
def test_any_members_make_an_event(trigger: str, members: dict[str, Any]) -> None:
    """Members of any type make an event: one that cannot be read is None, and nothing fails."""
    members.pop("webhook_trigger", None)
    event = read_event(build_event(trigger, members, PLAIN, allow_unknown=True), PLAIN)
    assert type(event) is EVENTS.get(trigger, UnknownEvent)
    assert event.raw == {"webhook_trigger": trigger, **members}
    looked_at(build_event(trigger, members, ENCRYPTING, allow_unknown=True), ENCRYPTING)


@given(st.binary(min_size=1, max_size=64), st.integers(min_value=0))
def test_damaged_envelope_ends_in_an_event_or_our_error(noise: bytes, place: int) -> None:
    """An encrypted body with bytes replaced gives an event or a LiveformError."""
    body = build_event("approved", SAMPLES["approved"], ENCRYPTING)
    start = place % len(body)
    looked_at(body[:start] + noise + body[start + len(noise) :], ENCRYPTING)
