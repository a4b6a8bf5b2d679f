"""Tests of liveform.parameters.form, which checks fields and makes them plain or encrypted."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from liveform.errors import FieldError
from liveform.parameters.form import Form, Placed
from liveform.parameters.lookup import ParameterTable
from liveform.parameters.model import Parameter, Pipeline, Place
from liveform.parameters.table import PARAMETERS
from liveform.parameters.values import Text

TABLE = ParameterTable()
ID = Pipeline.ID_DOCUMENT


def placed(
    mapping: Any = None,
    named: Mapping[str, object] | None = None,
    extra: Any = None,
    *,
    pipeline: Pipeline = ID,
    encrypt: bool = True,
    encryption_only: bool = False,
    table: ParameterTable = TABLE,
) -> Placed:
    """Return the plain and the secret fields that a form makes of a call."""
    form = Form(table, pipeline, encrypt=encrypt, encryption_only=encryption_only)
    return form.place(mapping, named or {}, extra)


def refused(field: str, **arguments: Any) -> str:
    """Return the problem that a form has with ``field``."""
    with pytest.raises(FieldError) as caught:
        placed(**arguments)
    assert caught.value.field == field
    return caught.value.problem


def test_form_keeps_order_mapping_then_named_then_extra() -> None:
    """Fields come out in the order of the mapping, then the arguments, then the extras."""
    secret = placed({"cf2": "2", "cf1": "1"}, {"userid": "u", "email": "a@b"}, {"new": "x"}).secret
    assert [*secret.items()] == [("cf2", "2"), ("cf1", "1"), ("userid", "u"), ("email", "a@b"), ("new", "x")]


def test_form_none_leaves_a_field_out() -> None:
    """None leaves a field out, in the mapping, as an argument and as an extra."""
    assert placed({"cf1": None}, {"cf2": None}, {"new": None}) == ({}, {})


def test_form_none_in_front_of_a_value_leaves_the_value_in() -> None:
    """A field behind one that is None is still in the result."""
    fields = placed({"cf1": None, "cf2": "2"}, {"userid": None, "email": "a@b"}, {"new": None, "newer": "x"})
    assert fields.secret == {"cf2": "2", "email": "a@b", "newer": "x"}


class ReadOnce(Mapping[str, object]):
    """A mapping whose ``items()`` is an iterator, as some database rows have it."""

    def __init__(self, **members: object) -> None:
        self._members = members

    def __getitem__(self, name: str) -> object:
        return self._members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def items(self) -> Any:
        """Return an iterator over the members, which can be used once."""
        return iter(self._members.items())


def test_form_mapping_whose_items_are_an_iterator_gives_all_its_fields() -> None:
    """A mapping whose items can be read only once loses no field."""
    fields = placed(ReadOnce(cf1="1", cf2="2"), extra=ReadOnce(new="x", newer="y"))
    assert fields.secret == {"cf1": "1", "cf2": "2", "new": "x", "newer": "y"}


@pytest.mark.parametrize("spelling", ["tokenId", "tokenid", "token"])
def test_form_mapping_takes_every_documented_spelling(spelling: str) -> None:
    """The mapping accepts the token id in each of its three documented spellings."""
    assert placed({spelling: "tok_12345678"}).secret == {"token": "tok_12345678"}
    assert placed({spelling: "tok_12345678"}, encrypt=False).plain == {"tokenid": "tok_12345678"}


def test_form_same_parameter_twice_is_refused() -> None:
    """A parameter in both mapping and argument, or under two spellings, is refused."""
    assert refused("userid", mapping={"userid": "a"}, named={"userid": "b"}) == "is given twice"
    assert refused("token", mapping={"tokenid": "tok_12345678", "token": "tok_12345678"}) == "is given twice"


def test_form_unknown_name_suggests_the_nearest() -> None:
    """An unknown name is refused with the nearest known one, or with a hint at ``extra``."""
    assert "did you mean allowed_countries?" in refused("allowed_country", named={"allowed_country": "USA"})
    assert "did you mean allowedCountries?" in refused(
        "allowed_countries", mapping={"allowed_countries": "USA"}
    )
    assert "extra=" in refused("qqqq", named={"qqqq": "x"})


def test_form_unknown_name_is_shown_short_and_printable() -> None:
    """The error shows an unknown name as it is, but short and without terminal codes."""  # B8
    with pytest.raises(FieldError) as caught:
        placed({"\x1b[31m" + "한" * 100: "x"})
    assert caught.value.field.endswith("한")
    assert len(caught.value.field) == 40
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("name", ["pid", "encrypted"])
def test_form_reserved_names_are_refused(name: str) -> None:
    """pid and encrypted are refused as fields and as extras."""
    assert "project itself" in refused(name, mapping={name: "x"})
    assert "known parameter" in refused(name, extra={name: "x"})


def test_form_extra_of_a_known_parameter_is_refused() -> None:
    """An extra under the name of a known parameter is refused."""
    for name in ("allowedCountries", "tokenid", "token"):
        assert "known parameter" in refused(name, extra={name: "x"})


@pytest.mark.parametrize("name", ["", "a b\n", "한", "\x00"])
def test_form_extra_with_an_odd_name_is_refused(name: str) -> None:
    """The name of an extra must be printable ASCII without spaces, and not empty."""
    assert "printable ASCII" in refused("extra", extra={name: "x"})


@pytest.mark.parametrize("value", [object(), {1: 2}, float("nan"), b"x", ("a",)])
def test_form_extra_that_is_not_json_is_refused(value: object) -> None:
    """The value of an extra must be JSON."""
    refused("new", extra={"new": value})


@pytest.mark.parametrize(
    ("pipeline", "mapping", "field", "door"),
    [
        (ID, {"knowledgeField": "skip"}, "knowledgeField", "knowledge_url"),
        (ID, {"sid": "s"}, "sid", "injection_url"),
        (Pipeline.KNOWLEDGE, {"approvePeriod": False}, "approvePeriod", "form_url"),
        (Pipeline.INJECTION, {"email": "a@b"}, "email", "form_url or knowledge_url"),
        (Pipeline.FACE_AUTH, {"cf1": "a"}, "cf1", "form_url or knowledge_url or injection_url"),
        (ID, {"authCf1": "a"}, "authCf1", "face_auth_url"),
    ],
)
def test_form_parameter_of_another_pipeline_is_refused(
    pipeline: Pipeline, mapping: dict[str, object], field: str, door: str
) -> None:
    """A parameter of another pipeline is refused with the method that it belongs to."""
    assert f"belongs to {door}" in refused(field, mapping=mapping, pipeline=pipeline)


@pytest.mark.parametrize("other", [{"selected_issuing_country": "KOR"}, {"selected_id_type": "passport"}])
def test_form_conflicting_parameters_are_refused(other: dict[str, str]) -> None:
    """auxid_field must not be combined with a preselected country or document (QS)."""
    named = {**other, "auxid_field": {"phoneNumber": True}}
    assert "must not be combined" in refused("auxid_field", named=named)


@pytest.mark.parametrize("mapping", [5, "userid=a", [("userid", "a")], {1: "x"}])
def test_form_mapping_that_is_none_is_refused(mapping: object) -> None:
    """Fields must be a mapping whose names are text."""
    refused("fields", mapping=mapping)


@pytest.mark.parametrize("absent", [{"selectedIdType": None}, {}])
def test_conflict_is_told_by_the_callers_names(absent: dict[str, None]) -> None:
    """A conflict is reported under the names that the caller used, and None takes no part in it."""
    problem = refused(
        "auxidField", mapping={"auxidField": {"a": 1}, **absent}, named={"selected_id_type": "passport"}
    )
    assert problem == "must not be combined with selected_id_type"
    assert placed({"auxidField": {"a": 1}, **absent}).secret == {"auxidField": {"a": 1}}


@pytest.mark.parametrize("encrypt", [True, False])
def test_conflict_is_found_in_plain_too(encrypt: bool) -> None:
    """A conflict is refused in plain fields as in encrypted ones."""
    either = {ID: Place.EITHER}
    rows = tuple(
        Parameter(name, name, "g", either, Text(), "", "", excludes=("b",) if name == "a" else ())
        for name in ("a", "b", "c")
    )
    table = ParameterTable(rows)
    refused("a", named={"a": "1", "b": "2"}, table=table, encrypt=encrypt)
    fields = placed(named={"a": "1", "c": "2"}, table=table, encrypt=encrypt)
    assert len(fields.plain) + len(fields.secret) == 2


def test_encryption_hides_all_but_lang() -> None:
    """With a key, every field but lang is encrypted, extras included."""
    fields = placed({"userid": "u", "lang": "ko", "ageLimit": False}, extra={"n": 1})
    assert fields.plain == {"lang": "ko"}
    assert fields.secret == {"userid": "u", "ageLimit": False, "n": 1}


def test_plain_form_writes_booleans_in_lower_case() -> None:
    """A plain boolean is written as ``true`` or ``false``, as in the vendor's example (QS)."""
    fields = placed({"blacklistCountries": False, "rejectDuplicateUser": True}, extra={"n": 7}, encrypt=False)
    assert fields.plain == {"blacklistCountries": "false", "rejectDuplicateUser": "true", "n": "7"}
    assert fields.secret == {}


