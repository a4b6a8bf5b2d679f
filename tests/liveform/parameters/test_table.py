"""Tests of liveform.parameters.table and of the argument types that repeat it."""

import re
from typing import get_type_hints

import pytest

from liveform.errors import FieldError
from liveform.parameters.argument_types import (
    FaceAuthFields,
    FormFields,
    InjectionFields,
    KnowledgeFields,
)
from liveform.parameters.lookup import ParameterTable
from liveform.parameters.model import Certainty, Parameter, Pipeline, Place, TokenNames
from liveform.parameters.table import PARAMETERS
from liveform.parameters.values import OnlyFalse, Structure

# QS: vendor name -> (ID document, Knowledge), where "-" means: not there.
DOCUMENTED_PLACES = {
    "email": ("either", "either"),
    "userid": ("either", "either"),
    "cf1": ("either", "either"),
    "cf2": ("either", "either"),
    "cf3": ("either", "either"),
    "lang": ("plain", "plain"),
    "tokenId": ("either", "either"),
    "blacklistCountries": ("either", "either"),
    "approvePeriod": ("either", "-"),
    "rejectPeriod": ("either", "-"),
    "ageLimit": ("either", "either"),
    "rejectDuplicateUser": ("either", "either"),
    "allowedCountries": ("encrypted", "encrypted"),
    "auxidField": ("encrypted", "-"),
    "selectedIssuingCountry": ("encrypted", "-"),
    "selectedIdType": ("encrypted", "-"),
    "allowedIdTypes": ("encrypted", "-"),
    "allowedDocumentFields": ("encrypted", "-"),
    "knowledgeField": ("-", "encrypted"),
    "knowledgePrefill": ("-", "encrypted"),
    "projectionId": ("encrypted", "encrypted"),
    "projectionName": ("encrypted", "encrypted"),
    "mainColor": ("either", "either"),
    "innerColor": ("either", "either"),
    "startValidUntil": ("encrypted", "encrypted"),
    "sid": ("-", "-"),
    "action": ("-", "-"),
    "ipRiskCategory": ("-", "-"),
    "ipRiskDurationHours": ("-", "-"),
    "distanceCheckSource": ("-", "-"),
    "distanceMaxDistanceKm": ("-", "-"),
    "authUserId": ("-", "-"),
    "authCf1": ("-", "-"),
    "authCf2": ("-", "-"),
    "authCf3": ("-", "-"),
}
# docs/vendor-api.md row 8.1: all of them only inside ``encrypted``.
DOCUMENTED_FACE_AUTH = {"sid", "tokenId", "authUserId", "authCf1", "authCf2", "authCf3"}
DOCUMENTED_INJECTION = {
    "ipRiskDurationHours": "encrypted",
    "distanceCheckSource": "encrypted",
    "distanceMaxDistanceKm": "encrypted",
    "userid": "encrypted",
    "ipRiskCategory": "encrypted",
    "cf1": "either",
    "cf2": "either",
    "cf3": "either",
    "sid": "either",
    "action": "either",
    "lang": "plain",
}


def test_table_holds_the_documented_parameters() -> None:
    """The table has every parameter of the vendor's documents, and nothing else."""
    assert {row.vendor_name for row in PARAMETERS} == set(DOCUMENTED_PLACES)


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: row.name)
def test_row_says_where_the_parameter_may_stand(row: Parameter) -> None:
    """Each parameter has the pipelines and places of the vendor's own table."""
    forms = (Pipeline.ID_DOCUMENT, Pipeline.KNOWLEDGE)
    places = tuple(row.places[form].value if form in row.places else "-" for form in forms)
    assert places == DOCUMENTED_PLACES[row.vendor_name]
    injection = row.places.get(Pipeline.INJECTION)
    assert (injection and injection.value) == DOCUMENTED_INJECTION.get(row.vendor_name)
    face_auth = Place.ENCRYPTED if row.vendor_name in DOCUMENTED_FACE_AUTH else None
    assert row.places.get(Pipeline.FACE_AUTH) is face_auth


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: row.name)
def test_row_has_a_source_and_says_what_is_open(row: Parameter) -> None:
    """Each row names its source, and has a note if it is not documented."""
    assert row.source
    assert row.about.endswith(".")
    assert (row.certainty is Certainty.DOCUMENTED) or row.note


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: row.name)
def test_row_name_is_the_snake_case_of_the_vendor_name(row: Parameter) -> None:
    """Each Python name is the vendor's name in snake case."""
    assert row.name == re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", row.vendor_name).lower()


def test_false_only_rows_are_the_four_documented() -> None:
    """Exactly the four documented parameters take only False."""
    rows = {row.vendor_name for row in PARAMETERS if isinstance(row.value, OnlyFalse)}
    assert rows == {"blacklistCountries", "approvePeriod", "rejectPeriod", "ageLimit"}


def test_structured_rows_are_never_plain() -> None:
    """A parameter that takes an object must be encrypted in each pipeline."""
    for row in PARAMETERS:
        if isinstance(row.value, Structure):
            assert set(row.places.values()) == {Place.ENCRYPTED}


