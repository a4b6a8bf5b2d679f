"""Tests of ``liveform submissions``."""

import json
from pathlib import Path
from typing import Any

import pytest
from api_commands import ApiCommand, Data
from loopback_vendor import LoopbackVendor

SUBMISSION = {
    "submission_id": "evcka62mes3ug",
    "email": "jane@example.com",
    "created_at": "2026-06-01T10:00:00.000Z",
    "kyc": {"result": "approved"},
    "data": {"full_name": "Jane Canary", "cf1": "campaign"},
}
PERSONAL = ("jane@example.com", "Jane Canary", "campaign")
NEW = {
    "email": "jane@example.com",
    "fullName": "Jane Canary",
    "birthDate": "1990-01-31",
    "kycStatus": "approved",
}
BY = ("--admin", "admin@example.com")


@pytest.mark.parametrize("argv", [("get", "evcka62mes3ug"), ("list",)])
@pytest.mark.parametrize("json_option", [(), ("--json",)])
def test_reading_prints_nothing_personal_unasked(
    argv: tuple[str, ...], json_option: tuple[str, ...], api: ApiCommand, vendor: LoopbackVendor
) -> None:
    """Ids and statuses are printed, personal data only with ``--show-personal-data``."""
    vendor.answer({"Items": [SUBMISSION]}).answer({"Items": [SUBMISSION]})
    answer = api("submissions", *argv, *json_option)
    assert answer.code == 0
    assert "evcka62mes3ug" in answer.out
    assert "approved" in answer.out
    assert not any(text in answer.out + answer.err for text in PERSONAL)
    answer = api("submissions", *argv, *json_option, "--show-personal-data")
    assert all(text in answer.out for text in PERSONAL)


def test_get_asks_for_one_submission(data: Data, vendor: LoopbackVendor) -> None:
    """``get`` asks for the id, and for a part of it with ``--part``."""
    vendor.answer({"Items": [SUBMISSION]})
    assert data("submissions", "get", "evcka62mes3ug", "--part", "kyc")["kyc"] == {"result": "approved"}
    (asked,) = vendor.requests
    assert (asked.method, asked.path) == ("GET", "/submission")
    assert asked.query == {"submission_id": "evcka62mes3ug", "request_type": "kyc"}


def test_get_of_an_unknown_one_is_an_error(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """An id that the vendor does not know is exit code 1 and one line, or one JSON object."""
    vendor.answer({"Items": []}).answer({"Items": []})
    answer = api("submissions", "get", "evcka62mes3ug")
    assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)
    error = json.loads(api("submissions", "get", "evcka62mes3ug", "--json").err)["error"]
    assert error.pop("message")
    assert error == {"code": "not_found", "status": 200, "reason": "refused"}


def test_list_goes_through_all_pages(data: Data, vendor: LoopbackVendor) -> None:
    """``list`` passes its filters on, and prints the items of all pages as one array."""
    vendor.answer({"Items": [SUBMISSION], "nextpageKey": {"id": "a", "created_at": "b"}})
    vendor.answer({"Items": [{**SUBMISSION, "submission_id": "other"}]})
    found = data(
        "submissions", "list", "--userid", "user_12345", "--email", "jane@example.com",
        "--start-date", "2026-06-01", "--end-date", "2026-06-30", "--page-size", "1",
    )  # fmt: skip
    assert [one["submission_id"] for one in found] == ["evcka62mes3ug", "other"]
    assert found[0]["not_shown"] == ["email", "data.full_name", "data.cf1"]
    first, second = (asked.query for asked in vendor.requests)
    assert first == {
        "userid": "user_12345",
        "email": "jane@example.com",
        "start_date": "2026-06-01",
        "end_date": "2026-06-30",
        "count": "1",
    }
    assert second.items() >= {"nextpage_id": "a", "nextpage_date": "b"}.items()


