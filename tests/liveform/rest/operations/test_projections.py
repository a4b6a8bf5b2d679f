"""Tests of liveform.rest.projections."""

from typing import Any

import pytest
from rest_answers import SECRET, read, refused, unreadable

from liveform.rest.operations import projections

ITEM = {
    "projection_id": "p1",
    "name": "no_names",
    "mode": "exclude",
    "fields": ["full_name"],
    "created_at": "2026-06-24T09:30:00.000Z",
}
# Vendor page PRJP
FIELDS = """first_name last_name full_name gender nationality date_of_birth ip_address idType
idcard_issuingCountry idcard_issueDate idcard_expireDate identityNumber documentNumber address_city
address_country address_state address_street address_street2 address_zipcode address_globalCode
address_compoundCode address_formatted address_input address_detail cf1 cf2 cf3 age_group ssnNumber
phoneNumber"""


@pytest.mark.parametrize("answer", [{"item": ITEM, "message": "x"}, {**ITEM, "message": "x"}])
def test_create_sends_name_mode_and_fields(answer: Any) -> None:
    """A projection has a name, a mode and the fields to leave out (row 7.5)."""
    operation = projections.create("no_names", fields=["full_name", "idType"])
    assert (operation.method, operation.path) == ("POST", "/projection")
    assert operation.body == {"name": "no_names", "mode": "exclude", "fields": ["full_name", "idType"]}
    assert not operation.repeatable
    assert not operation.transfer
    made = read(operation, answer)
    assert (made.projection_id, made.name, made.mode) == ("p1", "no_names", "exclude")
    assert (made.fields, made.created_at) == (("full_name",), "2026-06-24T09:30:00.000Z")


def test_create_takes_every_documented_field() -> None:
    """All fields of the vendor's page are known (row 7.6), and unknown ones can be sent on demand."""
    body = projections.create("all", fields=projections.FIELDS).body
    assert body is not None
    assert body["fields"] == FIELDS.split()
    other = projections.create("one", fields="mid_name", allow_unknown=True).body
    assert other is not None
    assert other["fields"] == ["mid_name"]


@pytest.mark.parametrize(
    ("given", "field", "problem"),
    [
        ({"name": "No_Names"}, "name", "lower-case"),
        ({"name": "no-names"}, "name", "lower-case"),
        ({"name": "ü"}, "name", "lower-case"),
        ({"name": ""}, "name", "empty"),
        ({"name": None}, "name", "required"),
        ({"mode": "include"}, "mode", "one of exclude"),
        ({"mode": None}, "mode", "required"),
        ({"fields": []}, "fields", "is empty"),
        ({"fields": ["fullName"]}, "fields", "did you mean full_name?"),
        ({"fields": ["id_type"]}, "fields", "did you mean idType?"),
        ({"fields": [SECRET]}, "fields", "allowed are first_name"),
        ({"fields": 7}, "fields", "iterable"),
    ],
)
def test_create_refuses_wrong_arguments(given: dict[str, Any], field: str, problem: str) -> None:
    """The error names the argument, and the name that was meant."""
    error = refused(projections.create, **{"name": "a", "fields": ["cf1"], **given})
    assert error.field == field
    assert problem in error.problem


def test_get_has_the_id_alone_in_its_path() -> None:
    """The id stands alone in the path (row 7.5)."""
    operation = projections.get("p1")
    assert (operation.method, operation.path) == ("GET", "/projection/p1")
    assert operation.repeatable
    assert read(operation, {"item": ITEM, "message": "x"}).projection_id == "p1"
    unreadable(operation, {"item": [ITEM]})


def test_list_is_one_answer() -> None:
    """All projections come at once, for there are ten at most (rows 7.5, 7.7)."""
    operation = projections.list_all()
    assert (operation.method, operation.path) == ("GET", "/projection")
    assert operation.repeatable
    assert [one.name for one in read(operation, {"items": [ITEM, ITEM], "message": "x"})] == ["no_names"] * 2
    unreadable(operation, {"items": {}})


def test_delete_is_not_repeated() -> None:
    """The vendor answers 404 for what is gone, so that a delete is not sent again."""
    operation = projections.delete("p/1")
    assert (operation.method, operation.path) == ("DELETE", "/projection/p%2F1")
    assert not operation.repeatable
    assert read(operation, {"message": "x"}).message == "x"


@pytest.mark.parametrize("build", [projections.get, projections.delete])
@pytest.mark.parametrize("projection_id", ["", "..", None, 7])
def test_id_must_be_text(build: Any, projection_id: Any) -> None:
    """An empty id would name the list of all, and a dot segment another path."""
    assert refused(build, projection_id).field == "projection_id"