@pytest.mark.parametrize("row", PARAMETERS, ids=lambda row: row.name)
@pytest.mark.parametrize("pipeline", Pipeline)
def test_plain_form_refuses_what_must_be_encrypted(row: Parameter, pipeline: Pipeline) -> None:
    """A plain form refuses each parameter that must be encrypted or belongs to another pipeline."""
    if row.places.get(pipeline) is Place.ENCRYPTED:
        problem = refused(row.vendor_name, mapping={row.vendor_name: "x"}, pipeline=pipeline, encrypt=False)
        assert problem.startswith("must be encrypted: the vendor ignores it in plain")
    elif pipeline not in row.places:
        assert "belong" in refused(row.vendor_name, mapping={row.vendor_name: "x"}, pipeline=pipeline)


HOURS = {"ipRiskCategory": "vpn", "ipRiskDurationHours": 24}
DISTANCE = {"distanceCheckSource": "ipGeo", "distanceMaxDistanceKm": 10}


@pytest.mark.parametrize("mapping", [HOURS, DISTANCE, {"ipRiskCategory": "vpn"}, {**HOURS, **DISTANCE}])
def test_parameter_beside_what_it_needs_is_taken(mapping: dict[str, object]) -> None:
    """Parameters that need each other are taken together, and one that needs none alone."""
    assert placed(mapping, pipeline=Pipeline.INJECTION).secret == mapping


