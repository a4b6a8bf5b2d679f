"""These tests check AML screening, its report, and monitoring."""

from typing import Any

import pytest
from sandboxes import ADMIN, NOON, PID, last_event, submitted, triggers
from simulated_api import Api, make_api

from liveform import Pipeline

LIST = "/submission/aml/monitor/worklist01"


def person(api: Api, **data: str) -> str:
    """Make an approved submission with these data."""
    return api.sandbox.submit(PID, {}, "approved", pipeline=Pipeline.KNOWLEDGE, data=data)


def screen(api: Api, submission_id: str) -> dict[str, Any]:
    """Screen a submission."""
    body = {"submissionId": submission_id, "amlThreshold": 70}
    answer: dict[str, Any] = api.send("POST", "/submission/aml", body)
    return answer


def test_name_without_a_flag_is_clean(api: Api) -> None:
    """A usual name is not found, with an event (rows 6.2, 9.24)."""
    made = submitted(api.sandbox)
    answer = screen(api, made)
    assert set(answer) == {"message", "result", "raw_data"}
    assert answer["result"] == "Not Screened"
    assert last_event(api.sandbox)["webhook_trigger"] == "aml"
    assert last_event(api.sandbox)["aml_result"] == {
        "currentstatus": "Not Screened",
        "risk_level_summary": "Not Screened",
    }


def test_name_with_a_flag_has_a_report(api: Api) -> None:
    """A name with RED FLAG is found; its report is a PDF (row 6.4)."""
    made = person(api, full_name="Red Flag SAMPLE")
    answer = screen(api, made)
    assert answer["result"] == "Red Flag"
    assert last_event(api.sandbox)["aml_result"]["risk_level_summary"] == "HIGH"
    (item,) = api.get("/submission", submission_id=made, request_type="aml")["Items"]
    report = api.call("GET", "/report/aml", query={"resourceId": item["aml"]["resourceId"]})
    assert (report.mimetype, report.data[:5]) == ("application/pdf", b"%PDF-")
    assert report.headers["Content-Disposition"] == "attachment; filename=report.pdf"


def test_unknown_report_is_refused(api: Api) -> None:
    """A report that does not exist is an error, of unknown shape."""
    assert api.refusal("GET", "/report/aml", resourceId="nobody")["errorCode"] == "invalid_resourceId"
    assert api.logged.doubts == ("report_missing",)


def test_threshold_may_be_in_the_dashboard() -> None:
    """With a score in the dashboard, the request needs none (row 6.1)."""
    api = make_api(aml_threshold=80)
    body = {"submissionId": submitted(api.sandbox), "more": 1}
    assert api.send("POST", "/submission/aml", body)["message"] == "success"
    assert api.logged.ignored == ("more",)


@pytest.mark.parametrize("threshold", [None, "70", True, [70]])
def test_wrong_threshold_is_refused(api: Api, threshold: object) -> None:
    """Without a score in the dashboard, the request has to give a number (row 6.1)."""
    body = {"submissionId": submitted(api.sandbox), "amlThreshold": threshold}
    assert api.refusal("POST", "/submission/aml", body)["errorCode"] == "invalid_aml_threshold"


def test_wrong_screening_is_refused(api: Api) -> None:
    """Errors are errorCode and message (row 6.3); only approved submissions are screened (row 9.24)."""
    cases = {
        "missing_parameter": None,
        "invalid_submissionId": submitted(api.sandbox, "pending"),
        "invalid_country": person(api, nationality=""),
    }
    for code, submission_id in cases.items():
        body = {"submissionId": submission_id, "amlThreshold": 70}
        refused = api.refusal("POST", "/submission/aml", body)
        assert (refused["errorCode"], set(refused)) == (code, {"errorCode", "message"})
    assert api.refusal("POST", "/submission/aml", {"submissionId": "x", "amlThreshold": 1})
    assert "aml" not in triggers(api.sandbox)


