"""These tests check how query and body are read: plain, and under Secure Data Transfer."""

import json

import pytest
from sandboxes import ADMIN, PID, submitted
from simulated_api import Api, make_api, opened, sealed

from liveform import Ecb
from webhelper.simulator.sandbox.dashboard import TransferLayout

WRONG_QUERY = {"message": "Invalid Query String parameters"}
NOT_PARSED = "data parsing error. please check input data."
NOT_DECRYPTED = "Decryption is Failed. Please check the api-key."
TOKENS = {"tokenId": ["token-0001"]}


@pytest.fixture
def secure() -> Api:
    """Return a program on a sandbox with Secure Data Transfer."""
    return make_api(secure_data_transfer=True)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/submission?other=1"),
        ("GET", "/submission?submission_id=a&submission_id=b"),
        ("GET", "/submission?data=abc"),
        ("GET", "/submission/applicant"),
        ("DELETE", "/submission?submissionId=s1"),
        ("GET", "/report/aml"),
        ("GET", "/projects/settings"),
        ("POST", "/submission/tokens?x="),
    ],
)
def test_wrong_query_names_are_refused(api: Api, method: str, path: str) -> None:
    """Unknown, repeated and missing parameters are answered with the gateway's text (row 1.4)."""
    answer = api.call(method, path)
    assert (answer.status_code, answer.get_json()) == (400, WRONG_QUERY)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"tokenId": NaN}',
        b'{"tokenId": ["\\ud800"]}',
        b"[" * 100_000,
        b"1" * 5_000,
        b"a=b",
    ],
)
def test_body_that_is_no_json_is_refused(api: Api, body: bytes) -> None:
    """A body that is no JSON is refused, in the shape of the endpoint."""
    answer = api.call("POST", "/submission/tokens", data=body)
    assert answer.status_code == 400
    assert answer.get_json() == {"errorCode": "invalid_payload", "errorMessage": NOT_PARSED}


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/octet-stream"])
def test_content_type_does_not_matter(api: Api, kind: str) -> None:
    """JSON is read whatever the content type says: the vendor's samples send text/plain (row 5.1)."""
    answer = api.call("POST", "/submission/tokens", data=json.dumps(TOKENS), content_type=kind)
    assert answer.status_code == 200


def test_encrypted_query_is_one_parameter(secure: Api) -> None:
    """GET has its parameters as one ciphertext in data; the answer is encrypted too (row 2.13)."""
    made = submitted(secure.sandbox)
    answer = secure.call("GET", "/submission", query={"data": sealed({"submission_id": made})})
    assert opened(answer)["Items"][0]["submission_id"] == made
    assert secure.logged.opened == json.dumps({"submission_id": made})
    assert made.encode() in secure.logged.answer


def test_numbers_in_an_encrypted_query_are_read(secure: Api) -> None:
    """A parameter that is a JSON number is read as its text."""
    for _ in range(2):
        submitted(secure.sandbox)
    answer = secure.call("GET", "/submission", query={"data": sealed({"count": 1})})
    assert len(opened(answer)["Items"]) == 1


def test_request_without_parameters_needs_no_ciphertext(secure: Api) -> None:
    """A list of everything has nothing to encrypt; its answer is encrypted."""
    assert opened(secure.call("GET", "/submission")) == {"Items": []}


def test_delete_has_an_encrypted_query(secure: Api) -> None:
    """DELETE has its parameters in data as well."""
    query = {"data": sealed({"submission_id": submitted(secure.sandbox), "admin_name": ADMIN})}
    assert opened(secure.call("DELETE", "/submission", query=query))["message"] == "success"


def test_encrypted_body_is_opened(secure: Api) -> None:
    """POST, PATCH and DELETE have encrypted bodies, and encrypted answers (vendor pages GB-ENC, FAQ)."""
    answer = secure.call("POST", "/submission/tokens", data=sealed(TOKENS))
    assert opened(answer)["summary"]["processed"] == 1
    assert opened(secure.call("DELETE", "/submission/tokens", data=sealed(TOKENS)))["success"] is True


@pytest.mark.parametrize("wrapper", ["body", "data"])
def test_wrapper_of_a_body_is_a_setting(wrapper: str) -> None:
    """The wrapper is unknown, and the sandbox takes the one that is set (row 10.3)."""
    layout = TransferLayout(wrapper=wrapper)  # type: ignore[arg-type]  # one of the two
    secure = make_api(secure_data_transfer=True, transfer_layout=layout)
    assert opened(secure.call("POST", "/submission/tokens", json={wrapper: sealed(TOKENS)}))
    assert secure.call("POST", "/submission/tokens", data=sealed(TOKENS)).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        {"submission_id": "s1"},
        {"data": "abc"},
        {"data": sealed([1])},
        {"data": Ecb("another key").encrypt_text("{}")},
        {"data": sealed({}), "count": "1"},
    ],
)
def test_query_that_does_not_open_is_refused(secure: Api, query: dict[str, str]) -> None:
    """Plain parameters and ciphertext of another key are refused with the vendor's sentence (row 3.9)."""
    answer = secure.call("GET", "/submission", query=query)
    assert answer.status_code == 400
    assert answer.get_json() == {"errorCode": "invalid_payload", "message": NOT_DECRYPTED}
    assert secure.logged.doubts == ("transfer_errors",)


