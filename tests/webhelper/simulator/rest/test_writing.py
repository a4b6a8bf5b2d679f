"""These tests check migration, editing and review."""

from dataclasses import replace
from typing import Any

import pytest
from sandboxes import ADMIN, EMAIL, PID, last_event, submitted, triggers
from simulated_api import Api

MIGRATION = {
    "admin": ADMIN,
    "email": EMAIL,
    "fullName": "SAMPLE MOVED",
    "birthDate": "1990-01-01",
    "kycStatus": "approved",
}
FULL = MIGRATION | {
    "idType": "drvlic",
    "issuingCountry": "KOR",
    "nationality": "KOR",
    "gender": "female",
    "issueDate": "2020-01-01",
    "expireDate": "2030-01-01",
    "ipAddress": "192.0.2.7",
    "cf1": "x",
    "address_city": "Seoul",
    "address_full": "Seoul 1",
    "userid": "user_9",
    "documentNumber": "M1",
}


def item_of(api: Api, submission_id: str) -> dict[str, Any]:
    """Return the item of a submission."""
    (item,) = api.get("/submission", submission_id=submission_id)["Items"]
    return dict(item)


def test_migration_makes_a_submission(api: Api) -> None:
    """A migrated submission has the status and the data that came (rows 3.1 to 3.4), and makes no event."""
    answer = api.send("POST", "/submission/migration", FULL)
    assert answer["message"] == "success"
    item = item_of(api, answer["submissionId"])
    assert (item["kyc"]["result"], item["email"], item["userid"]) == ("approved", EMAIL, "user_9")
    data = item["data"]
    assert (data["full_name"], data["date_of_birth"], data["idType"]) == (
        "SAMPLE MOVED",
        "1990-01-01",
        "drvlic",
    )
    assert (data["ip_address"], data["address_formatted"], data["cf1"]) == ("192.0.2.7", "Seoul 1", "x")
    assert data["age_group"] == "adult"
    assert (item["reviewer"], "applicant_id" in item) == (ADMIN, True)
    assert triggers(api.sandbox) == []


def test_migration_takes_a_credit(api: Api) -> None:
    """A migration takes a credit, as every submission does (FAQ); without one it is refused."""
    one = replace(api.sandbox.dashboard(PID), credits=1)
    api.sandbox.configure(one)
    api.send("POST", "/submission/migration", FULL)
    assert api.refusal("POST", "/submission/migration", FULL)["errorCode"] == "processing_error"
    assert api.sandbox.usage.credits_left(one) == 0


def test_migration_needs_few_members(api: Api) -> None:
    """idType and issuingCountry are optional in the newest revision (row 3.1)."""
    answer = api.send("POST", "/submission/migration", MIGRATION | {"kycStatus": "rejected"})
    assert item_of(api, answer["submissionId"])["kyc"]["result"] == "rejected"


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ([], "invalid_payload", "The payload is invalid."),
        ({}, "invalid_payload", "The payload is invalid."),
        (MIGRATION | {"other": "x"}, "invalid_parameter", "invalid parameter: other"),
        ({"admin": ADMIN}, "missing_data", "missing data: email"),
        (MIGRATION | {"fullName": ""}, "missing_data", "missing data: fullName"),
        (MIGRATION | {"fullName": 7}, "invalid_format", "invalid format: fullName"),
        (MIGRATION | {"birthDate": "01.01.1990"}, "invalid_format", "invalid format: birthDate"),
        (MIGRATION | {"kycStatus": "pending"}, "invalid_format", "invalid format: kycStatus"),
        (MIGRATION | {"nationality": "KR"}, "invalid_format", "invalid format: nationality"),
        (MIGRATION | {"gender": "F"}, "invalid_format", "invalid format: gender"),
        (MIGRATION | {"email": "jane"}, "invalid_format", "invalid format: email"),
        (MIGRATION | {"admin": "other@example.com"}, "invalid_admin", None),
    ],
)
def test_wrong_migration_is_refused(api: Api, body: object, code: str, message: str | None) -> None:
    """Errors are errorCode and message; unknown members are refused (row 3.5)."""
    refused = api.refusal("POST", "/submission/migration", body)
    assert refused["errorCode"] == code
    assert message in (None, refused["message"])