def test_submissions_are_monitored(api: Api) -> None:
    """Approved submissions with name and birth date get a record and an event (rows 6.5, 9.25)."""
    made, pending = submitted(api.sandbox), submitted(api.sandbox, "pending")
    nameless = person(api, full_name="")
    answer = api.send("POST", LIST, {"submissionIds": [made, pending, nameless], "admin": ADMIN})
    assert (answer["success"], answer["successCount"], answer["failedCount"]) == (True, 1, 2)
    (done,) = answer["successResults"]
    (record_id,) = done["recordIds"]
    assert [one["submissionId"] for one in answer["failedResults"]] == [pending, nameless]
    assert set(answer["failedResults"][0]) == {"submissionId", "recordIds", "status", "error"}
    record = {"recordId": record_id, "worklistId": "worklist01", "created_at": NOON}
    assert last_event(api.sandbox)["records"] == [record]
    read = api.get(f"{LIST}/{record_id}")
    assert (read["id"], read["submissionId"], read["admin"]) == (record_id, made, ADMIN)
    assert (read["status"], read["openCount"], read["updateTime"]) == ("screenedNoMatches", 0, NOON)


def test_records_are_removed(api: Api) -> None:
    """A record that was removed is not found any more (row 6.8)."""
    made = submitted(api.sandbox)
    answer = api.send("POST", LIST, {"submissionIds": [made], "admin": ADMIN})
    body = {"recordIds": answer["successResults"][0]["recordIds"], "admin": ADMIN}
    assert api.send("DELETE", LIST, body) == {"message": "success"}
    refused = api.refusal("DELETE", LIST, body)
    assert (refused["errorCode"], refused["details"][0]["statusCode"]) == ("invalid_record", 404)
    assert set(refused["details"][0]["error"]) == {"code", "message"}
    assert api.refusal("GET", f"{LIST}/{body['recordIds'][0]}")["errorCode"] == "invalid_record"


@pytest.mark.parametrize(("method", "name"), [("POST", "submissionIds"), ("DELETE", "recordIds")])
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ids": None}, "missing_required_parameters"),
        ({"admin": None}, "missing_required_parameters"),
        ({"admin": "other@example.com"}, "invalid_admin"),
        ({"ids": []}, "invalid_"),
        ({"ids": ["x"] * 26}, "invalid_"),
        ({"ids": "x"}, "invalid_"),
        ({"ids": [7]}, "invalid_"),
    ],
)
def test_wrong_monitoring_is_refused(
    api: Api, method: str, name: str, change: dict[str, Any], code: str
) -> None:
    """Ids are 1 to 25, and the admin is registered (rows 6.5, 6.6, 6.8)."""
    given = {"ids": ["x"], "admin": ADMIN} | change
    refused = api.refusal(method, LIST, {name: given["ids"], "admin": given["admin"]})
    assert refused["errorCode"].startswith(code)
    assert set(refused) == {"errorCode", "errorMessage"}


def test_failure_of_all_submissions_is_an_error(api: Api) -> None:
    """If every submission fails, the answer is a 500 (row 6.6)."""
    refused = api.refusal("POST", LIST, {"submissionIds": ["x"], "admin": ADMIN})
    assert (refused["errorCode"], refused["_"]) == ("all_submissions_failed", 500)


def test_unknown_worklist_is_refused(api: Api) -> None:
    """A worklist of another project is refused (row 6.6)."""
    path = "/submission/aml/monitor/other"
    body = {"submissionIds": ["x"], "admin": ADMIN}
    assert api.refusal("POST", path, body)["errorCode"] == "invalid_worklist"
    assert api.refusal("GET", f"{path}/x")["errorCode"] == "invalid_worklist"


def test_record_of_a_deleted_submission_has_little(api: Api) -> None:
    """What a deleted submission does not have any more is left out."""
    made = submitted(api.sandbox)
    answer = api.send("POST", LIST, {"submissionIds": [made], "admin": ADMIN})
    api.send("DELETE", "/submission", submission_id=made)
    read = api.get(f"{LIST}/{answer['successResults'][0]['recordIds'][0]}")
    assert not {"name", "dob", "email", "nationality"} & set(read)