def test_names_are_unique() -> None:
    """No two rows share an argument name or a vendor's spelling."""
    names = [row.name for row in PARAMETERS]
    spellings = [name for row in PARAMETERS for name in row.vendor_names]
    assert len(set(names)) == len(names)
    assert len(set(spellings)) == len(spellings)


def test_requires_name_rows_of_the_same_forms() -> None:
    """Each name that a row requires is the name of a row that every form of the first one knows."""
    rows = {row.name: row for row in PARAMETERS}
    needed = {row.name: row.requires for row in PARAMETERS if row.requires}
    assert needed == {
        "ip_risk_duration_hours": ("ip_risk_category",),
        "distance_check_source": ("distance_max_distance_km",),
        "distance_max_distance_km": ("distance_check_source",),
    }
    for name, others in needed.items():
        assert all(rows[name].places.keys() <= rows[other].places.keys() for other in others)


def test_comma_of_ip_risks_is_documented_and_types_of_numbers_are_not() -> None:
    """The vendor documents the comma of ipRiskCategory, but not whether hours and kilometres are numbers."""
    sure = {row.name: row.certainty for row in PARAMETERS}
    assert sure["ip_risk_category"] is Certainty.DOCUMENTED
    assert sure["ip_risk_duration_hours"] is Certainty.UNKNOWN
    assert sure["distance_max_distance_km"] is Certainty.UNKNOWN


@pytest.mark.parametrize("name", ["selected_id_type", "allowed_id_types"])
@pytest.mark.parametrize("id_type", ["passport", "drivers_license", "drvlic", "a_new_type"])
def test_id_types_are_an_open_set(name: str, id_type: str) -> None:
    """Any name of an ID type is taken, for the vendor uses more than it lists."""
    row = ParameterTable().by_name(name)
    assert row is not None
    assert row.value.check(name, id_type) == id_type


@pytest.mark.parametrize("sid", ["kz3m1x9q2w8ab", "evcka62mes3ugzb_mg", "abcdefghijklmno", "1"])
def test_submission_ids_have_no_fixed_form(sid: str) -> None:
    """A submission id may have any length and an underscore."""
    row = ParameterTable().by_name("sid")
    assert row is not None
    assert row.value.check("sid", sid) == sid


def test_excludes_name_rows() -> None:
    """Each name that a row excludes is the name of a row."""
    names = {row.name for row in PARAMETERS}
    assert {name for row in PARAMETERS for name in row.excludes} <= names


@pytest.mark.parametrize(
    ("fields", "pipeline"),
    [
        (FormFields, Pipeline.ID_DOCUMENT),
        (KnowledgeFields, Pipeline.KNOWLEDGE),
        (InjectionFields, Pipeline.INJECTION),
        (FaceAuthFields, Pipeline.FACE_AUTH),
    ],
)
def test_typed_arguments_are_those_of_the_table(fields: type, pipeline: Pipeline) -> None:
    """The typed arguments of each pipeline are exactly those of the table."""
    assert set(get_type_hints(fields)) == {row.name for row in PARAMETERS if pipeline in row.places}


def test_token_id_has_its_documented_spellings() -> None:
    """The token id is ``tokenid`` in plain, ``token`` when encrypted, and ``tokenId`` in documents."""
    row = ParameterTable().by_name("token_id")
    assert row is not None
    assert (row.plain_name, row.encrypted_name) == ("tokenid", "token")
    assert row.vendor_names == {"tokenid", "token", "tokenId"}


def test_token_names_changed_leave_the_other_rows_alone() -> None:
    """Other names for the token id change only its row, in another table."""
    table = ParameterTable.with_token_names("tokenId", "tokenId")
    changed = [new.name for new, old in zip(table.rows, PARAMETERS, strict=True) if new != old]
    assert changed == ["token_id"]
    assert TokenNames() == ("tokenid", "token")


@pytest.mark.parametrize(
    ("name", "vendor", "meant"),
    [
        ("allowedCountry", True, "allowedCountries"),
        ("allowed_countries", True, "allowedCountries"),
        ("allowedCountries", False, "allowed_countries"),
        ("user_id", False, "userid"),
        ("Email", True, "email"),
        ("zzzzzz", False, None),
    ],
)
def test_unknown_name_suggests_the_nearest(name: str, vendor: bool, meant: str | None) -> None:
    """An unknown name leads to the nearest one of the wanted kind, or to None."""
    assert ParameterTable().meant_by(name, vendor=vendor) == meant


@pytest.mark.parametrize("token", ["abcdefgh", "a" * 64, "A-b_c.d9"])
def test_token_id_in_the_documented_form_is_accepted(token: str) -> None:
    """A token id has 8 to 64 characters and a letter or digit at each end (vendor page TOK)."""
    row = ParameterTable().by_name("token_id")
    assert row is not None
    assert row.value.check("token_id", token) == token


@pytest.mark.parametrize(
    "token", ["short12", "a" * 65, "-abcdefgh", "abcdefgh.", "abcd efgh", "abcdefgh\n", "토큰토큰토큰토큰"]
)
def test_token_id_in_another_form_is_refused(token: str) -> None:
    """A token id of another length, or with other ends, white space or letters, is refused."""
    row = ParameterTable().by_name("token_id")
    assert row is not None
    with pytest.raises(FieldError, match="8 to 64"):
        row.value.check("token_id", token)