def test_edit_changes_data_with_an_event(api: Api) -> None:
    """PATCH changes data also of decided submissions (rows 3.8, 3.10), and sends updated (row 9.19)."""
    made = submitted(api.sandbox)
    data = {"fullName": "SAMPLE NEW", "firstName": "NEW", "birthDate": "2012-01-01", "version": "2"}
    answer = api.send("PATCH", "/submission", {"submissionId": made, "admin": ADMIN, "data": data})
    assert answer == {"message": "Data Processing Success."}
    item = item_of(api, made)
    assert (item["data"]["full_name"], item["data"]["version"]) == ("SAMPLE NEW", "2")
    assert item["data"]["age_group"] == "early-teen"
    event = last_event(api.sandbox)
    assert event["webhook_trigger"] == "updated"
    assert sorted(event["data"].pop("update")) == ["birthDate", "first_name", "fullName", "version"]
    assert event["data"] == {"kyc_result": "approved", "reviewer": "system"}
    assert (event["admin"], event["update_time"]) == (ADMIN, "2026-05-01T12:00:00.000Z")
    assert event["full_name"] == "SAMPLE NEW"


@pytest.mark.parametrize("status", ["approved", "rejected"])
def test_edit_changes_the_status_of_decided_submissions(api: Api, status: str) -> None:
    """PATCH may change a decision (row 3.10)."""
    made = submitted(api.sandbox, "rejected")
    body = {"submissionId": made, "admin": ADMIN, "data": {"kycStatus": status}}
    api.send("PATCH", "/submission", body)
    item = item_of(api, made)
    assert (item["kyc"]["result"], item["reviewer"]) == (status, ADMIN)
    assert triggers(api.sandbox) == ["created", "rejected", "updated"]


def test_edit_of_data_keeps_the_reason_of_a_rejection(api: Api) -> None:
    """A change of data alone leaves the decision as it is."""
    from liveform import Pipeline

    made = api.sandbox.submit(
        "abc123de45", {}, "rejected", pipeline=Pipeline.ID_DOCUMENT, codes=["expired_id"]
    )
    body = {"submissionId": made, "admin": ADMIN, "data": {"fullName": "SAMPLE NEW"}}
    api.send("PATCH", "/submission", body)
    assert item_of(api, made)["kyc"]["commentCode"] == ["expired_id"]


def test_edit_ignores_what_it_does_not_know(api: Api) -> None:
    """Unknown members are ignored, and the log names them."""
    data = {"fullName": "SAMPLE NEW", "cf1": "x"}
    body = {"submissionId": submitted(api.sandbox), "admin": ADMIN, "data": data, "more": 1}
    api.send("PATCH", "/submission", body)
    assert api.logged.ignored == ("more", "data.cf1")
    assert api.logged.doubts == ("unknown_data",)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"submissionId": None}, "submissionId is required."),
        ({"submissionId": ""}, "submissionId is required."),
        ({"admin": None}, "admin is required."),
        ({"data": None}, "At least one property to modify is required."),
        ({"data": {}}, "At least one property to modify is required."),
        ({"data": {"unknown": "x"}}, "At least one property to modify is required."),
        ({"data": {"fullName": 7}}, "Data Processing Error."),
        ({"data": {"kycStatus": "pending"}}, "Data Processing Error."),
        ({"submissionId": "nobody"}, "Data Processing Error."),
        ({"admin": "other@example.com"}, "Data Processing Error."),
    ],
)
def test_wrong_edit_is_refused_with_a_sentence(api: Api, change: dict[str, Any], sentence: str) -> None:
    """Errors of PATCH are sentences in errorCode (row 3.9), and nothing changes."""
    body = {"submissionId": submitted(api.sandbox), "admin": ADMIN, "data": {"fullName": "X"}} | change
    assert api.refusal("PATCH", "/submission", body) == {"errorCode": sentence}
    assert "updated" not in triggers(api.sandbox)


