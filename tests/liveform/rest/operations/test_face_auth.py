"""Tests of liveform.rest.operations.face_auth: face authentications, which have a key of their own."""

import base64
from typing import Any

import pytest
from rest_answers import JPEG, PNG, SECRET, all_pages, read, read_file, refused, unreadable

from liveform.errors import VendorError
from liveform.rest.operations import face_auth
from liveform.rest.values.face_auth import FaceAuth

ROW = {
    "auth_id": "auth_1",
    "auth_status": "approved",
    "create_time": "2026-06-24T09:30:00.000Z",
    "submit_type": "form",
    "kyc_submission_id": "a",
    "delete_check": False,
    "policy": {
        "faceSimilarity_threshold": 80,
        "occluded_threshold": True,
        "faceCover_threshold": 1,
        "headCover_threshold": 2,
        "liveness_threshold": 3,
        "activeLiveness_threshold": 4,
    },
    "result": {"active_liveness_score": 91.5, "face_similarity": "99", "detectOccluded": False},
    "reject_comment": ["x"],
}


def test_create_sends_a_form_with_the_file() -> None:
    """A face is sent as a file in a form, with the key of the add-on (row 8.2)."""
    operation = face_auth.create("a", JPEG, user_id="user_12345", cf1="1", cf2="2", cf3="3")
    assert (operation.method, operation.path, operation.key) == ("POST", "/faceauth", "face_auth_key")
    file, *fields = operation.form
    assert (file.name, file.content, file.filename, file.media_type) == (
        "faceImage",
        JPEG,
        "face.jpg",
        "image/jpeg",
    )
    assert [(part.name, part.content, part.filename) for part in fields] == [
        ("submissionId", "a", None),
        ("userId", "user_12345", None),
        ("cf1", "1", None),
        ("cf2", "2", None),
        ("cf3", "3", None),
    ]
    assert not operation.repeatable
    assert not operation.transfer
    assert face_auth.create("a", JPEG, extra={"newField": "x"}).form[-1].name == "newField"
    png = face_auth.create("a", PNG).form[0]
    assert (png.filename, png.media_type) == ("face.png", "image/png")


def test_create_reads_a_rejection_as_an_answer() -> None:
    """A rejected face is a normal answer (row 8.2)."""
    rejected = read(
        face_auth.create("a", JPEG),
        {
            "authentication_id": "auth_1",
            "auth_status": "rejected",
            "create_time": "2026-06-24T09:30:00.000Z",
            "score": {
                "face_similarity_score": 12.5,
                "occluded_score": "0",
                "face_cover_score": 1,
                "head_cover_score": 2,
            },
            "fail_code": ["face_compare_underscore"],
            "rejected_comment": ["Another face"],
        },
    )
    assert (rejected.auth_id, rejected.status, rejected.approved) == ("auth_1", "rejected", False)
    assert (rejected.fail_codes, rejected.comments) == (("face_compare_underscore",), ("Another face",))
    assert rejected.score is not None
    assert (rejected.score.face_similarity_score, rejected.score.occluded_score) == (12.5, "0")
    assert (rejected.score.face_cover_score, rejected.score.head_cover_score) == (1, 2)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"submission_id": None}, "submission_id"),
        ({"face_image": b"GIF89a"}, "face_image"),
        ({"face_image": "face.jpg"}, "face_image"),
        ({"user_id": ""}, "user_id"),
        ({"cf1": 1}, "cf1"),
        ({"extra": {"newField": 1}}, "extra"),
        ({"extra": {"userId": SECRET}}, "extra"),
    ],
)
def test_create_refuses_wrong_arguments(given: dict[str, Any], field: str) -> None:
    """The error names the argument."""
    assert refused(face_auth.create, **{"submission_id": "a", "face_image": JPEG, **given}).field == field


@pytest.mark.parametrize(
    "answer",
    [
        [{"faceAuth_projectId": "p", "data": [ROW]}],
        [ROW],
        {"faceAuth_projectId": "p", "data": [ROW]},
        {"data": [ROW]},
    ],
)
def test_get_reads_both_shapes(answer: Any) -> None:
    """The newest answer groups rows by project, an older one has them bare (row 8.4)."""
    operation = face_auth.get("auth_1")
    assert (operation.method, operation.path, operation.query) == ("GET", "/faceauth", {"authId": "auth_1"})
    assert operation.key == "face_auth_key"
    assert operation.repeatable
    one = read(operation, answer)
    assert (one.auth_id, one.approved, one.submission_id, one.submit_type) == ("auth_1", True, "a", "form")
    assert (one.delete_check, one.comments, one.created_at) == (False, ("x",), ROW["create_time"])
    policy, result = one.policy, one.result
    assert policy is not None
    assert (policy.face_similarity_threshold, policy.occluded_threshold) == (80, True)
    assert (policy.face_cover_threshold, policy.head_cover_threshold) == (1, 2)
    assert (policy.liveness_threshold, policy.active_liveness_threshold) == (3, 4)
    assert result is not None
    assert (result.active_liveness_score, result.face_similarity, result.detect_occluded) == (
        91.5,
        "99",
        False,
    )


