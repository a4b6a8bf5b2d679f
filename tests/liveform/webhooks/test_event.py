"""Tests of liveform.webhooks.event: the key, the time, the custom fields and the repr of an event."""

import copy
import json
import pickle
import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256
from inspect import Parameter, signature
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import text
from webhook_samples import ENCRYPTING, PERSONAL, PLAIN, SAMPLES, SUBMISSION_ID, TIME, event_of, read

import liveform.webhooks
from liveform.vendor_values import VendorValue
from liveform.webhooks import EVENTS, Event, build_event, read_event

KINDS = [
    kind
    for kind in map(vars(liveform.webhooks).get, liveform.webhooks.__all__)
    if isinstance(kind, type) and issubclass(kind, VendorValue)
]


@pytest.mark.parametrize("trigger", EVENTS)
def test_key_does_not_depend_on_the_delivery(trigger: str) -> None:
    """An event has one key: plain or encrypted, in any order of members, spaced or escaped in any way."""
    members = {"webhook_trigger": trigger, **SAMPLES[trigger]}
    turned = json.dumps(dict(reversed(members.items())), indent=2, ensure_ascii=False)
    keys = {
        read_event(json.dumps(members), PLAIN).key,
        read_event(turned, PLAIN).key,
        read_event(build_event(trigger, SAMPLES[trigger], ENCRYPTING), ENCRYPTING).key,
    }
    assert len(keys) == 1
    assert len(keys.pop()) == 64


