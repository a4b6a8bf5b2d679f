"""These tests check the shapes of an item: parts, lists, what stays of it, and what is erased."""

from typing import Any

import pytest
from sandboxes import NOON

from webhelper.simulator.sandbox import items

ITEM: dict[str, Any] = {
    "submission_id": "s1",
    "email": "jane@example.com",
    "userid": "user_12345",
    "created_at": "2026-05-01-12-00-00-UTC",
    "kyc": {"result": "approved", "comment": [], "commentCode": [], "attempts": []},
    "applicant_id": "a1",
    "image": {"idImage": "s1/idImage", "selfieImage": "s1/selfieImage"},
    "data": {"full_name": "SAMPLE S1", "idType": "passport", "cf1": "x"},
    "ocr": {"fullName": "SAMPLE S1"},
    "OCR_raw": {"full_name": {"value": "SAMPLE S1"}},
    "project_options": {},
    "aml": {"currentstatus": "Red Flag"},
}


def test_little_stays_of_a_deleted_item() -> None:
    """Id, date, ID type and status stay (row 3.15)."""
    assert items.remains(ITEM, at=NOON) == {
        "submission_id": "s1",
        "created_at": ITEM["created_at"],
        "kyc": {"result": "approved"},
        "data": {"idType": "passport"},
        "memo": {"text": "Deleted Submission", "updated_at": "2026-05-01-12-00-00-UTC"},
    }


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("kyc", {"submission_id", "kyc"}),
        ("aml", {"submission_id", "aml"}),
        ("data", {"submission_id", "data"}),
        ("others", set(ITEM) - {"kyc", "aml", "data"}),
    ],
)
def test_part_of_an_item_has_its_id(kind: str, names: set[str]) -> None:
    """Each request_type gives its part, and the submission id (row 2.1)."""
    assert set(items.part(ITEM, kind)) == names


def test_list_has_fewer_members_than_a_single_read() -> None:
    """A list leaves out what was read from the document (row 2.7); AML is only in its own part."""
    assert set(ITEM) - set(items.shown(ITEM, listed=False)) == {"aml"}
    assert set(ITEM) - set(items.shown(ITEM, listed=True)) == {"aml", "ocr", "OCR_raw", "project_options"}


@pytest.mark.parametrize(
    ("fields", "gone"),
    [
        (["OCR_raw"], {"OCR_raw"}),
        (["ocr"], {"ocr"}),
        (["applicant_id", "email", "userid"], {"applicant_id", "email", "userid"}),
        (["review"], set()),
    ],
)
def test_erased_members_are_gone(fields: list[str], gone: set[str]) -> None:
    """Each field of the partial delete erases its member; OCR_raw and ocr are two (row 3.17)."""
    assert set(ITEM) - set(items.erased(ITEM, fields, [])) == gone


def test_erased_pictures_are_not_named_any_more() -> None:
    """id_image erases both sides of the ID; the selfie stays."""
    assert items.erased(ITEM, ["id_image"], [])["image"] == {"selfieImage": "s1/selfieImage"}
    without = {name: value for name, value in ITEM.items() if name != "image"}
    assert "image" not in items.erased(without, ["selfie_image"], [])


def test_data_is_erased_by_name_or_whole() -> None:
    """Without data_fields, everything under data goes (row 3.18)."""
    assert items.erased(ITEM, ["data"], ["full_name", "cf1"])["data"] == {"idType": "passport"}
    assert items.erased(ITEM, ["data"], [])["data"] == {}
    assert items.erased(ITEM, ["email"], ["cf1"])["data"] == ITEM["data"]
    assert items.erased(ITEM, ["data"], list(ITEM["data"]))["data"] == {}


def test_no_function_changes_the_item() -> None:
    """Every function returns a new item."""
    before = repr(ITEM)
    items.erased(ITEM, ["data", "id_image"], ["cf1"])
    items.thinned(ITEM, ["full_name"])
    items.with_attempt(ITEM, "expired_id", at=NOON)
    items.decided(ITEM, "pending", at=NOON, reviewer="system", codes=())
    items.with_data(ITEM, {"cf1": "y"}, at=NOON)
    assert repr(ITEM) == before
