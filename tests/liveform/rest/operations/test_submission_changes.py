"""Tests of liveform.rest.operations.submission_changes: creating, changing and reviewing submissions."""

from datetime import date
from typing import Any

import pytest
from rest_answers import SECRET, read, refused, unreadable

from liveform.rest.operations import submission_changes as changes

ADMIN = "admin@example.com"
PERSON: dict[str, Any] = {
    "admin": ADMIN,
    "email": "jane@example.com",
    "full_name": "Jane Doe",
    "birth_date": date(1990, 1, 1),
    "kyc_status": "approved",
}
WIRE = {
    "admin": ADMIN,
    "email": "jane@example.com",
    "fullName": "Jane Doe",
    "birthDate": "1990-01-01",
    "kycStatus": "approved",
}
OPTIONAL = {
    "first_name": ("firstName", "Jane"),
    "last_name": ("lastName", "Doe"),
    "nationality": ("nationality", "USA"),
    "gender": ("gender", "female"),
    "id_type": ("idType", "drvlic"),
    "issuing_country": ("issuingCountry", "USA"),
    "issue_date": ("issueDate", "2020-01-01"),
    "expire_date": ("expireDate", "2030-01-01"),
    "ip_address": ("ipAddress", "192.0.2.1"),
    "identity_number": ("identityNumber", "1"),
    "document_number": ("documentNumber", "2"),
    "address_city": ("address_city", "a"),
    "address_country": ("address_country", "b"),
    "address_state": ("address_state", "c"),
    "address_street": ("address_street", "d"),
    "address_full": ("address_full", "e"),
    "cf1": ("cf1", "f"),
    "cf2": ("cf2", "g"),
    "cf3": ("cf3", "h"),
    "userid": ("userid", "user_12345"),
}


def test_create_sends_required_members_alone() -> None:
    """A submission needs five members, and goes out as the vendor names them (row 3.1)."""
    operation = changes.create(**PERSON)
    assert (operation.method, operation.path) == ("POST", "/submission/migration")
    assert operation.body == WIRE
    assert operation.transfer
    assert not operation.repeatable
    assert read(operation, {"message": "success", "submissionId": "evcka62mes3ug"}) == "evcka62mes3ug"


def test_create_sends_every_optional_member() -> None:
    """Every documented member has an argument (row 3.2), and ``extra`` takes those of tomorrow."""
    given: Any = {name: value for name, (_, value) in OPTIONAL.items()}
    body = changes.create(**PERSON, **given, extra={"newMember": "x"}).body
    assert body == {**WIRE, **dict(OPTIONAL.values()), "newMember": "x"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("admin", None),
        ("admin", ""),
        ("email", None),
        ("email", 5),
        ("full_name", ""),
        ("birth_date", "1990-02-30"),
        ("birth_date", None),
        ("kyc_status", "pending"),
        ("kyc_status", None),
        ("gender", "f"),
        ("nationality", "US"),
        ("issuing_country", "usa"),
        ("issue_date", SECRET),
        ("expire_date", 2030),
        ("id_type", ""),
        ("cf1", 1),
        ("cf2", "\ud800"),
        ("extra", {"fullName": SECRET}),
        ("fullName", SECRET),
        ("serial_number", SECRET),
    ],
)
def test_create_refuses_wrong_arguments(name: str, value: object) -> None:
    """The error names the argument and never its value."""
    assert refused(changes.create, **{**PERSON, name: value}).field == name


@pytest.mark.parametrize(
    "value", [{}, {"message": "success"}, {"submissionId": None}, {"submissionId": 7}, []]
)
def test_create_without_an_id_in_the_answer_may_have_happened(value: Any) -> None:
    """An answer without the new id cannot be read, although the submission may be there."""
    unreadable(changes.create(**PERSON), value)


