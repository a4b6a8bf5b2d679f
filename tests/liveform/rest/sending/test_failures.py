"""Tests of what is shown of a failed answer: codes and documented sentences, and nothing of a person."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_clients import EMAIL

from liveform.rest.sending.failures import Sent, explain, is_failure
from liveform.rest.sending.known_failures import SENTENCES

HIDDEN = "its text is unknown to liveform and not shown, since it could hold personal data"
SENT = Sent(names={"fullName", "email"}, values=["Jane", EMAIL])

# row of docs/vendor-api.md, status, body, code, what the text must hold
SHAPES: list[tuple[str, int, Any, str | None, str]] = [
    (
        "1.9a",
        400,
        {"errorCode": "invalid_admin", "message": "no such admin"},
        "invalid_admin",
        "admin must be",
    ),
    ("1.9b", 400, {"errorCode": "invalid_new_thing", "errorMessage": "x y"}, "invalid_new_thing", HIDDEN),
    ("1.9b", 400, {"errorCode": "invalid_payload", "errorMessage": "x y"}, "invalid_payload", "The body"),
    (
        "1.9b",
        400,
        {
            "errorCode": "invalid_record",
            "errorMessage": "x y",
            "details": [{"statusCode": 404, "error": {"code": "not_found", "message": "Jane"}}, "odd", {}],
        },
        "invalid_record",
        "details: 404 not_found",
    ),
    ("1.9c", 400, {"errorCode": "not Exist Submission ID"}, None, "not Exist Submission ID"),
    ("1.9c", 400, {"errorCode": "invalid_payload"}, "invalid_payload", ""),
    ("1.9d", 400, {"message": "delete Process FAIL", "statusCode": 500}, None, "delete Process FAIL"),
    (
        "1.9e",
        404,
        {
            "traceId": "0190-a",
            "errorCode": "NOT_FOUND",
            "message": "Cannot find submission. Please check input data.",
        },
        "NOT_FOUND",
        "Cannot find submission",
    ),
    ("1.9f", 404, {"message": "Projection not found"}, None, "Projection not found"),
    ("1.9f", 409, {"message": "Projection count limit exceeded"}, None, "delete one"),
    (
        "1.9g",
        400,
        {"errorType": "submission", "message": "Invalid Submission Id."},
        "submission",
        "Invalid Submission Id",
    ),
    (
        "1.9g",
        400,
        {"error": {"type": "project", "message": "admin is required."}},
        "project",
        "admin is required",
    ),
    (
        "1.9g",
        400,
        {"Error Type": "request parameter", "Message": "Reject comment is required"},
        None,
        "Reject comment",
    ),
    ("1.4", 400, "Invalid Query String parameters", None, "Invalid Query String parameters"),
    (
        "1.4",
        403,
        {"Message": "User is not authorized to access this resource with an explicit deny"},
        None,
        "IP allow-list",
    ),
    ("1.4", 403, {"message": "Forbidden"}, None, "check api_key"),
    ("1.5", 413, {"message": "Request Too Long"}, None, "too large"),
    ("1.6", 429, {"message": "Too Many Requests"}, None, "fewer calls"),
    ("1.4", 500, {"message": "Internal server error"}, None, HIDDEN),
    ("1.4", 502, "<html>Bad gateway</html>", None, "gateway had no answer"),
    (
        "3.5",
        400,
        {"errorCode": "invalid_format", "message": "invalid format: fullName"},
        "invalid_format",
        "invalid format: fullName",
    ),
    (
        "3.5",
        400,
        {"errorCode": "invalid_parameter", "message": "Invalid Parameter:  email "},
        "invalid_parameter",
        "invalid parameter: email",
    ),
    ("none", 301, None, None, "follows no redirect"),
    ("none", 400, [1, 2], None, ""),
    ("none", 400, None, None, ""),
    ("none", 400, {"errorCode": 7, "message": None, "statusCode": True}, None, ""),
]


@pytest.mark.parametrize(("row", "status", "body", "code", "text"), SHAPES)
def test_every_documented_shape_is_read(
    row: str, status: int, body: Any, code: str | None, text: str
) -> None:
    """The code and the known words of each shape are found, with what to do about it."""
    told = explain(status, body, SENT)
    assert told.code == code
    assert text in told.text
    assert "Jane" not in told.text


@pytest.mark.parametrize("known", SENTENCES, ids=lambda known: known.text)
@pytest.mark.parametrize("change", [str, str.upper, lambda text: f" {text.rstrip('.')} . "])
def test_documented_sentence_is_shown(known: Any, change: Any) -> None:
    """A sentence that the vendor documents is shown, however its letters and full stop are written."""
    told = explain(400, {"message": change(known.text)}, Sent())
    assert told.text.startswith(known.text.rstrip("."))
    assert known.advice in told.text
    assert HIDDEN not in told.text


@pytest.mark.parametrize(
    "text",
    [
        f"{EMAIL} is not registered",
        "Jane Doe was born 1990-01-01",
        f"invalid parameter: {EMAIL}",
        "invalid format: Doe",
        "Forbidden for Jane",
        "Forbidden" + " " * 300 + "Jane",
    ],
)
def test_unknown_sentence_is_not_shown(text: str) -> None:
    """Of a sentence that no page documents, the text says only that there is one."""
    bodies: list[Any] = [{"message": text}, {"errorCode": text}, {"error": {"message": text}}, text]
    for body in bodies:
        told = explain(418, body, Sent(names={"fullName"}))
        assert told.code is None
        assert told.text == HIDDEN


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("invalid_admin", True),
        ("NOT_FOUND", True),
        ("no-date-of-birth", True),
        ("a" * 64, True),
        ("a" * 65, False),
        ("9lives", False),
        ("_x", False),
        ("x.y", False),
        ("x@y", False),
        ("", False),
        ("é", False),
        ("a\n", False),
        ("jane", False),
        ("JANE", False),
        ("error_Jane_unknown", False),
    ],
)
def test_code_is_shown_if_it_looks_like_one_and_is_not_ours(code: str, shown: bool) -> None:
    """A code is one word of at most 64 letters, digits, - and _, and holds nothing that we sent."""
    assert explain(400, {"errorCode": code}, SENT).code == (code if shown else None)


@pytest.mark.parametrize("name", ["errorCode", "code", "error_code", "errorType", "type", "error"])
def test_code_is_found_under_each_name(name: str) -> None:
    """The vendor's shapes have the code under six names (row 1.9)."""
    assert explain(400, {name: "some_code"}, Sent()).code == "some_code"
    assert explain(400, {"details": [{name: "some_code"}]}, Sent()).text == "details: some_code"


