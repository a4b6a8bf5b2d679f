"""AML screening, its report, and ongoing monitoring (vendor pages AML, RAML, MONP, MONG, MOND)."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from webhelper.simulator.rest.calls import Call, Endpoint, Reply
from webhelper.simulator.rest.checks import find_submission, members
from webhelper.simulator.rest.refusals import Refused, with_error_message, with_message
from webhelper.simulator.sandbox import changes

if TYPE_CHECKING:
    from webhelper.simulator.sandbox.submissions import Submission

MAX_A_REQUEST: Final = 25  # rows 6.5 and 6.8
_WORKLIST: Final = "/submission/aml/monitor/{worklistId}"
_PDF: Final = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Resources<<>>>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""  # a page without text


def screen(call: Call) -> Reply:
    """Screen an approved submission (rows 6.1 to 6.3)."""
    call.doubt("aml_result")
    body = members(call.body)
    call.ignore(*(name for name in body if name not in ("submissionId", "amlThreshold")))
    if not body.get("submissionId"):
        raise with_message("missing_parameter", "submissionId is missing.")
    threshold = body.get("amlThreshold", call.dashboard.aml_threshold)
    if isinstance(threshold, bool) or not isinstance(threshold, (int, float)):
        raise with_message("invalid_aml_threshold", "amlThreshold must be a number.")
    found = find_submission(call, body["submissionId"])
    if found is None or found.status != "approved":
        raise with_message("invalid_submissionId", "The submission is not an approved one.")
    if not found.data.get("nationality"):
        raise with_message("invalid_country", "The submission has no country.")
    aml = changes.screen(call.sandbox, found)
    return Reply({"message": "success", "result": aml["currentstatus"], "raw_data": aml})


def report(call: Call) -> Reply:
    """Answer the report as a PDF (row 6.4)."""
    if call.sandbox.monitoring.report(call.dashboard.pid, call.query["resourceId"]) is None:
        call.doubt("report_missing")
        raise with_message("invalid_resourceId", "There is no such report.")
    return Reply(_PDF, "application/pdf", file_name="report.pdf")


def add(call: Call) -> Reply:
    """Put submissions on a worklist (rows 6.5 and 6.6)."""
    ids, admin = _listed(call, "submissionIds", "invalid_submissionIds")
    worklist_id = _worklist(call)
    done: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for submission_id in ids:
        found = find_submission(call, submission_id)
        result: dict[str, Any] = {"submissionId": submission_id, "recordIds": [], "status": "failed"}
        if found is None or not _can_be_monitored(found):
            failed.append(result | {"error": "not approved, or without fullName and birthDate"})
            continue
        record_id = changes.monitor(call.sandbox, found, worklist_id, admin=admin)
        done.append(result | {"recordIds": [record_id], "status": "success"})
    if not done:
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        message = "All submissions failed."
        raise with_error_message("all_submissions_failed", message, status=status, details=failed)
    counts = {"successCount": len(done), "failedCount": len(failed)}
    return Reply({"success": True, **counts, "successResults": done, "failedResults": failed})


def get(call: Call) -> Reply:
    """Answer one record of a worklist (row 6.7)."""
    worklist_id, record_id = _worklist(call), call.path["recordId"]
    record = call.sandbox.monitoring.get(call.dashboard.pid, worklist_id, record_id)
    if record is None:
        raise _no_record(record_id)
    found = call.sandbox.submissions.get(record.submission_id)
    known: dict[str, Any] = {
        "name": found.data.get("full_name"),
        "id": record.record_id,
        "submissionId": record.submission_id,
        "nationality": found.data.get("nationality"),
        "status": "screenedNoMatches",
        "dob": found.data.get("date_of_birth"),
        "email": found.item.get("email"),
        "memo": "",
        "tags": [],
        "admin": record.admin,
        "updateTime": record.created_at,
        **dict.fromkeys(("openCount", "falsePositiveCount", "truePositiveCount", "discardedCount"), 0),
    }
    return Reply({name: value for name, value in known.items() if value is not None})


def remove(call: Call) -> Reply:
    """Take records off a worklist (row 6.8)."""
    ids, _ = _listed(call, "recordIds", "invalid_record")
    worklist_id = _worklist(call)
    records, pid = call.sandbox.monitoring, call.dashboard.pid
    missing = [one for one in ids if records.get(pid, worklist_id, one) is None]
    if missing:
        raise _no_record(*missing)
    for record_id in ids:
        records.delete(pid, worklist_id, record_id)
    return Reply({"message": "success"})


def _listed(call: Call, name: str, code: str) -> tuple[list[str], str]:
    """Return the ids and the admin of a body."""
    call.doubt("monitor_errors")
    body = members(call.body)
    ids, admin = body.get(name), body.get("admin")
    if ids is None or not admin:
        raise with_error_message("missing_required_parameters", f"{name} and admin are required.")
    texts = isinstance(ids, list) and all(isinstance(one, str) for one in ids)
    if not texts or not 1 <= len(ids) <= MAX_A_REQUEST:
        raise with_error_message(code, f"{name} must have 1 to 25 ids.")
    if not call.is_admin(admin):
        raise with_error_message("invalid_admin", "The admin is not registered in the project.")
    return ids, str(admin)


def _worklist(call: Call) -> str:
    worklist_id = call.path["worklistId"]
    if worklist_id not in call.dashboard.worklists:
        raise with_error_message("invalid_worklist", "The project has no such worklist.")
    return worklist_id


def _no_record(*record_ids: str) -> Refused:
    message = "The record does not exist."
    error = {"code": "record_not_found", "message": message}
    details = [{"statusCode": 404, "error": error, "recordId": one} for one in record_ids]
    return with_error_message("invalid_record", message, details=details)


def _can_be_monitored(submission: Submission) -> bool:
    named = submission.data.get("full_name") and submission.data.get("date_of_birth")
    return submission.status == "approved" and bool(named)


ENDPOINTS: Final = (
    Endpoint(method="POST", path="/submission/aml", handle=screen, refuse=with_message, body="json"),
    Endpoint(
        method="GET",
        path="/report/aml",
        handle=report,
        refuse=with_message,
        names=frozenset({"resourceId"}),
        required=frozenset({"resourceId"}),
        covered=False,
    ),
    Endpoint(method="POST", path=_WORKLIST, handle=add, refuse=with_error_message, body="json"),
    Endpoint(method="DELETE", path=_WORKLIST, handle=remove, refuse=with_error_message, body="json"),
    Endpoint(
        method="GET", path=f"{_WORKLIST}/{{recordId}}", handle=get, refuse=with_error_message, covered=True
    ),
)
