"""These tests check what is deleted, and what stays."""

import pytest
from sandboxes import ADMIN, EMAIL, last_event, submitted, triggers
from simulated_api import Api

from webhelper.simulator.rest.deleting import DATA_FIELDS


def test_little_stays_of_a_deleted_submission(api: Api) -> None:
    """Id, date, ID type and status stay, and a mark (rows 2.9, 3.15)."""
    made = submitted(api.sandbox)
    answer = api.send("DELETE", "/submission", submission_id=made, admin_name=ADMIN)
    assert answer == {
        "message": "success",
        "content": f"Submission {made} deleted successfully.",
        "statusCode": 200,
    }
    (item,) = api.get("/submission", submission_id=made)["Items"]
    assert set(item) == {"submission_id", "created_at", "kyc", "data", "memo"}
    assert (item["kyc"], item["data"]) == ({"result": "approved"}, {"idType": "passport"})
    assert api.logged.doubts == ("item_times", "deleted_mark")
    assert api.sandbox.images.get(made, "idImage") is None
    assert api.get("/submission", email=EMAIL) == {"Items": []}


def test_delete_sends_its_event_only_with_a_name(api: Api) -> None:
    """Without admin_name, no event is sent (rows 3.12, 9.17)."""
    one, two = submitted(api.sandbox), submitted(api.sandbox)
    api.send("DELETE", "/submission", submission_id=one)
    assert "delete" not in triggers(api.sandbox)
    api.send("DELETE", "/submission", submission_id=two, admin_name="other@example.com")
    assert last_event(api.sandbox) == {
        "webhook_trigger": "delete",
        "submission_id": two,
        "account_email": "other@example.com",
        "delete_time": "2026-05-01T12:00:00.000Z",
    }
    assert api.logged.doubts == ("delete_admin",)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({}, "not Exist Submission ID"),
        ({"submission_id": ""}, "not Exist Submission ID"),
        ({"submission_id": "nobody"}, "not Exist Submission Data"),
    ],
)
@pytest.mark.parametrize("path", ["/submission", "/submission/partial"])
def test_unknown_submission_cannot_be_deleted(
    api: Api, path: str, query: dict[str, str], message: str
) -> None:
    """Errors are message and statusCode (rows 1.9d, 3.14)."""
    assert api.refusal("DELETE", path, **query) == {"message": message, "statusCode": 400}


def test_deleted_submission_is_deleted_once(api: Api) -> None:
    """A deleted submission can be neither deleted nor edited again."""
    made = submitted(api.sandbox)
    api.send("DELETE", "/submission", submission_id=made)
    assert api.refusal("DELETE", "/submission", submission_id=made)["statusCode"] == 400
    body = {"submissionId": made, "admin": ADMIN, "data": {"fullName": "X"}}
    assert api.refusal("PATCH", "/submission", body)


def test_parts_are_erased_by_name(api: Api) -> None:
    """Names joined by commas are erased, with their pictures (rows 3.16, 3.17)."""
    made = submitted(api.sandbox)
    api.send("DELETE", "/submission/partial", submission_id=made, fields="id_image,OCR_raw,email")
    (item,) = api.get("/submission", submission_id=made)["Items"]
    assert not {"OCR_raw", "email"} & set(item)
    assert set(item["image"]) == {"selfieImage"}
    assert {"ocr", "userid"} <= set(item)
    assert api.sandbox.images.get(made, "idImage") is None
    assert api.sandbox.images.get(made, "selfieImage") is not None
    assert triggers(api.sandbox) == ["created", "approved"]


def test_data_is_erased_whole_without_data_fields(api: Api) -> None:
    """data without data_fields erases everything under data (row 3.18)."""
    made = submitted(api.sandbox)
    query = {"submission_id": made, "fields": "data"}
    api.send("DELETE", "/submission/partial", **query, data_fields="full_name,cf1")
    (item,) = api.get("/submission", submission_id=made)["Items"]
    assert "full_name" not in item["data"]
    assert "first_name" in item["data"]
    api.send("DELETE", "/submission/partial", **query)
    (item,) = api.get("/submission", submission_id=made)["Items"]
    assert item["data"] == {}


def test_data_fields_without_data_are_ignored(api: Api) -> None:
    """data_fields works only when fields has data (row 3.18)."""
    made = submitted(api.sandbox)
    query = {"submission_id": made, "fields": "ocr", "data_fields": "full_name"}
    api.send("DELETE", "/submission/partial", **query)
    assert api.logged.ignored == ("data_fields",)
    (item,) = api.get("/submission", submission_id=made)["Items"]
    assert "full_name" in item["data"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({}, "fields is required"),
        ({"fields": ","}, "fields is required"),
        ({"fields": "ocr_raw"}, "invalid fields"),
        ({"fields": "ocr email"}, "invalid fields"),
        ({"fields": "data", "data_fields": "fullName"}, "invalid data_fields"),
    ],
)
def test_unknown_parts_are_refused(api: Api, query: dict[str, str], message: str) -> None:
    """An unknown name is refused, and nothing is erased; names are case-sensitive (row 3.17)."""
    made = submitted(api.sandbox)
    refused = api.refusal("DELETE", "/submission/partial", submission_id=made, **query)
    assert refused == {"message": message, "statusCode": 400}


def test_data_fields_are_those_of_the_vendors_list() -> None:
    """The list has 31 names (row 3.18)."""
    assert len(set(DATA_FIELDS.split())) == 31
