"""Tests that no command prints anything personal, or a key, unless it is asked for personal data."""

import json
from typing import Any

import pytest
from api_commands import ApiCommand
from loopback_vendor import Answered, LoopbackVendor

CANARY = "Jane Doe of 12 Canary Row"
MEMBERS = [
    "email",
    "userid",
    "reviewer",
    "duplicated_information",
    "full_name",
    "first_name",
    "dob",
    "name",
    "nationality",
    "gender",
    "memo",
    "tags",
    "admin",
    "comment",
    "comments",
    "retryMsg",
    "rejected_comment",
    "reject_comment",
    "message",
    "raw_data",
    "error",
    "cf1",
    "cf2",
    "text",
    "argos_score",
    "documentNumber",
    "ip_address",
    "idType",
    "value",
    "answer",
    "somethingNew",
]
PERSONAL: dict[str, Any] = dict.fromkeys(MEMBERS, CANARY) | {
    "kyc": {"result": "rejected", "comment": [CANARY], "attempts": [{"retryMsg": [CANARY]}]},
    "data": dict.fromkeys(MEMBERS, CANARY),
    "OCR_raw": {CANARY: {"value": CANARY, "coordinates": [[CANARY]]}},
    "additional_list": [{"answer": CANARY, CANARY: CANARY}],
    "result": CANARY,
    "status": CANARY,
    "raw_data": {"hits": [{"name": CANARY}]},
}
READS = [
    (("submissions", "get", "a1"), {"Items": [{"submission_id": "a1", **PERSONAL}]}),
    (("submissions", "list"), {"Items": [PERSONAL, PERSONAL]}),
    (("submissions", "applicant", "p1"), [PERSONAL]),
    (("aml", "run", "a1"), PERSONAL),
    (("aml", "monitor-get", "w1", "r1"), PERSONAL),
    (("aml", "monitor-add", "w1", "a1", "--admin", "admin@example.com"), {"successResults": [PERSONAL]}),
    (("faceauth", "get", "auth-1"), [{"data": [{"auth_id": "auth-1", **PERSONAL, "data": CANARY}]}]),
    (("faceauth", "list"), [{"data": [{**PERSONAL, "data": CANARY}]}]),
]


@pytest.mark.parametrize("json_option", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize(
    ("argv", "answer"), READS, ids=lambda value: value[0] if isinstance(value, tuple) else ""
)
def test_answer_is_printed_without_personal_data(
    argv: tuple[str, ...],
    answer: object,
    json_option: tuple[str, ...],
    api: ApiCommand,
    vendor: LoopbackVendor,
) -> None:
    """A person's data is nowhere in the output without ``--show-personal-data``, and in it with it."""
    vendor.answer(answer).answer(answer)
    printed = api(*argv, *json_option)
    assert printed.code == 0
    assert "Canary" not in printed.out + printed.err
    assert "full_name" in printed.out or "list" in argv or "applicant" in argv
    assert "Canary" in api(*argv, *json_option, "--show-personal-data").out


@pytest.mark.parametrize("status", [200, 400, 403, 500])
@pytest.mark.parametrize(
    "argv",
    [
        *(argv for argv, _ in READS),
        ("images", "get", "a1", "id_image", "-o", "x"),
        ("aml", "report", "r1", "-o", "x"),
        ("tokens", "count"),
        ("tokens", "list"),
        ("projections", "list"),
        ("check",),
    ],
    ids=" ".join,
)
def test_failure_is_printed_without_personal_data(
    argv: tuple[str, ...], status: int, api: ApiCommand, vendor: LoopbackVendor
) -> None:
    """A failure says nothing of what the vendor wrote about a person, nor does an answer of another shape."""
    members = {"errorCode": "invalid_data", "message": CANARY, "details": [{CANARY: CANARY}]}
    body = json.dumps(members if status != 200 else [[CANARY]]).encode()
    vendor.respond = lambda _: Answered(body, status)
    for option in ((), ("--json",), ("--show-personal-data",) if argv in [one for one, _ in READS] else ()):
        answer = api(*argv, *option)
        assert answer.code == 1
        assert "Canary" not in answer.out + answer.err
        assert answer.err.count("\n") == 1
