"""Tests of liveform.webhooks.submission_events: old and new member names, and outcomes."""

from typing import Any

import pytest
from webhook_samples import SAMPLES, TIME, event_of, read

from liveform import KycStatus
from liveform.vendor_codes import Actor, CodeKind
from liveform.webhooks import (
    ApprovedEvent,
    CreatedEvent,
    DeleteEvent,
    RejectedEvent,
    RetryEvent,
    SubmitEvent,
    UpdatedEvent,
)
from liveform.webhooks.submission_events import outcome_of


def test_created_and_retry_have_attempts_and_a_code() -> None:
    """A retry says why and how often; a creation says it only if it was a retry."""
    created, retry = event_of("created"), event_of("retry")
    assert isinstance(created, CreatedEvent)
    assert isinstance(retry, RetryEvent)
    assert (created.attempts, created.retry_code, created.ip_address) == (None, None, "203.0.113.7")
    assert (retry.attempts, retry.retry_code) == (2, "glare_detected")
    assert retry.kyc_result is not None
    assert retry.kyc_result.status == "incomplete"
    assert not isinstance(retry, CreatedEvent)


def test_submit_has_its_time_and_duplicates() -> None:
    """A submission that waits for a review says since when."""
    event = event_of("submit")
    assert isinstance(event, SubmitEvent)
    assert (event.created_at, event.duplicated_information, event.ip_address) == (TIME, "x1", "::1")


def test_approved_of_the_newest_revision_is_read() -> None:
    """All members of the newest approved sample have an attribute."""
    event = event_of("approved")
    assert isinstance(event, ApprovedEvent)
    assert event.kyc_result is not None
    assert (event.kyc_result.reviewer, event.kyc_result.kyc_result_at) == ("system", TIME)
    assert (event.applicant_id, event.age_group, event.gender) == ("applicant-1", "adult", "female")
    assert (event.date_of_birth, event.nationality) == ("1990-01-01", "KOR")
    assert (event.full_name, event.full_name_en) == ("Jane Doe", "Jane Doe")
    assert (event.first_name, event.last_name) == ("Jane", "Doe")
    assert (event.phone_number, event.ssn_number) == ("01000000000", "000000-0000000")
    (answer,) = event.additional_list
    assert (answer.answer, answer.input_value, answer.block_type) == ("yes", "of course", "radio")


def test_approved_of_2024_is_read() -> None:
    """The members that only an older approved sample has are read under their names of then (row 9.13)."""
    event = read(
        "approved",
        {
            "fullName": "Jane Doe",
            "tokenId": "tok_1",
            "ipAddress": "203.0.113.7",
            "idType": "passport",
            "issuingCountry": "KOR",
            "issueDate": "2020-01-01",
            "expireDate": "2030-01-01",
            "identityNumber": "1",
            "documentNumber": "M1",
            "additional_list": {"answer": "yes", "inputValue": "of course", "blockType": "radio"},
            "kyc_result": {"status": "approved", "update_at": TIME, "pending_at": TIME},
        },
    )
    assert isinstance(event, ApprovedEvent)
    assert (event.full_name, event.token_id, event.ip_address) == ("Jane Doe", "tok_1", "203.0.113.7")
    assert (event.id_type, event.issuing_country) == ("passport", "KOR")
    assert (event.issue_date, event.expire_date) == ("2020-01-01", "2030-01-01")
    assert (event.identity_number, event.document_number) == ("1", "M1")
    assert [answer.input_value for answer in event.additional_list] == ["of course"]
    assert event.additional_list[0].raw["blockType"] == "radio"
    assert event.kyc_result is not None
    assert (event.kyc_result.updated_at, event.kyc_result.pending_at) == (TIME, TIME)


def test_newer_name_wins_over_the_older() -> None:
    """Where both names of a member are there, the newer one counts."""
    event = read("approved", {"fullName": "old", "full_name": "new"})
    assert isinstance(event, ApprovedEvent)
    assert event.full_name == "new"
    result = read("approved", {"kyc_result": {"update_at": "old", "updated_at": "new"}})
    assert isinstance(result, ApprovedEvent)
    assert result.kyc_result is not None
    assert result.kyc_result.updated_at == "new"


@pytest.mark.parametrize(
    ("came", "inputs"),
    [
        ([{"inputValue": "a"}, {"inputValue": "b"}], ["a", "b"]),
        ({"inputValue": "a"}, ["a"]),
        ({"first": {"inputValue": "a"}, "second": {"inputValue": "b"}}, ["a", "b"]),
        ([{"inputValue": "a"}, "odd", None], ["a"]),
        ({}, [None]),
        ("text", []),
        (None, []),
    ],
)
def test_additional_list_may_be_an_array_or_an_object(came: Any, inputs: list[str]) -> None:
    """``additional_list`` is read as an array (site), as one object (gitbook), or as an object of objects."""
    event = read("approved", {"additional_list": came, "gender": "female"})
    assert isinstance(event, ApprovedEvent)
    assert [answer.input_value for answer in event.additional_list] == inputs
    assert event.gender == "female"


