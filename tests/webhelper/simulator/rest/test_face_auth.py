"""These tests check the FaceAuth add-on."""

import base64
import io
from typing import Any

import pytest
from sandboxes import EMAIL, FACE_PID, NOON, PID, USER, StillClock, last_event, submitted
from simulated_api import Api

from liveform import Pipeline

FACE = b"\xff\xd8\xff\xe0 a face"
CODES = ["face_compare_underscore", "Face_Occluded_fail", "Face_cover_fail", "Head_cover_fail"]


@pytest.fixture
def face(api: Api) -> Api:
    """Return a program with the FaceAuth key."""
    return api.face()


def authenticate(face: Api, submission_id: str | None, image: bytes | None = FACE, **fields: str) -> Any:
    """Send a face, and return the JSON of the answer."""
    data: dict[str, Any] = dict(fields)
    if submission_id is not None:
        data["submissionId"] = submission_id
    if image is not None:
        data["faceImage"] = (io.BytesIO(image), "face.jpg")
    return face.call("POST", "/faceauth", data=data, content_type="multipart/form-data").get_json()


def test_face_is_approved_with_an_event(face: Api) -> None:
    """A usual picture is approved (row 8.2); the event goes to the main project's URL (rows 9.1, 9.30)."""
    made = submitted(face.sandbox, cf1="x")
    answer = authenticate(face, made, userId="user_7", cf1="a", other="b")
    assert set(answer) == {
        *{"authentication_id", "auth_status", "create_time", "score", "fail_code", "rejected_comment"}
    }
    assert (answer["auth_status"], answer["create_time"]) == ("approved", NOON)
    assert (answer["fail_code"], answer["rejected_comment"]) == ([], [])
    assert face.logged.ignored == ("other",)
    (event,) = face.sandbox.events.newest(PID, limit=1)
    assert event.url == "https://app.example.com/hook"
    assert event.members == {
        "webhook_trigger": "faceAuth",
        "data": {
            "Submission_id": made,
            "Auth_Status": "approved",
            "Create_Time": NOON,
            "Auth_User_id": "user_7",
            "Auth_cf1": "a",
            "reference": {"userid": USER, "email": EMAIL, "cf": {"cf1": "x"}},
            "Authentication_id": answer["authentication_id"],
        },
    }


@pytest.mark.parametrize("code", CODES)
def test_code_in_the_picture_makes_it_fail(face: Api, code: str) -> None:
    """A rejection is a normal answer (row 8.2), which a tester asks for inside the picture."""
    answer = authenticate(face, submitted(face.sandbox), FACE + code.encode())
    assert (answer["auth_status"], answer["fail_code"]) == ("rejected", [code])
    assert (answer["score"]["face_similarity_score"] < 70) == (code == CODES[0])
    assert last_event(face.sandbox)["data"]["Auth_Status"] == "rejected"


@pytest.mark.parametrize(("submission_id", "image"), [(None, FACE), ("s1", None), ("s1", b"")])
def test_face_and_submission_are_required(face: Api, submission_id: str | None, image: bytes | None) -> None:
    """A missing member is refused (row 8.3)."""
    assert authenticate(face, submission_id, image)["errorCode"] == "required_field_missing"


def test_face_as_text_is_ignored(face: Api) -> None:
    """The picture has to be a file (row 8.2); other files are ignored."""
    data = {"submissionId": "s1", "faceImage": "text", "other": (io.BytesIO(FACE), "a.jpg")}
    answer = face.call("POST", "/faceauth", data=data, content_type="multipart/form-data").get_json()
    assert answer["errorCode"] == "required_field_missing"
    assert face.logged.ignored == ("faceImage", "other (a file)")


def test_submission_needs_a_selfie_and_an_approval(face: Api) -> None:
    """Only approved submissions with a selfie can be compared (row 8.1)."""
    selfieless = face.sandbox.submit(PID, {}, "approved", pipeline=Pipeline.KNOWLEDGE)
    for made in (submitted(face.sandbox, "pending"), selfieless, "nobody"):
        assert authenticate(face, made)["errorCode"] == "invalid_data_format"
    assert face.sandbox.face_auths.page(PID) == []


