"""Tests of liveform.rest.operations.aml: screening and monitoring."""

from typing import Any

import pytest
from rest_answers import SECRET, read, read_file, refused

from liveform.errors import VendorError
from liveform.rest.operations import aml
from liveform.rest.values.aml import MonitoringRecord

ADMIN = "admin@example.com"


def test_run_screens_a_submission() -> None:
    """A screening has an id and, if none is set in the dashboard, a threshold (row 6.1)."""
    operation = aml.run("a", threshold=70)
    assert (operation.method, operation.path) == ("POST", "/submission/aml")
    assert operation.body == {"submissionId": "a", "amlThreshold": 70}
    assert aml.run("a").body == {"submissionId": "a"}
    assert aml.run("a", extra={"newMember": 1}).body == {"submissionId": "a", "newMember": 1}
    assert not operation.repeatable
    assert not operation.transfer
    result = read(operation, {"message": "success", "result": "Red Flag", "raw_data": {"hits": []}})
    assert (result.message, result.result, result.raw_data) == ("success", "Red Flag", {"hits": []})


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"submission_id": ""}, "submission_id"),
        ({"threshold": "70"}, "threshold"),
        ({"threshold": True}, "threshold"),
        ({"threshold": float("nan")}, "threshold"),
    ],
)
def test_run_refuses_wrong_arguments(given: dict[str, Any], field: str) -> None:
    """The error names the argument."""
    assert refused(aml.run, **{"submission_id": "a", **given}).field == field


def test_report_is_a_pdf_file() -> None:
    """The report is the PDF itself (row 6.4)."""
    operation = aml.report("resource_1")
    assert (operation.method, operation.path, operation.query) == (
        "GET",
        "/report/aml",
        {"resourceId": "resource_1"},
    )
    assert operation.is_file
    assert operation.repeatable
    assert read_file(operation, b"%PDF-1.7\n...") == b"%PDF-1.7\n..."
    assert refused(aml.report, "").field == "resource_id"


@pytest.mark.parametrize("content", [b"", b"%PDF", b"PDF-1.7", b'{"message": "x"}', b" %PDF-1.7"])
def test_report_of_another_kind_is_unreadable(content: bytes) -> None:
    """What does not begin as a PDF file is no report."""
    with pytest.raises(VendorError, match=r"^aml\.report: the answer is not a PDF file"):
        read_file(aml.report("resource_1"), content)


def test_monitor_add_reads_successes_and_failures() -> None:
    """Some submissions can fail while others succeed (row 6.5)."""
    operation = aml.monitor_add("list_1", iter(["a", "b"]), admin=ADMIN)
    assert (operation.method, operation.path) == ("POST", "/submission/aml/monitor/list_1")
    assert operation.body == {"submissionIds": ["a", "b"], "admin": ADMIN}
    assert not operation.repeatable
    result = read(
        operation,
        {
            "success": True,
            "successCount": 1,
            "failedCount": 1,
            "successResults": [{"submissionId": "a", "recordIds": ["r1"], "status": "success"}],
            "failedResults": [
                {"submissionId": "b", "recordIds": [], "status": "failed", "error": {"code": "x"}}
            ],
        },
    )
    assert (result.success, result.success_count, result.failed_count) == (True, 1, 1)
    assert (result.successes[0].submission_id, result.successes[0].record_ids) == ("a", ("r1",))
    assert (result.failures[0].status, result.failures[0].error) == ("failed", {"code": "x"})


def test_monitor_get_reads_a_record() -> None:
    """A record has its counts of matches; Secure Data Transfer covers it (rows 6.7, 10.7)."""
    operation = aml.monitor_get("list/1", "record 1".replace(" ", "ü"))
    assert (operation.method, operation.path) == ("GET", "/submission/aml/monitor/list%2F1/record%C3%BC1")
    assert operation.transfer
    assert operation.repeatable
    record = read(
        operation,
        {
            "name": SECRET,
            "id": "r1",
            "submissionId": "a",
            "nationality": "USA",
            "status": "screenedNoMatches",
            "dob": "1990-01-01",
            "email": SECRET,
            "memo": SECRET,
            "tags": ["t"],
            "admin": SECRET,
            "updateTime": "2026-06-24T09:30:00.000Z",
            "openCount": 1,
            "falsePositiveCount": 2,
            "truePositiveCount": 3,
            "discardedCount": 4,
        },
    )
    assert (record.record_id, record.submission_id, record.status, record.tags) == (
        "r1",
        "a",
        "screenedNoMatches",
        ("t",),
    )
    assert (record.name, record.date_of_birth, record.updated_at) == (
        SECRET,
        "1990-01-01",
        "2026-06-24T09:30:00.000Z",
    )
    assert (record.open_count, record.false_positive_count) == (1, 2)
    assert (record.true_positive_count, record.discarded_count) == (3, 4)
    assert SECRET not in repr(record)
    assert isinstance(record, MonitoringRecord)


def test_monitor_remove_sends_ids_in_the_body() -> None:
    """Records are removed by a DELETE with a body (row 6.8)."""
    operation = aml.monitor_remove("list_1", ["r1"], admin=ADMIN)
    assert (operation.method, operation.path) == ("DELETE", "/submission/aml/monitor/list_1")
    assert operation.body == {"admin": ADMIN, "recordIds": ["r1"]}
    assert not operation.repeatable
    assert read(operation, {"message": "done"}).message == "done"


@pytest.mark.parametrize("build", [aml.monitor_add, aml.monitor_remove])
@pytest.mark.parametrize("ids", [[], ["a"] * 26, "a", [""], [7], None])
def test_monitoring_takes_1_to_25_ids(build: Any, ids: Any) -> None:
    """A request has 1 to 25 ids."""
    build("list_1", ["a"] * 25, admin=ADMIN)
    assert refused(build, "list_1", ids, admin=ADMIN).field.endswith("_ids")


@pytest.mark.parametrize("worklist_id", ["", "..", ".", "a b", None, 7])
def test_worklist_must_be_an_id(worklist_id: Any) -> None:
    """An id in a path cannot lead elsewhere."""
    assert refused(aml.monitor_add, worklist_id, ["a"], admin=ADMIN).field == "worklist_id"
    assert refused(aml.monitor_get, worklist_id, "r1").field == "worklist_id"
    assert refused(aml.monitor_remove, worklist_id, ["r1"], admin=ADMIN).field == "worklist_id"
    assert refused(aml.monitor_get, "list_1", worklist_id).field == "record_id"


@pytest.mark.parametrize("build", [aml.monitor_add, aml.monitor_remove])
def test_monitoring_needs_an_admin(build: Any) -> None:
    """The admin is required."""
    assert refused(build, "list_1", ["a"], admin=None).field == "admin"