@pytest.mark.parametrize(
    ("field", "arguments", "missing"),
    [
        ("ipRiskDurationHours", {"mapping": {"ipRiskDurationHours": 24}}, "ipRiskCategory"),
        ("ip_risk_duration_hours", {"named": {"ip_risk_duration_hours": 24}}, "ip_risk_category"),
        (
            "ipRiskDurationHours",
            {"mapping": {"ipRiskDurationHours": 24, "ipRiskCategory": None}},
            "ipRiskCategory",
        ),
        (
            "ipRiskDurationHours",
            {"mapping": {"ipRiskDurationHours": 24}, "named": {"ip_risk_duration_hours": None}},
            "ipRiskCategory",
        ),
        ("distance_check_source", {"named": {"distance_check_source": "ipGeo"}}, "distance_max_distance_km"),
        ("distanceMaxDistanceKm", {"mapping": {"distanceMaxDistanceKm": 5}}, "distanceCheckSource"),
    ],
)
def test_parameter_without_what_it_needs_is_refused(
    field: str, arguments: dict[str, Any], missing: str
) -> None:
    """A parameter without one that it needs is refused with what to add, in the caller's kind of name."""
    problem = refused(field, pipeline=Pipeline.INJECTION, **arguments)
    assert problem == f"needs {missing} beside it; add {missing}"


@pytest.mark.parametrize("given_as", ["mapping", "named"])
def test_parameter_needs_the_other_in_plain_too(given_as: str) -> None:
    """What a parameter needs may be given the other way, and is looked for in plain fields too."""
    rows = tuple(
        Parameter(name, name, "g", {ID: Place.EITHER}, Text(), "", "", requires=needs)
        for name, needs in (("a", ("b", "c")), ("b", ()), ("c", ()))
    )
    for encrypt in (True, False):
        fields: dict[str, Any] = {given_as: {"a": "1", "b": "2"}, "table": ParameterTable(rows)}
        assert refused("a", **fields, encrypt=encrypt) == "needs c beside it; add c"
        fields["named" if given_as == "mapping" else "mapping"] = {"c": "3"}
        both = placed(**fields, encrypt=encrypt)
        assert {**both.plain, **both.secret} == {"a": "1", "b": "2", "c": "3"}


@pytest.mark.parametrize("extra", [False, True])
def test_plain_form_in_encryption_only_mode_refuses_all_but_lang(extra: bool) -> None:
    """In Encryption-only mode a plain form refuses every field but lang."""
    assert placed({"lang": "ko"}, encrypt=False, encryption_only=True).plain == {"lang": "ko"}
    field = {"extra": {"new": "x"}} if extra else {"mapping": {"cf1": "x"}}
    problem = refused("new" if extra else "cf1", **field, encrypt=False, encryption_only=True)
    assert "in Encryption-only mode" in problem


def test_structured_extra_has_no_plain_form() -> None:
    """An extra that is an object is refused in a plain form."""
    assert "no plain form" in refused("new", extra={"new": {"a": 1}}, encrypt=False)
