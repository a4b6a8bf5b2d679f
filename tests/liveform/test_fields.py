"""liveform.fields: what a caller gives becomes checked fields, plain or encrypted."""

from collections.abc import Mapping
from typing import Any

import pytest

from liveform.errors import FieldError
from liveform.fields import gather, split
from liveform.parameters import ParameterTable, Pipeline

TABLE = ParameterTable()
ID = Pipeline.ID_DOCUMENT


def gathered(
    mapping: Any = None, named: Mapping[str, object] | None = None, extra: Any = None, pipeline: Pipeline = ID
) -> list[tuple[str, object]]:
    """The encrypted names and values of what ``gather`` returns."""
    fields = gather(TABLE, pipeline, mapping=mapping, named=named or {}, extra=extra)
    return [(field.encrypted_name, field.value) for field in fields]


def refused(field: str, **arguments: Any) -> str:
    """The problem that ``gather`` has with ``field``."""
    with pytest.raises(FieldError) as caught:
        gathered(**arguments)
    assert caught.value.field == field
    return caught.value.problem


def test_gather_keeps_order_mapping_then_named_then_extra() -> None:
    """Members come out in the caller's order."""
    result = gathered({"cf2": "2", "cf1": "1"}, {"userid": "u", "email": "a@b"}, {"new": "x"})
    assert result == [("cf2", "2"), ("cf1", "1"), ("userid", "u"), ("email", "a@b"), ("new", "x")]


def test_gather_none_leaves_a_field_out() -> None:
    """None means not given, in every way of giving."""
    assert gathered({"cf1": None}, {"cf2": None}, {"new": None}) == []


@pytest.mark.parametrize("spelling", ["tokenId", "tokenid", "token"])
def test_gather_mapping_takes_every_documented_spelling(spelling: str) -> None:
    """The vendor's documents spell the token id in three ways."""
    assert gathered({spelling: "tok_12345678"}) == [("token", "tok_12345678")]


def test_gather_same_parameter_twice_is_refused() -> None:
    """In mapping and argument, or under two spellings."""
    assert refused("userid", mapping={"userid": "a"}, named={"userid": "b"}) == "is given twice"
    assert refused("token", mapping={"tokenid": "tok_12345678", "token": "tok_12345678"}) == "is given twice"


def test_gather_unknown_name_suggests_the_nearest() -> None:
    """The error names what was probably meant."""
    assert "did you mean allowed_countries?" in refused("allowed_country", named={"allowed_country": "USA"})
    assert "did you mean allowedCountries?" in refused(
        "allowed_countries", mapping={"allowed_countries": "USA"}
    )
    assert "extra=" in refused("qqqq", named={"qqqq": "x"})


def test_gather_unknown_name_is_shown_short_and_in_ascii() -> None:
    """A name from outside cannot flood or colour a log."""
    with pytest.raises(FieldError) as caught:
        gathered({"\x1b[31m" + "한" * 100: "x"})
    assert caught.value.field.isascii()
    assert len(caught.value.field) < 250
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("name", ["pid", "encrypted"])
def test_gather_reserved_names_are_refused(name: str) -> None:
    """The project itself sets them."""
    assert "project itself" in refused(name, mapping={name: "x"})
    assert "known parameter" in refused(name, extra={name: "x"})


def test_gather_extra_of_a_known_parameter_is_refused() -> None:
    """Extra is no way around the checks of the table."""
    for name in ("allowedCountries", "tokenid", "token"):
        assert "known parameter" in refused(name, extra={name: "x"})


@pytest.mark.parametrize("name", ["", "a b\n", "한", "\x00"])
def test_gather_extra_with_an_odd_name_is_refused(name: str) -> None:
    """Names of new parameters are printable ASCII."""
    assert "printable ASCII" in refused("extra", extra={name: "x"})


