"""Tests of ``liveform images``, ``faceauth``, ``aml`` and ``projections``."""

import base64
from pathlib import Path

import pytest
from api_commands import ApiCommand, Data
from loopback_vendor import LoopbackVendor

JPEG = b"\xff\xd8\xff\xe0 the bytes of a picture \xff\xd9"
PDF = b"%PDF-1.7 the bytes of a report"
BY = ("--admin", "admin@example.com")


@pytest.mark.parametrize(
    ("argv", "body", "path", "query"),
    [
        (
            ("images", "get", "a1", "selfie_image"),
            JPEG,
            "/image",
            {"submission_id": "a1", "type": "selfieImage"},
        ),
        (("aml", "report", "resource-1"), PDF, "/report/aml", {"resourceId": "resource-1"}),
        (("faceauth", "image", "auth-1"), base64.b64encode(JPEG), "/faceauth/image", {"authId": "auth-1"}),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_file_is_written_whole(
    argv: tuple[str, ...],
    body: bytes,
    path: str,
    query: dict[str, str],
    api: ApiCommand,
    vendor: LoopbackVendor,
) -> None:
    """Images and reports go to the file of ``-o``, and no part of one is left behind."""
    content = PDF if body == PDF else JPEG
    vendor.answer(body, content_type="application/octet-stream")
    answer = api(*argv, "-o", "file.bin")
    assert answer == (0, f"file.bin: {len(content)} bytes\n", "")
    assert Path("file.bin").read_bytes() == content
    assert (vendor.requests[0].path, vendor.requests[0].query) == (path, query)
    vendor.answer({"message": "Forbidden"}, status=403)
    assert api(*argv, "-o", "other.bin").code == 1
    assert [one.name for one in Path().iterdir()] == ["file.bin"]


def test_file_that_cannot_be_written_is_refused(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """A folder that is not there is refused in one line."""
    vendor.answer(JPEG, content_type="image/jpeg")
    answer = api("images", "get", "a1", "id_image", "-o", "none/file.jpg")
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert answer.err.startswith("liveform: --output: cannot be written")


def test_images_put_sends_the_files(data: Data, vendor: LoopbackVendor) -> None:
    """``put`` sends each file as base64 text of its own part."""
    Path("front.jpg").write_bytes(JPEG)
    vendor.answer({"message": "complete to update image."})
    printed = data("images", "put", "a1", *BY, "--id-image", "front.jpg", "--id-type", "passport")
    assert printed == {"submission_id": "a1", "replaced": ["id_image"]}
    assert vendor.requests[0].method == "PUT"
    assert base64.b64encode(JPEG) in vendor.requests[0].body


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "images put: needs at least one of --id-image, --id-back-image"),
        (("--selfie-image", "none.jpg"), "--selfie-image: cannot be read"),
        (("--selfie-image", "notes.txt"), "liveform: --selfie-image: "),
        (("--id-image", "front.jpg"), "liveform: --id-type: is required"),
    ],
)
def test_images_put_refuses_what_is_no_image(
    options: tuple[str, ...], says: str, api: ApiCommand, vendor: LoopbackVendor
) -> None:
    """No image, an unreadable one, another file, and an ID image without its type are refused."""
    Path("front.jpg").write_bytes(JPEG)
    Path("notes.txt").write_text("hello")
    answer = api("images", "put", "a1", *BY, *options)
    assert (answer.code, vendor.requests) == (2, [])
    assert says in answer.err