def test_list_that_fails_later_is_no_json(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """If the second page fails, the exit code is 1 and the array stays open."""
    vendor.answer({"Items": [SUBMISSION, SUBMISSION], "nextpageKey": {"id": "a", "created_at": "b"}})
    vendor.answer({"message": "Forbidden"}, status=403)
    answer = api("submissions", "list", "--json")
    assert answer.code == 1
    assert answer.out.startswith("[\n{")
    assert "]" not in answer.out.splitlines()[-1][-1:]
    assert json.loads(answer.err)["error"]["status"] == 403


def test_applicant_lists_submissions(data: Data, vendor: LoopbackVendor) -> None:
    """``applicant`` lists the submissions of one applicant without e-mail addresses."""
    vendor.answer([{"submission_id": "a1", "email": "jane@example.com"}])
    assert data("submissions", "applicant", "applicant-1") == [
        {"submission_id": "a1", "not_shown": ["email"]}
    ]
    assert vendor.requests[0].query == {"applicant_id": "applicant-1"}


@pytest.mark.parametrize("names", ["vendor", "python"])
def test_create_takes_the_data_from_a_file(names: str, data: Data, vendor: LoopbackVendor) -> None:
    """``create`` reads a JSON object with the vendor's names, or with those of Python."""
    python = {
        "email": NEW["email"],
        "full_name": NEW["fullName"],
        "birth_date": NEW["birthDate"],
        "kyc_status": NEW["kycStatus"],
    }
    Path("new.json").write_text(json.dumps(NEW if names == "vendor" else python), encoding="utf-8-sig")  # S3
    vendor.answer({"message": "success", "submissionId": "evcka62mes3ug"})
    assert data("submissions", "create", "--data", "new.json", *BY) == {"submission_id": "evcka62mes3ug"}
    assert vendor.requests[0].path == "/submission/migration"
    assert vendor.requests[0].json == {**NEW, "admin": "admin@example.com"}


def test_create_reads_stdin(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """``--data -`` reads the object from stdin, and an e-mail address is not printed."""
    vendor.answer({"message": "success", "submissionId": "evcka62mes3ug"})
    answer = api("submissions", "create", "--data", "-", *BY, stdin=json.dumps(NEW).encode("utf-8-sig"))  # S3
    assert answer == (0, "created: evcka62mes3ug\n", "")


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"email": "jane@example.com"}, "--data: needs full_name, birth_date, kyc_status too"),
        ({**NEW, "full_name": "x"}, "--data: has full_name in two spellings"),
        ({**NEW, "admin": "x"}, "--data: must not hold admin, which is given beside it"),
        ({**NEW, "birthDate": "yesterday"}, "--data: birth_date: "),
        ({**NEW, "eyeColour": "brown"}, "--data: eye_colour: is not known"),
        ([1], "--data: not one JSON object"),
    ],
)
def test_create_refuses_other_data(members: Any, says: str, api: ApiCommand, vendor: LoopbackVendor) -> None:
    """Data that is missing, given twice, or wrong is refused with its name and without its value."""
    Path("new.json").write_text(json.dumps(members))
    answer = api("submissions", "create", "--data", "new.json", *BY)
    assert answer.code in (1, 2)
    assert answer.err.startswith(f"liveform: {says}")
    assert "Jane" not in answer.err
    assert vendor.requests == []


@pytest.mark.parametrize("content", [None, b"\xff", b"x" * 70_000], ids=["missing", "no text", "too long"])
def test_create_refuses_a_file_that_is_no_json(
    content: bytes | None, api: ApiCommand, vendor: LoopbackVendor
) -> None:
    """A file that is missing, not UTF-8 or too long is refused in one line."""
    if content is not None:
        Path("new.json").write_bytes(content)
    answer = api("submissions", "create", "--data", "new.json", *BY)
    assert (answer.code, answer.out, answer.err.count("\n"), vendor.requests) == (2, "", 1, [])
    assert "--data: " in answer.err