@pytest.mark.parametrize("text", ["no json", '{"a": NaN}', '{"a": "\\ud800"}'])
def test_encrypted_query_that_is_no_object_is_refused(secure: Api, text: str) -> None:
    """A ciphertext of something else than JSON is refused."""
    from sandboxes import API_KEY

    answer = secure.call("GET", "/submission", query={"data": Ecb(API_KEY).encrypt_text(text)})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "error"),
    [
        ("PATCH", "/submission", {"errorCode": NOT_DECRYPTED}),
        (
            "POST",
            "/submission/migration",
            {"errorCode": "invalid_payload", "message": NOT_DECRYPTED},
        ),
        ("POST", "/submission/tokens", {"errorCode": "invalid_payload", "errorMessage": NOT_DECRYPTED}),
    ],
)
def test_body_that_does_not_open_is_refused(secure: Api, method: str, path: str, error: object) -> None:
    """A plain body is refused in the shape of the endpoint, and not encrypted."""
    answer = secure.call(method, path, json=TOKENS)
    assert (answer.status_code, answer.get_json()) == (400, error)


def test_delete_that_does_not_open_is_refused(secure: Api) -> None:
    """DELETE reports it with a message and a status code."""
    answer = secure.call("DELETE", "/submission", query={"submission_id": "s1"})
    assert answer.get_json() == {"message": NOT_DECRYPTED, "statusCode": 400}


def test_encrypted_parameters_are_checked_too(secure: Api) -> None:
    """An unknown parameter is refused also if it comes encrypted."""
    answer = secure.call("GET", "/submission", query={"data": sealed({"other": "1"})})
    assert answer.get_json() == WRONG_QUERY


def test_pictures_and_reports_are_never_encrypted(secure: Api) -> None:
    """No page says that pictures are covered; they come as they are."""
    made = submitted(secure.sandbox)
    answer = secure.call("GET", "/image", query={"submission_id": made, "type": "idImage"})
    assert answer.data.startswith(b"\x89PNG")


def test_unnamed_endpoint_follows_the_request(secure: Api) -> None:
    """An endpoint that no page names takes both, and answers as it was asked (row 10.7)."""
    plain = secure.call("POST", "/submission/aml", json={})
    assert plain.get_json()["errorCode"] == "missing_parameter"
    assert secure.logged.doubts[0] == "transfer_unnamed"
    body = {"submissionId": submitted(secure.sandbox), "amlThreshold": 70}
    assert secure.call("POST", "/submission/aml", json=body).get_json()["message"] == "success"
    assert opened(secure.call("POST", "/submission/aml", data=sealed(body)))["message"] == "success"
    assert "items" in secure.call("GET", "/projection").get_json()
    applicant = {"data": sealed({"applicant_id": "a1"})}
    assert opened(secure.call("GET", "/submission/applicant", query=applicant)) == []


@pytest.mark.parametrize(("choice", "status"), [("plain", 200), ("encrypted", 400)])
def test_unnamed_endpoints_can_be_set(choice: str, status: int) -> None:
    """What unnamed endpoints do is a setting."""
    layout = TransferLayout(unnamed=choice)  # type: ignore[arg-type]  # one of the two
    secure = make_api(secure_data_transfer=True, transfer_layout=layout)
    body = {"submissionId": submitted(secure.sandbox), "amlThreshold": 70}
    assert secure.call("POST", "/submission/aml", json=body).status_code == status
    assert secure.call("POST", "/submission/aml", data=sealed(body)).status_code == 600 - status


def test_path_stays_plain(secure: Api) -> None:
    """Names in the path are not encrypted (row 6.7)."""
    answer = secure.call("GET", "/submission/aml/monitor/worklist01/nobody")
    assert answer.get_json()["errorCode"] == "invalid_record"
    assert secure.sandbox.dashboard(PID).secure_data_transfer


def test_face_auth_is_never_encrypted(secure: Api) -> None:
    """No page says that FaceAuth's own project has Secure Data Transfer."""
    face = secure.face()
    assert face.send("POST", "/submission/tokens", TOKENS)["success"] is True
    assert secure.logged.doubts == ("transfer_face_auth",)
