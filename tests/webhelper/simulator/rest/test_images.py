"""These tests check how pictures are read and replaced."""

import base64
import io
from typing import Any

import pytest
from sandboxes import ADMIN, submitted
from simulated_api import Api, make_api

PNG = b"\x89PNG\r\n\x1a\n and more"
JPEG = b"\xff\xd8\xff\xe0 and more"


def text(content: bytes) -> str:
    """Return base64."""
    return base64.b64encode(content).decode()


def put(api: Api, fields: dict[str, Any]) -> dict[str, Any]:
    """Send a form, and return the JSON of its answer."""
    answer: dict[str, Any] = api.call(
        "PUT", "/submission/image", data=fields, content_type="multipart/form-data"
    ).get_json()
    return answer


@pytest.mark.parametrize("kind", ["idImage", "selfieImage"])
def test_picture_is_the_answer(api: Api, kind: str) -> None:
    """The file itself is the answer (row 4.2)."""
    answer = api.call("GET", "/image", query={"submission_id": submitted(api.sandbox), "type": kind})
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.data.startswith(PNG[:8])


@pytest.mark.parametrize("kind", ["addressImage", "idBackImage", "nothing"])
def test_missing_picture_is_an_error(api: Api, kind: str) -> None:
    """A picture that does not exist is an error, of unknown shape (row 4.2)."""
    made = submitted(api.sandbox)
    refused = api.refusal("GET", "/image", submission_id=made, type=kind)
    assert refused["errorCode"] == "invalid_image"
    assert "image_missing" in api.logged.doubts
    assert api.refusal("GET", "/image", submission_id="nobody", type="idImage") == refused


def test_name_of_the_submission_id_is_a_setting() -> None:
    """The vendor's pages contradict each other about the name (row 4.1)."""
    api = make_api(image_id_name="submissionId")
    made = submitted(api.sandbox)
    assert api.call("GET", "/image", query={"submissionId": made, "type": "idImage"}).status_code == 200
    wrong = {"message": "Invalid Query String parameters"}
    assert api.refusal("GET", "/image", submission_id=made, type="idImage") == wrong
    assert api.refusal("GET", "/image", submission_id=made, submissionId=made, type="idImage") == wrong
    assert api.refusal("GET", "/image", submissionId=made) == wrong


def test_pictures_are_replaced_by_text_fields(api: Api) -> None:
    """Base64 texts in a form replace pictures (rows 4.3, 4.4)."""
    made = submitted(api.sandbox)
    fields = {
        "submissionId": made,
        "admin": ADMIN,
        "idType": "visa",
        "idImage": text(JPEG),
        "addressImage": text(PNG),
    }
    assert put(api, fields) == {"message": "complete to update image."}
    answer = api.call("GET", "/image", query={"submission_id": made, "type": "idImage"})
    assert (answer.data, answer.mimetype) == (JPEG, "image/jpeg")
    assert api.sandbox.images.get(made, "addressImage") == PNG
    (item,) = api.get("/submission", submission_id=made)["Items"]
    assert item["data"]["idType"] == "visa"
    assert set(item["image"]) == {"idImage", "selfieImage", "addressImage"}


def test_selfie_needs_no_id_type(api: Api) -> None:
    """idType is needed with a picture of an ID only (row 4.3)."""
    made = submitted(api.sandbox)
    assert put(api, {"submissionId": made, "admin": ADMIN, "selfieImage": text(PNG)})["message"]
    (item,) = api.get("/submission", submission_id=made)["Items"]
    assert item["data"]["idType"] == "passport"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"submissionId": None}, "missing_data"),
        ({"admin": None}, "missing_data"),
        ({"idType": None}, "missing_data"),
        ({"admin": "other@example.com"}, "invalid_admin"),
        ({"submissionId": "nobody"}, "invalid_submission"),
        ({"idImage": None}, "invalid_data"),
        ({"idImage": "no base64!"}, "invalid_data"),
        ({"idImage": "\u00e9"}, "invalid_data"),
        ({"idImage": text(b"GIF89a")}, "invalid_data"),
    ],
)
def test_wrong_picture_is_refused(api: Api, change: dict[str, str | None], code: str) -> None:
    """Errors are errorCode and message (row 4.5)."""
    fields = {
        "submissionId": submitted(api.sandbox),
        "admin": ADMIN,
        "idType": "visa",
        "idImage": text(PNG),
        **change,
    }
    refused = put(api, {name: value for name, value in fields.items() if value is not None})
    assert set(refused) == {"errorCode", "message"}
    assert refused["errorCode"] == code


def test_picture_as_a_file_is_ignored(api: Api) -> None:
    """The vendor takes text fields, not files (row 4.3); the log says what was ignored."""
    made = submitted(api.sandbox)
    file = (io.BytesIO(PNG), "face.png")
    refused = put(api, {"submissionId": made, "admin": ADMIN, "selfieImage": file, "other": "x"})
    assert refused["errorCode"] == "invalid_data"
    assert api.logged.ignored == ("selfieImage (a file, not a text field)", "other")


def test_body_that_is_no_form_is_refused(api: Api) -> None:
    """JSON instead of a form has no fields."""
    assert api.refusal("PUT", "/submission/image", {"submissionId": "s1"})["errorCode"] == "invalid_payload"


def test_large_picture_is_accepted(api: Api) -> None:
    """A picture of some megabytes fits into a text field; the vendor's limit is unknown (row 4.6)."""
    fields = {"submissionId": submitted(api.sandbox), "admin": ADMIN}
    fields["selfieImage"] = text(PNG + bytes(3_000_000))
    start = "--b\r\nContent-Disposition: form-data; name="
    parts = [f'{start}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    body, kind = "".join([*parts, "--b--\r\n"]).encode(), "multipart/form-data; boundary=b"
    answer = api.call("PUT", "/submission/image", data=body, content_type=kind)
    assert answer.get_json() == {"message": "complete to update image."}


def test_unreadable_picture_has_no_type(api: Api) -> None:
    """A picture of another format, which only the sandbox itself can keep, is sent as bytes."""
    made = submitted(api.sandbox)
    api.sandbox.images.put(made, "idImage", b"?")
    answer = api.call("GET", "/image", query={"submission_id": made, "type": "idImage"})
    assert (answer.data, answer.mimetype) == (b"?", "application/octet-stream")