def test_update_changes_members(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """``update`` sends the members of its file."""
    Path("changes.json").write_text('{"fullName": "Jane Canary"}')
    vendor.answer({"message": "Data Processing Success."})
    answer = api("submissions", "update", "a1", "--data", "changes.json", *BY)
    assert answer == (0, "updated: a1\n", "")
    assert vendor.requests[0].json == {
        "submissionId": "a1",
        "admin": "admin@example.com",
        "data": {"fullName": "Jane Canary"},
    }


def test_review_approves(data: Data, vendor: LoopbackVendor) -> None:
    """``review`` approves, and corrects members with ``--data``."""
    vendor.answer({"submissionId": "a1", "finalStatus": "approved"})
    Path("changes.json").write_text('{"fullName": "Jane Canary"}')
    review = ("submissions", "review", "a1", "--status", "approved", *BY)
    assert data(*review, "--data", "changes.json") == {"submission_id": "a1", "status": "approved"}
    assert vendor.requests[0].json["updateFields"] == {"fullName": "Jane Canary"}


def test_review_needs_a_comment_to_reject(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """A rejection without ``--reject-comment`` is refused before anything is sent."""
    reject = ("submissions", "review", "a1", "--status", "rejected", *BY)
    answer = api(*reject)
    assert (answer.code, vendor.requests) == (2, [])
    assert "liveform: --reject-comment: goes with" in answer.err
    vendor.answer({"message": "Success to review submission."})
    assert api(*reject, "--reject-comment", "unreadable") == (0, "rejected: a1\n", "")


def test_delete_needs_a_word_on_the_webhook(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """``delete`` wants ``--admin-name`` or ``--no-webhook``, since without the former no webhook comes."""
    answer = api("submissions", "delete", "a1", "--yes")
    assert (answer.code, vendor.requests) == (2, [])
    assert "one of the arguments --admin-name --no-webhook is required" in answer.err
    vendor.answer({"message": "success"}).answer({"message": "success"})
    assert api("submissions", "delete", "a1", "--yes", "--no-webhook") == (0, "deleted: a1\n", "")
    assert api("submissions", "delete", "a1", "--yes", "--admin-name", "admin@example.com").code == 0
    assert [asked.query.get("admin_name") for asked in vendor.requests] == [None, "admin@example.com"]


@pytest.mark.parametrize(
    "argv",
    [
        ("submissions", "delete", "a1", "--no-webhook"),
        ("submissions", "erase", "a1", "--fields", "email"),
        ("tokens", "delete", "token-id-1"),
        ("faceauth", "delete", "auth-1"),
        ("aml", "monitor-remove", "worklist-1", "record-1", *BY),
        ("projections", "delete", "projection-1"),
    ],
    ids=lambda argv: " ".join(argv[:2]),
)
def test_nothing_is_deleted_without_a_yes(
    argv: tuple[str, ...], api: ApiCommand, vendor: LoopbackVendor
) -> None:
    """Without a terminal and without ``--yes`` nothing is sent."""
    answer = api(*argv)
    assert (answer.code, vendor.requests) == (2, [])
    assert "--yes: is needed where no terminal can answer" in answer.err


def test_erase_sends_the_fields(data: Data, vendor: LoopbackVendor) -> None:
    """``erase`` sends the names, and those inside data."""
    vendor.answer({"message": "success"}).answer({"message": "success"})
    erase = ("submissions", "erase", "a1", "--yes", "--fields")
    assert data(*erase, "id_image,data", "--data-fields", "full_name,cf1") == {
        "submission_id": "a1",
        "erased": True,
    }
    assert data(*erase, "data", "--erase-all-data", "--admin-name", "admin@example.com")["erased"]
    first, second = (asked.query for asked in vendor.requests)
    assert (first["fields"], first["data_fields"]) == ("id_image,data", "full_name,cf1")
    assert (second["fields"], second["admin_name"]) == ("data", "admin@example.com")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--fields", "data"), "--fields: data needs --data-fields, or --erase-all-data"),
        (("--fields", "id_imgae"), "did you mean id_image?"),
        (("--fields", "email", "--data-fields", "cf1"), "--data-fields: works only"),
        ((), "required: --fields"),
    ],
)
def test_erase_refuses_what_may_be_a_mistake(
    options: tuple[str, ...], says: str, api: ApiCommand, vendor: LoopbackVendor
) -> None:
    """All of data is erased only if that is said, and no name is guessed."""
    answer = api("submissions", "erase", "a1", "--yes", *options)
    assert (answer.code, vendor.requests) == (2, [])
    assert says in answer.err
