"""These tests say what is wrong with a member of a request: what it must be, and never what it was."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import pytest
from msgspec import Meta, Struct

from liveform import PARAMETERS, FieldError
from webhelper.api.list_query import ListQuery
from webhelper.api.parsing import convert, convert_text
from webhelper.api.schemas import ResultBody, ReturnBody, VisitQuery
from webhelper.links.link_request import LinkRequest
from webhelper.staff.kiosk_placement import Placement

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

PIPELINES = "one of id_document, knowledge, injection"
FIELDS = f"an object (at most {len(PARAMETERS)} members)"
LINK = {"pipeline": "id_document"}


class Sizes(Struct, kw_only=True, forbid_unknown_fields=True):
    """A request with members that no request of the API has yet."""

    at_least: Annotated[int, Meta(ge=1)] = 1
    parts: list[str] = []
    share: float = 1.0
    odd: Annotated[str, Meta(pattern="^odd$")] = "odd"


class Counted(Struct, kw_only=True, forbid_unknown_fields=True):
    """A request of which a test counts how often it is described."""

    size: int = 1


def refusal(read: Callable[[Any, type[Any]], object], members: object, wanted: type[Any]) -> tuple[str, str]:
    """Return the name of the member that is refused, and why."""
    with pytest.raises(FieldError) as caught:
        read(members, wanted)
    return caught.value.field, caught.value.problem


@pytest.mark.parametrize(
    ("members", "wanted", "field", "problem"),
    [
        ([], LinkRequest, "body", "must be an object, not a list"),
        (None, LinkRequest, "body", "must be an object, not null"),
        ("x", ReturnBody, "body", "must be an object, not text"),
        ({}, LinkRequest, "pipeline", f"is missing; it must be {PIPELINES}"),
        ({"pipeline": "passport"}, LinkRequest, "pipeline", f"must be {PIPELINES}"),
        ({"store": "s", "project": "p", "pipeline": "x"}, Placement, "pipeline", f"must be {PIPELINES}"),
        ({"pipeline": 5}, LinkRequest, "pipeline", f"must be {PIPELINES}, not a whole number"),
        (LINK | {"fields": []}, LinkRequest, "fields", f"must be {FIELDS}, not a list"),
        (LINK | {"project": 5}, LinkRequest, "project", "must be text or null, not a whole number"),
        (LINK | {"expires_in": 0}, LinkRequest, "expires_in", "must be a whole number (1 to 7776000)"),
        (
            LINK | {"expires_in": "900"},
            LinkRequest,
            "expires_in",
            "must be a whole number (1 to 7776000), not text",
        ),
        (
            LINK | {"expires_in": 1.5},
            LinkRequest,
            "expires_in",
            "must be a whole number (1 to 7776000), not a number with a fraction",
        ),
        (
            LINK | {"max_uses": True},
            LinkRequest,
            "max_uses",
            "must be a whole number (1 to 1000000) or null, not true or false",
        ),
        (
            LINK | {"label": "a\nb"},
            LinkRequest,
            "label",
            "must be text (1 to 100 characters, on one line) or null",
        ),
        (
            LINK | {"note": {}},
            LinkRequest,
            "note",
            "must be text (at most 500 characters, without control characters) or null, not an object",
        ),
        (
            LINK | {"unique_userid": "a b"},
            LinkRequest,
            "unique_userid",
            "must be text (1 to 40 letters, digits, dots, dashes and underscores) or null",
        ),
        (LINK | {"expiresIn": 5}, LinkRequest, "expiresIn", "is not a known field; did you mean expires_in?"),
        (LINK | {"colour": 5}, LinkRequest, "colour", "is not a known field"),
        ({"": 5}, ReturnBody, "body", "is not a known field"),
        ({"code": ""}, ResultBody, "code", "must be text (1 to 2000 characters)"),
        ({"at_least": 0}, Sizes, "at_least", "must be a whole number (at least 1)"),
        ({"parts": {}}, Sizes, "parts", "must be a list, not an object"),
        ({"share": "x"}, Sizes, "share", "must be a number, not text"),
        ({"odd": "even"}, Sizes, "odd", "must be text"),
    ],
)
def test_member_of_json_is_named_with_what_it_must_be(
    members: object, wanted: type[Any], field: str, problem: str
) -> None:
    """A refusal of a JSON body names the member, what is allowed, and of which type it was."""
    assert refusal(convert, members, wanted) == (field, problem)


@pytest.mark.parametrize(
    ("members", "wanted", "field", "problem"),
    [
        ({"limit": "x"}, ListQuery, "limit", "must be a whole number (1 to 100)"),
        ({"limit": "101"}, ListQuery, "limit", "must be a whole number (1 to 100)"),
        (
            {"state": "dead"},
            ListQuery,
            "state",
            "must be one of active, expired, revoked, token_id_expired, used_up",
        ),
        ({"label": ""}, ListQuery, "label", "must be text (1 to 100 characters)"),
        ({"unopened": "1"}, ListQuery, "unopened", "must be true or false"),
        ({"confirm": "yes"}, VisitQuery, "confirm", "must be true or false"),
        (
            {"project": "shop"},
            Placement,
            "store",
            "is missing; it must be text (1 to 60 characters, on one line)",
        ),
    ],
)
def test_member_of_a_query_is_named_with_what_it_must_be(
    members: object, wanted: type[Any], field: str, problem: str
) -> None:
    """In a query or a form everything is text, so the refusal says neither that nor that null is allowed."""
    assert refusal(convert_text, members, wanted) == (field, problem)


@pytest.mark.parametrize(
    "value",
    [
        "jane - at `$.label`",
        "unknown field `jane",
        "Object contains unknown field `jane`",
        "`jane`",
        "jane`\n",
    ],
)
def test_value_that_looks_like_a_message_changes_none(value: str) -> None:
    """A refused value is neither in the name of the field nor in what is wrong with it, whatever it is."""
    assert refusal(convert, {"pipeline": value}, LinkRequest) == ("pipeline", f"must be {PIPELINES}")


def test_every_pattern_of_a_request_has_words() -> None:
    """What a pattern asks for is said in words, which no request lacks."""
    for wanted in (LinkRequest, ListQuery, ReturnBody, ResultBody, VisitQuery, Placement):
        assert refusal(convert, {"\x00": 1}, wanted)[1].startswith("is not a known field")
    for name in ("label", "unique_userid", "note"):
        assert re.search(r" \(.+\) or null", refusal(convert, LINK | {name: 5}, LinkRequest)[1])


def test_api_answers_in_these_words(api: FlaskClient) -> None:
    """The API answers 422 with the name of the member, and with the message that names it too."""
    answer = api.post("/api/links", json=LINK | {"fields": 5})
    assert answer.status_code == 422
    error = answer.get_json()["error"]
    assert error["field"] == "fields"
    assert error["message"].startswith("fields: must be an object (at most ")


def test_type_of_a_request_is_described_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the members of a type may be depends on the type alone, and is found out once."""
    described = []
    found = msgspec.json.schema_components

    def counted(types: Any, **options: Any) -> Any:
        described.append(types)
        return found(types, **options)

    monkeypatch.setattr(msgspec.json, "schema_components", counted)
    for _ in range(3):
        assert refusal(convert, {"size": "x"}, Counted) == ("size", "must be a whole number, not text")
    assert described == [(Counted,)]