@pytest.mark.parametrize("value", [object(), {1: 2}, float("nan"), b"x", ("a",)])
def test_gather_extra_that_is_not_json_is_refused(value: object) -> None:
    """Extras go into JSON as they are, so they must be JSON."""
    refused("new", extra={"new": value})


@pytest.mark.parametrize(
    ("pipeline", "mapping", "field", "door"),
    [
        (ID, {"knowledgeField": "skip"}, "knowledgeField", "knowledge_url"),
        (ID, {"sid": "s"}, "sid", "injection_url"),
        (Pipeline.KNOWLEDGE, {"approvePeriod": False}, "approvePeriod", "form_url"),
        (Pipeline.INJECTION, {"email": "a@b"}, "email", "form_url or knowledge_url"),
    ],
)
def test_gather_parameter_of_another_pipeline_is_refused(
    pipeline: Pipeline, mapping: dict[str, object], field: str, door: str
) -> None:
    """Pipelines are kept apart, and the error says where it belongs."""
    assert f"belongs to {door}" in refused(field, mapping=mapping, pipeline=pipeline)


@pytest.mark.parametrize("other", [{"selected_issuing_country": "KOR"}, {"selected_id_type": "passport"}])
def test_gather_conflicting_parameters_are_refused(other: dict[str, str]) -> None:
    """AuxidField conflicts with the preselection of country and document (QS)."""
    named = {**other, "auxid_field": {"phoneNumber": True}}
    assert "must not be combined" in refused("auxid_field", named=named)


@pytest.mark.parametrize("mapping", [5, "userid=a", [("userid", "a")], {1: "x"}])
def test_gather_mapping_that_is_none_is_refused(mapping: object) -> None:
    """Fields must be a mapping with names that are text."""
    refused("fields", mapping=mapping)


def test_split_with_encryption_hides_all_but_lang() -> None:
    """Privacy first: with a key, what may be encrypted is."""
    fields = gather(
        TABLE, ID, mapping={"userid": "u", "lang": "ko", "ageLimit": False}, named={}, extra={"n": 1}
    )
    plain, secret = split(fields, ID, encrypt=True, encryption_only=False)
    assert plain == [("lang", "ko")]
    assert secret == {"userid": "u", "ageLimit": False, "n": 1}


def test_split_plain_writes_booleans_in_lower_case() -> None:
    """``blacklistCountries=false`` is the vendor's own example (QS)."""
    fields = gather(
        TABLE,
        ID,
        mapping={"blacklistCountries": False, "rejectDuplicateUser": True},
        named={},
        extra={"n": 7},
    )
    plain, secret = split(fields, ID, encrypt=False, encryption_only=False)
    assert plain == [("blacklistCountries", "false"), ("rejectDuplicateUser", "true"), ("n", "7")]
    assert secret == {}


def test_split_plain_refuses_what_must_be_encrypted() -> None:
    """The vendor would silently ignore it."""
    fields = gather(TABLE, ID, mapping={"allowedCountries": "USA"}, named={}, extra=None)
    with pytest.raises(FieldError, match="must be encrypted") as caught:
        split(fields, ID, encrypt=False, encryption_only=False)
    assert caught.value.field == "allowedCountries"


def test_split_plain_in_encryption_only_mode_refuses_all_but_lang() -> None:
    """In that mode nothing but pid, encrypted and lang is read."""
    fields = gather(TABLE, ID, mapping={"lang": "ko", "cf1": "x"}, named={}, extra=None)
    with pytest.raises(FieldError, match="Encryption-only mode") as caught:
        split(fields, ID, encrypt=False, encryption_only=True)
    assert caught.value.field == "cf1"


def test_split_structured_extra_has_no_plain_form() -> None:
    """An object cannot stand in a plain URL."""
    fields = gather(TABLE, ID, mapping=None, named={}, extra={"new": {"a": 1}})
    with pytest.raises(FieldError, match="no plain form"):
        split(fields, ID, encrypt=False, encryption_only=False)