@pytest.mark.parametrize(
    ("came", "found"),
    [
        ("a text", ("a text",)),
        (["one", "two"], ("one", "two")),
        ([], ()),
        (None, ()),
        (1, ()),
        (["a", 1], ()),
    ],
)
def test_comment_and_code_of_a_rejection_may_be_a_text_or_a_list(came: Any, found: tuple[str, ...]) -> None:
    """``comment`` and ``commentCode`` are tuples, whether a text or a list came (row 9.14)."""
    for name, attribute in (("comment", "comment"), ("commentCode", "comment_code")):
        event = read("rejected", {"kyc_result": {"status": "rejected", name: came}})
        assert isinstance(event, RejectedEvent)
        assert event.kyc_result is not None
        assert getattr(event.kyc_result, attribute) == found
        assert event.kyc_result.raw == {"status": "rejected", name: came}
        assert event.outcome is KycStatus.REJECTED


def test_updated_names_what_changed() -> None:
    """An update lists the changed members in the vendor's mixed spelling (row 9.19)."""
    event = event_of("updated")
    assert isinstance(event, UpdatedEvent)
    assert event.data is not None
    assert event.data.update == ("kycStatus", "fullName", "first_name")
    assert (event.data.kyc_result, event.data.reviewer) == ("approved", "admin@example.com")
    assert (event.admin, event.update_time, event.full_name) == ("admin@example.com", TIME, "Jane Doe")


def test_delete_says_who_and_when() -> None:
    """A deletion has the account, the time and a comment."""
    event = event_of("delete", comment="asked for")
    assert isinstance(event, DeleteEvent)
    assert (event.account_email, event.delete_time, event.comment) == ("admin@example.com", TIME, "asked for")


@pytest.mark.parametrize("trigger", SAMPLES)
def test_every_member_but_the_trigger_may_be_missing(trigger: str) -> None:
    """An event without any other member is read (rows 7.8, 9.8)."""
    event = read(trigger, {})
    assert event.trigger == trigger
    assert (event.submission_id, event.userid, event.email, event.occurred_at) == (None, None, None, None)


@pytest.mark.parametrize(
    ("trigger", "changes", "outcome"),
    [
        ("created", {}, None),
        ("retry", {}, None),
        ("created", {"kyc_result": {"status": "approved"}}, None),
        ("submit", {}, "pending"),
        ("approved", {}, "approved"),
        ("approved", {"kyc_result": None}, "approved"),
        ("approved", {"kyc_result": {}}, "approved"),
        ("approved", {"kyc_result": {"status": "rejected"}}, None),
        ("approved", {"kyc_result": {"status": "APPROVED"}}, None),
        ("rejected", {}, "rejected"),
        ("rejected", {"kyc_result": None}, "rejected"),
        ("rejected", {"kyc_result": {"status": "approved"}}, None),
        ("updated", {}, "approved"),
        ("updated", {"data": {"kyc_result": "rejected"}}, "rejected"),
        ("updated", {"data": {"kyc_result": "pending"}}, "pending"),
        ("updated", {"data": {"kyc_result": "incomplete"}}, None),
        ("updated", {"data": {}}, None),
        ("updated", {"data": None}, None),
        ("delete", {}, None),
        ("token_expired", {}, None),
        ("injection", {}, "approved"),
        ("injection", {"kyc_status": "on_hold"}, None),
        ("injectionFail", {"kyc_status": "pending"}, "pending"),
        ("injectionFail", {"kyc_status": None}, None),
        ("aml", {}, None),
        ("aml_monitor", {}, None),
        ("faceAuth", {}, None),
    ],
)
def test_outcome_is_what_the_event_says_of_the_submission(
    trigger: str, changes: dict[str, Any], outcome: str | None
) -> None:
    """The outcome is the event's own, and None if it says nothing, contradicts itself, or is new to us."""
    found = event_of(trigger, **changes).outcome
    assert found == outcome
    assert found is None or type(found) is KycStatus


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("approved", KycStatus.APPROVED), ("incomplete", None), ("imcomplete", None), ("", None), (None, None)],
)
def test_status_that_is_no_outcome_is_none(status: str | None, outcome: KycStatus | None) -> None:
    """Only approved, pending and rejected are outcomes."""
    assert outcome_of(status) is outcome


def test_codes_of_an_event_are_explained() -> None:
    """Reject, retry and injection codes come with their meaning and who can act; other events have none."""
    rejected = read("rejected", {"kyc_result": {"commentCode": ["expired_id", "new_code"]}})
    assert [(one.code, one.kind, one.is_known) for one in rejected.explanations] == [
        ("expired_id", CodeKind.REJECT, True),
        ("new_code", CodeKind.REJECT, False),
    ]
    retry = read("retry", {"retryCode": "glare_detected"})
    assert [(one.code, one.actor) for one in retry.explanations] == [("glare_detected", Actor.USER)]
    refused = read("injectionFail", {"action": {"failCode": "blackliskCountries"}})
    assert [(one.code, one.is_known) for one in refused.explanations] == [("blacklistCountries", True)]
    for trigger in ("rejected", "retry", "created", "injectionFail", "approved", "another"):
        assert read(trigger, {}).explanations == ()