def test_images_put_refuses_a_huge_file(
    api: ApiCommand, vendor: LoopbackVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file over the limit is refused before it fills the memory."""
    monkeypatch.setattr("liveform.cli.api.data_file.MAX_IMAGE_BYTES", 10)
    Path("front.jpg").write_bytes(JPEG)
    answer = api("images", "put", "a1", *BY, "--selfie-image", "front.jpg")
    assert answer.err == "liveform: --selfie-image: is larger than 10 bytes\n"


def test_faceauth_create_shows_the_decision(data: Data, vendor: LoopbackVendor) -> None:
    """``create`` sends the face with the add-on's key, and prints the decision without the scores."""
    Path("face.jpg").write_bytes(JPEG)
    vendor.answer(
        {
            "authentication_id": "auth-1",
            "auth_status": "rejected",
            "fail_code": ["face_compare_underscore"],
            "score": {"face_similarity_score": 12.5},
        }
    )
    printed = data(
        "faceauth", "create", "a1", "--face-image", "face.jpg", "--userid", "user_12345", "--cf1", "x"
    )
    assert printed == {
        "authentication_id": "auth-1",
        "auth_status": "rejected",
        "fail_code": ["face_compare_underscore"],
        "not_shown": ["score.face_similarity_score"],
    }
    (asked,) = vendor.requests
    assert "8Q2pMt0d" in asked.headers["x-api-key"]
    assert JPEG in asked.body
    assert b"user_12345" in asked.body


def test_faceauth_needs_its_own_key(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """Without the add-on's key the command says where it may come from."""
    Path("empty").write_text("")
    answer = api("faceauth", "get", "auth-1", FACE_AUTH_KEY="")
    assert (answer.code, vendor.requests) == (2, [])
    Path("face.key").write_text("canary-another-key-of-the-add-on\n")
    vendor.answer([{"data": [{"auth_id": "auth-1"}]}])
    assert api("faceauth", "get", "auth-1", "--face-auth-key-file", "face.key").code == 0
    assert "canary-another" in vendor.requests[0].headers["x-api-key"]


def test_faceauth_get_and_list(data: Data, vendor: LoopbackVendor) -> None:
    """``get`` and ``list`` show ids and statuses."""
    row = {"auth_id": "auth-1", "auth_status": "approved", "result": {"face_similarity": 99}}
    vendor.answer([{"data": [row]}]).answer([{"data": [row, row]}])
    shown = {"auth_id": "auth-1", "auth_status": "approved", "not_shown": ["result.face_similarity"]}
    assert data("faceauth", "get", "auth-1") == shown
    days = ("--start-date", "2026-06-01", "--end-date", "2026-06-30", "--page-size", "2")
    assert data("faceauth", "list", *days) == [shown, shown]
    assert vendor.requests[1].query == {"startDate": "2026-06-01", "endDate": "2026-06-30", "count": "2"}


def test_faceauth_delete(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """``delete`` deletes one authentication."""
    vendor.answer({"message": "success"})
    assert api("faceauth", "delete", "auth-1", "--yes") == (0, "deleted: auth-1\n", "")


def test_aml_run_hides_what_was_found(data: Data, vendor: LoopbackVendor) -> None:
    """``run`` screens a submission, and names what came without showing it."""
    vendor.answer({"message": "success", "result": "Red Flag", "raw_data": {"name": "Jane Canary"}})
    printed = data("aml", "run", "a1", "--threshold", "85.5")
    assert printed == {"result": "Red Flag", "not_shown": ["message", "raw_data.name"]}
    assert vendor.requests[0].json == {"submissionId": "a1", "amlThreshold": 85.5}


def test_aml_monitor(api: ApiCommand, data: Data, vendor: LoopbackVendor) -> None:
    """The commands of monitoring add submissions, read a record, and remove records."""
    vendor.answer({"success": True, "successResults": [{"submissionId": "a1", "recordIds": ["r1"]}]})
    assert data("aml", "monitor-add", "w1", "a1", *BY)["successResults"] == [
        {"submissionId": "a1", "recordIds": ["r1"]}
    ]
    vendor.answer({"id": "r1", "status": "screenedNoMatches", "name": "Jane Canary"})
    assert data("aml", "monitor-get", "w1", "r1") == {
        "id": "r1",
        "status": "screenedNoMatches",
        "not_shown": ["name"],
    }
    vendor.answer({"message": "success"})
    assert api("aml", "monitor-remove", "w1", "r1", "r2", *BY, "--yes") == (0, "removed: r1, r2\n", "")
    assert [asked.path for asked in vendor.requests] == [
        "/submission/aml/monitor/w1",
        "/submission/aml/monitor/w1/r1",
        "/submission/aml/monitor/w1",
    ]


def test_aml_monitor_add_with_failures_is_exit_code_1(api: ApiCommand, vendor: LoopbackVendor) -> None:
    """If the vendor refuses some submissions, the exit code is 1."""
    vendor.answer({"success": True, "failedResults": [{"submissionId": "a2", "status": "failed"}]})
    assert api("aml", "monitor-add", "w1", "a1", "a2", *BY).code == 1


def test_projections(api: ApiCommand, data: Data, vendor: LoopbackVendor) -> None:
    """The commands of projections create, read, list and delete; all of it may be shown."""
    one = {"projection_id": "p1", "name": "no_names", "mode": "exclude", "fields": ["full_name"]}
    vendor.answer({"item": one, "message": "success"})
    assert data("projections", "create", "no_names", "--fields", "full_name") == one
    assert vendor.requests[0].json == {"name": "no_names", "mode": "exclude", "fields": ["full_name"]}
    vendor.answer({"item": one, "message": "success"})
    assert "fields         full_name" in api("projections", "get", "p1").out
    vendor.answer({"items": [one]})
    assert data("projections", "list") == [one]
    vendor.answer({"items": []})
    assert api("projections", "list").out == "nothing found\n"
    vendor.answer({"message": "success"})
    assert api("projections", "delete", "p1", "--yes") == (0, "deleted: p1\n", "")