@pytest.mark.parametrize("answer", [[], [{"faceAuth_projectId": "p", "data": []}], {"data": []}])
def test_get_of_an_unknown_id_is_not_found(answer: Any) -> None:
    """An empty list means that there is none with this id."""
    with pytest.raises(VendorError) as raised:
        read(face_auth.get("auth_1"), answer)
    assert (raised.value.reason, raised.value.code) == ("refused", "not_found")


@pytest.mark.parametrize(
    "answer", [None, 1, "x", [1], [{"data": 1}], [{"data": [1]}], [{**ROW, "auth_id": SECRET}]]
)
def test_get_of_another_shape_or_id_is_unreadable(answer: Any) -> None:
    """Another shape, and the answer about another one, end in a VendorError."""
    unreadable(face_auth.get("auth_1"), answer)


def test_list_goes_through_all_pages() -> None:
    """The page key stands in the answer, in a group of it, or in a row of its own (row 8.4)."""
    key = {"authId": "auth_1", "createTime": "t"}
    answers = [
        [{"faceAuth_projectId": "p", "data": [ROW], "nextPage_key": key}],
        [ROW, {"nextPage_key": {**key, "authId": "auth_2"}}],
        {"data": [ROW], "nextPage_key": {**key, "authId": "auth_3"}},
        [ROW],
    ]
    items, queries = all_pages(
        face_auth.list_all(start_date="2026-06-01", end_date="2026-06-30", page_size=1), answers
    )
    first = {"startDate": "2026-06-01", "endDate": "2026-06-30", "count": "1"}
    assert len(items) == 4
    assert queries == [first, *({**first, "nextKey_id": f"auth_{n}", "nextKey_date": "t"} for n in (1, 2, 3))]
    assert face_auth.list_all().query == {}


@pytest.mark.parametrize(
    "answer", [None, [{"data": [ROW], "nextPage_key": 5}], [{"data": [], "nextPage_key": {"authId": "a"}}]]
)
def test_list_of_another_shape_is_unreadable(answer: Any) -> None:
    """No list, and a key that cannot be sent back, end in a VendorError."""
    unreadable(face_auth.list_all(), answer)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"start_date": "2026-06-01"}, "start_date"),
        ({"end_date": "2026-06-01"}, "start_date"),
        ({"start_date": "2026-06-02", "end_date": "2026-06-01"}, "end_date"),
        ({"start_date": "x", "end_date": "2026-06-01"}, "start_date"),
        ({"page_size": 2_001}, "page_size"),
    ],
)
def test_list_refuses_wrong_arguments(given: dict[str, Any], field: str) -> None:
    """Both days go together, in their order."""
    assert refused(face_auth.list_all, **given).field == field


def test_image_is_decoded() -> None:
    """The image comes as base64 text (row 8.5)."""
    operation = face_auth.image("auth_1")
    assert (operation.path, operation.query) == ("/faceauth/image", {"authId": "auth_1"})
    assert operation.is_file
    assert operation.repeatable
    assert operation.key == "face_auth_key"
    assert read_file(operation, base64.b64encode(JPEG)) == JPEG
    with pytest.raises(VendorError, match=r"^face_auth\.image: the answer is no image"):
        read_file(operation, b"not found")


def test_delete_is_not_repeated() -> None:
    """The vendor refuses to delete what is gone, so that a delete is not sent again (row 8.5)."""
    operation = face_auth.delete("auth_1")
    assert (operation.method, operation.path, operation.query) == (
        "DELETE",
        "/faceauth",
        {"authId": "auth_1"},
    )
    assert operation.key == "face_auth_key"
    assert not operation.repeatable
    assert read(operation, {"message": "success"}).message == "success"


@pytest.mark.parametrize("build", [face_auth.get, face_auth.image, face_auth.delete])
@pytest.mark.parametrize("auth_id", ["", None, 7, "a b"])
def test_id_must_be_text(build: Any, auth_id: Any) -> None:
    """An id is text without white space."""
    assert refused(build, auth_id).field == "auth_id"


def test_repr_shows_no_scores() -> None:
    """A repr shows ids and the status."""
    shown = repr(
        FaceAuth.read({**ROW, "reject_comment": [SECRET], "score": {"face_similarity_score": SECRET}})
    )
    assert SECRET not in shown
    assert "auth_1" in shown