def test_update_puts_changes_into_data() -> None:
    """What changes stands in ``data``, beside the id and the admin (row 3.6)."""
    given: Any = {
        name: value for name, (_, value) in OPTIONAL.items() if name in changes.PersonalData.__annotations__
    }
    operation = changes.update(
        "evcka62mes3ug",
        admin=ADMIN,
        extra={"newMember": "x"},
        kyc_status="rejected",
        full_name="Jane Doe",
        birth_date="1990-01-01",
        serial_number="1",
        privacy_shield="2",
        curp_number="3",
        version="4",
        type_of_permit="5",
        **given,
    )
    assert (operation.method, operation.path) == ("PATCH", "/submission")
    assert operation.transfer
    assert not operation.repeatable
    assert operation.body is not None
    assert operation.body.keys() == {"submissionId", "admin", "data"}
    assert operation.body["data"] == {
        "kycStatus": "rejected",
        "fullName": "Jane Doe",
        "birthDate": "1990-01-01",
        "serialNumber": "1",
        "privacyShield": "2",
        "curpNumber": "3",
        "version": "4",
        "typeOfPermit": "5",
        "newMember": "x",
        **dict(OPTIONAL[name] for name in given),
    }
    assert read(operation, {"message": "Data Processing Success."}).message == "Data Processing Success."


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "changes"),
        ({"full_name": None}, "changes"),
        ({"extra": {}}, "changes"),
        ({"submission_id": "", "cf1": "x"}, "cf1"),
        ({"submission_id": "", "gender": "male"}, "submission_id"),
        ({"admin": None, "gender": "male"}, "admin"),
        ({"kyc_status": "approve"}, "kyc_status"),
        ({"fulname": SECRET}, "fulname"),
    ],
)
def test_update_refuses_wrong_arguments(given: dict[str, Any], field: str) -> None:
    """There must be something to change, and all of it known."""
    assert refused(changes.update, **{"submission_id": "a", "admin": ADMIN, **given}).field == field


def test_review_sends_a_decision() -> None:
    """A review has a status and an admin; what it corrects stands in ``updateFields`` (row 3.19)."""
    operation = changes.review(
        "a", status="approved", admin=ADMIN, update_fields={"full_name": "Jane Doe"}, extra={"newMember": "x"}
    )
    assert (operation.method, operation.path) == ("POST", "/submission/review")
    assert operation.body == {
        "submissionId": "a",
        "status": "approved",
        "admin": ADMIN,
        "updateFields": {"fullName": "Jane Doe", "newMember": "x"},
    }
    assert not operation.transfer
    assert not operation.repeatable
    result = read(
        operation,
        {"submissionId": "a", "message": "Success to review submission.", "finalStatus": "approved"},
    )
    assert (result.submission_id, result.final_status) == ("a", "approved")


def test_review_that_rejects_says_why() -> None:
    """A rejection has its comment."""
    body = changes.review("a", status="rejected", admin=ADMIN, reject_comment="Blurry").body
    assert body == {"submissionId": "a", "status": "rejected", "admin": ADMIN, "rejectComment": "Blurry"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"status": "rejected"}, "reject_comment"),
        ({"status": "rejected", "reject_comment": ""}, "reject_comment"),
        ({"status": "approved", "reject_comment": SECRET}, "reject_comment"),
        ({"status": "pending"}, "status"),
        ({"status": None}, "status"),
        ({"admin": None}, "admin"),
        ({"submission_id": None}, "submission_id"),
        ({"update_fields": [("full_name", SECRET)]}, "update_fields"),
        ({"update_fields": {"kyc_status": "approved"}}, "kyc_status"),
        ({"update_fields": {"gender": SECRET}}, "gender"),
        ({"extra": {"fullName": SECRET}}, "extra"),
    ],
)
def test_review_refuses_wrong_arguments(given: dict[str, Any], field: str) -> None:
    """A comment goes with a rejection and only there, and corrections are known ones."""
    arguments = {"submission_id": "a", "status": "approved", "admin": ADMIN, **given}
    assert refused(changes.review, **arguments).field == field
