"""This module has one sample of each webhook, with the members of the vendor's newest pages."""

import json
from typing import Any, Final

from liveform import Project
from liveform.webhooks import Event, read_event

KEY: Final = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
PLAIN: Final = Project("abc123de45")
ENCRYPTING: Final = Project("abc123de45", api_key=KEY, secure_data_transfer=True)
SUBMISSION_ID: Final = "kz3m1x9q2w8ab"
TIME: Final = "2026-06-24T01:02:03.456Z"

_ABOUT: Final = {"submission_id": SUBMISSION_ID, "email": "jane@example.com", "userid": "user_12345"}
_CF: Final = {"cf": {"cf1": "campaign", "cf2": "store-17", "cf3": "table-4"}}
_TOKEN: Final = {"tokenId": "tok_1"}

SAMPLES: Final[dict[str, dict[str, Any]]] = {
    "created": {
        **_ABOUT,
        **_TOKEN,
        **_CF,
        "ipAddress": "203.0.113.7",
        "kyc_result": {"status": "incomplete"},
    },
    "retry": {
        **_ABOUT,
        **_TOKEN,
        **_CF,
        "ipAddress": "203.0.113.7",
        "kyc_result": {"status": "incomplete"},
        "retryCode": "glare_detected",
        "attempts": 2,
    },
    "submit": {
        **_ABOUT,
        **_TOKEN,
        **_CF,
        "created_at": TIME,
        "duplicated_information": "x1",
        "ipAddress": "::1",
    },
    "approved": {
        **_ABOUT,
        **_CF,
        "kyc_result": {
            "status": "approved",
            "updated_at": TIME,
            "created_at": "2026-06-24T01:00:00.000Z",
            "kyc_result_at": TIME,
            "reviewer": "system",
        },
        "applicant_id": "applicant-1",
        "age_group": "adult",
        "gender": "female",
        "date_of_birth": "1990-01-01",
        "nationality": "KOR",
        "full_name": "Jane Doe",
        "full_name_en": "Jane Doe",
        "first_name": "Jane",
        "last_name": "Doe",
        "phoneNumber": "01000000000",
        "ssnNumber": "000000-0000000",
        "additional_list": [{"answer": "yes", "inputValue": "of course", "blockType": "radio"}],
    },
    "rejected": {
        **_ABOUT,
        **_TOKEN,
        **_CF,
        "ipAddress": "203.0.113.7",
        "duplicated_information": "x1",
        "kyc_result": {
            "status": "rejected",
            "comment": "The document is expired.",
            "commentCode": "expired_id",
            "updated_at": TIME,
        },
    },
    "updated": {
        **_ABOUT,
        **_TOKEN,
        "data": {
            "update": ["kycStatus", "fullName", "first_name"],
            "kyc_result": "approved",
            "pending_at": TIME,
            "reviewer": "admin@example.com",
        },
        "admin": "admin@example.com",
        "update_time": TIME,
        "full_name": "Jane Doe",
    },
    "delete": {"submission_id": SUBMISSION_ID, "account_email": "admin@example.com", "delete_time": TIME},
    "token_expired": {
        "token_id": "tok_1",
        "expired_condition": "count",
        "service": "idCheck",
        "expired_at": TIME,
    },
    "injection": {
        **_ABOUT,
        **_TOKEN,
        "cf1": "campaign",
        "cf2": "store-17",
        "cf3": "table-4",
        "applicant_id": "applicant-1",
        "kyc_status": "approved",
        "action": {"type": "address", "created_at": "2026-06-24-01-02-03-UTC"},
    },
    "injectionFail": {
        **_ABOUT,
        "kyc_status": "approved",
        "action": {
            "type": "address",
            "created_at": "2026-06-24-01-02-03-UTC",
            "failCode": "blackliskCountries",
        },
    },
    "aml": {
        **_ABOUT,
        **_TOKEN,
        **_CF,
        "aml_result": {"currentstatus": "Red Flag", "risk_level_summary": "HIGH"},
    },
    "aml_monitor": {
        **_ABOUT,
        **_TOKEN,
        **_CF,
        "records": [
            {"recordId": "r1", "worklistId": "w1", "created_at": TIME},
            {"recordId": "r2", "worklistId": "w1", "created_at": "2026-06-24T00:00:00.000Z"},
        ],
    },
    "faceAuth": {
        "data": {
            "Submission_id": SUBMISSION_ID,
            "Auth_Status": "approved",
            "Create_Time": TIME,
            "Auth_User_id": "user_77",
            "Auth_cf1": "door-1",
            "Auth_cf2": "door-2",
            "Auth_cf3": "door-3",
            "Token_id": "tok_2",
            "reference": {
                "userid": "user_12345",
                "email": "jane@example.com",
                "cf": {"cf1": "campaign", "cf2": "store-17", "cf3": "table-4"},
            },
            "Authentication_id": "auth-1",
        }
    },
}
PERSONAL: Final = (
    *(
        "jane",
        "Jane",
        "user_12345",
        "user_77",
        "campaign",
        "store-17",
        "door-1",
        "tok_1",
        "tok_2",
        "203.0.113.7",
    ),
    *("1990", "01000000000", "000000-0000000", "of course", "expired.", "admin@example.com"),
)


def event_of(trigger: str, **changes: object) -> Event:
    """Return the sample of a trigger with members changed; None takes one away."""
    members = {**SAMPLES.get(trigger, {}), **changes}
    return read(trigger, {name: value for name, value in members.items() if value is not None})


def read(trigger: str, members: dict[str, Any]) -> Event:
    """Return what ``read_event`` makes of an event with these members."""
    return read_event(json.dumps({"webhook_trigger": trigger, **members}), PLAIN)