@pytest.mark.parametrize("name", ["errorMessage", "message", "error_message", "errorCode", "error"])
def test_sentence_is_found_under_each_name(name: str) -> None:
    """The vendor's shapes have the sentence under five names (row 1.9)."""
    assert explain(400, {name: "Invalid data format."}, Sent()).text == "Invalid data format"


def test_short_value_hides_no_code() -> None:
    """A value of up to three characters, which many words hold, hides only a code that is the same."""
    sent = Sent(values=["in", "api"])
    assert explain(400, {"errorCode": "invalid_api"}, sent).code == "invalid_api"
    assert explain(400, {"errorCode": "api"}, sent).code is None


def test_details_are_few() -> None:
    """At most ten details are shown."""
    body: Any = {"errorCode": "x", "details": [{"statusCode": 404}] * 500}
    assert explain(400, body, Sent()).text == f"details: {', '.join(['404'] * 10)}"


@pytest.mark.parametrize(
    ("value", "failed"),
    [
        ({"errorCode": "invalid_payload", "message": "x"}, True),
        ({"errorCode": "not Exist Submission ID"}, True),
        ({"ErrorCode": "x"}, True),
        ({"message": "x", "statusCode": 400}, True),
        ({"message": "x", "statusCode": 500, "more": 1}, True),
        ({"message": "Forbidden"}, True),
        ({"message": "Forbidden", "traceId": "0190-a"}, True),
        ({"errorMessage": "Forbidden", "statusCode": 200, "traceId": "0190-a"}, True),
        ({"message": "not Exist Submission ID", "statusCode": 200}, True),
        ({"message": "success", "statusCode": 200}, False),
        ({"message": "success", "submissionId": "abc"}, False),
        ({"message": "Forbidden", "Items": []}, False),
        ({"errorCode": "", "Items": []}, False),
        ({"errorCode": None, "Items": []}, False),
        ({"statusCode": "400"}, False),
        ({"statusCode": 399}, False),
        ({"statusCode": 400}, True),
        ({"statusCode": 599}, True),
        ({"statusCode": 600}, False),
        ({"Items": []}, False),
        ({}, False),
        ([], False),
        ("Forbidden", False),
        (None, False),
    ],
)
def test_success_that_is_none_is_noticed(value: Any, failed: bool) -> None:
    """HTTP 200 is a failure with an error code, the status of a failure, or documented words of one."""
    assert is_failure(value) is failed


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=9)
    | st.just(f"x {EMAIL}")
    | st.just("Forbidden"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["errorCode", "message", "errorMessage", "error", "details", "statusCode", "type", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(json_values, st.integers(300, 599))
def test_any_answer_is_explained_without_what_it_holds(value: Any, status: int) -> None:
    """Whatever JSON comes, an explanation comes out, and no e-mail address with it."""
    told = explain(status, value, Sent(values=[EMAIL]))
    assert EMAIL not in json.dumps(told)
    is_failure(value)


def test_advice_needs_no_remark_on_a_hidden_text() -> None:
    """Where liveform knows what to do, the error does not talk about a text that it hides."""
    found = explain(400, {"errorCode": "invalid_admin", "message": "about jane@example.com"}, Sent())
    assert found.code == "invalid_admin"
    assert found.text.startswith("admin must be")
