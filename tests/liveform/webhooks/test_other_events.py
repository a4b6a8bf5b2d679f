"""Tests of liveform.webhooks.other_events: injections, AML, tokens and FaceAuth."""

from types import MappingProxyType
from typing import Any

import pytest
from webhook_samples import SAMPLES, SUBMISSION_ID, TIME, event_of, read

from liveform.webhooks import (
    AmlEvent,
    AmlMonitorEvent,
    FaceAuthEvent,
    InjectionEvent,
    InjectionFailEvent,
    TokenExpiredEvent,
)


def test_injection_says_what_was_added() -> None:
    """An injection has its action, the submission's status and the applicant."""
    event = event_of("injection")
    assert isinstance(event, InjectionEvent)
    assert event.action is not None
    assert (event.action.type, event.action.created_at) == ("address", "2026-06-24-01-02-03-UTC")
    assert (event.kyc_status, event.applicant_id) == ("approved", "applicant-1")


def test_failed_injection_is_not_an_injection() -> None:
    """A receiver that looks for injections does not take a failed one for one."""
    assert not isinstance(event_of("injectionFail"), InjectionEvent)


@pytest.mark.parametrize(
    ("members", "codes"),
    [
        ({"action": {"failCode": "blackliskCountries"}}, ("blacklistCountries",)),
        ({"action": {"failCode": "blacklistCountries"}}, ("blacklistCountries",)),
        ({"action": {"failCode": ["ipRisk_failCategory", "new"]}}, ("ipRisk_failCategory", "new")),
        ({"failCode": "distanceChecks_ipGeo"}, ("distanceChecks_ipGeo",)),
        ({"action": {"type": "address"}, "failCode": ["a", "b"]}, ("a", "b")),
        ({"action": {"failCode": 1}}, ()),
        ({"action": "address"}, ()),
        ({}, ()),
    ],
)
def test_code_of_a_failed_injection_is_spelt_right(members: dict[str, Any], codes: tuple[str, ...]) -> None:
    """The codes are read in or beside ``action``, one or several, and the vendor's misspelling is mended."""
    event = read("injectionFail", members)
    assert isinstance(event, InjectionFailEvent)
    assert event.fail_codes == codes


def test_aml_has_its_result() -> None:
    """A watch-list search has the status and the risk."""
    event = event_of("aml")
    assert isinstance(event, AmlEvent)
    assert event.aml_result is not None
    assert (event.aml_result.current_status, event.aml_result.risk_level_summary) == ("Red Flag", "HIGH")
    assert (
        repr(event.aml_result) == "AmlResult(current_status='Red Flag', risk_level_summary='HIGH', 2 members)"
    )


def test_aml_monitor_has_its_records() -> None:
    """A monitor event has the records; its time is the latest of theirs; their order makes no other key."""
    event = event_of("aml_monitor")
    assert isinstance(event, AmlMonitorEvent)
    assert [(record.record_id, record.worklist_id) for record in event.records] == [
        ("r1", "w1"),
        ("r2", "w1"),
    ]
    turned = SAMPLES["aml_monitor"]["records"][::-1]
    assert event_of("aml_monitor", records=turned).occurred_at == event.occurred_at is not None
    assert event_of("aml_monitor", records=turned).key == event.key


def test_expired_token_names_no_submission() -> None:
    """An expired token id has its service and time; with a time limit, the expected one (row 9.27)."""
    event = event_of("token_expired")
    assert isinstance(event, TokenExpiredEvent)
    assert (event.token_id, event.service, event.expired_condition) == ("tok_1", "idCheck", "count")
    assert (event.submission_id, event.expired_at) == (None, TIME)
    late = read("token_expired", {"token_id": "tok_1", "expected_expired_at": TIME})
    assert late.occurred_at == event.occurred_at is not None
    assert late.key != event.key


NEWEST = SAMPLES["faceAuth"]["data"]
REFERENCE = NEWEST["reference"]
MIDDLE = {
    "Authentication_id": "auth-1",
    "data": {
        "Submission_id": SUBMISSION_ID,
        "Auth_Status": "approved",
        "Create_Time": TIME,
        "User_id": "user_77",
        "cf1": "door-1",
        "cf2": "door-2",
        "cf3": "door-3",
        "Token_id": "tok_2",
        "reference": REFERENCE,
    },
}
OLDEST = {
    "auth_id": "auth-1",
    "data": {
        "submission_id": SUBMISSION_ID,
        "auth_status": "approved",
        "create_time": TIME,
        "user_id": "user_77",
        "cf1": "door-1",
        "cf2": "door-2",
        "cf3": "door-3",
    },
}
SHOUTED = {"DATA": {name.upper(): value for name, value in NEWEST.items()}}


@pytest.mark.parametrize(
    "members", [{"data": NEWEST}, MIDDLE, OLDEST, SHOUTED], ids=["newest", "middle", "oldest", "case"]
)
def test_face_auth_of_each_revision_is_read(members: dict[str, Any]) -> None:
    """The three revisions of the faceAuth event give the same attributes, in whatever case (row 9.30)."""
    event = read("faceAuth", members)
    assert isinstance(event, FaceAuthEvent)
    assert (event.submission_id, event.authentication_id) == (SUBMISSION_ID, "auth-1")
    assert (event.auth_status, event.create_time, event.auth_userid) == ("approved", TIME, "user_77")
    assert (event.auth_cf1, event.auth_cf2, event.auth_cf3) == ("door-1", "door-2", "door-3")
    assert event.raw == {"webhook_trigger": "faceAuth", **members}
    assert event.key == event_of("faceAuth").key


def test_user_and_custom_fields_of_face_auth_are_the_submissions() -> None:
    """``userid``, ``email`` and custom fields are those of the submission; the oldest revision has none."""
    for members in ({"data": NEWEST}, MIDDLE):
        event = read("faceAuth", members)
        assert (event.userid, event.email, event.cf1) == ("user_12345", "jane@example.com", "campaign")
    assert read("faceAuth", {"data": NEWEST}).token_id == "tok_2"
    shouted = {"reference": {"CF": {"CF1": "campaign"}, "EMAIL": "jane@example.com"}}
    event = read("faceAuth", {"data": {**NEWEST, **shouted}})
    assert (event.email, event.cf1) == ("jane@example.com", "campaign")
    oldest = read("faceAuth", OLDEST)
    assert (oldest.userid, oldest.email, oldest.cf1, oldest.token_id) == (None, None, None, None)


@pytest.mark.parametrize(
    "data", [None, "text", 1, [], {"reference": None}, {"reference": [1]}, {"reference": {"cf": 1}}]
)
def test_face_auth_with_odd_members_is_read(data: Any) -> None:
    """A faceAuth event whose ``data`` or ``reference`` is something else is read without them."""
    event = read("faceAuth", {"data": data, "Webhook_Trigger": "approved"})
    assert isinstance(event, FaceAuthEvent)
    assert (event.trigger, event.submission_id, event.cf1) == ("faceAuth", None, None)


def test_face_auth_event_in_a_read_only_mapping_is_that_of_a_dict() -> None:
    """The members of an event may be in any mapping; its key is the same."""
    members = {"webhook_trigger": "faceauth_result", "data": {"auth_id": "a1", "submission_id": "s1"}}
    event, same = FaceAuthEvent.read(MappingProxyType(members)), FaceAuthEvent.read(members)
    assert (event, event.key, event.raw) == (same, same.key, members)
    assert (event.authentication_id, event.submission_id) == ("a1", "s1")
