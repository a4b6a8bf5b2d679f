"""Tests of liveform.rest.operations.submission_deletes: deleting submissions, and parts of them."""

from typing import Any

import pytest
from rest_answers import SECRET, read, refused

from liveform.rest.dialect import Dialect
from liveform.rest.operations import submission_deletes as deletes

ADMIN = "admin@example.com"
# Vendor page PDEL
FIELDS = """id_image selfie_image data OCR_raw ocr review applicant_id email userid additional_list
duplicated_information custom_duplicated_information injection_action"""
DATA_FIELDS = """age_group first_name last_name full_name name gender nationality date_of_birth
address_city address_country address_state address_street address_street2 address_zipcode address_globalCode
address_compoundCode address_formatted address_input address_detail ip_address idcard_issuingCountry
idcard_issueDate idcard_expireDate idType documentNumber identityNumber ssnNumber phoneNumber cf1 cf2 cf3"""


def test_delete_sends_id_and_admin_in_the_query() -> None:
    """A submission is deleted by its id and the admin's name (rows 3.11, 3.12)."""
    operation = deletes.delete("a", admin_name=ADMIN)
    assert (operation.method, operation.path) == ("DELETE", "/submission")
    assert operation.query == {"submission_id": "a", "admin_name": ADMIN}
    assert operation.transfer
    assert not operation.repeatable
    answer = {"message": "success", "content": "Submission a deleted successfully.", "statusCode": 200}
    assert read(operation, answer).message == "success"


def test_delete_without_admin_must_be_said() -> None:
    """Without an admin the vendor sends no webhook, so that the argument is required; None is an answer."""
    with pytest.raises(TypeError):
        deletes.delete("a")  # type: ignore[call-arg]  # what a caller may forget
    assert deletes.delete("a", admin_name=None).query == {"submission_id": "a"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"submission_id": ""}, "submission_id"),
        ({"submission_id": None}, "submission_id"),
        ({"admin_name": ""}, "admin_name"),
        ({"admin_name": True}, "admin_name"),
    ],
)
def test_delete_refuses_wrong_arguments(given: dict[str, Any], field: str) -> None:
    """An empty id must never reach the vendor."""
    assert refused(deletes.delete, **{"submission_id": "a", "admin_name": ADMIN, **given}).field == field


def test_erase_joins_names_by_the_dialects_separator() -> None:
    """Several names are joined by a comma, unless the client says otherwise (row 3.16)."""
    operation = deletes.erase("a", ["id_image", "OCR_raw"], admin_name=ADMIN)
    assert (operation.method, operation.path) == ("DELETE", "/submission/partial")
    assert operation.query == {"submission_id": "a", "admin_name": ADMIN, "fields": "id_image,OCR_raw"}
    assert not operation.repeatable
    assert not operation.transfer
    other = deletes.erase(
        "a",
        ("data", "ocr"),
        data_fields=("cf1", "cf2"),
        admin_name=None,
        dialect=Dialect(name_separator=" "),
    )
    assert other.query == {"submission_id": "a", "fields": "data ocr", "data_fields": "cf1 cf2"}
    assert read(other, {"message": "success"}).message == "success"


def test_erase_takes_every_documented_name() -> None:
    """All names of the vendor's page are known in its spelling (rows 3.17, 3.18), and sent in their order."""
    query = deletes.erase("a", deletes.FIELDS, data_fields=deletes.DATA_FIELDS, admin_name=None).query
    assert query["fields"].split(",") == FIELDS.split()
    assert query["data_fields"].split(",") == DATA_FIELDS.split()


def test_erase_all_data_must_be_said() -> None:
    """To erase everything under ``data`` needs a word of its own, since it cannot be undone."""
    error = refused(deletes.erase, "a", "data", admin_name=None)
    assert error.field == "erase_all_data"
    assert "everything under data" in error.problem
    query = deletes.erase("a", "data", erase_all_data=True, admin_name=None).query
    assert query == {"submission_id": "a", "fields": "data"}


@pytest.mark.parametrize(
    ("given", "field", "problem"),
    [
        ({"fields": ["ocr_raw"]}, "fields", "did you mean OCR_raw?"),
        ({"fields": ["idImage"]}, "fields", "did you mean id_image?"),
        ({"fields": [SECRET]}, "fields", "allowed are id_image"),
        ({"fields": []}, "fields", "is empty"),
        ({"fields": None}, "fields", "iterable"),
        ({"fields": "ocr,data"}, "fields", "no commas"),
        ({"data_fields": ["cf1"]}, "data_fields", "only with 'data'"),
        ({"fields": "data", "data_fields": []}, "data_fields", "is empty"),
        ({"fields": "data", "data_fields": ["fullName"]}, "data_fields", "did you mean full_name?"),
        ({"fields": "data", "data_fields": ["cf1"], "erase_all_data": True}, "erase_all_data", "contradicts"),
        ({"fields": "data", "erase_all_data": "yes"}, "erase_all_data", "True erases everything"),
        ({"fields": "data", "erase_all_data": 1}, "erase_all_data", "True erases everything"),
        ({"fields": "ocr", "erase_all_data": True}, "erase_all_data", "goes with 'data'"),
        ({"submission_id": ""}, "submission_id", "empty"),
    ],
)
def test_erase_refuses_wrong_arguments(given: dict[str, Any], field: str, problem: str) -> None:
    """What could erase more or less than was meant is refused."""
    error = refused(deletes.erase, **{"submission_id": "a", "fields": "ocr", "admin_name": None, **given})
    assert error.field == field
    assert problem in error.problem


def test_erase_takes_unknown_names_on_demand() -> None:
    """A name that the vendor adds tomorrow can be sent."""
    query = deletes.erase("a", "new_part", allow_unknown=True, admin_name=None).query
    assert query["fields"] == "new_part"