def test_key_is_the_same_in_every_process() -> None:
    """The key is the same in another process, which hashes texts with another seed."""
    bodies = [build_event(trigger, SAMPLES[trigger], PLAIN).decode() for trigger in EVENTS]
    code = (
        "import sys; from liveform import Project; from liveform.webhooks import read_event\n"
        "for body in sys.stdin: print(read_event(body.strip(), Project('p')).key)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input="\n".join(bodies), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [read_event(body, PLAIN).key for body in bodies]


def test_key_stays_the_same_between_releases() -> None:
    """The keys of four events, of time, of records and of whole bodies, are those of the first release."""
    found = [event_of(trigger).key for trigger in ("approved", "aml_monitor", "aml")]
    found.append(event_of("새로운", b="한국", a=[1.5, None]).key)
    assert found == [
        "a1f11ed5a34bc0b30d5a047056a65d748155c37559c8a7d293fb35d466f478ee",
        "1e79aacc747bc04941a1b11bcc1c705b199c60d465a7eaafc600b28afe82cad9",
        "0a7a613380ab83a2b9954998103c544e2682fcc4fa45885ce9af549bdc2e10cb",
        "e1b3ce0d85ddda5da496ee6bb248b0033a27d8779b7a47c4cef706a20728107f",
    ]


@given(text(min_size=1))
def test_key_is_made_of_any_text_in_the_same_way(submission_id: str) -> None:
    """The key of an event with an id and a time is the SHA-256 of their JSON, whatever the id holds."""
    event = event_of("approved", submission_id=submission_id)
    written = json.dumps(
        ["approved", submission_id, event._moment()], ensure_ascii=False, separators=(",", ":")
    )
    assert event.key == sha256(written.encode()).hexdigest()


def test_key_of_a_token_without_a_service_stays_the_same() -> None:
    """The key of a token without a service stays the same between releases, and differs from one with it."""
    key = event_of("token_expired", service=None).key
    assert key == "98318214ecd4d2fab66407ad92c0a0028052f57fbaaaef251e175d56350ac9f9"
    assert key != event_of("token_expired").key


@pytest.mark.parametrize("trigger", EVENTS)
def test_key_is_another_for_another_submission(trigger: str) -> None:
    """Each trigger, submission, token id or comparison has keys of its own."""
    keys = {event_of(trigger).key, event_of("other", **SAMPLES[trigger]).key}
    text = json.dumps(SAMPLES[trigger])
    for name in (SUBMISSION_ID, "tok_1", "auth-1"):
        if name in text and (name != "tok_1" or trigger == "token_expired"):
            keys.add(read(trigger, json.loads(text.replace(name, "another"))).key)
    assert len(keys) >= 3


@pytest.mark.parametrize(
    ("trigger", "changes"),
    [
        ("approved", {"kyc_result": {"status": "approved", "updated_at": "2026-06-24T01:02:03.457Z"}}),
        ("rejected", {"kyc_result": {"status": "rejected", "updated_at": "2026-06-24T01:02:03.457Z"}}),
        ("retry", {"attempts": 3}),
        ("submit", {"created_at": "2026-06-24T01:02:03.457Z"}),
        ("updated", {"update_time": "2026-06-24T01:02:03.457Z"}),
        ("delete", {"delete_time": "2026-06-24T01:02:03.457Z"}),
        ("token_expired", {"expired_at": "2026-06-24T01:02:03.457Z"}),
        ("token_expired", {"service": "faceAuth"}),
        ("injection", {"action": {"created_at": "2026-06-24-01-02-04-UTC"}}),
        ("injectionFail", {"action": {"created_at": "2026-06-24-01-02-04-UTC"}}),
        ("injection", {"action": {**SAMPLES["injection"]["action"], "type": "another"}}),
        ("aml", {"aml_result": {"currentstatus": "Not Screened"}}),
        ("aml_monitor", {"records": [{"recordId": "r3", "worklistId": "w1", "created_at": TIME}]}),
        ("aml_monitor", {"records": [{"recordId": "r1", "worklistId": "w1"}]}),
        ("created", {"attempts": 2}),
        (
            "faceAuth",
            {"data": {"Submission_id": SUBMISSION_ID, "Create_Time": TIME, "Authentication_id": "auth-2"}},
        ),
        ("approved", {"submission_id": None}),
        ("approved", {"kyc_result": None}),
        ("retry", {"attempts": None}),
        ("aml_monitor", {"records": []}),
    ],
)
def test_key_is_another_for_another_event_of_the_same_kind(trigger: str, changes: dict[str, Any]) -> None:
    """Two events about the same thing differ in their key by their own time, count, service or records."""
    assert event_of(trigger, **changes).key != event_of(trigger).key


@pytest.mark.parametrize(
    "trigger", ["approved", "rejected", "retry", "submit", "updated", "delete", "aml_monitor"]
)
def test_key_of_an_event_with_id_and_time_holds_when_other_members_change(trigger: str) -> None:
    """A second delivery without personal data, as after a new projection, has the key of the first."""
    kept = ("submission_id", "kyc_result", "attempts", "created_at", "update_time", "delete_time", "records")
    thinned = {name: value for name, value in SAMPLES[trigger].items() if name in kept}
    assert read(trigger, thinned).key == event_of(trigger).key


@pytest.mark.parametrize(
    ("trigger", "missing"),
    [
        ("approved", {"submission_id": ""}),
        ("approved", {"kyc_result": {"updated_at": ""}}),
        ("submit", {"created_at": ""}),
        ("injection", {"action": {"type": "address", "created_at": ""}}),
        ("token_expired", {"tokenId": ""}),
        ("aml_monitor", {"records": [{"recordId": "", "created_at": TIME}]}),
        ("aml_monitor", {"records": [{"recordId": "r1", "worklistId": "w1"}]}),
        (
            "faceAuth",
            {"data": {"Submission_id": SUBMISSION_ID, "Create_Time": TIME}},
        ),
        ("faceAuth", {"data": {"Submission_id": SUBMISSION_ID, "Create_Time": "", "Authentication_id": "a"}}),
    ],
)
def test_key_counts_an_empty_id_or_time_as_missing(trigger: str, missing: dict[str, Any]) -> None:
    """Two events that differ have two keys if their id or time is empty, since neither tells them apart."""
    assert event_of(trigger, **missing).key != event_of(trigger, **missing, cf="another").key


def test_key_without_id_or_time_is_that_of_all_members() -> None:
    """An event without an id or a time of its own has a key that depends on every member."""
    bare = event_of("approved", kyc_result=None)
    assert bare.key != event_of("approved", kyc_result=None, gender="male").key
    assert (
        event_of("approved", submission_id=None).key
        != event_of("approved", submission_id=None, email=None).key
    )
    odd = [{"recordId": 1, "worklistId": "w1"}]
    assert event_of("aml_monitor", records=odd).key != event_of("aml_monitor", records=odd, userid=None).key


@pytest.mark.parametrize(
    ("trigger", "when"),
    [
        ("created", None),
        ("retry", None),
        ("submit", TIME),
        ("approved", TIME),
        ("rejected", TIME),
        ("updated", TIME),
        ("delete", TIME),
        ("token_expired", TIME),
        ("injection", "2026-06-24T01:02:03Z"),
        ("injectionFail", "2026-06-24T01:02:03Z"),
        ("aml", None),
        ("aml_monitor", TIME),
        ("faceAuth", TIME),
        ("other", None),
    ],
)
def test_time_of_an_event_is_its_own(trigger: str, when: str | None) -> None:
    """``occurred_at`` is the event's own time, in UTC, or None for an event that has none."""
    wanted = None if when is None else datetime.fromisoformat(when)
    found = event_of(trigger).occurred_at
    assert found == wanted
    assert found is None or found.tzinfo is UTC


def test_time_with_another_offset_is_given_in_utc() -> None:
    """A time with an offset is the same instant in UTC."""
    found = read("delete", {"delete_time": "2026-06-24T09:30:00+09:00"}).occurred_at
    assert str(found) == "2026-06-24 00:30:00+00:00"


@pytest.mark.parametrize(
    "text", ["", "yesterday", 1_800_000_000, None, "2026-06-24", "0001-01-01T00:00:00+09:00"]
)
def test_time_that_cannot_be_read_is_none_and_stays_in_raw(text: Any) -> None:
    """A time in another form is None; its text is still there."""
    event = read("delete", {"delete_time": text})
    assert event.occurred_at is None
    assert event.raw["delete_time"] == text


@pytest.mark.parametrize(
    "trigger", [trigger for trigger in EVENTS if trigger not in ("updated", "delete", "token_expired")]
)
@pytest.mark.parametrize("place", ["flat", "in cf"])
def test_custom_fields_are_found_flat_or_in_cf(trigger: str, place: str) -> None:
    """Custom fields are read from ``cf`` and beside the other members, whatever the vendor's page shows."""
    fields = {"cf1": "one", "cf2": "two", "cf3": "three"}
    event = read(trigger, fields if place == "flat" else {"cf": fields})
    if trigger == "faceAuth" and place == "flat":
        event = read(trigger, {"data": {"reference": fields}})
    assert (event.cf1, event.cf2, event.cf3) == ("one", "two", "three")


def test_custom_fields_beside_cf_win_and_odd_ones_are_none() -> None:
    """A custom field beside ``cf`` wins, one of another type is None, and ``cf`` may be anything."""
    event = read("approved", {"cf1": "flat", "cf": {"cf1": "inside", "cf2": 2, "other": "x"}})
    assert (event.cf1, event.cf2, event.cf3) == ("flat", None, None)
    for odd in (None, "cf1", [1], 1):
        assert read("approved", {"cf": odd}).cf1 is None


@pytest.mark.parametrize("name", ["tokenId", "token_id", "Token_id"])
@pytest.mark.parametrize("trigger", ["approved", "token_expired", "other"])
def test_token_id_has_three_names(trigger: str, name: str) -> None:
    """The token id is read under each name that the vendor uses (row 5.11)."""
    assert read(trigger, {name: "tok_9"}).token_id == "tok_9"


def test_event_of_2023_has_a_project_id() -> None:
    """The project id of older events is read (row 9.26)."""
    assert read("approved", {"projectId": "abc123de45"}).project_id == "abc123de45"


@pytest.mark.parametrize("trigger", EVENTS)
def test_repr_shows_no_personal_data(trigger: str) -> None:
    """The repr of an event and of the values inside shows the trigger, the id and statuses, and no person."""
    event = event_of(trigger)
    values = [event, *(getattr(event, name) for name in event.__struct_fields__ if name != "raw")]
    inside = [value for value in values if "raw" in getattr(value, "__struct_fields__", ())]
    texts = [repr(value) for value in inside] + [str(event), f"{event}"]
    assert f"trigger={trigger!r}" in repr(event)
    assert not [text for text in texts for personal in PERSONAL if personal in text]


@pytest.mark.parametrize("text", ["jane@example.com", "a" * 41, "", "a b", "한국", "a\n"])
def test_repr_shows_no_text_that_is_not_like_a_name(text: str) -> None:
    """A trigger or id that is not like one, which anybody can send, is not shown."""
    shown = repr(read("archived", {"submission_id": text}))
    assert shown == "UnknownEvent(trigger='archived', submission_id=..., 2 members)"
    if text:
        assert repr(read(text, {})) == "UnknownEvent(trigger=..., 1 members)"


def test_repr_shows_what_happened_to_which_submission() -> None:
    """The repr shows trigger, submission id and outcome, and nothing that is not there."""
    shown = repr(event_of("submit"))
    assert (
        shown
        == f"SubmitEvent(trigger='submit', submission_id='{SUBMISSION_ID}', outcome='pending', 9 members)"
    )
    assert repr(Event()) == "Event(trigger=..., 0 members)"
    assert Event().trigger == ""


def test_event_does_not_change_and_can_be_copied_and_pickled() -> None:
    """An event is frozen, equals its copy, and goes through pickle, as a queue of work needs."""
    event = event_of("approved")
    with pytest.raises(AttributeError):
        event.userid = "other"  # type: ignore[misc]
    for again in (copy.deepcopy(event), pickle.loads(pickle.dumps(event))):
        assert again == event
        assert again.key == event.key


@pytest.mark.parametrize("kind", KINDS)
def test_value_of_each_class_is_frozen_and_made_by_names(kind: type[VendorValue]) -> None:
    """No attribute of an event, or of a value inside one, changes, and each is given by its name."""
    value = kind()
    for name in kind.__struct_fields__:
        with pytest.raises(AttributeError, match="immutable"):
            setattr(value, name, None)
    assert {one.kind for one in signature(kind).parameters.values()} == {Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("kind", [Event, *EVENTS.values()])
def test_every_attribute_is_described(kind: type[Event]) -> None:
    """Each class says which event it is, and each of its own attributes is in its docstring."""
    docs = " ".join(base.__doc__ or "" for base in kind.__mro__)
    assert kind is Event or (kind.__doc__ or "").startswith("``")
    assert [name for name in kind.__struct_fields__ if name not in docs] == []