def test_one_authentication_is_read(face: Api) -> None:
    """authId gives one authentication, in the newest shape (row 8.4)."""
    made = submitted(face.sandbox)
    auth_id = authenticate(face, made, FACE + b"Face_Occluded_fail")["authentication_id"]
    ((project),) = face.get("/faceauth", authId=auth_id, count="7")
    assert face.logged.ignored == ("count",)
    assert project["faceAuth_projectId"] == FACE_PID
    (one,) = project["data"]
    assert (one["auth_id"], one["kyc_submission_id"], one["submit_type"]) == (auth_id, made, "api")
    assert (one["auth_status"], one["delete_check"]) == ("rejected", False)
    assert one["reject_comment"] == ["Face_Occluded_fail"]
    assert one["result"]["detectOccluded"] is True
    assert face.get("/faceauth", authId="nobody")[0]["data"] == []


def test_authentications_come_in_pages(face: Api, still: StillClock) -> None:
    """Each page has a key for the next; days are whole days (row 8.4)."""
    made = submitted(face.sandbox)
    ids = []
    for _ in range(5):
        ids.append(authenticate(face, made)["authentication_id"])
        still.turn(hours=3)
    days = {"startDate": "2026-05-01", "endDate": "2026-05-01", "count": "2"}
    seen: list[str] = []
    key: dict[str, str] = {}
    for _ in range(2):
        (project,) = face.get("/faceauth", **days, **key)
        seen += [one["auth_id"] for one in project["data"]]
        if "nextPage_key" in project:
            last = project["nextPage_key"]
            key = {"nextKey_id": last["authId"], "nextKey_date": last["createTime"]}
    assert seen == ids[3::-1]
    assert "nextPage_key" not in project


@pytest.mark.parametrize(
    "query",
    [
        {"startDate": "2026-05-01"},
        {"endDate": "2026-05-01"},
        {"startDate": "2026-05-01", "endDate": "1.5.2026"},
        {"startDate": "2026-05-01", "endDate": "2026-05-01", "count": "0"},
        {"startDate": "2026-05-01", "endDate": "2026-05-01", "count": "2001"},
        {"startDate": "2026-05-01", "endDate": "2026-05-01", "nextKey_id": "nobody"},
        {"startDate": "2026-05-01", "endDate": "2026-05-01", "nextKey_date": NOON},
    ],
)
def test_wrong_list_is_refused(face: Api, query: dict[str, str]) -> None:
    """One day needs the other, and a count is at most 2,000 (row 8.4)."""
    assert face.refusal("GET", "/faceauth", **query)["errorCode"] == "invalid_data_format"


def test_list_without_days_has_all(face: Api) -> None:
    """Without days, all authentications are listed, with a doubt, since row 8.4 does not decide."""
    auth_id = authenticate(face, submitted(face.sandbox))["authentication_id"]
    ((project,),) = (face.send("GET", "/faceauth"),)
    assert [one["auth_id"] for one in project["data"]] == [auth_id]


def test_both_parts_of_a_page_key_have_to_fit(face: Api) -> None:
    """The time of another authentication is refused."""
    auth_id = authenticate(face, submitted(face.sandbox))["authentication_id"]
    query = {"startDate": "2026-05-01", "endDate": "2026-05-01", "nextKey_id": auth_id}
    assert face.refusal("GET", "/faceauth", **query, nextKey_date="x")


def test_picture_is_base64(face: Api) -> None:
    """The picture comes as base64 text (row 8.5)."""
    auth_id = authenticate(face, submitted(face.sandbox))["authentication_id"]
    answer = face.call("GET", "/faceauth/image", query={"authId": auth_id})
    assert answer.mimetype == "text/plain"
    assert base64.b64decode(answer.data) == FACE


def test_deleted_authentication_has_no_picture(face: Api) -> None:
    """Deleting works once (row 8.5); the authentication stays in lists, with a mark."""
    auth_id = authenticate(face, submitted(face.sandbox))["authentication_id"]
    assert face.send("DELETE", "/faceauth", authId=auth_id) == {"message": "success"}
    refused = face.refusal("GET", "/faceauth/image", authId=auth_id)
    assert set(refused) == {"traceId", "errorCode", "message"}
    assert refused["errorCode"] == "NOT_FOUND"
    assert face.get("/faceauth", authId=auth_id)[0]["data"][0]["delete_check"] is True
    sentence = "Cannot find submission. Please check input data."
    assert face.refusal("DELETE", "/faceauth", authId=auth_id) == {"errorCode": sentence}
    assert face.refusal("DELETE", "/faceauth") == {"errorCode": "required key is missing"}