def test_review_approves(api: Api) -> None:
    """A review decides a pending submission, with its event (rows 3.19, 3.20)."""
    made = submitted(api.sandbox, "pending")
    fields = {"fullName": "SAMPLE SEEN", "cf1": "x"}
    body = {"submissionId": made, "status": "approved", "admin": ADMIN, "updateFields": fields}
    assert api.send("POST", "/submission/review", body) == {
        "submissionId": made,
        "message": "Success to review submission.",
        "finalStatus": "approved",
    }
    assert api.logged.ignored == ("updateFields.cf1",)
    assert api.logged.doubts == ("review_events", "unknown_data")
    item = item_of(api, made)
    assert (item["kyc"]["result"], item["reviewer"]) == ("approved", ADMIN)
    assert item["data"]["full_name"] == "SAMPLE SEEN"
    event = last_event(api.sandbox)
    assert (event["webhook_trigger"], event["kyc_result"]["reviewer"]) == ("approved", ADMIN)
    assert triggers(api.sandbox) == ["created", "submit", "approved"]


def test_review_rejects_with_its_comment(api: Api) -> None:
    """The comment of a rejection is in item and event (row 9.14)."""
    made = submitted(api.sandbox, "pending")
    body = {"submissionId": made, "status": "rejected", "admin": ADMIN, "rejectComment": "blurred"}
    assert api.send("POST", "/submission/review", body)["finalStatus"] == "rejected"
    assert item_of(api, made)["kyc"]["comment"] == ["blurred"]
    result = last_event(api.sandbox)["kyc_result"]
    assert (result["status"], result["comment"], result["commentCode"]) == ("rejected", "blurred", "other")


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        ({"submissionId": None}, "submission", "Submission Id is required."),
        ({"admin": ""}, "project", "admin is required."),
        (
            {"admin": "other@example.com"},
            "project",
            "Access denied. The admin is not registered in the project.",
        ),
        ({"status": "pending"}, "request parameter", "Invalid status"),
        ({"updateFields": "x"}, "request parameter", "Invalid data format."),
        ({"updateFields": None}, "request parameter", "Invalid data format."),
        ({"updateFields": {"gender": "F"}}, "request parameter", "Invalid data format."),
        ({"status": "rejected"}, "request parameter", "Reject comment is required"),
        ({"status": "rejected", "rejectComment": 7}, "request parameter", "Reject comment is required"),
        ({"submissionId": "nobody"}, "submission", "Invalid Submission Id."),
    ],
)
def test_wrong_review_is_refused(api: Api, change: dict[str, Any], kind: str, message: str) -> None:
    """Each error of row 3.21 has its type and text; the submission stays pending."""
    made = submitted(api.sandbox, "pending")
    body = {"submissionId": made, "status": "approved", "admin": ADMIN} | change
    refused = api.refusal("POST", "/submission/review", body)
    assert refused == {"errorType": kind, "message": message}
    assert item_of(api, made)["kyc"]["result"] == "pending"


@pytest.mark.parametrize("outcome", ["approved", "rejected"])
def test_decided_submission_cannot_be_reviewed(api: Api, outcome: str) -> None:
    """Only pending submissions can be reviewed (row 3.21)."""
    made = submitted(api.sandbox, outcome)  # type: ignore[arg-type]  # one of two outcomes
    body = {"submissionId": made, "status": "approved", "admin": ADMIN}
    refused = api.refusal("POST", "/submission/review", body)
    assert refused["message"] == "Only submissions in pending status can be reviewed"
