"""These tests check the members of each event against section 9.3 of the vendor facts."""

from typing import Any

import pytest

from webhelper.simulator.sandbox.event_members import members_of
from webhelper.simulator.sandbox.submissions import Submission

DATA = {
    **dict.fromkeys(("cf1", "cf2", "cf3", "ip_address", "age_group", "gender", "date_of_birth"), "x"),
    **dict.fromkeys(("nationality", "full_name", "first_name", "last_name", "phoneNumber"), "x"),
    **dict.fromkeys(("idType", "idcard_issuingCountry", "documentNumber"), "x"),
}
FULL = Submission(
    id="s1",
    pid="abc123de45",
    created_at="2026-05-01T12:00:00.000Z",
    token_id="token-01",
    item={
        "email": "jane@example.com",
        "userid": "user_12345",
        "applicant_id": "a1",
        "duplicated_information": "s0",
        "additional_list": [{"answer": "x"}],
        "kyc": {"result": "approved"},
        "data": DATA,
    },
)
COMMON = {"webhook_trigger", "submission_id"}
BEGIN = {"userid", "tokenId", "cf", "ipAddress"}
PERSON = {"age_group", "gender", "date_of_birth", "nationality", "full_name", "first_name", "last_name"}

MEMBERS = {
    "created": BEGIN,
    "retry": BEGIN,
    "submit": {"email", "duplicated_information", *BEGIN},
    "approved": {
        *{"email", "cf", "applicant_id", "duplicated_information", "phoneNumber", "additional_list"},
        *PERSON,
    },
    "rejected": {"email", "duplicated_information", *BEGIN},
    "updated": {"email", "userid", "tokenId", "duplicated_information", *PERSON},
    "delete": set(),
    "injection": {"email", "userid", "tokenId", "cf1", "cf2", "cf3", "applicant_id", "kyc_status"},
    "injectionFail": {"email", "userid", "applicant_id", "duplicated_information", "kyc_status"},
    "aml": {"email", "userid", "tokenId", "cf", "duplicated_information"},
    "aml_monitor": {"email", "userid", "tokenId", "cf", "duplicated_information"},
}


@pytest.mark.parametrize("trigger", MEMBERS)
def test_event_has_the_members_of_the_table(trigger: str) -> None:
    """Each event has the members of its column, and those that it is given."""
    made = members_of(trigger, FULL, {"admin": "x"})
    assert set(made) == COMMON | MEMBERS[trigger] | {"admin"}


@pytest.mark.parametrize("trigger", MEMBERS)
def test_absent_data_are_left_out(trigger: str) -> None:
    """What a submission does not have is left out, and not null (row 9.8)."""
    item: dict[str, Any] = {"kyc": {"result": "pending"}, "data": {}}
    empty = Submission(id="s1", pid="abc123de45", created_at="", item=item)
    assert set(members_of(trigger, empty, {})) - COMMON <= {"kyc_status"}


def test_older_approved_has_user_and_document() -> None:
    """Older revisions of approved also had the user id, the token id and the document (row 9.13)."""
    added = set(members_of("approved", FULL, {}, older=True)) - set(members_of("approved", FULL, {}))
    assert added == {
        *{"userid", "tokenId", "ipAddress"},
        *{"fullName", "idType", "issuingCountry", "documentNumber"},
    }
    assert members_of("submit", FULL, {}, older=True) == members_of("submit", FULL, {})
